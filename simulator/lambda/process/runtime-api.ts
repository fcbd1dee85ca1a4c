/**
 * The simulator's side of one child process: the Lambda Runtime API (Lambda Developer Guide, "Using the Lambda runtime
 * API for custom runtimes"), and the tunnels into the simulated network (gateway.ts), on one port of 127.0.0.1. Made by
 * `process-environment.ts`.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Outcome } from '../outcome.ts';
import { payloadBytesMax } from '../outcome.ts';
import { LAST_HEADER } from './child/settings.ts';
import type { Gateway } from './gateway.ts';

const PREFIX = '/2018-06-01/runtime';

/** What the process told. */
export interface RuntimeEvents {
  /** It has nothing to do and waits for an invocation. */
  onNext(): void;
  /** `last`: it ends with this answer. */
  onOutcome(requestId: string, outcome: Outcome, last: boolean): void;
  onInitError(outcome: Outcome): void;
}

export class RuntimeApi {
  readonly #server: Server;
  readonly #events: RuntimeEvents;
  readonly #gateway: Gateway;
  /** The call of `next` that has no answer yet. */
  #waiting: ServerResponse | undefined;

  constructor(events: RuntimeEvents, gateway: Gateway) {
    this.#events = events;
    this.#gateway = gateway;
    // A process may be frozen for long in the middle of anything.
    const noLimits = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 };
    this.#server = createServer(noLimits, (request, response) => void this.#answer(request, response));
    this.#server.on('connect', (request: IncomingMessage, socket) => gateway.connect(request, socket));
  }

  /** Returns the port. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#server.unref();
    return (this.#server.address() as AddressInfo).port;
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Answers the process's `next`. Throws when it does not wait. */
  deliver(headers: Readonly<Record<string, string>>, payload: string): void {
    if (!this.#waiting) throw new Error('the process does not wait for an invocation');
    this.#waiting.writeHead(200, { 'content-type': 'application/json', ...headers });
    this.#waiting.end(payload);
    this.#waiting = undefined;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(PREFIX, '');
    if (request.method === 'GET' && path === '/invocation/next') {
      this.#waiting = response;
      this.#events.onNext();
      return;
    }
    const body = await bodyOf(request);
    if (!body) return;
    if (request.method === 'POST' && path === '/refusal' && this.#gateway.admits(request)) {
      this.#gateway.refused(body.toString());
      accept(response);
      return;
    }
    const [, requestId = '', kind] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (request.method === 'POST' && kind !== undefined) {
      const outcome = { payload: body.toString(), failed: kind === 'error' };
      if (body.byteLength > payloadBytesMax && kind === 'response') {
        reject(
          response,
          413,
          'RequestEntityTooLarge',
          `Exceeded maximum allowed payload size (${payloadBytesMax} bytes).`,
        );
        return;
      }
      this.#events.onOutcome(requestId, outcome, request.headers[LAST_HEADER] !== undefined);
      accept(response);
    } else if (request.method === 'POST' && path === '/init/error') {
      this.#events.onInitError({ payload: body.toString(), failed: true });
      accept(response);
    } else {
      reject(response, 404, 'UnknownOperation', `${request.method} ${request.url} is not part of the Runtime API`);
    }
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'application/json' });
  response.end('{"status":"OK"}');
}

function reject(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errorType, errorMessage }));
}

/** Undefined when the process ended in the middle of it. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  try {
    return await buffer(request);
  } catch {
    return undefined;
  }
}
