/**
 * What can befall a release, each with the outcome that must follow and every effect that is wanted, by when. Any other
 * effect is wrong. Times are seconds after the scenario began. Read by drill.ts and the scenario tests.
 */
import type { ReleaseBehaviour } from '../../../simulator/world/behaviour.ts';
import type { WorldEvent } from '../../../simulator/world/events.ts';
import type { Act, Places, Release, Scenario, Want } from './scenario.ts';

type Timed = Act & { readonly afterSeconds: number };

const here = (what: string, from: number, by: number, times?: readonly [number, number]): Want =>
  times ? { what, where: 'here', from, by, times } : { what, where: 'here', from, by };

const s = (seconds: number): number => seconds * 1000;
const at = (afterSeconds: number, act: Act): Timed => ({ ...act, afterSeconds });
const push = (tag: string, release: Release = {}): Act => ({ act: 'push', release: { tags: [tag], ...release } });
/** A release that behaves like this. */
const bad = (behaviour: ReleaseBehaviour): Act => push('1.1.0', { behaviour });

/** The scan takes up to two minutes, and a minute later reconcile has seen its end even when no event told of it. */
const ADMITTED_SECONDS = 200;
/** Machines boot, pull, start and pass their checks; three looks find all of them healthy. */
const READY_SECONDS = 420;
/** A step is watched for three minutes, and until its minutes are published. */
const STEP_SECONDS = 420;
const BAKE_SECONDS = 1200;

/** The idle colour is prepared by a release that begins between two moments. */
const prepared = (from: number, by: number): Want[] => [
  here('start', from, by),
  here('pin live', from, by + 30),
  here('pin candidate', from, by + 30),
  here('assign candidate', from, by + 60),
  here('size candidate', from, by + 60),
];

/** A whole release, from its start between two moments to its commit. */
function committed(from = 0, by = ADMITTED_SECONDS): Want[] {
  const [first, half, full] = [1, 2, 3].map((step) => by + READY_SECONDS + (step - 1) * STEP_SECONDS);
  return [
    ...prepared(from, by),
    here('shift 10', from + 60, first as number),
    here('shift 50', from + 240, half as number),
    here('shift 100', from + 420, full as number),
    ...committedAfter(from + 1300, (full as number) + BAKE_SECONDS),
  ];
}

const committedAfter = (from: number, by: number): Want[] => [
  here('commit', from, by),
  here('unpin live', from, by + 30),
  here('tell released', from, by + 60),
];

/** The reaper lets the machines of a release go that came to nothing. */
const reaped = (from: number): Want => here('size candidate', from + 300, 4500, [0, 1]);

/** Users are taken back between two moments. */
const takenBack = (from: number, by: number): Want[] => [
  reaped(from),
  here('back', from, by),
  here('unpin live', from, by + 60),
  here('tell rolled back', from, by + 60),
];

/** It had its first users, and perhaps more, before the judge could know. */
const shiftedSome = (most: 10 | 50 | 100): Want[] => [
  here('shift 10', 60, 900),
  ...(most === 10 ? [] : [here('shift 50', 240, 1500, [0, 1])]),
  ...(most === 100 ? [here('shift 100', 420, 2100, [0, 1])] : []),
];

const neverBad = (title: string, behaviour: ReleaseBehaviour, most: 10 | 50 | 100): Scenario => ({
  title: `${title}; users are taken back, and it is never committed`,
  expected: 'rolled-back',
  acts: [at(0, bad(behaviour))],
  seconds: 3600,
  wants: [...prepared(0, ADMITTED_SECONDS), ...shiftedSome(most), ...takenBack(120, 3300)],
});

const refused = (title: string, release: Release, by: number): Scenario => ({
  title: `${title}; it is refused, and a person is told why`,
  expected: 'refused',
  acts: [at(0, push('1.1.0', release))],
  seconds: by + 60,
  toTheEnd: true,
  wants: [here('tell refused', 0, by)],
});

