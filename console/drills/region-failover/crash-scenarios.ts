/** A crash at every step: the execution is aborted as it enters a state, and a successor must reach the same end. */
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import type { Scenario, Want } from './scenarios.ts';

interface State {
  readonly Type: string;
  readonly Branches?: readonly { readonly States: Readonly<Record<string, State>> }[];
}

/** States on the way of a failover that was decided by alarm; the others are entered in other scenarios only. */
const NOT_ON_THE_WAY = new Set([
  'Ask a person',
  'Take over the claim',
  'Record that nothing moved',
  'Tell people that nothing moved',
  'Undo what can be undone',
  'Tell people how it stands',
]);

/** Past this state the promotion is recorded and told; a crash there loses no more than the message. */
const MESSAGE_ONLY = new Set(['Tell people that it moved']);

export function taskStates(states: Readonly<Record<string, State>> = machine.States as never): string[] {
  return Object.entries(states).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [name] : []),
    ...(state.Branches ?? []).flatMap((branch) => taskStates(branch.States)),
  ]);
}

const any = (what: string, times: readonly [number, number]): Want => ({
  what,
  where: 'target',
  from: 0,
  by: 1500,
  times,
});

const crashAt = (state: string): Scenario => ({
  title: `the execution is aborted as it enters '${state}'; a successor finishes the failover`,
  expected: 'failed-over',
  events: ({ old }) => [{ do: 'goDark', region: old, afterMs: 0 }],
  acts: [{ act: 'abortAt', state, afterSeconds: 0 }],
  seconds: 1500,
  wants: [
    any('start', [2, 8]),
    any('claim', [1, 2]),
    any('restore', [0, 1]),
    any('freeze', [1, 2]),
    any('thaw', [1, 2]),
    any('commit', [1, 1]),
    any('promote', [1, 1]),
    any('scale', [0, 2]),
    any('take over', [0, 2]),
    any('configure', [1, 1]),
    any('open writes', [1, 1]),
    any('consumers', [1, 1]),
    any('latch', [1, 1]),
    { ...any('latch', [1, 1]), where: 'witness' },
    any('finish', [1, 1]),
    any('tell undone', [0, 2]),
    any('page', [0, 3]),
    any('tell held', [0, 2]),
    any('tell moved', MESSAGE_ONLY.has(state) ? [0, 1] : [1, 1]),
  ],
});

export const crashScenarios: Readonly<Record<string, Scenario>> = Object.fromEntries(
  taskStates()
    .filter((state) => !NOT_ON_THE_WAY.has(state))
    .map((state) => [`crash-at-${state.toLowerCase().replaceAll(' ', '-')}`, crashAt(state)]),
);
