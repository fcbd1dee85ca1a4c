/**
 * The client half of the simulated node:http and node:https. A place that cannot be reached shows as a connection that
 * never opens, a lost answer as silence: the program's own timeouts decide, as with real sockets.
 */
import { Writable } from 'node:stream';
import { AnswerLost, Unreachable } from '../errors.ts';
import { IncomingMessage, normalized, Socket, toBuffer } from './http-message.ts';
import type { Machine } from './machine.ts';
import { networkOf } from './network.ts';
import { Timer } from './time.ts';

/** Linux gives up on an unanswered SYN after 6 retries: 1+2+4+8+16+32+64 s (tcp(7), tcp_syn_retries). */
export const CONNECT_TIMEOUT_MS = 127_000;

/** How long a server keeps an idle connection. Guess: 20 s; endpoints differ, 5–60. */
const keptOpenMs = 20_000;

/** A TCP and a TLS 1.3 handshake: one round trip each (RFC 8446 §2). */
const handshakeRoundTrips = { 'https:': 2, 'http:': 1 } as const;

type Protocol = keyof typeof handshakeRoundTrips;

export interface RequestOptions {
  protocol?: string;
  host?: string;
  hostname?: string;
  port?: number | string;
  path?: string;
  method?: string;
  headers?: object;
  agent?: Agent | false;
  timeout?: number;
  signal?: AbortSignal;
}

/** Keeps connections open between requests. Their number is not limited. */
export class Agent {
  readonly keepAlive: boolean;
  readonly keepAliveMsecs: number;
  maxSockets = Number.POSITIVE_INFINITY;
  readonly sockets = {};
  readonly requests = {};
  readonly freeSockets = {};
  readonly options: object;
  /** Origin → until when each idle connection stays open. */
  readonly #idle = new Map<string, number[]>();

  constructor(options: { keepAlive?: boolean; keepAliveMsecs?: number; maxSockets?: number } = {}) {
    this.options = options;
    this.keepAlive = options.keepAlive ?? false;
    this.keepAliveMsecs = options.keepAliveMsecs ?? 1000;
    if (options.maxSockets !== undefined) this.maxSockets = options.maxSockets;
  }

  /** Takes an idle connection, if one is still open. */
  take(origin: string, now: number): boolean {
    const open = (this.#idle.get(origin) ?? []).filter((until) => until > now);
    const taken = open.pop() !== undefined;
    this.#idle.set(origin, open);
    return taken;
  }

  giveBack(origin: string, now: number): void {
    if (this.keepAlive) this.#idle.set(origin, [...(this.#idle.get(origin) ?? []), now + keptOpenMs]);
  }

  destroy(): void {
    this.#idle.clear();
  }
}

/** One request. Bytes written to it leave when it is ended and the connection is open. */
export class ClientRequest extends Writable {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  /** Set in the next turn, with the event 'socket'. */
  socket: Socket | null = null;
  reusedSocket = false;
  aborted = false;
  res: IncomingMessage | undefined;
  readonly #machine: Machine;
  readonly #agent: Agent;
  readonly #url: URL;
  readonly #headers: Record<string, string>;
  readonly #chunks: Buffer[] = [];
  #connectTimer: Timer | undefined;
  #open = false;
  #ended = false;

