/**
 * An execution environment that is a real process of the toolchain's Node: it runs the package's own files, talks HTTP,
 * and is stopped (SIGSTOP) between invocations and while its region is dark. Made by `index.ts` for the pool.
 */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Owner } from '../../clock.ts';
import type { Cloud } from '../../cloud.ts';
import { wallClockOf } from '../../local/wall-clock.ts';
import type { ExecutionEnvironment, Invocation } from '../execution-environment.ts';
import { traceHeader } from '../handler.ts';
import { takeLine } from '../logs.ts';
import { exitOutcome, type Outcome, timeoutOutcome } from '../outcome.ts';
import type { FunctionRecord } from '../state.ts';
import { CLOCK_HEADER, type ClockReading } from './child/settings.ts';
import { Gateway } from './gateway.ts';
import { Output } from './output.ts';
import { RuntimeApi } from './runtime-api.ts';
import { startChild } from './spawn.ts';
import type { Workshop } from './workshop.ts';

/** Real time; a process that takes longer is not slow but broken. */
const START_MS_MAX = 60_000;

export interface Shop {
  readonly workshop: Workshop;
  readonly speed: number;
  /** Told when the process has ended. */
  onEnd(): void;
  /** Told of an error that is the simulator's own. */
  onDefect(error: unknown): void;
}

export class ProcessEnvironment implements ExecutionEnvironment {
  readonly revision: number;
  idleUntil = 0;
  readonly #cloud: Cloud;
  readonly #record: FunctionRecord;
  readonly #logStream: string;
  readonly #shop: Shop;
  readonly #owner: Owner;
  readonly #timeouts: Owner;
  readonly #token = randomBytes(32).toString('hex');
  readonly #api: RuntimeApi;
  #child: ChildProcess | undefined;
  #output: Output | undefined;
  #stopped = false;
  /** It starts or runs its handler, so it is not frozen. */
  #working = true;
  #onReady: (failure: Outcome | undefined) => void = () => {};
  #current: { readonly requestId: string; readonly finish: (outcome: Outcome) => void } | undefined;
  /** An invocation for a process that has not asked for it yet. */
  #undelivered: (() => void) | undefined;

  constructor(cloud: Cloud, region: string, record: FunctionRecord, logStream: string, shop: Shop) {
    this.#cloud = cloud;
    this.#record = record;
    this.#logStream = logStream;
    this.#shop = shop;
    this.revision = record.revision;
    const label = `lambda ${record.name}`;
    this.#owner = { region, label, process: record.name, paused: false, killed: false };
    this.#timeouts = { region, label, paused: false, killed: false };
    const gateway = new Gateway(cloud, this.#owner, this.#token, shop.onDefect);
    this.#api = new RuntimeApi(
      {
        onNext: () => this.#next(),
        onOutcome: (requestId, outcome, last) => void this.#answered(requestId, outcome, last),
        onInitError: (outcome) => this.#onReady(outcome),
      },
      gateway,
    );
  }

  get owner(): Owner {
    return this.#owner;
  }

  get alive(): boolean {
    return !this.#owner.killed;
  }

  get region(): string {
    return this.#owner.region;
  }

  async initialize(coldStart: Promise<void>): Promise<Outcome | undefined> {
    const ready = Promise.withResolvers<Outcome | undefined>();
    this.#onReady = ready.resolve;
    const tooLong = setTimeout(() => {
      ready.reject(new Error(`the process of ${this.#record.name} did not start within ${START_MS_MAX / 1000} s`));
    }, START_MS_MAX);
    try {
      const port = await this.#api.listen();
      if (this.alive) this.#start(port);
      const failure = await ready.promise;
      await coldStart;
      await this.#present();
      if (failure) this.kill();
      return failure;
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      clearTimeout(tooLong);
      this.#onReady = () => {};
    }
  }

