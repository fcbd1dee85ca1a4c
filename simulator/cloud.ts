/**
 * The simulated cloud: accounts' one state as plain data, the clock, and the one door through which every call goes:
 * reachability, faults, permission, operation, trace.
 */
import { type Blobs, createBlobs } from './blobs.ts';
import type { Clients, Input, OperationName, Output, ServiceName } from './clients.ts';
import { Clock, type ClockState, type Owner } from './clock.ts';
import { principalOf, ServiceContext } from './context.ts';
import { AnswerLost, AwsError, NotModelled, Unreachable } from './errors.ts';
import { drawFate, type Fate } from './faults/calls.ts';
import { clockSkewMs, starvedMs } from './faults/clocks.ts';
import { isCut, isUnreachable } from './faults/links.ts';
import { performPartly } from './faults/partial.ts';
import { keepPast, pastState } from './faults/past.ts';
import { delivers, type FaultState, noFaults, type Place } from './faults.ts';
import { authorize } from './iam/authorize.ts';
import { wallClockOf } from './local/wall-clock.ts';
import { Random, type RandomState, seedStream } from './random.ts';
import type { AnyService, Caller, Context, ServiceDefinition } from './service.ts';
import { Trace } from './trace.ts';

/** All of it plain data; `fork` copies it. */
export interface CloudState {
  seed: number;
  readonly account: string;
  readonly regions: string[];
  readonly startedAt: number;
  clock: ClockState;
  faults: FaultState;
  random: Record<string, RandomState>;
  /** region → service → state. A global service is under its home region. */
  services: Record<string, Record<string, unknown>>;
  /** Access key id → who it stands for. */
  credentials: Record<string, Caller>;
  /** Access key id → what proves that a request was signed with it. Never traced. */
  keys: Record<string, SigningKey>;
}

/** The secret half of credentials. */
export interface SigningKey {
  readonly secretAccessKey: string;
  /** Undefined for the long-lived key of an administrator. */
  readonly sessionToken?: string;
  /** Milliseconds since the epoch, virtual; undefined: never. */
  readonly expiresAt?: number;
  /** Where the process runs that holds them, when it is part of this cloud; requests from outside have none. */
  readonly place?: Place;
}

/** One call as it reaches a service's endpoint. */
export interface Request {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** Of the endpoint called. */
  readonly region: string;
  readonly caller: Caller;
  /** Where the caller runs. */
  readonly from: Place;
  /** What the trace shows as its input, when the caller knows better than the service what to hide. */
  readonly shown?: unknown;
  /** Sent by running code, whose client may send the same bytes twice. */
  readonly overWire?: boolean;
}

export interface CloudOptions {
  readonly seed: number;
  readonly account: string;
  readonly regions: readonly string[];
  readonly services: readonly AnyService[];
  /** Milliseconds since the epoch. */
  readonly startAt: number;
}

export class Cloud {
  readonly state: CloudState;
  readonly clock: Clock;
  readonly trace = new Trace();
  /** Immutable contents (code, images, objects) by hash; shared between forks. */
  readonly blobs: Blobs;
  readonly services: ReadonlyMap<string, AnyService>;
  /** Running code and other things that are not data, by name; each part of the simulator owns its entry. */
  readonly running = new Map<string, unknown>();

  private constructor(state: CloudState, services: ReadonlyMap<string, AnyService>, blobs: Blobs) {
    this.state = state;
    this.services = services;
    this.blobs = blobs;
    this.clock = new Clock(state.clock, {
      isDark: (region) => state.faults.dark[region] === true,
      starvedMs: (owner) => starvedMs(this, owner),
      fire: (timer) => {
        const service = this.#service(timer.service);
        const run = service.timers?.[timer.name];
        if (!run) throw new Error(`${timer.service} has no timer '${timer.name}'`);
        keepPast(this, service);
        return run(timer.data as never, this.context(service, timer.region, principalOf(service)));
      },
    });
  }

  static create(options: CloudOptions): Cloud {
    const state: CloudState = {
      seed: options.seed,
      account: options.account,
      regions: [...options.regions],
      startedAt: options.startAt,
      clock: { now: options.startAt, nextId: 1, timers: [], cancelled: {}, parked: [] },
      faults: noFaults(),
      random: {},
      services: {},
      credentials: {},
      keys: {},
    };
    const services = new Map(options.services.map((service) => [service.name, service]));
    const cloud = new Cloud(state, services, createBlobs());
    for (const region of state.regions) {
      for (const service of services.values()) {
        if (service.homeRegion !== undefined && service.homeRegion !== region) continue;
        service.start?.(cloud.context(service, region, principalOf(service)));
      }
    }
    return cloud;
  }

  /** A cloud whose state was kept elsewhere meanwhile; nothing of it runs yet. */
  static restore(state: CloudState, services: readonly AnyService[], blobs: Blobs): Cloud {
    return new Cloud(state, new Map(services.map((service) => [service.name, service])), blobs);
  }

