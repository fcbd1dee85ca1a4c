/**
 * Moves flows of control through a definition. Every step is one timer of the service: it evaluates (which waits), sees
 * whether the flow still stands where it stood, and only then changes state, at once; so between two timers the
 * execution is complete, plain data and can be saved, forked or left in the dark.
 */
import { entering, entriesMatter } from '../faults/crashes.ts';
import { parseDefinition } from './definition.ts';
import { failState } from './failing.ts';
import { jsonBytes, runtimeFailure, StateFailure, VARIABLES_BYTES_MAX } from './failure.ts';
import { finish } from './finish.ts';
import { findTurn, newFlow, refTo, type StatesContext, scopeOf, stateOf, visibleVariables } from './flows.ts';
import { enteredDetails, exitedDetails, recordIn, stateEvent } from './history.ts';
import type { Execution, Flow, TurnRef } from './model.ts';
import { stateTypes } from './states/index.ts';
import type { Exit, Outcome, StateType, Step } from './states/step.ts';
import { startAttempt } from './tasks.ts';

/** Guess: 20 to 60 ms from one state to the next; AWS documents none. It is what lets parallel branches interleave. */
const TRANSITION_MS = { min: 20, max: 60 } as const;

/** Source: Step Functions service quotas, "Maximum execution history size". */
const HISTORY_EVENTS_MAX = 25_000;
/** What the end of an execution may still write. */
const HISTORY_RESERVE = 10;

/** Lets a flow enter the state it is set to, after the transition's latency. */
function scheduleEnter(context: StatesContext, execution: Execution, flow: Flow): void {
  const delayMs = Math.round(context.random.uniform(TRANSITION_MS.min, TRANSITION_MS.max));
  context.schedule('enter', delayMs, refTo(execution, flow));
}

/** Timer: a flow enters its state. */
export async function enter(ref: TurnRef, context: StatesContext): Promise<void> {
  const found = findTurn(context.state, ref);
  if (!found) return;
  const { execution, flow } = found;
  if (context.state.machines[execution.machineArn]?.status !== 'ACTIVE') {
    // Source: API reference, DeleteStateMachine: executions end at their next state transition.
    finish(context, execution, 'ABORTED', {});
    return;
  }
  if (execution.history.length >= HISTORY_EVENTS_MAX - HISTORY_RESERVE) {
    const reason = `The execution reached the maximum number of history events (${HISTORY_EVENTS_MAX}).`;
    finish(context, execution, 'FAILED', { error: 'States.Runtime', cause: reason });
    return;
  }
  flow.enteredAtMs = context.now;
  flow.retryCount = 0;
  flow.retriesOf = {};
  const entered = stateEvent(stateOf(execution, flow).Type, 'Entered');
  flow.enteredEventId = recordIn(execution, flow, context.now, entered, enteredDetails(flow));
  context.trace(entered, { execution: execution.arn, state: flow.stateName });
  const { machineName: machine } = execution;
  if (entriesMatter(context.cloud)) {
    const entry = { region: context.region, machine, state: flow.stateName };
    if ((await entering(context.cloud, entry)) && execution.status === 'RUNNING') {
      context.trace('execution.abortedByFault', { execution: execution.arn, state: flow.stateName });
      finish(context, execution, 'ABORTED', { error: 'Fault', cause: 'injected fault' });
      return;
    }
  }
  await run(ref, context);
}

/** Timer: a state is tried, first on entering and again at each retry. */
export function run(ref: TurnRef, context: StatesContext): Promise<void> {
  return takeTurn(ref, context, (step, type) => type.run(step));
}

/** What a state waited for has come: its time, its task's result, its branches' results. */
export function resume(ref: TurnRef, context: StatesContext, result: unknown): Promise<void> {
  return takeTurn(ref, context, (step, type) => {
    if (!type.resume) throw new Error(`a ${step.state.Type} state waits for nothing`);
    return type.resume(step, result);
  });
}

async function takeTurn(
  ref: TurnRef,
  context: StatesContext,
  work: (step: Step, type: StateType) => Promise<Outcome>,
): Promise<void> {
  const found = findTurn(context.state, ref);
  if (!found) return;
  const { execution, flow } = found;
  const step = stepFor(context, execution, flow);
  const type = stateTypes[step.state.Type];
  if (!type) throw new Error(`state type ${step.state.Type} passed the checks but is not modelled`);
  let outcome: Outcome;
  try {
    outcome = await work(step, type);
    if (outcome.kind === 'exit') limitVariables(execution, flow, outcome);
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    await failState(ref, context, error);
    return;
  }
  // Stopped, timed out or aborted while it evaluated: then nothing of it happens.
  if (!findTurn(context.state, ref)) return;
  apply(context, execution, flow, outcome);
}

