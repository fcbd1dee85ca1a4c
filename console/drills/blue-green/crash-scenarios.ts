/**
 * A crash at every step, in two ways: the execution is aborted as it enters a state, and the process of a step's function
 * dies after each of its effects. However it died, nothing is left behind, users are with one release, and nothing is done
 * twice.
 */
import machine from '../../../statemachines/blue-green.asl.json' with { type: 'json' };
import { taskStates } from '../../drill/moments.ts';
import type { OwnPolicy } from './policy.ts';
import type { Act, Outcome, Release, Scenario, Want } from './scenario.ts';
import { noWayBack } from './scenarios/parts.ts';

const SECONDS = 4500;

const here = (what: string, least: number, most = least): Want => ({
  what,
  where: 'here',
  from: 0,
  by: SECONDS,
  times: [least, most],
});

/** What may be done at most, whatever crashed; each may be repeated by whoever takes over. */
const AT_MOST: Readonly<Record<string, number>> = {
  start: 2,
  'pin live': 2,
  'pin candidate': 2,
  'assign candidate': 2,
  'size candidate': 3,
  'unpin live': 2,
  'shift 10': 1,
  'shift 50': 1,
  'shift 100': 1,
};

/** How each outcome is reached and told. A message cannot be described before it is sent, so it may come twice. */
const ENDS: Readonly<Partial<Record<Outcome, readonly Want[]>>> = {
  committed: [here('commit', 1), here('tell released', 0, 2)],
  'rolled-back': [here('back', 1, 2), here('tell rolled back', 1, 2)],
  abandoned: [here('tell aborted', 1, 2)],
};

interface Circumstances {
  readonly release?: Release;
  readonly policy?: OwnPolicy;
  readonly wants?: readonly Want[];
}

function crashed(
  title: string,
  outcome: Outcome,
  acts: readonly Act[],
  { release = {}, policy, wants = [] }: Circumstances = {},
): Scenario {
  return {
    title,
    expected: outcome,
    acts: [{ act: 'push' as const, release: { tags: ['1.1.0'], ...release } }, ...acts].map((act) => ({
      ...act,
      afterSeconds: 0,
    })),
    ...(policy && { policy }),
    seconds: SECONDS,
    wants: [...wants, ...Object.entries(AT_MOST).map(([what, most]) => here(what, 0, most)), ...(ENDS[outcome] ?? [])],
  };
}

/** Nobody had been sent to it yet. */
const BEFORE_USERS = [
  ...['Look', 'Pin both colours', 'Empty the idle colour', 'Prepare the idle colour', 'Check health', 'Validate'],
  ...['Expand the schema', 'Shift'],
];
const WITH_USERS = ['Prove the shift', 'Watch', 'Commit'];
const AFTER_THE_COMMIT = ['Finish', 'Tell people'];

/** A release that has to be taken back. */
const BROKEN = { release: { behaviour: { brokenStatus: 500 } } } as const;

const aborted = (state: string): string => `the execution is aborted as it enters '${state}'`;
const abort = (state: string): Act => ({ act: 'abortAt', state });

/** States that a good release does not pass, each in a scenario that does. */
const elsewhere: Readonly<Record<string, Scenario>> = {
  'Take the lease': crashed(`${aborted('Take the lease')}; another one begins it`, 'committed', [
    abort('Take the lease'),
  ]),
  'Roll back': crashed(
    `${aborted('Roll back')}; the clean-up machine goes back`,
    'rolled-back',
    [abort('Roll back')],
    BROKEN,
  ),
  'Ask a person': crashed(`${aborted('Ask a person')}; no user was sent yet`, 'abandoned', [abort('Ask a person')], {
    policy: { approval: true },
  }),
  'Tell of the failed rollback': crashed(
    `${aborted('Tell of the failed rollback')}; the clean-up machine goes back once it can`,
    'rolled-back',
    [noWayBack(360), abort('Tell of the failed rollback')],
    { ...BROKEN, wants: [here('page', 0, 2)] },
  ),
};

function crashAt(state: string): Scenario {
  const acts = [abort(state)];
  if (BEFORE_USERS.includes(state)) {
    return crashed(`${aborted(state)}; it is given up before any user met it`, 'abandoned', acts);
  }
  if (WITH_USERS.includes(state)) {
    return crashed(`${aborted(state)}; the clean-up machine takes the users back`, 'rolled-back', acts);
  }
  if (AFTER_THE_COMMIT.includes(state)) {
    return crashed(`${aborted(state)}; it stays committed, and the lease is given up`, 'committed', acts);
  }
  throw new Error(`crash-scenarios.ts does not say what must follow a crash at '${state}'`);
}

interface Deed {
  readonly name: string;
  readonly function: string;
  readonly call: string;
}

/** Each change that a step's function makes. */
const deeds: readonly Deed[] = [
  { name: 'propose', function: 'admit', call: 'dynamodb:UpdateItem' },
  { name: 'start', function: 'admit', call: 'states:StartExecution' },
  { name: 'lease', function: 'take-lease', call: 'dynamodb:UpdateItem' },
  { name: 'pin', function: 'pin', call: 'autoscaling:SuspendProcesses' },
  { name: 'assign', function: 'prepare', call: 'ssm:PutParameter' },
  { name: 'size', function: 'prepare', call: 'autoscaling:UpdateAutoScalingGroup' },
  { name: 'intent', function: 'shift', call: 'dynamodb:PutItem' },
  { name: 'shift', function: 'shift', call: 'elasticloadbalancing:ModifyRule' },
  { name: 'commit', function: 'commit', call: 'dynamodb:UpdateItem' },
  { name: 'finish', function: 'finish', call: 'dynamodb:UpdateItem' },
  { name: 'tell', function: 'notify', call: 'sns:Publish' },
];

const diesAfter = (deed: Deed): Scenario =>
  crashed(
    `the function '${deed.function}' dies right after ${deed.call}; its repetition changes nothing twice`,
    'committed',
    [{ act: 'dieAfter', function: deed.function, call: deed.call }],
  );

export const crashScenarios: Readonly<Record<string, Scenario>> = Object.fromEntries([
  ...taskStates(machine.States).map((state) => [
    `crash-at-${state.toLowerCase().replaceAll(' ', '-')}`,
    elsewhere[state] ?? crashAt(state),
  ]),
  ...deeds.map((deed) => [`dies-after-${deed.name}`, diesAfter(deed)]),
  [
    'dies-after-back',
    crashed(
      "the function 'roll-back' dies right after elasticloadbalancing:ModifyRule; its repetition changes nothing twice",
      'rolled-back',
      [{ act: 'dieAfter', function: 'roll-back', call: 'elasticloadbalancing:ModifyRule' }],
      BROKEN,
    ),
  ],
]);
