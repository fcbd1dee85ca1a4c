/** The service's state in one region: state machines, executions, task tokens. All of it plain data. */
import type { HistoryEvent } from './history.ts';

export interface StatesState {
  /** By ARN. */
  machines: Record<string, Machine>;
  /** By ARN. */
  executions: Record<string, Execution>;
  /** Task token → the attempt it stands for. Kept after the attempt ended, to tell a late token from a false one. */
  tokens: Record<string, TokenOwner>;
}

export const emptyState = (): StatesState => ({ machines: {}, executions: {}, tokens: {} });

export interface Machine {
  readonly arn: string;
  readonly name: string;
  definition: string;
  roleArn: string;
  status: 'ACTIVE' | 'DELETING';
  readonly createdAtMs: number;
  revisionId?: string;
  /** Stored and shown; log delivery and tracing have no effect here. */
  loggingConfiguration: Record<string, unknown>;
  tracingConfiguration: { enabled: boolean };
  tags: Record<string, string>;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  /** As it was at the start: an update of the machine does not touch running executions. */
  readonly definition: string;
  readonly roleArn: string;
  readonly revisionId?: string;
  readonly input: string;
  readonly startedAtMs: number;
  status: ExecutionStatus;
  stoppedAtMs?: number;
  output?: string;
  error?: string;
  cause?: string;
  history: HistoryEvent[];
  /** Flows of control by id: 'main', and one for each branch that is running. */
  flows: Record<string, Flow>;
  /** Of the machine's own TimeoutSeconds. */
  timeoutTimer?: number;
}

export interface TokenOwner {
  readonly execution: string;
  readonly flow: string;
  readonly turn: number;
}

/** One flow of control: where it stands and what it waits for. */
export interface Flow {
  readonly id: string;
  readonly parent: string | null;
  /** Index of the branch in its Parallel state. */
  readonly branch: number;
  readonly path: (string | number)[];
  /** Variables of this scope; outer ones are found through `parent`. */
  readonly variables: Record<string, unknown>;
  stateName: string;
  input: unknown;
  enteredAtMs: number;
  /** Id of the history event '…StateEntered'. */
  enteredEventId: number;
  /** What the next event of this flow names as its previous one. */
  lastEventId: number;
  retryCount: number;
  /** Retries done so far, by position in `Retry`. */
  retriesOf: Record<number, number>;
  /** Grows whenever the flow goes on, so that timers and answers of an earlier turn can be told and ignored. */
  turn: number;
  /** The task attempt under way. */
  task?: TaskAttempt;
  /** The branches under way: their results so far. */
  branches?: { results: unknown[]; open: number };
}

export interface TaskAttempt {
  /** Only in waitForTaskToken tasks. */
  readonly token?: string;
  /** What the integration is called with. */
  readonly parameters: unknown;
  readonly heartbeatSeconds?: number;
  timeoutTimer?: number;
  heartbeatTimer?: number;
  /** The call was answered and the task waits for its token. */
  submitted: boolean;
}

/** What every timer of a flow carries. */
export interface TurnRef {
  readonly execution: string;
  readonly flow: string;
  readonly turn: number;
}
