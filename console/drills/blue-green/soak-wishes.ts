/**
 * What pipelines push during a soak, what people decide and ask for, and what others than Mainstay do to the colours. All
 * of it is acts, as in a scenario: tried until it is heard. What must strike a moment of a release waits for its state.
 */

import type { Random } from '../../../simulator/random.ts';
import type { ReleaseBehaviour } from '../../../simulator/world/behaviour.ts';
import type { Kind } from '../../soak/profile.ts';
import type { Entry } from '../../soak/schedule.ts';
import type { OwnPolicy } from './policy.ts';
import type { Act, Release } from './scenario.ts';

export type Part = Partial<Entry<Act>>;
export type Kinds = Record<string, Kind<Act>>;

/** `part` is how long a release takes, as a share of production's time (soak-tempo.ts). */
export function wishes(part: number): Kinds {
  const within = (seconds: number): number => Math.round(seconds * part);
  return { ...pushes(part), ...people(within), ...policies(within), ...foreignHands(within) };
}

/** So many of production's seconds, in a release that takes another time. */
type Within = (seconds: number) => number;

/** It is tried again while AWS, or what it is about, does not answer. */
type Tried = Extract<Act, { act: 'try' }>['of'];
const trying = (act: Tried): Part => ({ lasts: null, act: { act: 'try', of: act } });

/** States in which a release has users, or is about to. */
const STATES = ['Prepare the idle colour', 'Check health', 'Shift', 'Prove the shift', 'Watch', 'Watch', 'Commit'];

/** At a moment of a release, or just now. */
function some(random: Random, within: Within, act: Tried): Part {
  if (random.chance(0.4)) return trying(act);
  return trying({ act: 'after', state: random.pick(STATES), seconds: random.integer(within(700)), does: act });
}

/** In tenths, as all moments of a schedule. */
const later = (at: number, seconds: number): number => Math.round((at + seconds) * 10) / 10;

/** Scans take seconds here, so that no run waits two minutes for one. */
const SCANNED = (random: Random) => ({ afterSeconds: 3 + random.integer(20) });
/** No two of a schedule are alike. */
const tagOf = (random: Random, at: number): string => `1.${Math.round(at * 10) + 1}.${random.integer(1000)}`;

/**
 * The least share of errors that a judge of a short bake finds for certain: of 2 %, one bake in a thousand sees nothing
 * among the requests that it waits for, and of a long one none.
 */
const leastErrorShare = (part: number): number => (part < 1 ? 0.03 : 0.02);

function pushes(part: number): Kinds {
  const push =
    (make: (random: Random) => Release): Kind<Act> =>
    (random, { at }) => {
      const { tags = [tagOf(random, at)], scan, ...rest } = make(random);
      return trying({ act: 'push', release: { tags, scan: { ...SCANNED(random), ...scan }, ...rest } });
    };
  const behaving = (make: (random: Random) => ReleaseBehaviour) => push((random) => ({ behaviour: make(random) }));
  return {
    'good-push': push((random) => (random.chance(0.2) ? { shape: 'index' } : {})),
    'slow-start-push': behaving((random) => ({ warmUpMs: 20_000 + random.integer(120_000) })),
    'failing-push': behaving((random) => ({ errorShare: random.pick([leastErrorShare(part), 0.05, 0.3]) })),
    'slow-push': behaving((random) =>
      random.chance(0.5)
        ? { slowTail: { share: 0.1 + random.integer(20) / 100, addedMs: 4000 } }
        : { latencyMs: { p50: 1500, p95: 3000 } },
    ),
    'broken-push': behaving(() => ({ brokenStatus: 500 })),
    'crash-loop-push': behaving((random) => ({ crashesAfterMs: 3000 + random.integer(15_000) })),
    // A short bake brings it fewer requests.
    'leaking-push': behaving((random) => ({ oomAfterRequests: Math.round((100 + random.integer(300)) * part) })),
    'lying-push': behaving(() => ({ reportsDigest: `sha256:${'9'.repeat(64)}` })),
    'unhealthy-push': behaving(() => ({ healthStatus: 503 })),
    'refused-push': push((random) =>
      random.pick<Release>([
        { signing: { status: 'FAILED' } },
        { scan: { status: 'FAILED' } },
        { scan: { findings: { CRITICAL: 1 } } },
        { scan: { findings: { HIGH: 2, LOW: 3 } } },
        { signing: { status: 'IN_PROGRESS' } },
        { scan: { status: 'IN_PROGRESS' } },
      ]),
    ),
    'other-push': push((random) => ({ tags: [random.pick(['nightly', 'cache', 'v2'])] })),
  };
}

/** Something is pushed, and asked for so many seconds later. */
function askedFor(
  kind: 'redeploy' | 'hotfix',
  random: Random,
  at: number,
  seconds: number,
  behaviour: ReleaseBehaviour = {},
): Part[] {
  const tag = tagOf(random, at);
  return [
    trying({ act: 'push', release: { tags: [tag], scan: SCANNED(random), behaviour } }),
    { ...trying({ act: 'request', kind, tag, reason: 'customers wait' }), at: later(at, seconds) },
  ];
}

