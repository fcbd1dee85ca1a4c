/** What makes a state fail, by AWS's error names, and which names in ErrorEquals match it. */

/** A state's failure. `error` and `cause` are what the history, Catch and DescribeExecution show. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string | undefined;
  readonly reason: string | undefined;
  /** Set when a JSONata expression failed: the field, as 'Output/result'. */
  readonly location: string | undefined;
  /** A further name that Retry and Catch may use for it. */
  readonly alias: string | undefined;

  constructor(error: string | undefined, reason?: string, options: { location?: string; alias?: string } = {}) {
    super(reason === undefined ? (error ?? 'failed') : `${error}: ${reason}`);
    this.error = error;
    this.reason = reason;
    this.location = options.location;
    this.alias = options.alias;
  }
}

/**
 * Whether one name in ErrorEquals matches a failure.
 * Source: Step Functions Developer Guide, "Handling errors": States.ALL does not match States.DataLimitExceeded and
 * States.Runtime; States.TaskFailed matches everything but States.Timeout; States.Runtime is never retried nor caught.
 */
export function matchesError(name: string, failure: StateFailure): boolean {
  const { error } = failure;
  if (error === 'States.Runtime') return false;
  if (name === error || (failure.alias !== undefined && name === failure.alias)) return true;
  if (error === 'States.DataLimitExceeded') return false;
  if (name === 'States.ALL') return true;
  return name === 'States.TaskFailed' && error !== 'States.Timeout';
}

/** States.Runtime for a state, in the words that AWS uses. */
export function runtimeFailure(stateName: string, enteredEventId: number, what: string): StateFailure {
  return new StateFailure('States.Runtime', `${whileExecuting(stateName, enteredEventId)} ${what}`);
}

/** The beginning of AWS's causes of failed states. */
export function whileExecuting(stateName: string, enteredEventId: number): string {
  return `An error occurred while executing the state '${stateName}' (entered at the event id #${enteredEventId}).`;
}

/** Payloads, results, inputs and outputs. Source: Step Functions service quotas, "Maximum input or output size". */
export const DATA_BYTES_MAX = 262_144;
/** Source: Developer Guide, "Passing data between states with variables", limits. */
export const VARIABLES_BYTES_MAX = 10 * 1024 * 1024;

/** The size in UTF-8 of a value's JSON text. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** Throws States.DataLimitExceeded when a result is too large. */
export function limitResult(stateName: string, value: unknown): void {
  if (jsonBytes(value) <= DATA_BYTES_MAX) return;
  throw new StateFailure(
    'States.DataLimitExceeded',
    `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
