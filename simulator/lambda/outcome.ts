/** What an invocation came to, as the payload that callers receive. Error types are those of the Node.js runtime. */

export interface Outcome {
  /** JSON text. */
  readonly payload: string;
  readonly failed: boolean;
}

/** 6 MB and a little (Lambda Developer Guide, "Lambda quotas": request and response, synchronous). */
export const payloadBytesMax = 6_291_556;
/** 1 MB (the same table, asynchronous). */
export const asynchronousBytesMax = 1_048_576;

/** The handler's result; undefined becomes null. */
export function resultOutcome(result: unknown): Outcome {
  let payload: string;
  try {
    payload = JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    return errorOutcome('Error', 'Unable to stringify response body', []);
  }
  if (Buffer.byteLength(payload) <= payloadBytesMax) return { payload, failed: false };
  const message = `Response payload size exceeded maximum allowed payload size (${payloadBytesMax} bytes).`;
  return errorOutcome('Function.ResponseSizeTooLarge', message);
}

/** Where a function's package is, as it sees it. */
const TASK_ROOT = '/var/task/';

/** What the handler threw. `taskRoot` is where the package really is. */
export function thrownOutcome(error: unknown, taskRoot = TASK_ROOT): Outcome {
  if (error instanceof Error) return errorOutcome(error.name, error.message, programLines(error.stack, taskRoot));
  return errorOutcome(typeof error, String(error), []);
}

/** Lambda kills a container whose invocation takes too long. */
export function timeoutOutcome(requestId: string, timeoutSeconds: number): Outcome {
  const message = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return errorOutcome('Sandbox.Timedout', message);
}

/** The process ended in the middle of an invocation, by itself or by a signal. */
export function exitOutcome(requestId: string, end: number | NodeJS.Signals): Outcome {
  const how = typeof end === 'number' ? `exit status ${end}` : `signal: ${end.slice('SIG'.length).toLowerCase()}`;
  const reason = end === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`;
  return errorOutcome('Runtime.ExitError', `RequestId: ${requestId} Error: ${reason}`);
}

export function errorOutcome(errorType: string, errorMessage: string, trace?: readonly string[]): Outcome {
  return { payload: JSON.stringify({ errorType, errorMessage, ...(trace && { trace }) }), failed: true };
}

/** The stack without the simulator's own frames, which would name this machine's files. */
function programLines(stack: string | undefined, taskRoot: string): string[] {
  return (stack ?? '')
    .split('\n')
    .filter((line) => !/^\s+at /.test(line) || line.includes(taskRoot))
    .map((line) => line.replaceAll(taskRoot, TASK_ROOT));
}