/** Given up before any user was sent. */
const abandoned = (by: number): Want[] => [
  reaped(60),
  here('unpin live', 60, by, [0, 1]),
  here('tell aborted', 60, by),
];

/** Both machines of the live colour crash again and again, as a broken release or a broken dependency makes them. */
const liveCrashes = ({ region }: Places, from: number, until: number) =>
  Array.from({ length: Math.ceil((until - from) / 12) }, (_, round) =>
    [0, 1].map((nth) => ({ do: 'crash' as const, instance: { region, nth }, afterMs: s(from + round * 12) })),
  ).flat();

const whenWatched = (acts: readonly Act[], events: (places: Places) => readonly WorldEvent[] = () => []): Timed =>
  at(0, { act: 'eventsAt', state: 'Watch', events, acts });

export const scenarios = {
  'good-release': {
    title: 'a good release is pushed; it is committed and no user loses a request',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0'))],
    seconds: 3600,
    wants: committed(),
  },
  'good-index': {
    title: 'a good release is pushed as an index over two platforms; its own is deployed',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0', { shape: 'index' }))],
    seconds: 3600,
    wants: committed(),
  },
  'slow-start': {
    title: 'a good release takes two minutes to start; it is waited for',
    expected: 'committed',
    healthy: true,
    acts: [at(0, bad({ warmUpMs: s(120) }))],
    seconds: 3900,
    wants: committed(0, ADMITTED_SECONDS + 150),
  },
  'two-percent-errors': neverBad('a release fails two of a hundred requests', { errorShare: 0.02 }, 100),
  'slow-answers': neverBad(
    'a release answers a tenth of the requests after four seconds',
    {
      slowTail: { share: 0.1, addedMs: s(4) },
    },
    100,
  ),
  'passes-health': neverBad('a release passes every health check and fails every request', { brokenStatus: 500 }, 10),
  'leaks-memory': neverBad('a release leaks until the kernel kills it', { oomAfterRequests: 700 }, 100),
  'crash-loop': {
    title: 'a release crashes eight seconds after each start; no user is sent to it',
    expected: 'abandoned',
    acts: [at(0, bad({ crashesAfterMs: s(8) }))],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(1500)],
  },
  'names-another-digest': {
    title: 'a release names another digest than its own; no user is sent to it',
    expected: 'abandoned',
    acts: [at(0, bad({ reportsDigest: `sha256:${'9'.repeat(64)}` }))],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(1500)],
  },
  'no-capacity': {
    title: 'EC2 has no machines for the new colour; no user is sent to it, and the old one stays as it is',
    expected: 'abandoned',
    events: ({ region }) => [{ do: 'shortage', region, afterMs: 0 }],
    acts: [at(0, push('1.1.0'))],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(2100)],
  },
  unsigned: refused('a release whose signing failed', { signing: { status: 'FAILED' } }, 400),
  'never-signed': refused('a release whose signature never comes', { signing: { status: 'IN_PROGRESS' } }, 1100),
  'never-scanned': refused('a release whose scan never ends', { scan: { status: 'IN_PROGRESS' } }, 1100),
  'scan-failed': refused('a release that could not be scanned', { scan: { status: 'FAILED' } }, 400),
  'critical-finding': refused('a release with a critical finding', { scan: { findings: { CRITICAL: 1 } } }, 400),
  'no-release-tag': {
    title: 'an image without a release tag is pushed; nothing happens',
    expected: 'undisturbed',
    acts: [at(0, push('nightly'))],
    seconds: 420,
    wants: [],
  },
  'lost-push-event': {
    title: 'no event tells of the push; the reconciler finds it',
    expected: 'committed',
    healthy: true,
    events: () => [
      { do: 'fault', fault: { kind: 'event-lost', source: 'aws.ecr', channel: 'rule' }, forMs: s(400), afterMs: 0 },
    ],
    acts: [at(1, push('1.1.0'))],
    seconds: 4200,
    wants: committed(0, 480),
  },
  'doubled-push-event': {
    title: 'every event of the push comes twice, a minute and a half apart; it is one release',
    expected: 'committed',
    healthy: true,
    events: () => [
      {
        do: 'fault',
        fault: { kind: 'event-duplicate', source: 'aws.ecr', channel: 'rule', againMs: s(90) },
        forMs: s(600),
        afterMs: 0,
      },
    ],
    acts: [at(1, push('1.1.0'))],
    seconds: 3600,
    wants: committed(),
  },
  'two-pushes': {
    title: 'two good releases are pushed within a minute; the newer one is committed and the other left out',
    expected: 'committed',
    acts: [at(0, push('1.1.0')), at(40, push('1.2.0'))],
    seconds: 4500,
    wants: [
      here('start', 0, 900, [1, 2]),
      here('pin live', 0, 900, [1, 2]),
      here('pin candidate', 0, 900, [1, 2]),
      here('assign candidate', 0, 900, [1, 2]),
      // Of the one that is left out: its machines come and go.
      here('size candidate', 0, 1200, [1, 3]),
      here('unpin live', 0, 900, [0, 1]),
      here('tell superseded', 0, 900, [0, 1]),
      here('shift 10', 60, 1500),
      here('shift 50', 240, 2000),
      here('shift 100', 420, 2500),
      ...committedAfter(1300, 4200),
    ],
  },
  'push-during-bake': {
    title: 'another release is pushed while one is baked; it waits for its turn, and its predecessor is kept no longer',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0')), at(1300, push('1.2.0'))],
    seconds: 7200,
    wants: [
      ...committed(),
      here('start', 1500, 3400),
      here('pin live', 1500, 3400),
      // The first one, which is idle now, stays pinned from its own release.
      here('pin candidate', 1500, 3400, [0, 1]),
      here('size candidate', 1500, 4000, [2, 2]),
      here('assign candidate', 1500, 4000),
      here('shift 10', 1700, 4500),
      here('shift 50', 1900, 5000),
      here('shift 100', 2100, 5500),
      ...committedAfter(2900, 7100),
    ],
  },
  'weights-reset': {
    title: 'a deployment of the stack writes the weights as they were, in mid-shift; Mainstay goes back and says so',
    expected: 'rolled-back',
    acts: [at(0, push('1.1.0')), whenWatched([{ act: 'weights', live: 100, candidate: 0 }])],
    seconds: 2400,
    wants: [
      ...prepared(0, ADMITTED_SECONDS),
      here('shift 10', 60, 900),
      here('back', 60, 1200, [0, 1]),
      here('unpin live', 60, 1300),
      here('tell rolled back', 60, 1300),
    ],
  },
  'scaling-policy': {
    title: 'a scaling policy wants fewer machines of the old colour in mid-shift; they stay',
    expected: 'committed',
    healthy: true,
    // It had wanted one more before.
    acts: [
      at(0, { act: 'scale', colour: 'live', by: 1 }),
      at(120, push('1.1.0')),
      whenWatched([{ act: 'scale', colour: 'live', by: -1 }]),
    ],
    seconds: 3900,
    wants: committed(100, ADMITTED_SECONDS + 120),
  },
  'new-colour-short': {
    title: 'the new colour loses a machine and EC2 has none for a while; nobody more is sent until it is whole again',
    expected: 'committed',
    acts: [
      at(0, push('1.1.0')),
      whenWatched([], ({ region }) => [
        { do: 'fault', fault: { kind: 'shortage', region }, forMs: s(420) },
        { do: 'lose', instance: { region, nth: 2 } },
      ]),
    ],
    seconds: 4800,
    wants: committed(0, ADMITTED_SECONDS + 900),
  },
  'kept-for-a-day': {
    title: 'half an hour after a commit the old release still stands ready',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0'))],
    seconds: 3600,
    toTheEnd: true,
    wants: committed(),
  },
  'lost-machine': {
    title: 'the old colour loses a machine in mid-shift; no more users are sent until it is whole again',
    expected: 'committed',
    acts: [at(0, push('1.1.0')), whenWatched([], ({ region }) => [{ do: 'lose', instance: { region, nth: 0 } }])],
    seconds: 4200,
    wants: committed(0, ADMITTED_SECONDS + 300),
  },
  'lost-answer': {
    title: 'the answers to the writes of the rule are lost, which were carried out; it is not written twice',
    expected: 'committed',
    healthy: true,
    events: ({ region }) => [
      {
        do: 'fault',
        fault: { kind: 'lose-answer', service: 'elasticloadbalancing', operation: 'ModifyRule', region, times: 3 },
        afterMs: 0,
      },
    ],
    acts: [at(0, push('1.1.0'))],
    seconds: 3600,
    wants: committed(),
  },
  'throttled-rule': {
    title: 'the load balancer throttles nine of ten calls while a bad release is to be taken back',
    expected: 'rolled-back',
    events: ({ region }) => [
      {
        do: 'fault',
        fault: { kind: 'throttle', service: 'elasticloadbalancing', region, probability: 0.5 },
        afterMs: 0,
      },
    ],
    acts: [at(0, bad({ brokenStatus: 500 }))],
    seconds: 3600,
    wants: [...prepared(0, ADMITTED_SECONDS + 60), ...shiftedSome(10), ...takenBack(120, 3300)],
  },
  'sticky-sessions': {
    title: 'clients keep their colour for an hour; a bad release is taken back from them too',
    expected: 'rolled-back',
    sticky: true,
    acts: [at(0, bad({ errorShare: 0.3 }))],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), ...shiftedSome(50), ...takenBack(120, 2000)],
  },
  'no-metrics': {
    title: 'CloudWatch answers no questions once users are sent; without proof they are taken back',
    expected: 'rolled-back',
    acts: [
      at(0, push('1.1.0')),
      at(0, {
        act: 'eventsAt',
        state: 'Prove the shift',
        events: ({ region }) => [
          {
            do: 'fault',
            fault: {
              kind: 'error',
              service: 'cloudwatch',
              operation: 'GetMetricData',
              region,
              error: 'InternalServiceFault',
            },
          },
        ],
      }),
    ],
    seconds: 3000,
    wants: [...prepared(0, ADMITTED_SECONDS), here('shift 10', 60, 900), ...takenBack(120, 2400)],
  },
  'red-alarm': {
    title: 'the live release fails when another is pushed; it is not begun, and a person is told why',
    expected: 'abandoned',
    events: (places) => liveCrashes(places, 0, 700),
    acts: [at(300, push('1.1.0'))],
    seconds: 700,
    wants: [here('start', 300, 600), here('tell not begun', 300, 700)],
  },
  hotfix: {
    title: 'the live release fails, and a named person asks for the fix all the same; it is committed',
    expected: 'committed',
    // Until the fix has all the users.
    events: (places) => liveCrashes(places, 0, 900),
    acts: [
      at(300, push('1.1.0', { scan: { afterSeconds: 20 } })),
      at(480, { act: 'request', kind: 'hotfix', tag: '1.1.0', reason: 'customers cannot order' }),
    ],
    seconds: 4500,
    wants: [
      here('start', 300, 900, [1, 2]),
      here('tell not begun', 300, 800, [0, 1]),
      here('pin live', 300, 900),
      here('pin candidate', 300, 900),
      here('assign candidate', 300, 900),
      here('size candidate', 300, 900),
      here('shift 10', 360, 1500),
      here('shift 50', 500, 2100),
      here('shift 100', 700, 2700),
      ...committedAfter(1500, 4200),
    ],
  },
  'human-and-robot': {
    title: 'a push and a person ask for the same digest in one second; it is one release',
    expected: 'committed',
    healthy: true,
    acts: [
      at(0, push('1.1.0')),
      at(1, { act: 'request', kind: 'redeploy', tag: '1.1.0', reason: 'I saw nothing happen' }),
    ],
    seconds: 3600,
    wants: committed(),
  },
  'person-rolls-back': {
    title: 'a person sees what no metric shows and takes a release back in mid-shift',
    expected: 'rolled-back',
    acts: [at(0, push('1.1.0')), whenWatched([{ act: 'decide', decision: 'roll-back', reason: 'the logo is gone' }])],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), here('shift 10', 60, 900), ...takenBack(60, 1000)],
  },
  'pause-and-promote': {
    title: 'a person pauses a release, lets it go on, and promotes it through the next step',
    expected: 'committed',
    healthy: true,
    acts: [
      at(0, push('1.1.0')),
      whenWatched([{ act: 'decide', decision: 'pause', reason: 'lunch' }]),
      at(1000, { act: 'decide', decision: 'resume', reason: 'back' }),
      at(1060, { act: 'decide', decision: 'promote', reason: 'it is fine' }),
    ],
    seconds: 4500,
    wants: committed(0, 800),
  },
  'return-after-commit': {
    title: 'a person takes a release back three minutes after its commit; the one before serves again at once',
    expected: 'returned',
    acts: [
      at(0, push('1.1.0')),
      at(0, {
        act: 'after',
        state: 'Commit',
        seconds: 180,
        does: { act: 'decide', decision: 'roll-back', reason: 'orders are lost' },
      }),
    ],
    seconds: 4500,
    wants: [
      ...committed(),
      here('start', 1500, 4000),
      here('back', 1500, 4000),
      here('commit', 1500, 4000),
      here('unpin live', 1500, 4100),
      here('tell returned to the release before', 1500, 4100),
    ],
  },
  'return-without-machines': {
    title: 'the kept colour was emptied by hand; a return into it is impossible, and no user is sent there',
    expected: 'abandoned',
    acts: [
      at(0, push('1.1.0')),
      at(0, { act: 'after', state: 'Commit', seconds: 60, does: { act: 'empty', colour: 'live' } }),
      at(0, {
        act: 'after',
        state: 'Commit',
        seconds: 400,
        does: { act: 'decide', decision: 'roll-back', reason: 'orders are lost' },
      }),
    ],
    seconds: 4500,
    toTheEnd: true,
    wants: [
      ...committed(),
      here('start', 1500, 4000, [0, 1]),
      here('page', 1500, 4300, [0, 2]),
      here('tell not begun', 1500, 4300, [0, 1]),
    ],
  },
  'frozen-in-mid-shift': {
    title: 'region failover freezes deployments in mid-shift; the release yields, and waits',
    expected: 'waiting',
    acts: [at(0, push('1.1.0')), whenWatched([{ act: 'freeze', frozen: true }])],
    seconds: 1500,
    toTheEnd: true,
    wants: [
      ...prepared(0, ADMITTED_SECONDS),
      here('shift 10', 60, 900),
      here('back', 60, 1000),
      here('unpin live', 60, 1100),
      here('tell postponed', 60, 1100, [0, 1]),
      here('tell rolled back', 60, 1100, [0, 1]),
      reaped(60),
    ],
  },
  'frozen-for-a-while': {
    title: 'the same, and the freeze ends; the release begins again by itself and is committed',
    expected: 'committed',
    healthy: true,
    acts: [
      at(0, push('1.1.0')),
      whenWatched([{ act: 'freeze', frozen: true }]),
      at(1200, { act: 'freeze', frozen: false }),
    ],
    seconds: 5400,
    wants: [
      here('start', 0, 1500, [2, 2]),
      here('pin live', 0, 1500, [2, 2]),
      here('pin candidate', 0, 1500, [1, 2]),
      here('assign candidate', 0, 1600, [1, 2]),
      here('size candidate', 0, 1600, [1, 3]),
      here('shift 10', 60, 2100, [2, 2]),
      here('back', 60, 1000),
      here('unpin live', 60, 1100),
      here('tell postponed', 60, 1100, [0, 1]),
      here('tell rolled back', 60, 1100, [0, 1]),
      here('shift 50', 1300, 2700),
      here('shift 100', 1500, 3300),
      ...committedAfter(2400, 5000),
    ],
  },
} as const satisfies Record<string, Scenario>;
