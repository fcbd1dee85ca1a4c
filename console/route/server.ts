/** HTTP for `mainstay route`: limits on what may come in, and an end that loses no request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, handle, refused, type Surroundings } from './requests.ts';

const BODY_BYTES_MAX = 10 * 1024 * 1024;
const CONNECTIONS_MAX = 1024;

export interface Listening {
  readonly port: number;
  /** Takes no more requests and resolves when those under way are answered. */
  close(): Promise<void>;
}

/** Rejects as `listen` does, such as with EADDRINUSE. */
export async function listen(
  surroundings: Surroundings,
  { host, port, log }: { host: string; port: number; log: (text: string) => void },
): Promise<Listening> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 60_000 });
  server.maxConnections = CONNECTIONS_MAX;
  server.on('request', (incoming, outgoing) => void serve(incoming, outgoing, surroundings, log));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  surroundings: Surroundings,
  log: (text: string) => void,
): Promise<void> {
  let answer: Answer;
  try {
    const body = await bodyOf(incoming);
    answer =
      body === null
        ? refused(413, `body: more than ${BODY_BYTES_MAX} bytes`)
        : await answerTo(incoming, body, surroundings);
  } catch (error) {
    log(`${incoming.method} ${incoming.url?.slice(0, 100)}: ${(error as Error).message}`);
    answer = refused(503, 'not taken; send it again');
  }
  const text = JSON.stringify(answer.body);
  outgoing.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  outgoing.end(text);
  if (answer.status === 413) incoming.destroy();
}

function answerTo(incoming: IncomingMessage, body: string, surroundings: Surroundings): Promise<Answer> {
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2);
  const headers = incoming.headers as Record<string, string | undefined>;
  return handle(
    { method: incoming.method ?? 'GET', path, query: new URLSearchParams(query), headers, body },
    surroundings,
  );
}

/** Null when it is too large. */
function bodyOf(incoming: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    incoming.on('data', (part: Buffer) => {
      size += part.length;
      if (size > BODY_BYTES_MAX) resolve(null);
      else parts.push(part);
    });
    incoming.on('error', reject);
    incoming.on('end', () =>
      resolve((parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)).toString('utf8')),
    );
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
