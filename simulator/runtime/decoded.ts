/**
 * Decoded hand-over: a command of the AWS SDK reaches the operation as the object that it is, without HTTP, signature
 * and codec in between; connections, latencies, time limits, faults and the client's own retry strategy stay. The soak
 * runs so (`handOverDecoded`), once the round-trip fuzz of the codec and a run of the same seed both ways show that
 * nothing depends on the difference. Libraries get their door when they are loaded (libraries.ts).
 */

import { Readable } from 'node:stream';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { sdkStreamMixin } from '@smithy/core/serde';
import type { AwsCredentialIdentity, RetryErrorType, RetryStrategyV2, SdkError } from '@smithy/types';
import type { Cloud } from '../cloud.ts';
import { AnswerLost, AwsError, NotModelled, Unreachable } from '../errors.ts';
import { type Client, clientOf, type Operation } from '../wire/clients.ts';
import { callerOf } from '../wire/credentials.ts';
import { exceptionOf } from '../wire/exceptions.ts';
import { checkRequired } from '../wire/required.ts';
import { Agent, CONNECT_TIMEOUT_MS } from './http-client.ts';
import type { Machine } from './machine.ts';
import { networkOf } from './network.ts';
import { Timer } from './time.ts';

const key = 'decoded hand-over';

/** From now on running code of this cloud hands its commands over decoded. */
export const handOverDecoded = (cloud: Cloud): void => void cloud.running.set(key, true);

const isDecoded = (cloud: Cloud): boolean => cloud.running.get(key) === true;

/** The parts of a client's resolved configuration that are used; names and types are the SDK's. */
interface ClientConfig {
  readonly serviceId: string;
  region(): Promise<string>;
  credentials(): Promise<AwsCredentialIdentity>;
  retryStrategy(): Promise<RetryStrategyV2>;
  readonly requestHandler: { readonly configProvider: Promise<TimeLimits> };
}

interface TimeLimits {
  readonly connectionTimeout?: number;
  readonly requestTimeout?: number;
  readonly throwOnRequestTimeout?: boolean;
}

interface SdkClient {
  readonly config: ClientConfig;
  send(command: Command, ...rest: unknown[]): unknown;
}

interface Command {
  readonly input: object;
  /** The schema of the operation: its third part is the name. */
  readonly schema: readonly [number, string, string, ...unknown[]];
}

type AnyClass = { readonly prototype: SdkClient };

/** Gives the clients among these exports a door to the operations beside the one through HTTP. */
export function addDecodedDoor(exports: object, running: () => Machine): void {
  for (const each of Object.values(exports)) {
    const base = typeof each === 'function' ? baseOf(each as AnyClass) : undefined;
    if (!base || doors.has(base)) continue;
    doors.add(base);
    const { send } = base;
    base.send = function sendEitherWay(this: SdkClient, command, ...rest) {
      const machine = running();
      if (!isDecoded(machine.cloud) || rest[0] !== undefined) return send.call(this, command, ...rest);
      return new Exchange(machine, this.config, command).send();
    };
  }
}

const doors = new WeakSet<SdkClient>();

/** The prototype that has `send` itself, of a class that is an SDK client. */
function baseOf({ prototype }: AnyClass): SdkClient | undefined {
  let base = prototype;
  while (base && !Object.hasOwn(base, 'send')) base = Object.getPrototypeOf(base) as SdkClient;
  return base && Object.hasOwn(base, 'destroy') ? base : undefined;
}

/** Connections that a client keeps open, as its own agent would. */
const agents = new WeakMap<object, Agent>();

function agentOf(handler: object): Agent {
  const agent = agents.get(handler) ?? new Agent({ keepAlive: true });
  agents.set(handler, agent);
  return agent;
}

/** One command with all its attempts. */
class Exchange {
  readonly #machine: Machine;
  readonly #config: ClientConfig;
  readonly #command: Command;
  readonly #client: Client;
  readonly #operation: Operation;

