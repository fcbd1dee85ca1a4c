/**
 * An execution environment in this process: a sandbox that starts cold, then serves one invocation at a time and is
 * frozen in between. Started by `pool.ts`, unless the cloud runs its functions in child processes (process/).
 */

import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import { createSandbox, type Sandbox } from '../runtime/sandbox.ts';
import { containerEnvironment, logGroup } from './environment.ts';
import type { ExecutionEnvironment, Invocation } from './execution-environment.ts';
import { contextOf, type Handler, handlerIn, moduleMissing, notLoaded, traceHeader } from './handler.ts';
import { takeLine } from './logs.ts';
import { exitOutcome, type Outcome, resultOutcome, thrownOutcome, timeoutOutcome } from './outcome.ts';
import type { FunctionRecord } from './state.ts';

export class Container implements ExecutionEnvironment {
  readonly revision: number;
  idleUntil = 0;
  readonly #cloud: Cloud;
  readonly #region: string;
  readonly #record: FunctionRecord;
  readonly #logStream: string;
  readonly #timeouts: Owner;
  #sandbox: Sandbox | undefined;
  #handler: Handler | undefined;
  #onExit: (code: number, error: unknown) => void = () => {};

  constructor(cloud: Cloud, region: string, record: FunctionRecord, logStream: string) {
    this.#cloud = cloud;
    this.#region = region;
    this.#record = record;
    this.#logStream = logStream;
    this.revision = record.revision;
    this.#timeouts = { region, label: `lambda ${record.name}`, paused: false, killed: false };
  }

  get owner(): Owner | undefined {
    return this.#sandbox?.owner;
  }

  get alive(): boolean {
    return this.#sandbox?.owner.killed === false;
  }

  async initialize(coldStart: Promise<void>): Promise<Outcome | undefined> {
    await coldStart;
    const { code, handler, name, role } = this.#record;
    if (code.file === '') return moduleMissing(handler);
    try {
      this.#sandbox = createSandbox(this.#cloud, {
        region: this.#region,
        label: `lambda ${name}`,
        codeHash: code.codeHash,
        files: code.files,
        filename: `/var/task/${code.file}`,
        env: containerEnvironment(this.#record, this.#region, this.#logStream),
        caller: { kind: 'role', arn: role, session: name },
        onOutput: (line) => takeLine(this.#cloud, this.#region, name, line),
        onExit: ({ code: status, error }) => this.#onExit(status, error),
      });
    } catch (error) {
      return notLoaded(error);
    }
    const found = handlerIn(this.#sandbox.exports, handler);
    if (typeof found === 'function') {
      this.#handler = found;
      return undefined;
    }
    this.kill();
    return found;
  }

  invoke(invocation: Invocation): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const { clock } = this.#cloud;
    const { timeoutSeconds } = this.#record;
    const { requestId } = invocation;
    const deadline = this.#cloud.now + timeoutSeconds * 1000;
    const timer = clock.after(timeoutSeconds * 1000, this.#timeouts, () => {
      this.kill();
      resolve(timeoutOutcome(requestId, timeoutSeconds));
    });
    const finish = (outcome: Outcome): void => {
      clock.cancelLive(timer);
      this.#sandbox?.pause();
      resolve(outcome);
    };
    this.#onExit = (code, error) => finish(error === undefined ? exitOutcome(requestId, code) : thrownOutcome(error));
    if (this.#sandbox) this.#sandbox.env._X_AMZN_TRACE_ID = traceHeader(requestId);
    this.#sandbox?.resume();
    this.#sandbox?.enter(() => {
      this.#call(invocation, deadline).then(
        (result) => finish(resultOutcome(result)),
        (error: unknown) => finish(thrownOutcome(error)),
      );
    });
    return promise;
  }

  async #call({ requestId, payload, clientContext }: Invocation, deadline: number): Promise<unknown> {
    const { name, arn, memoryMib } = this.#record;
    const event: unknown = JSON.parse(payload);
    const context = contextOf({
      functionName: name,
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMib),
      awsRequestId: requestId,
      logGroupName: logGroup(name),
      logStreamName: this.#logStream,
      clientContext,
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - this.#cloud.now)),
    });
    return this.#handler?.(event, context);
  }

  kill(): void {
    this.#sandbox?.kill();
  }

  halt(): void {
    this.kill();
    this.#timeouts.killed = true;
  }

  crash(): void {
    this.kill();
    this.#onExit(1, undefined);
  }
}
