/**
 * Everything that an execution of a state machine can pass: states, transitions, retries and catches, by one name each;
 * and which of it the executions of a run did pass. The coverage of the soak is counted in these names.
 */
import type { Cloud } from '../../simulator/cloud.ts';
import { parseDefinition, type StateDefinition, type StatesScope } from '../../simulator/stepfunctions/definition.ts';
import type { Execution } from '../../simulator/stepfunctions/model.ts';
import { stepFunctions } from '../../simulator/stepfunctions/service.ts';

export interface Passed {
  readonly states: readonly string[];
  readonly transitions: readonly string[];
  readonly retries: readonly string[];
  readonly catches: readonly string[];
}

const stateName = (machine: string, state: string): string => `${machine}: ${state}`;
const transition = (machine: string, from: string, to: string): string => `${machine}: ${from} → ${to}`;
const retryName = (machine: string, state: string, errors: readonly string[]): string =>
  `${machine}: ${state} ↻ ${errors.join(', ')}`;
const catchName = (machine: string, state: string, errors: readonly string[], next: string): string =>
  `${machine}: ${state} ⇥ ${errors.join(', ')} → ${next}`;

/** All that a definition holds. Retries that say "never" are no edges: what they match goes on to a catch. */
export function everything(machine: string, definition: string): Passed {
  const all = { states: [] as string[], transitions: [] as string[], retries: [] as string[], catches: [] as string[] };
  for (const [name, state] of statesOf(parseDefinition(definition))) {
    all.states.push(stateName(machine, name));
    const next = [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)];
    const starts = (state.Branches ?? []).map(({ StartAt }) => StartAt);
    for (const to of new Set([...next, ...starts]))
      if (to !== undefined) all.transitions.push(transition(machine, name, to));
    for (const { ErrorEquals, MaxAttempts } of state.Retry ?? []) {
      if (MaxAttempts !== 0) all.retries.push(retryName(machine, name, ErrorEquals));
    }
    for (const { ErrorEquals, Next } of state.Catch ?? []) {
      all.catches.push(catchName(machine, name, ErrorEquals, Next));
    }
  }
  return all;
}

function* statesOf(scope: StatesScope): Generator<[string, StateDefinition]> {
  for (const [name, state] of Object.entries(scope.States)) {
    yield [name, state];
    for (const branch of state.Branches ?? []) yield* statesOf(branch);
  }
}

/** What all executions of these machines passed; `machines` maps a machine's name in the cloud to the one in the map. */
export function passedBy(cloud: Cloud, machines: ReadonlyMap<string, string>): Passed {
  const passed = {
    states: [] as string[],
    transitions: [] as string[],
    retries: [] as string[],
    catches: [] as string[],
  };
  const definitions = new Map<string, { machine: string; states: ReadonlyMap<string, StateDefinition> }>();
  for (const region of cloud.state.regions) {
    for (const execution of Object.values(cloud.stateOf(stepFunctions, region).executions)) {
      const machine = machines.get(execution.machineName);
      if (machine === undefined) continue;
      definitions.set(execution.arn, { machine, states: new Map(statesOf(parseDefinition(execution.definition))) });
      const way = wayOf(execution);
      passed.states.push(...way.states.map((state) => stateName(machine, state)));
      passed.transitions.push(...way.transitions.map(([from, to]) => transition(machine, from, to)));
    }
  }
  for (const { source, what, detail } of cloud.trace.entries) {
    if (source !== 'states' || what !== 'state.failed') continue;
    const { execution, state, retry, caught } = detail as StateFailed;
    const found = definitions.get(execution);
    const definition = found?.states.get(state);
    if (!found || !definition) continue;
    const retrier = retry === undefined ? undefined : definition.Retry?.[retry];
    const catcher = caught === undefined ? undefined : definition.Catch?.[caught];
    if (retrier) passed.retries.push(retryName(found.machine, state, retrier.ErrorEquals));
    if (catcher) passed.catches.push(catchName(found.machine, state, catcher.ErrorEquals, catcher.Next));
  }
  return passed;
}

interface StateFailed {
  readonly execution: string;
  readonly state: string;
  /** Position of the retrier or catcher that took the failure. */
  readonly retry?: number;
  readonly caught?: number;
}

/** States entered and the steps between them; a step that a catch made is counted as the catch. */
function wayOf({ history }: Execution): { states: string[]; transitions: [string, string][] } {
  const states: string[] = [];
  const transitions: [string, string][] = [];
  for (const event of history) {
    const to = event.stateEnteredEventDetails?.name;
    if (!to) continue;
    states.push(to);
    const before = history[(event.previousEventId ?? 0) - 1];
    const from = before?.stateExitedEventDetails?.name ?? starterOf(before, history);
    if (from && !wasCaught(before, history)) transitions.push([from, to]);
  }
  return { states, transitions };
}

type Event = Execution['history'][number];

/** The Parallel state that a branch's first state follows. */
function starterOf(before: Event | undefined, history: readonly Event[]): string | undefined {
  if (before?.type !== 'ParallelStateStarted') return undefined;
  return history[(before.previousEventId ?? 0) - 1]?.stateEnteredEventDetails?.name;
}

const FAILED = /^(TaskFailed|TaskTimedOut|TaskSubmitFailed|TaskStartFailed|ParallelStateFailed|EvaluationFailed)$/;

function wasCaught(exited: Event | undefined, history: readonly Event[]): boolean {
  const before = history[(exited?.previousEventId ?? 0) - 1];
  return exited?.stateExitedEventDetails !== undefined && before !== undefined && FAILED.test(before.type);
}
