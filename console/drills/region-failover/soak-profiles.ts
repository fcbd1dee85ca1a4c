/**
 * How hostile the world may be, as data. calm: what any week brings. rough: a bad day. hostile: everything at once, and
 * not all of it ends. Sizes are in each kind's unit (soak-kinds.ts): a probability, milliseconds, a factor. Windows are as
 * long as a move: it is over about 250 s after the loss (310 s at the 95th percentile), so a fault that lasts longer but
 * ends only costs the search time, and one that never ends is drawn by `stays`.
 */
import type { Group, KindRow, Profile } from '../../soak/profile.ts';

const s = 1000;

/** The writing region is lost, in one way or another, or nothing at all is wrong with it. */
const loss = (stays: number): Group => ({
  count: [0, 1],
  begin: [20, 90],
  kinds: {
    'dark-writer': { weight: 4, lasts: [140, 420], stays },
    'cut-off-writer': { weight: 4, lasts: [140, 420], stays },
    'grey-writer': { weight: 1, lasts: [120, 320], size: [6 * s, 20 * s] },
    'lagging-loss': { weight: 1, lasts: [140, 360], size: [250 * s, 450 * s] },
    'people-ask-at-once': { weight: 1 },
    'person-asks': { weight: 2 },
  },
});

const everyday: Readonly<Record<string, KindRow>> = {
  throttle: { weight: 2, lasts: [20, 200], size: [0.05, 0.4] },
  error: { weight: 2, lasts: [20, 120], size: [0.05, 0.3] },
  latency: { weight: 2, lasts: [20, 200], size: [50, 1 * s] },
  'event-duplicate': { weight: 2, lasts: [80, 360], size: [0.1, 0.5] },
  'event-late': { weight: 1, lasts: [80, 360], size: [1 * s, 20 * s] },
  crash: { weight: 2 },
  'slow-boot': { weight: 1, lasts: [140, 360], size: [1, 3] },
  'clock-skew': { weight: 1, size: [10, 500] },
  'function-crash': { weight: 1, lasts: [140, 420] },
};

const bad: Readonly<Record<string, KindRow>> = {
  throttle: { weight: 3, lasts: [20, 240], size: [0.2, 0.9] },
  error: { weight: 3, lasts: [20, 200], size: [0.2, 0.9] },
  quota: { weight: 1, lasts: [20, 200], size: [0.2, 1] },
  latency: { weight: 3, lasts: [20, 240], size: [200, 8 * s] },
  reorder: { weight: 1, lasts: [20, 240], size: [200, 3 * s] },
  drop: { weight: 2, lasts: [20, 200], size: [0.1, 0.8] },
  'lose-answer': { weight: 3, lasts: [20, 240], size: [0.1, 0.9] },
  duplicate: { weight: 2, lasts: [50, 320], size: [0.2, 0.9] },
  partial: { weight: 1, lasts: [50, 320], size: [0.2, 0.9] },
  'stale-read': { weight: 2, lasts: [50, 280], size: [1 * s, 15 * s] },
  endpoint: { weight: 2, lasts: [20, 200] },
  kms: { weight: 1, lasts: [20, 200] },
  'function-crash': { weight: 6, lasts: [140, 420] },
  'function-throttle': { weight: 2, lasts: [20, 200], size: [0.2, 1] },
  'slow-process': { weight: 1, lasts: [20, 200], size: [50, 2 * s] },
  'execution-abort': { weight: 5, lasts: [200, 450] },
  'event-lost': { weight: 3, lasts: [50, 360], size: [0.3, 1] },
  'event-duplicate': { weight: 3, lasts: [50, 360], size: [0.3, 1] },
  'event-late': { weight: 3, lasts: [50, 360], size: [1 * s, 90 * s] },
  shortage: { weight: 2, lasts: [50, 320] },
  'slow-boot': { weight: 1, lasts: [140, 360], size: [1, 8] },
  'sick-instance': { weight: 1, lasts: [80, 360], size: [0.3, 1] },
  lose: { weight: 2 },
  crash: { weight: 2 },
  pause: { weight: 1, lasts: [10, 200] },
  'stuck-promotion': { weight: 2, lasts: [140, 420], size: [30 * s, 400 * s] },
  'slow-database': { weight: 1, lasts: [20, 200], size: [200, 10 * s] },
  'slow-pool': { weight: 1, lasts: [20, 200], size: [200, 4 * s] },
  'replication-lag': { weight: 2, lasts: [60, 320], size: [10 * s, 450 * s] },
  'replication-stop': { weight: 1, lasts: [60, 320] },
  'one-way': { weight: 3, lasts: [20, 240] },
  'packet-loss': { weight: 2, lasts: [20, 240], size: [0.1, 0.8] },
  'slow-link': { weight: 1, lasts: [20, 240], size: [100, 4 * s] },
  'clock-skew': { weight: 2, size: [100, 5 * s] },
  'dns-hold': { weight: 2, lasts: [80, 320], size: [2, 20] },
  'dns-failure': { weight: 1, lasts: [20, 200] },
  'dns-negative': { weight: 1, lasts: [20, 200], size: [30, 300] },
  'sticky-users': { weight: 1, lasts: [80, 320], size: [0.05, 0.3] },
  checkers: { weight: 2, lasts: [30, 240] },
};

const everything: Readonly<Record<string, KindRow>> = {
  ...bad,
  dark: { weight: 3, lasts: [20, 320], stays: 0.1 },
  'cut-off': { weight: 3, lasts: [20, 320], stays: 0.1 },
  flapping: { weight: 1 },
  'at-state': { weight: 6, lasts: [200, 450] },
  'pause-in-mid-write': { weight: 3, lasts: [50, 280] },
};

const people: Group = {
  count: [0, 3],
  begin: [0, 300],
  kinds: {
    'person-asks': { weight: 3 },
    'person-asks-back': { weight: 2 },
    'people-ask-at-once': { weight: 1 },
    'person-answers': { weight: 3 },
    'automation-off': { weight: 1, lasts: [30, 280] },
    'late-order': { weight: 2 },
  },
};

export const PROFILES = {
  calm: {
    title: 'what any week brings: a few short faults, and perhaps the writing region is lost',
    groups: [loss(0.5), { count: [0, 2], begin: [20, 280], kinds: everyday }],
  },
  rough: {
    title: 'a bad day: some faults of every kind beside the loss, all of which end',
    groups: [loss(0.3), { count: [2, 5], begin: [10, 260], kinds: bad }, { ...people, count: [0, 1] }],
  },
  hostile: {
    title: 'everything at once: regions come and go, steps die, events and answers are lost, people interfere',
    groups: [loss(0.3), { count: [3, 10], begin: [10, 260], kinds: everything }, people],
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
