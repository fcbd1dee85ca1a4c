/** The global `fetch` on the simulated network. Requests and responses are the platform's own classes. */
import { NotModelled } from '../errors.ts';
import { Agent, ClientRequest, type RequestOptions } from './http-client.ts';
import type { IncomingMessage } from './http-message.ts';
import type { Machine } from './machine.ts';

/** undici's own defaults: 10 s to connect, 300 s for headers (undici documentation, "Client", "Connector"). */
const timeouts = { connectMs: 10_000, headersMs: 300_000 } as const;

const bodyless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** fetch for one process. Redirects are refused by name unless the request handles them itself. */
export function createFetch(machine: Machine): typeof fetch {
  const agent = new Agent({ keepAlive: true });
  return async (input, init) => {
    const request = new Request(input, init);
    const body = Buffer.from(await request.arrayBuffer());
    const answer = await exchange(machine, agent, request, body);
    const { statusCode: status, headers } = answer;
    if (status >= 300 && status < 400 && headers.location !== undefined && request.redirect === 'follow')
      throw new NotModelled(`fetch: following the redirect from ${request.url} to ${headers.location} is not modelled`);
    const content = await bytesOf(answer);
    const response = new Response(bodyless.has(status) ? null : content, { status, headers });
    Object.defineProperty(response, 'url', { value: request.url });
    return response;
  };
}

function exchange(machine: Machine, agent: Agent, request: Request, body: Buffer): Promise<IncomingMessage> {
  const url = new URL(request.url);
  const headers: Record<string, string> = {
    accept: '*/*',
    'user-agent': 'node',
    ...Object.fromEntries(request.headers),
  };
  if (body.byteLength > 0) headers['content-length'] = String(body.byteLength);
  const { protocol, hostname, port } = url;
  const options: RequestOptions = {
    protocol,
    hostname,
    path: url.pathname + url.search,
    method: request.method,
    headers,
    agent,
  };
  if (port) options.port = port;
  return new Promise((resolve, reject) => {
    const { signal } = request;
    if (signal.aborted) return reject(signal.reason);
    const sent = new ClientRequest(machine, 'https:', options, agent);
    const onAbort = () => {
      sent.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    sent.once('close', () => signal.removeEventListener('abort', onAbort));
    sent.once('response', resolve);
    sent.once('error', (cause) => reject(failed(cause)));
    sent.once('socket', (socket) => {
      const limit = socket.connecting ? timeouts.connectMs : timeouts.headersMs;
      socket.setTimeout(limit, () => {
        const opening = socket.connecting;
        const code = opening ? 'UND_ERR_CONNECT_TIMEOUT' : 'UND_ERR_HEADERS_TIMEOUT';
        const name = opening ? 'ConnectTimeoutError' : 'HeadersTimeoutError';
        sent.destroy(Object.assign(new Error(`${opening ? 'Connect' : 'Headers'} Timeout Error`), { name, code }));
      });
      socket.once('connect', () => socket.setTimeout(timeouts.headersMs));
    });
    sent.end(body.byteLength > 0 ? body : undefined);
    return undefined;
  });
}

const failed = (cause: unknown): unknown =>
  cause instanceof NotModelled ? cause : new TypeError('fetch failed', { cause });

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
