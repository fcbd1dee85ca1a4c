/**
 * The local AWS endpoint: an HTTP server on 127.0.0.1 for all services and regions of one cloud. Started by
 * `mainstay local` and by tests; whoever starts it also runs the cloud's clock, usually with `runOnWallClock`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Cloud } from '../cloud.ts';
import { AnswerLost, AwsError, onNotModelled, Unreachable } from '../errors.ts';
import { type Client, clientOf } from '../wire/clients.ts';
import type { WireResponse } from '../wire/message.ts';
import { administratorKey, type KeyPair } from './administrator.ts';
import { type Addressed, admit } from './admission.ts';
import { BodyBudget, BodyRefused, readBody } from './body.ts';
import { apiOf, errorAnswer, exchange } from './exchange.ts';
import { bodyLimitOf, defaultLimits, type Limits } from './limits.ts';
import { type Received, received } from './received.ts';
import { refusal } from './refusals.ts';

export interface ServeOptions {
  /** 4566 by default; 0 takes a free one. */
  readonly port?: number;
  /** A key pair for tests; otherwise the cloud's own, made once at random. */
  readonly administrator?: KeyPair;
  readonly limits?: Partial<Limits>;
  /** Told, once each, what the simulator does not model and what went wrong inside it. */
  readonly log?: (line: string) => void;
}

export interface LocalEndpoint {
  readonly url: string;
  readonly port: number;
  readonly administrator: KeyPair;
  /** Ends at once what is still under way. */
  close(): Promise<void>;
}

export const DEFAULT_PORT = 4566;

/** Rejects with Node's error (`code` EADDRINUSE, EACCES) when the port cannot be had. */
export async function serve(cloud: Cloud, options: ServeOptions = {}): Promise<LocalEndpoint> {
  const endpoint = new Endpoint(cloud, options);
  return endpoint.listen(options.port ?? DEFAULT_PORT);
}

class Endpoint {
  readonly #cloud: Cloud;
  readonly #limits: Limits;
  readonly #budget: BodyBudget;
  readonly #server: Server;
  readonly #administrator: KeyPair;
  readonly #log: (line: string) => void;
  readonly #logged = new Set<string>();
  #underWay = 0;
  #port = 0;

