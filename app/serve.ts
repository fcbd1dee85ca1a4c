/** An instance behind node:http, until SIGTERM or SIGINT. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Instance } from './instance.ts';

/** A body larger than this is answered with 413. */
const BODY_BYTES_MAX = 64 * 1024;
/** Longer than the load balancer's idle time (60 s), or it would reuse a connection that is just being closed. */
const KEEP_ALIVE_MS = 65_000;

/** Serves on all interfaces unless told; the returned server is already listening or about to. */
export function serve(instance: Instance, port: number, host?: string): Server {
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming);
    if (body === null) {
      outgoing.writeHead(413, { connection: 'close', 'content-type': 'application/json' });
      outgoing.end('{"error":"InvalidRequest","field":"body","message":"too large"}');
      return;
    }
    const answer = await instance.handle({
      method: incoming.method ?? 'GET',
      path: (incoming.url ?? '/').split('?')[0] ?? '/',
      headers: incoming.headers as Record<string, string>,
      body,
    });
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  const stop = async (): Promise<void> => {
    server.close();
    await instance.stop();
    server.closeIdleConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return server;
}

/** The body as text, or null when it is too large or breaks off. */
async function bodyOf(incoming: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of incoming) {
      bytes += part.length;
      if (bytes > BODY_BYTES_MAX) return null;
      parts.push(part);
    }
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString('utf8');
}