/** What a state type is given. */
export function stepFor(context: StatesContext, execution: Execution, flow: Flow): Step {
  return {
    name: flow.stateName,
    state: stateOf(execution, flow),
    input: flow.input,
    nowMs: context.now,
    scope: (extra) => scopeOf(context, execution, flow, extra),
    runtimeFailure: (what) => runtimeFailure(flow.stateName, flow.enteredEventId, what),
    newToken: () => `AQC${context.random.hex(240)}`,
  };
}

/** Throws States.DataLimitExceeded when a state's new variables would be too much. */
export function limitVariables(execution: Execution, flow: Flow, exit: Exit): void {
  if (Object.keys(exit.assigned).length === 0) return;
  const after = { ...visibleVariables(execution, flow), ...exit.assigned };
  if (jsonBytes(after) <= VARIABLES_BYTES_MAX) return;
  throw new StateFailure('States.DataLimitExceeded', 'The total size of all variables exceeds the service limit.');
}

/** Does what a state type decided; the flow's turn ends with it. */
export function apply(context: StatesContext, execution: Execution, flow: Flow, outcome: Outcome): void {
  flow.turn += 1;
  switch (outcome.kind) {
    case 'exit':
      exit(context, execution, flow, outcome);
      break;
    case 'wait':
      context.schedule('wake', outcome.untilMs - context.now, refTo(execution, flow));
      break;
    case 'task':
      startAttempt(context, execution, flow, outcome);
      break;
    case 'branches':
      startBranches(context, execution, flow, outcome.input);
      break;
  }
}

function exit(context: StatesContext, execution: Execution, flow: Flow, { output, assigned, next }: Exit): void {
  const { Type } = stateOf(execution, flow);
  const details = exitedDetails(flow.stateName, output, assigned);
  recordIn(execution, flow, context.now, stateEvent(Type, 'Exited'), details);
  Object.assign(flow.variables, assigned);
  if (next === null) {
    endFlow(context, execution, flow, output);
    return;
  }
  flow.stateName = next;
  flow.input = output;
  flow.enteredEventId = 0;
  scheduleEnter(context, execution, flow);
}

function startBranches(context: StatesContext, execution: Execution, flow: Flow, input: unknown): void {
  const branches = stateOf(execution, flow).Branches ?? [];
  recordIn(execution, flow, context.now, 'ParallelStateStarted');
  flow.branches = { results: branches.map(() => null), open: branches.length };
  for (const [branch, scope] of branches.entries()) {
    const child = newFlow({
      // With the turn, so that timers of an earlier attempt of this state never fit a branch of this one.
      id: `${flow.id}/${flow.turn}.${branch}`,
      parent: flow,
      branch,
      path: [...flow.path, flow.stateName, branch],
      stateName: scope.StartAt,
      input,
    });
    execution.flows[child.id] = child;
    scheduleEnter(context, execution, child);
  }
}

/** A flow has come to its end: the execution's, or one branch's. */
function endFlow(context: StatesContext, execution: Execution, flow: Flow, output: unknown): void {
  const parent = flow.parent === null ? undefined : execution.flows[flow.parent];
  if (!parent?.branches) {
    finish(context, execution, 'SUCCEEDED', { output: JSON.stringify(output), previousEventId: flow.lastEventId });
    return;
  }
  parent.branches.results[flow.branch] = output;
  parent.branches.open -= 1;
  parent.lastEventId = flow.lastEventId;
  delete execution.flows[flow.id];
  if (parent.branches.open > 0) return;
  recordIn(execution, parent, context.now, 'ParallelStateSucceeded');
  context.schedule('branchesDone', 0, refTo(execution, parent));
}

/** Timer: all branches of a Parallel state have ended. */
export async function branchesDone(ref: TurnRef, context: StatesContext): Promise<void> {
  const found = findTurn(context.state, ref);
  await resume(ref, context, found?.flow.branches?.results);
}

/** Timer of the machine's own TimeoutSeconds. */
export function executionTimeout({ execution: arn }: { execution: string }, context: StatesContext): void {
  const execution = context.state.executions[arn];
  if (execution?.status === 'RUNNING') finish(context, execution, 'TIMED_OUT', {});
}

/** Starts a new execution's main flow and its clock. */
export function begin(context: StatesContext, execution: Execution): void {
  const definition = parseDefinition(execution.definition);
  const flow = newFlow({
    id: 'main',
    parent: null,
    branch: 0,
    path: [],
    stateName: definition.StartAt,
    input: JSON.parse(execution.input),
  });
  execution.flows[flow.id] = flow;
  if (definition.TimeoutSeconds !== undefined) {
    const data = { execution: execution.arn };
    execution.timeoutTimer = context.schedule('executionTimeout', definition.TimeoutSeconds * 1_000, data);
  }
  scheduleEnter(context, execution, flow);
}
