/** The end of an execution, however it comes, and the event that tells EventBridge. */
import { clearAttempt, type StatesContext } from './flows.ts';
import { type Details, type EventType, record } from './history.ts';
import type { Execution, ExecutionStatus } from './model.ts';

interface Ending {
  readonly output?: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** Of the last event's chain; AWS names 0 for endings that come from outside. */
  readonly previousEventId?: number;
}

/** Ends a running execution: last event of the history, timers, status change event. */
export function finish(
  context: StatesContext,
  execution: Execution,
  status: Exclude<ExecutionStatus, 'RUNNING'>,
  ending: Ending,
): void {
  const failure = {
    ...(ending.error !== undefined && { error: ending.error }),
    ...(ending.cause !== undefined && { cause: ending.cause }),
  };
  const last: Record<typeof status, readonly [EventType, Details]> = {
    SUCCEEDED: [
      'ExecutionSucceeded',
      { executionSucceededEventDetails: { output: ending.output, outputDetails: { truncated: false } } },
    ],
    FAILED: ['ExecutionFailed', { executionFailedEventDetails: failure }],
    ABORTED: ['ExecutionAborted', { executionAbortedEventDetails: failure }],
    TIMED_OUT: ['ExecutionTimedOut', { executionTimedOutEventDetails: failure }],
  };
  record(execution, context.now, last[status][0], ending.previousEventId ?? 0, last[status][1]);
  if (execution.timeoutTimer !== undefined) context.cancel(execution.timeoutTimer);
  for (const flow of Object.values(execution.flows)) clearAttempt(context, flow);
  delete execution.timeoutTimer;
  Object.assign(execution, failure, { status, stoppedAtMs: context.now, flows: {} });
  if (ending.output !== undefined) execution.output = ending.output;
  context.trace('execution.ended', { execution: execution.arn, status, ...failure });
  announce(context, execution);
  removeDeleted(context, execution.machineArn);
}

/** Takes away a state machine that is being deleted once its last execution has ended. */
export function removeDeleted({ state }: StatesContext, machineArn: string): void {
  const running = Object.values(state.executions).some(
    (execution) => execution.machineArn === machineArn && execution.status === 'RUNNING',
  );
  if (!running && state.machines[machineArn]?.status === 'DELETING') delete state.machines[machineArn];
}

/** Tells EventBridge of the status as it is now. */
export function announce(context: StatesContext, execution: Execution): void {
  context.schedule('publishStatus', 0, { detail: statusDetail(execution), resources: [execution.arn] });
}

/** Source: EventBridge guide, "Step Functions events": above this size input and output are left out. */
const DETAIL_BYTES_MAX = 248 * 1024;

/**
 * The detail of 'Step Functions Execution Status Change'.
 * Source: Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge".
 */
function statusDetail(execution: Execution): Record<string, unknown> {
  const size = Buffer.byteLength(execution.input) + Buffer.byteLength(execution.output ?? '');
  const included = size <= DETAIL_BYTES_MAX;
  const output = execution.output ?? null;
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: Math.floor(execution.startedAtMs),
    stopDate: execution.stoppedAtMs === undefined ? null : Math.floor(execution.stoppedAtMs),
    input: included ? execution.input : null,
    output: included ? output : null,
    inputDetails: { included },
    outputDetails: output === null ? null : { included },
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    redriveCount: 0,
    redriveDate: null,
    ...redriveStatus(execution),
    error: execution.error ?? null,
    cause: execution.cause ?? null,
  };
}

/** Source: API reference, DescribeExecution, redriveStatus and its reasons. */
export function redriveStatus({ status }: Execution): { redriveStatus: RedriveStatus; redriveStatusReason?: string } {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveStatus: 'REDRIVABLE' };
  return {
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: `Execution is ${status} and cannot be redriven`,
  };
}

type RedriveStatus = 'REDRIVABLE' | 'NOT_REDRIVABLE';
