/**
 * One execution environment of a function: a process that starts cold, then serves one invocation at a time and is
 * frozen in between. Started by `pool.ts`.
 */

import type { Owner } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import { createSandbox, type Sandbox } from '../runtime/sandbox.ts';
import { ingestEmbeddedMetrics } from '../services/cloudwatch/embedded-metrics.ts';
import { containerEnvironment, logGroup } from './environment.ts';
import { errorOutcome, exitOutcome, type Outcome, resultOutcome, thrownOutcome, timeoutOutcome } from './outcome.ts';
import type { FunctionRecord } from './state.ts';

/** One request to a function. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly clientContext?: unknown;
}

type Handler = (event: unknown, context: object) => unknown;

export class Container {
  readonly revision: number;
  /** When it is reclaimed unless used before; set while it waits. */
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

  get alive(): boolean {
    return this.#sandbox?.owner.killed === false;
  }

  /** Runs the module's top level. Returns the failure, or undefined when the function is ready. */
  initialize(): Outcome | undefined {
    const { code, handler, name, role } = this.#record;
    const [file = '', exported = ''] = [handler.slice(0, handler.lastIndexOf('.')), handler.split('.').at(-1)];
    if (code.file === '') return errorOutcome('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`, []);
    try {
      this.#sandbox = createSandbox(this.#cloud, {
        region: this.#region,
        label: `lambda ${name}`,
        codeHash: code.codeHash,
        filename: `/var/task/${code.file}`,
        env: containerEnvironment(this.#record, this.#region, this.#logStream),
        caller: { kind: 'role', arn: role, session: name },
        onOutput: (line) => this.#log(line),
        onExit: ({ code: status, error }) => this.#onExit(status, error),
      });
    } catch (error) {
      return notLoaded(error);
    }
    const found = this.#sandbox.exports[exported];
    if (typeof found !== 'function')
      return this.#unusable(`${handler} is undefined or not exported`, 'HandlerNotFound');
    // Node.js 24 functions have no callback (Lambda Developer Guide, "Define Lambda function handler in Node.js").
    if (found.length > 2) return this.#unusable(`${handler} takes a callback`, 'CallbackHandlerDeprecated');
    this.#handler = found as Handler;
    return undefined;
  }

  #unusable(message: string, errorType: string): Outcome {
    this.kill();
    return errorOutcome(`Runtime.${errorType}`, message, []);
  }

  /** Thaws, runs the handler once, freezes again. After a timeout or an exit the container is dead. */
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
    if (this.#sandbox) this.#sandbox.env._X_AMZN_TRACE_ID = traceId(requestId);
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
    return this.#handler?.(event, {
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMib),
      awsRequestId: requestId,
      logGroupName: logGroup(name),
      logStreamName: this.#logStream,
      callbackWaitsForEmptyEventLoop: true,
      clientContext,
      identity: undefined,
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - this.#cloud.now)),
    });
  }

  kill(): void {
    this.#sandbox?.kill();
  }

  /** The process dies in the middle of an invocation, which fails at once. */
  crash(): void {
    this.kill();
    this.#onExit(1, undefined);
  }

  #log(line: string): void {
    if (ingestEmbeddedMetrics(this.#cloud, this.#region, line)) return;
    this.#cloud.note(this.#region, 'lambda', 'log', { function: this.#record.name, line: parsed(line) });
  }
}

/** Why a module did not load, in the runtime's own error types. */
function notLoaded(error: unknown): Outcome {
  const { code, message } = error as Partial<Error & { code: string }>;
  if (code === 'MODULE_NOT_FOUND') return errorOutcome('Runtime.ImportModuleError', `Error: ${message}`, []);
  if (error instanceof SyntaxError) return errorOutcome('Runtime.UserCodeSyntaxError', `SyntaxError: ${message}`, []);
  return thrownOutcome(error);
}

/** An X-Ray trace header that is not sampled; derived from the request, so that it repeats with the seed. */
function traceId(requestId: string): string {
  const digits = requestId.replaceAll('-', '');
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)};Parent=${digits.slice(0, 16)};Sampled=0`;
}

/** A line of JSON as what it says, any other line as it is. */
function parsed(line: string): unknown {
  if (!line.startsWith('{')) return line;
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
