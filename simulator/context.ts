/** What an operation or a timer is given: the cloud seen from one service in one region, on behalf of one caller. */
import type { Clients, Input, OperationName, Output, ServiceName } from './clients.ts';
import type { Cloud } from './cloud.ts';
import type { Random } from './random.ts';
import type { AnyService, Caller, CallOptions, Context } from './service.ts';

/** Made by the cloud for each call; `past` is the state that a stale read sees. */
export class ServiceContext<State> implements Context<State> {
  readonly cloud: Cloud;
  readonly region: string;
  readonly caller: Caller;
  readonly #service: AnyService;
  readonly #past: State | undefined;

  constructor(cloud: Cloud, service: AnyService, region: string, caller: Caller, past?: State) {
    this.#past = past;
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

  /** As of now, or as a stale read sees it. */
  get state(): State {
    return this.#past ?? this.cloud.stateOf<State>(this.#service, this.region);
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

/** A service as a caller of others. */
export const principalOf = (service: AnyService): Caller => ({
  kind: 'service',
  principal: `${service.name}.amazonaws.com`,
});