  constructor(machine: Machine, protocol: Protocol, options: RequestOptions, defaultAgent: Agent) {
    super({ autoDestroy: false, emitClose: true });
    this.#machine = machine.self();
    this.#agent = options.agent === false ? new Agent() : (options.agent ?? defaultAgent);
    this.#headers = normalized(options.headers);
    this.protocol = options.protocol ?? protocol;
    this.host = options.hostname ?? options.host ?? 'localhost';
    this.method = (options.method ?? 'GET').toUpperCase();
    this.path = options.path ?? '/';
    const port = options.port ? `:${options.port}` : '';
    this.#url = new URL(`${this.protocol}//${this.host}${port}${this.path}`);
    if (options.timeout) this.setTimeout(options.timeout);
    options.signal?.addEventListener('abort', () => this.destroy(options.signal?.reason as Error), { once: true });
    process.nextTick(() => this.#machine.enter(() => this.#connect()));
  }

  setHeader(name: string, value: unknown): this {
    Object.assign(this.#headers, normalized({ [name]: value }));
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers[name.toLowerCase()];
  }

  removeHeader(name: string): void {
    delete this.#headers[name.toLowerCase()];
  }

  setTimeout(milliseconds: number, listener?: () => void): this {
    if (listener) this.once('timeout', listener);
    const arm = (socket: Socket) => socket.setTimeout(milliseconds, () => this.emit('timeout'));
    if (this.socket) arm(this.socket);
    else this.once('socket', arm);
    return this;
  }

  abort(): void {
    this.aborted = true;
    this.destroy();
  }

  // Headers leave together with the body, at once, on a connection whose options nothing depends on.
  flushHeaders(): void {}
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(toBuffer(chunk, encoding));
    done();
  }

  override _final(done: () => void): void {
    this.#ended = true;
    done();
    this.#sendWhenReady();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#connectTimer?.close();
    this.socket?.destroy();
    const hungUp = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    done(error ?? (this.res ? null : hungUp()));
  }

  #connect(): void {
    if (this.destroyed) return;
    this.reusedSocket = this.#agent.take(this.#url.origin, this.#machine.monotonicNow());
    this.socket = new Socket(this.#machine, !this.reusedSocket);
    this.emit('socket', this.socket);
    if (this.reusedSocket) {
      this.#opened();
      return;
    }
    this.#connectTimer = new Timer(this.#machine, () => this.#gaveUp(), CONNECT_TIMEOUT_MS, false);
    this.#then(this.#handshake(), () => {
      this.#connectTimer?.close();
      this.socket?.opened();
      this.#opened();
    });
  }

  async #handshake(): Promise<void> {
    const trips = handshakeRoundTrips[this.protocol as Protocol];
    for (let i = 0; i < trips; i++) await this.#roundTrip();
  }

  #roundTrip(): Promise<void> {
    const { owner, cloud } = this.#machine;
    return networkOf(cloud).roundTrip({ from: owner.region, url: this.#url, owner });
  }

  #gaveUp(): void {
    const message = `connect ETIMEDOUT ${this.#url.host}`;
    this.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT', syscall: 'connect' }));
  }

  #opened(): void {
    this.#open = true;
    if (this.#headers.expect === '100-continue' && !this.#ended)
      this.#then(this.#roundTrip(), () => this.emit('continue'));
    this.#sendWhenReady();
  }

  #sendWhenReady(): void {
    if (!this.#open || !this.#ended || this.destroyed) return;
    this.socket?.active();
    const { owner, cloud } = this.#machine;
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    const sent = networkOf(cloud).send({
      from: owner.region,
      method: this.method,
      url: this.#url,
      headers: this.#headers,
      body,
      owner,
    });
    this.#then(sent, (answer) => this.#answered(answer));
  }

  #answered(answer: { status: number; headers: Record<string, string>; body: Uint8Array }): void {
    const socket = this.socket as Socket;
    socket.active();
    this.res = new IncomingMessage(socket, answer);
    this.res.once('end', () => {
      this.#agent.giveBack(this.#url.origin, this.#machine.monotonicNow());
      this.destroy();
    });
    this.res.once('error', () => this.destroy());
    this.emit('response', this.res);
  }

  /** Goes on when the network answers. Silence stays silence; what the simulator lacks is an error of the request. */
  #then<T>(answer: Promise<T>, run: (value: T) => void): void {
    answer.then(
      (value) =>
        this.#machine.enter(() => {
          if (!this.destroyed) run(value);
        }),
      (error: unknown) => {
        if (error instanceof Unreachable || error instanceof AnswerLost) return;
        this.#machine.enter(() => this.destroy(error as Error));
      },
    );
  }
}