  /**
   * A copy with another seed. Throws while code is running: closures cannot be copied.
   */
  fork(seed: number): Cloud {
    const { running } = this.clock;
    if (running.length > 0) {
      throw new Error(`this cloud has running processes (${running.join(', ')}); fork it before anything is started`);
    }
    const state = structuredClone(this.state);
    state.seed = seed;
    state.random = {};
    return new Cloud(state, this.services, this.blobs);
  }

  get now(): number {
    return this.clock.now;
  }

  /** The stream of randomness with this name. */
  random(stream: string): Random {
    this.state.random[stream] ??= seedStream(this.state.seed, stream);
    return new Random(this.state.random[stream]);
  }

  /** A service's state in a region, made on first use. */
  stateOf<State>(service: ServiceDefinition<never, State> | AnyService, region: string): State {
    const home = service.homeRegion ?? region;
    this.state.services[home] ??= {};
    const inRegion = this.state.services[home];
    inRegion[service.name] ??= service.initialState(home, this.state.account);
    return inRegion[service.name] as State;
  }

  /** Whether a packet sent in `from` arrives in `to`. */
  delivers(from: Place, to: Place): boolean {
    return delivers(this.state.faults, from, to) && !isCut(this, from, to);
  }

  /** Whether a request and its answer get through. */
  reaches(from: Place, to: Place): boolean {
    return this.delivers(from, to) && this.delivers(to, from);
  }

  /** How far a region's wall clocks are off now. */
  clockSkewMs(region: string): number {
    return clockSkewMs(this, region);
  }

  /** Takes a region's power away: nothing runs there, nothing crosses its border. */
  goDark(region: string): void {
    this.state.faults.dark[region] = true;
    this.note(region, 'world', 'region.dark');
  }

  /** Gives the power back; what waited there goes on at once. */
  comeBack(region: string): void {
    delete this.state.faults.dark[region];
    this.note(region, 'world', 'region.back');
    this.clock.unpark();
  }

  /** Credentials that stand for a caller, as the SDK would find them. */
  issueCredentials(
    caller: Caller,
    limits: Pick<SigningKey, 'expiresAt' | 'place'> = {},
  ): { accessKeyId: string; secretAccessKey: string; sessionToken: string } {
    const random = this.random('credentials');
    const accessKeyId = `ASIA${random.hex(16).toUpperCase()}`;
    const secret = { secretAccessKey: random.hex(40), sessionToken: random.hex(64) };
    this.state.credentials[accessKeyId] = caller;
    this.state.keys[accessKeyId] = { ...secret, ...limits };
    return { accessKeyId, ...secret };
  }

  note(region: string, source: string, what: string, detail?: unknown): void {
    const t = this.now - this.state.startedAt;
    this.trace.add(detail === undefined ? { t, region, source, what } : { t, region, source, what, detail });
  }

  context<State>(
    service: ServiceDefinition<never, State> | AnyService,
    region: string,
    caller: Caller,
  ): Context<State> {
    return new ServiceContext<State>(this, service, service.homeRegion ?? region, caller);
  }

  /**
   * Carries out a call at a service's endpoint. Throws AwsError, Unreachable, AnswerLost or NotModelled. The way there
   * and back is the transport's business (see wire and runtime); faults of the call itself are drawn and take effect here.
   */
  async request(request: Request): Promise<unknown> {
    if (!this.delivers(request.from, request.region)) throw new Unreachable(request.from, request.region);
    if (isUnreachable(this, request)) throw new Unreachable(request.from, `${request.service}.${request.region}`);
    const service = this.#service(request.service);
    const operation = (service.operations as Record<string, Operation | undefined>)[request.operation];
    const label = labelOf(request);
    if (!operation) throw new NotModelled(`${label} is not modelled by the simulator; see simulator/KNOWN-GAPS.md`);
    const fate = drawFate(this, request);
    const carryOut = (under: Fate | undefined) => this.#carryOut(service, operation, request, under);
    if (fate === undefined) return carryOut(undefined);
    if (fate.dropped) throw new AnswerLost(`the request ${label} was lost`);
    if (fate.beforeMs > 0) {
      await this.#pass(fate.beforeMs);
      if (!this.delivers(request.from, request.region)) throw new Unreachable(request.from, request.region);
    }
    try {
      if (fate.againMs === undefined) return await carryOut(fate);
      // The first answer is lost on its way, whatever it says; the caller sees the second.
      await carryOut(fate).catch(unlessAnswer);
      await this.#pass(fate.againMs);
      return await this.#carryOut(service, operation, request, undefined, true);
    } finally {
      if (fate.afterMs > 0) await this.#pass(fate.afterMs);
    }
  }

