/** Finding and ending flows of control in an execution, and what a flow's expressions can see. */
import type { Context } from '../service.ts';
import { type Definition, parseDefinition, type StateDefinition, scopeAt } from './definition.ts';
import { record, stateEvent } from './history.ts';
import type { Scope, StatesVariable } from './jsonata.ts';
import type { Execution, Flow, StatesState, TurnRef } from './model.ts';

export type StatesContext = Context<StatesState>;

/** Where a timer or an answer belongs, if the flow still waits for it. An execution that has ended has no flows. */
export function findTurn(state: StatesState, ref: TurnRef): { execution: Execution; flow: Flow } | undefined {
  const execution = state.executions[ref.execution];
  const flow = execution?.flows[ref.flow];
  if (!execution || !flow || flow.turn !== ref.turn) return undefined;
  return { execution, flow };
}

export const refTo = (execution: Execution, flow: Flow): TurnRef => ({
  execution: execution.arn,
  flow: flow.id,
  turn: flow.turn,
});

export function stateOf(execution: Execution, flow: Flow): StateDefinition {
  const definition: Definition = parseDefinition(execution.definition);
  const state = scopeAt(definition, flow.path).States[flow.stateName];
  if (!state) throw new Error(`${execution.arn} stands at '${flow.stateName}', which its definition does not have`);
  return state;
}

/** A flow at the start of a scope. It is entered by the timer 'enter'. */
export function newFlow(options: {
  id: string;
  parent: Flow | null;
  branch: number;
  path: (string | number)[];
  stateName: string;
  input: unknown;
}): Flow {
  return {
    id: options.id,
    parent: options.parent?.id ?? null,
    branch: options.branch,
    path: options.path,
    variables: {},
    stateName: options.stateName,
    input: options.input,
    enteredAtMs: 0,
    enteredEventId: 0,
    // On AWS the first state's event names 0 as its previous one, not the event ExecutionStarted.
    lastEventId: options.parent?.lastEventId ?? 0,
    retryCount: 0,
    retriesOf: {},
    turn: 1,
  };
}

/** All variables a flow can read: its own and those of the scopes around it. */
export function visibleVariables(execution: Execution, flow: Flow): Record<string, unknown> {
  const parent = flow.parent === null ? undefined : execution.flows[flow.parent];
  return { ...(parent && visibleVariables(execution, parent)), ...flow.variables };
}

/** What expressions of the flow's state see. */
export function scopeOf(
  context: StatesContext,
  execution: Execution,
  flow: Flow,
  extra: { result?: unknown; errorOutput?: unknown; token?: string } = {},
): Scope {
  const states: StatesVariable = {
    input: flow.input,
    context: contextObject(execution, flow, extra.token),
    ...('result' in extra && { result: extra.result }),
    ...('errorOutput' in extra && { errorOutput: extra.errorOutput }),
  };
  return {
    variables: visibleVariables(execution, flow),
    states,
    sources: { nowMs: context.now, random: context.random },
    stateName: flow.stateName,
    enteredEventId: flow.enteredEventId,
  };
}

/** Types whose context object has State.RetryCount. */
const RETRIED_TYPES = ['Task', 'Parallel', 'Map'];

/** Source: Developer Guide, "Accessing execution data from the Context object". */
function contextObject(execution: Execution, flow: Flow, token?: string): unknown {
  const retried = RETRIED_TYPES.includes(stateOf(execution, flow).Type);
  return {
    Execution: {
      Id: execution.arn,
      Input: JSON.parse(execution.input),
      StartTime: new Date(execution.startedAtMs).toISOString(),
      Name: execution.name,
      RoleArn: execution.roleArn,
      RedriveCount: 0,
    },
    StateMachine: { Id: execution.machineArn, Name: execution.machineName },
    State: {
      Name: flow.stateName,
      EnteredTime: new Date(flow.enteredAtMs).toISOString(),
      ...(retried && { RetryCount: flow.retryCount }),
    },
    ...(token !== undefined && { Task: { Token: token } }),
  };
}

/** Ends the attempt under way, if any: its timers are cancelled and later answers find nothing. */
export function clearAttempt(context: StatesContext, flow: Flow): void {
  const attempt = flow.task;
  if (attempt?.timeoutTimer !== undefined) context.cancel(attempt.timeoutTimer);
  if (attempt?.heartbeatTimer !== undefined) context.cancel(attempt.heartbeatTimer);
  delete flow.task;
}

/** Types that have an event '…StateAborted'. */
const ABORTABLE_TYPES = ['Task', 'Wait', 'Parallel', 'Map'];

/**
 * Removes the branches of a Parallel state, innermost first, after one of them failed. As recorded on AWS, every branch
 * that stands in a state that can wait gets '…StateAborted', the failed one too.
 */
export function abortBranches(
  context: StatesContext,
  execution: Execution,
  parent: Flow,
  previousEventId: number,
): void {
  for (const flow of Object.values(execution.flows)) {
    if (flow.parent !== parent.id) continue;
    abortBranches(context, execution, flow, previousEventId);
    clearAttempt(context, flow);
    const { Type } = stateOf(execution, flow);
    if (flow.enteredEventId > 0 && ABORTABLE_TYPES.includes(Type)) {
      record(execution, context.now, stateEvent(Type, 'Aborted'), previousEventId);
    }
    delete execution.flows[flow.id];
  }
  delete parent.branches;
}
