/** An execution's history as GetExecutionHistory shows it: event types, numbers, details. */
import type { HistoryEvent as SdkHistoryEvent } from '@aws-sdk/client-sfn';
import type { Execution, Flow } from './model.ts';

/** As the SDK types it, but with the time as a number, so that it is plain data. */
export type HistoryEvent = Omit<SdkHistoryEvent, 'timestamp' | 'id' | 'type'> & {
  readonly id: number;
  readonly type: EventType;
  readonly atMs: number;
};

export type EventType = NonNullable<SdkHistoryEvent['type']>;
export type Details = Omit<HistoryEvent, 'id' | 'type' | 'atMs' | 'previousEventId'>;

const UNTRUNCATED = { truncated: false };

/** Adds an event of the execution itself. Returns its id. */
export function record(
  execution: Execution,
  atMs: number,
  type: EventType,
  previousEventId: number,
  details: Details = {},
): number {
  const id = execution.history.length + 1;
  execution.history.push({ id, previousEventId, atMs, type, ...details });
  return id;
}

/** Adds an event of one flow, chained to the flow's previous event. */
export function recordIn(execution: Execution, flow: Flow, atMs: number, type: EventType, details?: Details): number {
  flow.lastEventId = record(execution, atMs, type, flow.lastEventId, details);
  return flow.lastEventId;
}

/** 'TaskStateEntered' and so on; 'TaskStateAborted' exists for the types that can wait. */
export const stateEvent = (stateType: string, what: 'Entered' | 'Exited' | 'Aborted'): EventType =>
  `${stateType}State${what}` as EventType;

export const enteredDetails = (flow: Flow): Details => ({
  stateEnteredEventDetails: {
    name: flow.stateName,
    input: JSON.stringify(flow.input),
    inputDetails: UNTRUNCATED,
  },
});

export function exitedDetails(name: string, output: unknown, assigned: Record<string, unknown>): Details {
  const names = Object.keys(assigned);
  const variables = Object.fromEntries(names.map((variable) => [variable, JSON.stringify(assigned[variable])]));
  return {
    stateExitedEventDetails: {
      name,
      output: JSON.stringify(output),
      outputDetails: UNTRUNCATED,
      ...(names.length > 0 && { assignedVariables: variables, assignedVariablesDetails: UNTRUNCATED }),
    },
  };
}

export const startedDetails = (execution: Execution): Details => ({
  executionStartedEventDetails: {
    input: execution.input,
    inputDetails: UNTRUNCATED,
    roleArn: execution.roleArn,
  },
});

/** Of an answer: `output` with its details. */
export const outputOf = (output: string): { output: string; outputDetails: { truncated: boolean } } => ({
  output,
  outputDetails: UNTRUNCATED,
});

/** Leaves out what is undefined, as AWS does with an absent error or cause. */
export const failureDetails = (failure: {
  error: string | undefined;
  reason: string | undefined;
}): { error?: string; cause?: string } => ({
  ...(failure.error !== undefined && { error: failure.error }),
  ...(failure.reason !== undefined && { cause: failure.reason }),
});

/** An event as the API returns it. Without execution data, inputs, outputs and parameters are left out. */
export function toSdkEvent({ atMs, ...event }: HistoryEvent, includeExecutionData: boolean): SdkHistoryEvent {
  const shown: SdkHistoryEvent = { ...event, timestamp: new Date(atMs) };
  if (includeExecutionData) return shown;
  for (const [key, details] of Object.entries(shown)) {
    if (!key.endsWith('EventDetails')) continue;
    const { input, inputDetails, output, outputDetails, parameters, assignedVariables, ...rest } = details as Record<
      string,
      unknown
    >;
    Object.assign(shown, { [key]: rest });
  }
  return shown;
}