  /** One arrival of a request at its service, with its entry in the trace. */
  async #carryOut(
    service: AnyService,
    operation: Operation,
    request: Request,
    fate: Fate | undefined,
    resent = false,
  ): Promise<unknown> {
    const context = this.context(service, request.region, request.caller);
    const input = traceable(service, request, context);
    // Where the call came from is told when it crossed a border.
    const by = {
      by: nameOf(request.caller),
      ...(request.from === request.region ? {} : { from: request.from }),
      // Where faults were injected is what a soak's coverage counts.
      ...(fate && { faulted: true }),
      // Answered from the past.
      ...(fate && fate.staleMs > 0 && { stale: true }),
      // Sent by the network and not by the caller.
      ...(resent && { resent }),
    };
    try {
      if (fate?.error) throw fate.error;
      authorize(this, service, request, context);
      keepPast(this, service, request);
      const output = await (fate ? this.#underFate(operation, request, fate) : operation(request.input, context));
      if (fate?.answerLost) throw new AnswerLost(`the answer to ${labelOf(request)} was lost`);
      this.note(request.region, request.service, request.operation, {
        ...by,
        input,
      });
      return output ?? {};
    } catch (error) {
      const code = error instanceof AwsError ? error.code : error instanceof Error ? error.name : 'unknown';
      this.note(request.region, request.service, request.operation, {
        ...by,
        input,
        error: code,
        message: (error as Error).message,
      });
      throw error;
    }
  }

  #underFate(operation: Operation, request: Request, { staleMs, partial }: Fate): unknown {
    const service = this.#service(request.service);
    const past = staleMs > 0 ? pastState(this, service, request.region, staleMs) : undefined;
    const context = new ServiceContext(this, service, service.homeRegion ?? request.region, request.caller, past);
    const perform = (input: unknown) => operation(input, context);
    return partial ? performPartly(this, partial, request, perform) : perform(request.input);
  }

  /** Time that a fault takes from a call. */
  #pass(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(milliseconds, UNDER_WAY, resolve);
    });
  }

  /** The same, typed, for drivers and tests: by default as the account's administrator from the internet. */
  async call<S extends ServiceName, O extends OperationName<Clients[S]>>(
    service: S,
    operation: O,
    input: Input<Clients[S], O>,
    options: { region: string; caller?: Caller; from?: Place },
  ): Promise<Output<Clients[S], O>> {
    const output = await this.request({
      service,
      operation,
      input,
      region: options.region,
      caller: options.caller ?? { kind: 'account' },
      from: options.from ?? options.region,
    });
    return output as Output<Clients[S], O>;
  }

  /** Runs the clock for a while. */
  async advance(milliseconds: number): Promise<void> {
    await this.runUntil(this.now + milliseconds);
  }

  /** Runs the clock until then, or until `done` says so; where a wall clock runs it, waits for that. */
  runUntil(until: number, done?: () => boolean): Promise<void> {
    return wallClockOf(this)?.until(until, done) ?? this.clock.run(until, done);
  }

  /** Runs the clock until the promise is settled, at most for `limitMs`. */
  async resolve<T>(promise: Promise<T>, limitMs = 24 * 3_600_000): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    const deadline = this.now + limitMs;
    await this.runUntil(deadline, () => settled);
    if (!settled) throw new Error(`nothing answered within ${limitMs / 1000} s of virtual time`);
    return watched;
  }

  #service(name: string): AnyService {
    const service = this.services.get(name);
    if (!service) throw new NotModelled(`service '${name}' is not modelled by the simulator`);
    return service;
  }
}

type Operation = (input: unknown, context: Context<unknown>) => unknown;

const labelOf = ({ service, operation }: Request): string => `${service}:${operation}`;

/** An error of AWS is an answer; anything else is not the network's to lose. */
function unlessAnswer(error: unknown): void {
  if (!(error instanceof AwsError)) throw error;
}

/** Owns what is on its way: neither a pause nor the death of its sender stops it. */
const UNDER_WAY: Owner = { region: 'network', label: 'call', paused: false, killed: false };

type Redaction = (input: unknown, context: Context<unknown>) => readonly string[];

/** The input as the trace may show it. */
function traceable(service: AnyService, request: Request, context: Context<unknown>): unknown {
  if (request.shown !== undefined) return request.shown;
  const redactions = service.redact as Readonly<Record<string, Redaction | undefined>> | undefined;
  const secret = redactions?.[request.operation]?.(request.input, context) ?? [];
  if (secret.length === 0) return request.input;
  const entries = Object.entries(request.input as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name, secret.includes(name) ? '(redacted)' : value]));
}

/** How a caller is named in the trace. */
export function nameOf(caller: Caller): string {
  if (caller.kind === 'role') return `${caller.arn.split('/').at(-1)}/${caller.session}`;
  return caller.kind === 'service' ? caller.principal : 'account';
}
