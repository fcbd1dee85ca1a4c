/**
 * A crash at every step, in two ways: the execution is aborted as it enters a state, and the process of a step's function
 * dies after each of its effects. However it died, a successor must reach the same end, and nothing may be done twice.
 */
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import type { Act, Scenario, Want } from './scenario.ts';

interface State {
  readonly Type: string;
  readonly Branches?: readonly { readonly States: Readonly<Record<string, State>> }[];
}

/** States that a failover decided by alarm passes; the others are entered in other scenarios only. */
const NOT_ON_THE_WAY = new Set([
  'Ask a person',
  'Take over the claim',
  'Undo the claim',
  'Record that nothing moved',
  'Tell people that nothing moved',
  'Undo what can be undone',
  'Tell people how it stands',
]);

export function taskStates(states: Readonly<Record<string, State>> = machine.States as never): string[] {
  return Object.entries(states).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [name] : []),
    ...(state.Branches ?? []).flatMap((branch) => taskStates(branch.States)),
  ]);
}

/** A successor ends within this time of the fault. */
const SECONDS = 1200;

const inTarget = (what: string, least: number, most = least): Want => ({
  what,
  where: 'target',
  from: 0,
  by: SECONDS,
  times: [least, most],
});

/** What happens once, whatever crashed. */
const ONCE: readonly Want[] = [
  ...['commit', 'promote', 'configure', 'open writes', 'consumers', 'latch', 'finish'].map((what) => inTarget(what, 1)),
  { ...inTarget('latch', 1), where: 'witness' },
];

const darkPrimary = (title: string, acts: readonly Act[], wants: readonly Want[]): Scenario => ({
  title,
  expected: 'failed-over',
  events: ({ old }) => [{ do: 'goDark', region: old, afterMs: 0 }],
  acts: acts.map((act) => ({ ...act, afterSeconds: 0 })),
  seconds: SECONDS,
  wants: [...ONCE, ...wants],
});

const crashAt = (state: string): Scenario =>
  darkPrimary(
    `the execution is aborted as it enters '${state}'; a successor finishes the failover`,
    [{ act: 'abortAt', state }],
    [
      // The aborted one, its successor, and what the reconciler starts meanwhile.
      inTarget('start', 1, 8),
      inTarget('claim', 1, 2),
      inTarget('restore', 0, 1),
      inTarget('freeze', 1, 2),
      inTarget('thaw', 1, 2),
      inTarget('take over', 0, 1),
      inTarget('tell undone', 0, 1),
      // Of the lost region, of the aborted run, and of a clean-up that leaves it to reconcile.
      inTarget('alarm mail', 1, 3),
      inTarget('tell held', 0, 1),
      inTarget('page', 0, 1),
      // Past the record a crash loses no more than the message.
      inTarget('tell moved', state === 'Tell people that it moved' ? 0 : 1, 1),
    ],
  );

interface Deed {
  readonly name: string;
  readonly function: string;
  readonly call: string;
}

/** Each change that a step's function makes. */
export const deeds: readonly Deed[] = [
  { name: 'claim', function: 'claim', call: 'dynamodb:UpdateItem' },
  { name: 'freeze', function: 'freeze', call: 'ssm:PutParameter' },
  { name: 'advance', function: 'promote', call: 'dynamodb:UpdateItem' },
  { name: 'promote', function: 'promote', call: 'rds:FailoverGlobalCluster' },
  { name: 'note-loss', function: 'configure', call: 'dynamodb:PutItem' },
  { name: 'configure', function: 'configure', call: 'ssm:PutParameter' },
  { name: 'open-writes', function: 'open-writes', call: 'dynamodb:UpdateItem' },
  { name: 'consumers', function: 'start-consumers', call: 'ssm:PutParameter' },
  { name: 'shift', function: 'shift-traffic', call: 's3:PutObject' },
  { name: 'stamp', function: 'verify', call: 's3:PutObject' },
  { name: 'record', function: 'record', call: 'dynamodb:PutItem' },
  { name: 'thaw', function: 'record', call: 'ssm:PutParameter' },
  { name: 'finish', function: 'record', call: 'dynamodb:UpdateItem' },
  { name: 'tell', function: 'notify', call: 'sns:Publish' },
];

const diesAfter = (deed: Deed): Scenario =>
  darkPrimary(
    `the function '${deed.function}' dies right after ${deed.call}; its repetition changes nothing twice`,
    [{ act: 'dieAfter', function: deed.function, call: deed.call }],
    [
      inTarget('start', 1, 4),
      inTarget('claim', 1),
      inTarget('freeze', 1),
      inTarget('thaw', 1),
      inTarget('alarm mail', 0, 1),
      // A message cannot be described before it is sent: at least once.
      inTarget('tell moved', 1, deed.name === 'tell' ? 2 : 1),
    ],
  );

export const crashScenarios: Readonly<Record<string, Scenario>> = Object.fromEntries([
  ...taskStates()
    .filter((state) => !NOT_ON_THE_WAY.has(state))
    .map((state) => [`crash-at-${state.toLowerCase().replaceAll(' ', '-')}`, crashAt(state)] as const),
  ...deeds.map((deed) => [`dies-after-${deed.name}`, diesAfter(deed)] as const),
]);