  constructor(cloud: Cloud, options: ServeOptions) {
    this.#cloud = cloud;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#budget = new BodyBudget(this.#limits.allBodiesBytesMax);
    this.#administrator = administratorKey(cloud, options.administrator);
    this.#log = options.log ?? (() => {});
    this.#server = createServer({
      maxHeaderSize: this.#limits.headerBytesMax,
      headersTimeout: this.#limits.headersMsMax,
      requestTimeout: this.#limits.requestMsMax,
      connectionsCheckingInterval: Math.min(2_000, this.#limits.headersMsMax),
      // Longer than the clients' own, so that none sends into a connection that is being closed.
      keepAliveTimeout: 60_000,
      // A missing Host is refused here in AWS's words.
      requireHostHeader: false,
    });
    this.#server.maxConnections = this.#limits.connectionsMax;
    // Node drops headers beyond its own limit silently; ours refuses.
    this.#server.maxHeadersCount = 0;
    this.#server.on('request', (request, response) => void this.#serve(request, response, false));
    this.#server.on('checkContinue', (request, response) => void this.#serve(request, response, true));
    this.#server.on('checkExpectation', (request, response) => void this.#serve(request, response, false));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#unreadable(error, socket));
  }

  async listen(port: number): Promise<LocalEndpoint> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    await promise;
    this.#server.off('error', reject);
    this.#port = (this.#server.address() as AddressInfo).port;
    const forget = onNotModelled(({ message }) => this.#logOnce(`not modelled: ${message}`));
    return {
      url: `http://127.0.0.1:${this.#port}`,
      port: this.#port,
      administrator: this.#administrator,
      close: async () => {
        forget();
        const closed = new Promise<void>((done) => void this.#server.close(() => done()));
        this.#server.closeAllConnections();
        await closed;
      },
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): Promise<void> {
    request.on('error', () => {});
    response.on('error', () => {});
    this.#underWay++;
    response.once('close', () => void this.#underWay--);
    const answer = await this.#answer(request, response, awaitsContinue);
    if (answer) send(request, response, answer);
    else this.#leaveLost(response);
  }

  /** Undefined when the answer got lost on the simulated network. */
  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    awaitsContinue: boolean,
  ): Promise<WireResponse | undefined> {
    const method = request.method ?? 'GET';
    let client = clientOf('s3');
    try {
      const given = this.#read(request);
      client = apiOf(given);
      const addressed = this.#admitted(client, given, request);
      const body = () => {
        if (awaitsContinue) response.writeContinue();
        const bytesMax = bodyLimitOf(this.#limits, client.service);
        return readBody(request, { bytesMax, silenceMsMax: this.#limits.bodySilenceMsMax, budget: this.#budget });
      };
      return await exchange({ cloud: this.#cloud, client, request: given, addressed, body });
    } catch (error) {
      if (error instanceof Unreachable || error instanceof AnswerLost) return undefined;
      return errorAnswer(client, this.#refusalFor(client, error), method);
    }
  }

  #read(request: IncomingMessage): Received {
    try {
      return received(request);
    } catch (cause) {
      throw refusal(clientOf('s3'), 'targetUnreadable', "Couldn't parse the specified URI.", cause);
    }
  }

  #admitted(client: Client, given: Received, request: IncomingMessage): Addressed {
    const { targetBytesMax, headersMax, requestsMax } = this.#limits;
    if (this.#underWay > requestsMax) throw refusal(client, 'tooManyRequests', 'Please reduce your request rate.');
    const addressed = admit(given, request.headersDistinct.host ?? [], this.#port);
    if (typeof addressed === 'string') throw refusal(client, 'foreignHost', addressed);
    if (given.path.length + given.search.length > targetBytesMax) {
      throw refusal(client, 'headersTooLarge', `The request target is longer than ${targetBytesMax} bytes.`);
    }
    if (request.rawHeaders.length / 2 > headersMax) {
      throw refusal(client, 'headersTooLarge', `The request has more than ${headersMax} headers.`);
    }
    // The URL standard would resolve these, and the signature is over the path as it was sent.
    if (!given.path.startsWith('/') || /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(given.path)) {
      throw refusal(client, 'targetUnreadable', 'The path must be absolute and without dot segments.');
    }
    const { expect } = request.headers;
    if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
      throw refusal(client, 'malformedHttp', "The only expectation that can be met is '100-continue'.");
    }
    return addressed;
  }

  #refusalFor(client: Client, error: unknown): AwsError {
    if (error instanceof AwsError) return error;
    if (error instanceof BodyRefused) return refusal(client, error.reason, error.message);
    this.#logOnce(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return refusal(client, 'defect', 'We encountered an internal error. Please try again.', error);
  }

  /** The client hears nothing, as on a network; its own timeout decides, and at last ours. */
  #leaveLost(response: ServerResponse): void {
    const timeout = setTimeout(() => response.destroy(), this.#limits.lostMsMax);
    response.once('close', () => clearTimeout(timeout));
  }

  /** What Node cannot read as HTTP never becomes a request. */
  #unreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const s3 = clientOf('s3');
    const answer = errorAnswer(s3, unreadable(s3, error), 'GET');
    const head = Object.entries({ ...answer.headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
    socket.end(Buffer.concat([Buffer.from([`HTTP/1.1 ${answer.status} `, ...head, '', ''].join('\r\n')), answer.body]));
    // The sender may go on sending: a polite end first, then the end.
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  #logOnce(line: string): void {
    if (this.#logged.has(line) || this.#logged.size >= LOGGED_MAX) return;
    this.#logged.add(line);
    this.#log(line);
  }
}

/** How long a refused sender may take to notice. */
const LINGER_MS = 500;
/** Different lines that are remembered; a flood of new ones is cut off. */
const LOGGED_MAX = 1000;

function unreadable(s3: Client, { code }: NodeJS.ErrnoException): AwsError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = 'The request header and query parameters used to make the request exceed the maximum allowed size.';
    return refusal(s3, 'headersTooLarge', message);
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return refusal(s3, 'bodyTooSlow', 'Your socket connection to the server was not read from or written to in time.');
  }
  return refusal(s3, 'malformedHttp', 'An error occurred when parsing the HTTP request.');
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: WireResponse): void {
  if (response.destroyed || response.headersSent) return;
  // Whatever of the body was not read stands in the way of the next request on this connection.
  const unread = !request.readableEnded && !request.complete;
  response.writeHead(status, unread ? { ...headers, connection: 'close' } : headers);
  response.end(body);
  if (!unread) return;
  request.resume();
  const timeout = setTimeout(() => request.destroy(), LINGER_MS);
  response.once('close', () => clearTimeout(timeout));
}
