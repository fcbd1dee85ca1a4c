/**
 * The simulated cloud: accounts' one state as plain data, the clock, and the one door through which every call goes:
 * reachability, faults, permission, operation, trace.
 */
import { type Blobs, createBlobs } from './blobs.ts';
import type { Clients, Input, OperationName, Output, ServiceName } from './clients.ts';
import { Clock, type ClockState } from './clock.ts';
import { AnswerLost, AwsError, NotModelled, Unreachable } from './errors.ts';
import { type CallFault, delivers, type FaultState, matchingFaults, noFaults, type Place, reaches } from './faults.ts';
import { authorize } from './iam/authorize.ts';
import { Random, type RandomState, seedStream } from './random.ts';
import type { AnyService, Caller, CallOptions, Context, ServiceDefinition } from './service.ts';
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
      fire: (timer) => {
        const service = this.#service(timer.service);
        const run = service.timers?.[timer.name];
        if (!run) throw new Error(`${timer.service} has no timer '${timer.name}'`);
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

  delivers(from: Place, to: Place): boolean {
    return delivers(this.state.faults, from, to);
  }

  reaches(from: Place, to: Place): boolean {
    return reaches(this.state.faults, from, to);
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
  issueCredentials(caller: Caller): { accessKeyId: string; secretAccessKey: string; sessionToken: string } {
    const random = this.random('credentials');
    const accessKeyId = `ASIA${random.hex(16).toUpperCase()}`;
    this.state.credentials[accessKeyId] = caller;
    return { accessKeyId, secretAccessKey: random.hex(40), sessionToken: random.hex(64) };
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

  /** The faults that hit this call now; each is drawn once, here. */
  drawFaults(request: Pick<Request, 'service' | 'operation' | 'region'>): CallFault[] {
    const matching = matchingFaults(this.state.faults, { ...request, now: this.now });
    if (matching.length === 0) return matching;
    const random = this.random('faults');
    return matching.filter((fault) => fault.probability === undefined || random.chance(fault.probability));
  }

  /**
   * Carries out a call at a service's endpoint. Throws AwsError, Unreachable, AnswerLost or NotModelled.
   * Latency is the transport's business (see wire and runtime); `faults` are what the transport already drew.
   */
  async request(request: Request, faults = this.drawFaults(request)): Promise<unknown> {
    if (!this.delivers(request.from, request.region)) throw new Unreachable(request.from, request.region);
    const service = this.#service(request.service);
    const operation = (service.operations as Record<string, Operation | undefined>)[request.operation];
    const label = `${request.service}:${request.operation}`;
    if (!operation) throw new NotModelled(`${label} is not modelled by the simulator; see simulator/KNOWN-GAPS.md`);
    const context = this.context(service, request.region, request.caller);
    const input = traceable(service, request, context);
    // Where the call came from is told when it crossed a border.
    const by = { by: nameOf(request.caller), ...(request.from === request.region ? {} : { from: request.from }) };
    try {
      const broken = faults.find((fault) => fault.error !== undefined);
      if (broken?.error) throw new AwsError(broken.error, `injected fault: ${broken.error}`);
      authorize(this, service, request, context);
      const output = await operation(request.input, context);
      if (faults.some((fault) => fault.loseAnswer)) throw new AnswerLost(`the answer to ${label} was lost`);
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
    await this.clock.run(this.now + milliseconds);
  }

  /** Runs the clock until the promise is settled, at most for `limitMs`. */
  async resolve<T>(promise: Promise<T>, limitMs = 24 * 3_600_000): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    const deadline = this.now + limitMs;
    await this.clock.run(deadline, () => settled);
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

class ServiceContext<State> implements Context<State> {
  readonly cloud: Cloud;
  readonly region: string;
  readonly caller: Caller;
  readonly #service: AnyService;

  constructor(cloud: Cloud, service: AnyService, region: string, caller: Caller) {
    this.cloud = cloud;
    this.region = region;
    this.caller = caller;
    this.#service = service;
  }

  get account(): string {
    return this.cloud.state.account;
  }

  get now(): number {
    return this.cloud.now;
  }

  get random(): Random {
    return this.cloud.random(`${this.#service.name}@${this.region}`);
  }

  get state(): State {
    return this.cloud.stateOf<State>(this.#service, this.region);
  }

  stateIn(region: string): State {
    return this.cloud.stateOf<State>(this.#service, region);
  }

  schedule(name: string, afterMs: number, data: unknown): number {
    const { region } = this;
    return this.cloud.clock.schedule({ at: this.now + afterMs, region, service: this.#service.name, name, data });
  }

  cancel(timerId: number): void {
    this.cloud.clock.cancel(timerId);
  }

  async call<S extends ServiceName, O extends OperationName<Clients[S]>>(
    service: S,
    operation: O,
    input: Input<Clients[S], O>,
    options: CallOptions = {},
  ): Promise<Output<Clients[S], O>> {
    const output = await this.cloud.request({
      service,
      operation,
      input,
      region: options.region ?? this.region,
      caller: options.caller ?? principalOf(this.#service),
      from: this.region,
    });
    return output as Output<Clients[S], O>;
  }

  trace(what: string, detail?: unknown): void {
    this.cloud.note(this.region, this.#service.name, what, detail);
  }
}

const principalOf = (service: AnyService): Caller => ({ kind: 'service', principal: `${service.name}.amazonaws.com` });

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