function people(within: Within): Kinds {
  const decide = (decision: Extract<Act, { act: 'decide' }>['decision']): Tried => ({
    act: 'decide',
    decision,
    reason: 'as I see it',
  });
  return {
    'roll-back': (random) => some(random, within, decide('roll-back')),
    promote: (random) => some(random, within, decide('promote')),
    'pause-a-while': (random, { at, lasts }) => {
      const [state, from] = [random.pick(STATES), random.integer(within(700))];
      const length = Math.round(lasts ?? 0);
      // Who paused it looks whether it goes on, and says so again.
      const [paused, ...resumed] = [0, length, length + within(300)].map(
        (seconds): Tried => ({
          act: 'after',
          state,
          seconds: from + seconds,
          does: decide(seconds === 0 ? 'pause' : 'resume'),
        }),
      );
      return [paused as Tried, ...resumed].map((act) => ({ ...trying(act), at }));
    },
    /** Takes a release back some minutes after its commit. */
    return: (random) =>
      trying({ act: 'after', state: 'Commit', seconds: 20 + random.integer(within(300)), does: decide('roll-back') }),
    /** Whatever became of it the first time. */
    redeploy: (random, { at }) => {
      const behaviour = random.pick<ReleaseBehaviour>([{}, { brokenStatus: 500 }, { crashesAfterMs: 5000 }]);
      return askedFor('redeploy', random, at, within(200) + random.integer(within(1500)), behaviour);
    },
    hotfix: (random, { at }) => askedFor('hotfix', random, at, random.integer(90)),
    freeze: (_, { at, lasts }) => [
      trying({ act: 'freeze', frozen: true }),
      { ...trying({ act: 'freeze', frozen: false }), at: later(at, lasts ?? 0) },
    ],
  };
}

/** Of the application; production names none. */
const OWN_ALARM = 'order-rate';

/** The stack is deployed otherwise than production is; the act itself changes nothing any more. */
function policies(within: Within): Kinds {
  const own = (policy: OwnPolicy): Part => ({ lasts: null, act: { act: 'policy', policy } });
  const decide = (decision: 'approve' | 'roll-back'): Tried => ({ act: 'decide', decision, reason: 'as I see it' });
  return {
    /** A person is asked before the first user is sent, and may answer in time, too late, or never. */
    approval: (random) => [
      own({ approval: true, approvalSecondsMax: within(300) + random.integer(within(900)) }),
      trying({
        act: 'after',
        state: 'Ask a person',
        seconds: random.integer(within(1200)),
        does: decide(random.pick(['approve', 'approve', 'roll-back'])),
      }),
    ],
    /** What is kept is let go soon, and somebody wants it back about then. */
    'short-retention': (random) => {
      const retainSeconds = within(600) + random.integer(within(1800));
      return [
        own({ retainSeconds }),
        { ...trying(decide('roll-back')), at: within(1100) + retainSeconds + random.integer(within(1200)) },
      ];
    },
    /** The application's own alarm rings, or knows nothing: before the first release, or at some moment of one. */
    'alarm-not-ok': (random, { at, lasts }) => {
      const value = random.pick(['ALARM', 'ALARM', 'INSUFFICIENT_DATA'] as const);
      const length = Math.round(lasts ?? 0);
      const set = (to: 'OK' | typeof value): Tried => ({ act: 'alarm', name: OWN_ALARM, value: to });
      const deployed = own({ alarms: [OWN_ALARM] });
      if (random.chance(0.3)) return [deployed, { ...trying(set(value)), at: 0 }, { ...trying(set('OK')), at: length }];
      const [state, from] = [random.pick(STATES), random.integer(within(700))];
      const moment = (seconds: number, to: 'OK' | typeof value): Part => ({
        ...trying({ act: 'after', state, seconds: from + seconds, does: set(to) }),
        at,
      });
      return [deployed, moment(0, value), moment(length, 'OK')];
    },
    /** Clients keep their colour. */
    'sticky-rule': () => own({ stickySeconds: 3600 }),
  };
}

/** Deployments of the stack, scaling policies, hands in the console. */
function foreignHands(within: Within): Kinds {
  return {
    'weights-reset': (random) => {
      const [live, candidate] = random.pick([
        [100, 0],
        [100, 0],
        [50, 50],
        [0, 100],
      ] as const);
      return some(random, within, { act: 'weights', live, candidate });
    },
    'scaling-policy': (random) =>
      some(random, within, {
        act: 'size',
        colour: random.pick(['live', 'candidate'] as const),
        machines: random.pick([2, 3]),
      }),
    'scheduled-size': (random) =>
      some(random, within, {
        act: 'schedule',
        colour: random.pick(['live', 'candidate'] as const),
        most: 1 + random.integer(3),
      }),
    'images-deleted': (random) => some(random, within, { act: 'deleteImages' }),
    /** Region failover, which is awake in such a run, freezes deployments and moves the users away. */
    'region-moved': (random) => some(random, within, { act: 'move', reason: 'works in the building' }),
    /** The colour that is idle after a commit loses all its machines. */
    'kept-emptied': (random) =>
      trying({
        act: 'after',
        state: 'Commit',
        seconds: 30 + random.integer(within(200)),
        does: { act: 'empty', colour: 'idle' },
      }),
  };
}
