/**
 * How one child process reaches the simulated world: its connections arrive as tunnels (HTTP CONNECT) that name the host
 * that was meant, and what comes out of a tunnel is sent over the simulated network from the process's region. A tunnel
 * takes the round trips of the connection it stands for; to a host that cannot be reached it never opens, and an answer
 * that is lost never comes.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Owner } from '../../clock.ts';
import type { Cloud } from '../../cloud.ts';
import { AnswerLost, NotModelled, Unreachable } from '../../errors.ts';
import { wallClockOf } from '../../local/wall-clock.ts';
import { awsRegionOf, type NetworkResponse, networkOf } from '../../runtime/network.ts';
import { bodyOf } from './runtime-api.ts';
import { refuseWronglySigned } from './signed.ts';

/** A TCP and a TLS 1.3 handshake: one round trip each (RFC 8446 §2). */
const handshakeRoundTrips: Readonly<Record<string, number>> = { 'https:': 2, 'http:': 1 };

const hopByHop: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-authorization', 'transfer-encoding']);

export class Gateway {
  readonly #cloud: Cloud;
  readonly #owner: Owner;
  readonly #token: Buffer;
  readonly #onDefect: (error: unknown) => void;
  /** Reads HTTP from tunnels; listens nowhere. */
  readonly #tunnels: Server;
  /** Tunnel → the origin that it leads to. */
  readonly #origins = new WeakMap<Duplex, string>();

  constructor(cloud: Cloud, owner: Owner, token: string, onDefect: (error: unknown) => void) {
    this.#cloud = cloud;
    this.#owner = owner;
    this.#token = Buffer.from(`Bearer ${token}`);
    this.#onDefect = onDefect;
    const noLimits = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 };
    this.#tunnels = createServer(noLimits, (request, response) => this.#forward(request, response).catch(onDefect));
  }

  /** Whether the request comes from the process that this gateway was made for. */
  admits({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(headers['proxy-authorization'] ?? '');
    return given.byteLength === this.#token.byteLength && timingSafeEqual(given, this.#token);
  }

  /** The process tried to use what the simulator does not model; it was refused there. */
  refused(what: string): void {
    const gap = new NotModelled(`${this.#owner.label}: ${what} is not modelled in a child process`);
    this.#cloud.note(this.#owner.region, 'lambda', 'notModelled', { message: gap.message });
  }

  async connect(request: IncomingMessage, socket: Duplex): Promise<void> {
    socket.on('error', () => socket.destroy());
    const protocol = String(request.headers['simulated-protocol']);
    const roundTrips = handshakeRoundTrips[protocol];
    const url = URL.parse(`${protocol}//${request.url}`);
    if (!this.admits(request) || roundTrips === undefined || !url) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    try {
      await this.#present();
      const { region: from } = this.#owner;
      for (let i = 0; i < roundTrips; i++) {
        await networkOf(this.#cloud).roundTrip({ from, url, owner: this.#owner });
      }
    } catch (error) {
      // Silence: the process's own limits decide how long it waits.
      if (!(error instanceof Unreachable)) this.#onDefect(error);
      return;
    }
    this.#origins.set(socket, url.origin);
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    this.#tunnels.emit('connection', socket);
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = this.#origins.get(request.socket);
    const body = await bodyOf(request);
    if (!body) return;
    await this.#present();
    // Code that was killed a moment ago does nothing more.
    if (this.#owner.killed) return;
    const answer = await this.#send(request, new URL(`${origin}${request.url}`), body);
    if (answer === 'silence' || response.destroyed) return;
    if (answer === 'refused') {
      response.destroy();
      return;
    }
    const headers = Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name));
    response.writeHead(answer.status, Object.fromEntries(headers));
    response.end(answer.body);
  }

  async #send(request: IncomingMessage, url: URL, body: Buffer): Promise<NetworkResponse | 'silence' | 'refused'> {
    try {
      const refusal = awsRegionOf(url.hostname) && (await refuseWronglySigned(this.#cloud, request, body));
      if (refusal) return refusal;
      return await networkOf(this.#cloud).send({
        from: this.#owner.region,
        method: request.method ?? 'GET',
        url,
        headers: Object.fromEntries(
          Object.entries(request.headersDistinct).map(([name, lines]) => [name, (lines ?? []).join(',')]),
        ),
        body,
        owner: this.#owner,
      });
    } catch (error) {
      if (error instanceof Unreachable || error instanceof AnswerLost) return 'silence';
      if (error instanceof NotModelled) {
        this.refused(error.message);
        return 'refused';
      }
      throw error;
    }
  }

  /** Time passes while the simulator sleeps. */
  async #present(): Promise<void> {
    await wallClockOf(this.#cloud)?.present();
  }
}
