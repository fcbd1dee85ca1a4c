/** Sockets and answers of the simulated node:http, used by `http-client.ts`. */
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { Machine } from './machine.ts';
import { Timer } from './time.ts';

/** A connection's socket, as far as clients look at it: whether it is still opening, and inactivity. */
export class Socket extends EventEmitter {
  connecting: boolean;
  destroyed = false;
  readonly encrypted = true;
  readonly #machine: Machine;
  #idleMs = 0;
  #idleTimer: Timer | undefined;

  constructor(machine: Machine, connecting: boolean) {
    super();
    this.#machine = machine.self();
    this.connecting = connecting;
  }

  /** Called by the connection when it is open. */
  opened(): void {
    if (!this.connecting) return;
    this.connecting = false;
    this.active();
    this.emit('connect');
    this.emit('secureConnect');
  }

  /** Called by the connection whenever something passes. */
  active(): void {
    this.#idleTimer?.close();
    if (this.#idleMs > 0 && !this.destroyed)
      this.#idleTimer = new Timer(this.#machine, () => this.emit('timeout'), this.#idleMs, false);
  }

  setTimeout(milliseconds: number, listener?: () => void): this {
    if (listener) this.once('timeout', listener);
    this.#idleMs = milliseconds;
    this.active();
    return this;
  }

  destroy(): this {
    this.destroyed = true;
    this.#idleTimer?.close();
    return this;
  }

  // Nothing below the request is simulated, so these have nothing to change.
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** An answer at a client. The whole body is there from the start. */
export class IncomingMessage extends Readable {
  readonly httpVersion = '1.1';
  readonly headers: Record<string, string>;
  readonly rawHeaders: string[];
  readonly statusCode: number;
  readonly statusMessage = '';
  readonly socket: Socket;
  complete = false;

  constructor(socket: Socket, message: { headers: Record<string, string>; body: Uint8Array; status: number }) {
    super({ read: () => {} });
    this.socket = socket;
    this.headers = message.headers;
    this.rawHeaders = Object.entries(message.headers).flat();
    this.statusCode = message.status;
    if (message.body.byteLength > 0) this.push(toBuffer(message.body));
    this.push(null);
    this.complete = true;
  }
}

/** Header names in lower case, values as text. */
export function normalized(headers: object | undefined): Record<string, string> {
  const entries = Object.entries(headers ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), textOf(value)]));
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));

export const toBuffer = (chunk: string | Uint8Array, encoding?: BufferEncoding): Buffer =>
  typeof chunk === 'string'
    ? Buffer.from(chunk, encoding)
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
