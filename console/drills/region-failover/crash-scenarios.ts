/**
 * A crash at every step, in two ways: the execution is aborted as it enters a state, and the process of a step's function
 * dies after each of its effects. However it died, a successor must reach the same end, and nothing may be done twice.
 */
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import { taskStates } from '../../drill/moments.ts';
import type { Act, Scenario, Want } from './scenario.ts';
import { scenarios } from './scenarios.ts';

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
  acts: acts.map(atOnce),
  seconds: SECONDS,
  wants: [...ONCE, ...wants],
});

const atOnce = (act: Act) => ({ ...act, afterSeconds: 0 });
const titleAt = (state: string, end: string): string => `the execution is aborted as it enters '${state}'; ${end}`;

const crashAt = (state: string): Scenario =>
  darkPrimary(
    titleAt(state, 'a successor finishes the failover'),
    [{ act: 'abortAt', state }],
    [
      // The aborted one, its successor, and what the reconciler starts meanwhile.
      inTarget('start', 1, 8),
      inTarget('claim', 1, 2),
      inTarget('restore', 0, 1),
      inTarget('freeze', 1, 2),
      // Reconcile may come in the same moment as the clean-up machine; then both undo and both tell.
      inTarget('thaw', 1, 3),
      inTarget('take over', 0, 1),
      inTarget('tell undone', 0, 2),
      // Of the lost region, of the aborted run, and of a clean-up that leaves it to reconcile.
      inTarget('alarm mail', 1, 3),
      inTarget('tell held', 0, 1),
      inTarget('page', 0, 1),
      inTarget('tell moved', 1),
    ],
  );

/** One more crash in a scenario that gets there. What it wants of `instead` it wants so; the rest as without the crash. */
function crashIn(base: Scenario, state: string, end: string, instead: readonly Want[]): Scenario {
  const named = ({ what, where }: Want) => `${what} ${where}`;
  const changed = new Set(instead.map(named));
  return {
    ...base,
    title: titleAt(state, end),
    acts: [...(base.acts ?? []), atOnce({ act: 'abortAt', state })],
    wants: [...base.wants.filter((want) => !changed.has(named(want))), ...instead],
  };
}

/** The mail about the region that is lost, and up to two about executions that ended badly. */
const MAILS = inTarget('alarm mail', 1, 3);

/** Its freeze is refused for a while: it undoes its claim, and a successor moves when that is over. */
const refusedFreeze: Scenario = {
  ...crashAt('Freeze deployments'),
  events: ({ old, target }) => [
    { do: 'goDark', region: old, afterMs: 0 },
    {
      do: 'fault',
      fault: { kind: 'error', service: 'ssm', operation: 'PutParameter', region: target, error: 'InternalServerError' },
      forMs: 125_000,
      afterMs: 0,
    },
  ],
  acts: [],
};

/** Decided early, a second claim meets the same refusal. */
const REFUSED_TWICE = [inTarget('claim', 1, 3), inTarget('restore', 0, 2)];

/** States that a failover which was decided by alarm does not pass, each in a scenario that does. */
const elsewhere: Readonly<Record<string, Scenario>> = {
  'Ask a person': crashIn(scenarios['lag-above-rpo'], 'Ask a person', 'a successor asks', [
    MAILS,
    inTarget('start', 2, 3),
    { ...inTarget('ask', 1, 2), by: 720 },
    inTarget('tell held', 0, 1),
  ]),
  'Take over the claim': {
    ...crashAt('Configure the application'),
    title: titleAt('Take over the claim', 'another successor finishes the failover'),
    acts: ['Configure the application', 'Take over the claim'].map((state) => atOnce({ act: 'abortAt', state })),
  },
  'Undo the claim': crashIn(scenarios['recovers-in-time'], 'Undo the claim', 'the clean-up machine restores', [
    MAILS,
    { ...inTarget('tell undone', 1), by: 260 },
    inTarget('tell held', 0),
  ]),
  'Record that nothing moved': crashIn(
    scenarios['kill-switch'],
    'Record that nothing moved',
    'the clean-up machine tells',
    [inTarget('alarm mail', 2)],
  ),
  'Tell people that nothing moved': crashIn(
    scenarios['kill-switch'],
    'Tell people that nothing moved',
    'the clean-up machine tells',
    [inTarget('alarm mail', 2)],
  ),
  'Undo what can be undone': crashIn(
    refusedFreeze,
    'Undo what can be undone',
    'the clean-up machine restores',
    REFUSED_TWICE,
  ),
  'Tell people how it stands': crashIn(
    refusedFreeze,
    'Tell people how it stands',
    'a successor finishes',
    REFUSED_TWICE,
  ),
};

interface Deed {
  readonly name: string;
  readonly function: string;
  readonly call: string;
}

/** Each change that a step's function makes. */
const deeds: readonly Deed[] = [
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
  ...taskStates(machine.States).map((state) => [
    `crash-at-${state.toLowerCase().replaceAll(' ', '-')}`,
    elsewhere[state] ?? crashAt(state),
  ]),
  ...deeds.map((deed) => [`dies-after-${deed.name}`, diesAfter(deed)]),
]);