  #start(port: number): void {
    const { workshop, speed } = this.#shop;
    const { child, output } = startChild({
      cloud: this.#cloud,
      region: this.region,
      record: this.#record,
      logStream: this.#logStream,
      workshop,
      port,
      token: this.#token,
      clock: this.#clock(),
      speed,
    });
    this.#child = child;
    child.once('close', (code, signal) => void this.#ended(code ?? signal ?? 0));
    this.#output = new Output(output, async (line) => {
      await this.#present();
      takeLine(this.#cloud, this.region, this.#record.name, line);
    });
  }

  invoke(invocation: Invocation): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const { clock, now } = this.#cloud;
    const { timeoutSeconds } = this.#record;
    const { requestId } = invocation;
    const timer = clock.after(timeoutSeconds * 1000, this.#timeouts, () => {
      this.#current?.finish(timeoutOutcome(requestId, timeoutSeconds));
      this.kill();
    });
    const finish = (outcome: Outcome): void => {
      clock.cancelLive(timer);
      this.#current = undefined;
      resolve(outcome);
    };
    this.#current = { requestId, finish };
    this.#working = true;
    this.#stopOrGo();
    const deadline = now + timeoutSeconds * 1000;
    this.#undelivered = () => this.#api.deliver(this.#headers(invocation, deadline), invocation.payload);
    void this.#present().then(() => this.#deliver());
    return promise;
  }

  #headers({ requestId, clientContext }: Invocation, deadline: number): Record<string, string> {
    return {
      'Lambda-Runtime-Aws-Request-Id': requestId,
      'Lambda-Runtime-Deadline-Ms': String(deadline + this.#skewMs),
      'Lambda-Runtime-Invoked-Function-Arn': this.#record.arn,
      'Lambda-Runtime-Trace-Id': traceHeader(requestId),
      ...(clientContext !== undefined && { 'Lambda-Runtime-Client-Context': JSON.stringify(clientContext) }),
      [CLOCK_HEADER]: JSON.stringify(this.#clock()),
    };
  }

  /** What the region's clock shows now. */
  #clock(): ClockReading {
    return { virtualMs: this.#cloud.now + this.#skewMs, atMs: Number(process.hrtime.bigint()) / 1e6 };
  }

  get #skewMs(): number {
    return this.#cloud.clockSkewMs(this.region);
  }

  #next(): void {
    this.#onReady(undefined);
    if (this.#undelivered) void this.#present().then(() => this.#deliver());
    else {
      this.#working = false;
      this.#stopOrGo();
    }
  }

  #deliver(): void {
    if (!this.#api.isWaiting || !this.alive) return;
    this.#undelivered?.();
    this.#undelivered = undefined;
  }

  /** Time passes while the simulator sleeps; before it tells or notes the time it must look. */
  async #present(): Promise<void> {
    await wallClockOf(this.#cloud)?.present();
  }

  /** What it printed comes by another way than its answer. */
  async #answered(requestId: string, outcome: Outcome, last: boolean): Promise<void> {
    await this.#output?.endOf(requestId);
    await this.#present();
    if (this.#current?.requestId !== requestId) return;
    if (last) this.#owner.killed = true;
    this.#current.finish(outcome);
  }

  async #ended(end: number | NodeJS.Signals): Promise<void> {
    this.#owner.killed = true;
    this.#api.close();
    await this.#present();
    this.#timeouts.killed = true;
    this.#onReady(exitOutcome('', end));
    if (this.#current) this.#current.finish(exitOutcome(this.#current.requestId, end));
    this.#shop.onEnd();
  }

  kill(): void {
    this.#owner.killed = true;
    if (this.#child) this.#child.kill('SIGKILL');
    else void this.#ended('SIGKILL');
  }

  halt(): void {
    this.#current = undefined;
    this.#timeouts.killed = true;
    this.kill();
  }

  crash(): void {
    this.kill();
    this.#current?.finish(exitOutcome(this.#current.requestId, 1));
  }

  /** Called when the region goes dark or comes back, too. */
  #stopOrGo(): void {
    const stop = !this.#working || this.#cloud.state.faults.dark[this.region] === true;
    if (stop === this.#stopped || !this.alive) return;
    this.#stopped = stop;
    this.#child?.kill(stop ? 'SIGSTOP' : 'SIGCONT');
  }

  /** The region went dark or came back. */
  powerChanged(): void {
    this.#stopOrGo();
  }
}