  constructor(machine: Machine, config: ClientConfig, command: Command) {
    this.#machine = machine;
    this.#config = config;
    this.#command = command;
    this.#client = clientOf(config.serviceId.toLowerCase().replaceAll(' ', '-'));
    const name = command.schema[2];
    const operation = this.#client.operations.get(name);
    if (!operation) throw new NotModelled(`${this.#client.service}:${name} is not in the client's own schemas`);
    this.#operation = operation;
  }

  /** As the SDK's retry middleware does with its strategy (@smithy/core, "retry"). */
  async send(): Promise<object> {
    const input = await collected(this.#operation, withTokens(this.#operation, this.#command.input, this.#machine));
    const strategy = await this.#config.retryStrategy();
    let token = await strategy.acquireInitialRetryToken('');
    for (let attempts = 1; ; attempts++) {
      try {
        const output = await this.#attempt(input);
        strategy.recordSuccess(token);
        return { ...output, $metadata: { httpStatusCode: 200, attempts } };
      } catch (error) {
        const errorType = retryTypeOf(error as SdkError);
        try {
          token = await strategy.refreshRetryTokenForRetry(token, { error: error as SdkError, errorType });
        } catch {
          throw Object.assign(error as SdkError, { $metadata: { ...(error as SdkError).$metadata, attempts } });
        }
      }
    }
  }

  async #attempt(input: object): Promise<object> {
    const { requestHandler } = this.#config;
    const region = await this.#config.region();
    const { accessKeyId } = await this.#config.credentials();
    const limits = await requestHandler.configProvider;
    const machine = this.#machine;
    return new Promise((resolve, reject) => {
      const timers: Timer[] = [];
      const finish = (end: () => void) => {
        for (const timer of timers) timer.close();
        machine.enter(end);
      };
      const limit = (milliseconds: number | undefined, error: () => Error) => {
        if (milliseconds) timers.push(new Timer(machine, () => finish(() => reject(error())), milliseconds, false));
        return timers.at(-1);
      };
      const { requestTimeout, connectionTimeout } = limits;
      if (limits.throwOnRequestTimeout) {
        limit(requestTimeout, () => timedOut(`the request has exceeded its requestTimeout of ${requestTimeout} ms`));
      }
      const opening = connectionTimeout
        ? limit(connectionTimeout, () =>
            timedOut(`the socket did not establish a connection in ${connectionTimeout} ms`),
          )
        : limit(CONNECT_TIMEOUT_MS, () => timedOut('connect ETIMEDOUT'));
      this.#carry(input, region, accessKeyId, () => opening?.close()).then(
        (output) => finish(() => resolve(output)),
        (error: unknown) => {
          // Silence: the limits decide.
          if (error instanceof Unreachable || error instanceof AnswerLost) return;
          finish(() => reject(error));
        },
      );
    });
  }

  /** Opens a connection unless one is open, and does the call. Throws the client's own exceptions. */
  async #carry(input: object, region: string, accessKeyId: string, onOpen: () => void): Promise<object> {
    const { cloud, owner } = this.#machine;
    const network = networkOf(cloud);
    const agent = agentOf(this.#config.requestHandler);
    const { service } = this.#client;
    const to = cloud.services.get(service)?.homeRegion ?? region;
    const bucket = service === 's3' ? `${(input as { Bucket?: string }).Bucket}.` : '';
    const url = new URL(`https://${bucket}${this.#client.signingName}.${to}.amazonaws.com/`);
    if (!agent.take(url.origin, this.#machine.monotonicNow())) {
      // TCP and TLS, as in http-client.ts.
      for (let trips = 0; trips < 2; trips++) await network.roundTrip({ from: owner.region, url, owner });
    }
    onOpen();
    const answer = await network.call({
      from: owner.region,
      to,
      owner,
      perform: () => this.#perform(input, to, accessKeyId),
    });
    agent.giveBack(url.origin, this.#machine.monotonicNow());
    if (answer instanceof Error) throw answer;
    return answer as object;
  }

  /** What the endpoint does; AWS's errors are answers too. */
  #perform(given: object, region: string, accessKeyId: string) {
    const { cloud, owner } = this.#machine;
    const client = this.#client;
    try {
      const input = copy(given) as Record<string, unknown>;
      const scope = { accessKeyId, region, signingName: client.signingName };
      const caller = callerOf(cloud, scope, client.service, client.protocol);
      checkRequired(client, this.#operation.input, input);
      const common = { input, region, caller, from: owner.region, overWire: true };
      const request = { service: client.service, operation: this.#operation.name, ...common };
      return { request, answer: () => cloud.request(request).then(this.#output, this.#failure) };
    } catch (error) {
      return { request: undefined, answer: async () => this.#failure(error) };
    }
  }

  readonly #output = (output: unknown): unknown => {
    const copied = copy(output) as Record<string, unknown>;
    for (const name of streamsOf(this.#operation)) {
      const content = copied[name];
      if (content !== undefined) copied[name] = sdkStreamMixin(Readable.from([Buffer.from(content as Uint8Array)]));
    }
    return copied;
  };

  /** Throws what has no answer. */
  readonly #failure = (error: unknown): Error => {
    const refusal =
      error instanceof NotModelled ? new AwsError('NotImplemented', error.message, { status: 501 }) : error;
    if (!(refusal instanceof AwsError)) throw refusal;
    return exceptionOf(this.#client, this.#operation, refusal);
  };
}

const timedOut = (message: string): Error =>
  Object.assign(new Error(message), { name: 'TimeoutError', code: 'ETIMEDOUT' });

function retryTypeOf(error: SdkError): RetryErrorType {
  if (isThrottlingError(error)) return 'THROTTLING';
  if (isTransientError(error)) return 'TRANSIENT';
  return isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR';
}

const tokens = new WeakMap<Operation, readonly string[]>();
const streams = new WeakMap<Operation, readonly string[]>();
const blobs = new WeakMap<Operation, readonly string[]>();

/** Members that the SDK fills with an idempotency token. */
function withTokens(operation: Operation, input: object, machine: Machine): object {
  const known = tokens.get(operation) ?? membersWhere(operation.input, (member) => member.isIdempotencyToken());
  tokens.set(operation, known);
  const missing = known.filter((name) => (input as Record<string, unknown>)[name] === undefined);
  if (missing.length === 0) return input;
  return { ...input, ...Object.fromEntries(missing.map((name) => [name, machine.random.uuid()])) };
}

/** Members that carry bytes, as bytes: programs may also give them as text or as a stream. */
async function collected(operation: Operation, input: object): Promise<object> {
  const known = blobs.get(operation) ?? membersWhere(operation.input, (member) => member.isBlobSchema());
  blobs.set(operation, known);
  const collecting = known.map(async (name) => {
    const value = (input as Record<string, unknown>)[name];
    if (typeof value === 'string') return [name, Buffer.from(value)];
    return [name, value instanceof Readable ? Buffer.concat(await value.toArray()) : value];
  });
  return known.length === 0 ? input : { ...input, ...Object.fromEntries(await Promise.all(collecting)) };
}

function streamsOf(operation: Operation): readonly string[] {
  const known = streams.get(operation) ?? membersWhere(operation.output, (member) => member.isStreaming());
  streams.set(operation, known);
  return known;
}

function membersWhere(schema: Operation['input'], fits: (member: Operation['input']) => boolean): string[] {
  if (!schema.isStructSchema()) return [];
  return [...schema.structIterator()].filter(([, member]) => fits(member)).map(([name]) => name);
}

/** As a codec would hand it on: nothing shared, nothing undefined. */
function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Date) return new Date(value.getTime());
  if (ArrayBuffer.isView(value)) return value;
  const copied: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) copied[name] = copy(member);
  }
  return copied;
}
