/**
 * How hostile the world may be, as data. calm: what any week brings. rough: a bad day. hostile: everything at once. Sizes
 * are in each kind's unit (soak-kinds.ts): a probability, milliseconds, a factor. A release takes some 1,700 s from its
 * push to its commit, so faults are spread over that.
 */
import type { Group, KindRow, Profile } from '../../soak/profile.ts';

const s = 1000;

const releases: Readonly<Record<string, KindRow>> = {
  'good-push': { weight: 8 },
  'slow-start-push': { weight: 1 },
  'failing-push': { weight: 2 },
  'slow-push': { weight: 1 },
  'broken-push': { weight: 1 },
  'crash-loop-push': { weight: 1 },
  'leaking-push': { weight: 1 },
  'lying-push': { weight: 0.5 },
  'unhealthy-push': { weight: 0.5 },
  'refused-push': { weight: 1 },
  'other-push': { weight: 0.3 },
  redeploy: { weight: 0.5 },
  hotfix: { weight: 1 },
};

/** Something is pushed at the beginning; a second one perhaps meets it at work, baked, or kept. */
const first: Group = { count: [1, 1], begin: [0, 60], kinds: releases };
const later: Group = { count: [0, 1], begin: [20, 1900], kinds: releases };

const people = (most: number): Group => ({
  count: [0, most],
  begin: [60, 1700],
  kinds: {
    'roll-back': { weight: 3 },
    promote: { weight: 3 },
    'pause-a-while': { weight: 2, lasts: [30, 600] },
    return: { weight: 2 },
    freeze: { weight: 2, lasts: [60, 600] },
    'weights-reset': { weight: 2 },
    'scaling-policy': { weight: 1 },
    'scheduled-size': { weight: 1 },
    'images-deleted': { weight: 0.5 },
    'region-moved': { weight: 0.3 },
    'kept-emptied': { weight: 1 },
    approval: { weight: 1 },
    'short-retention': { weight: 1 },
    'sticky-rule': { weight: 1 },
  },
});

/** Of the application's own alarm. Last among the groups: what was drawn before it was there is drawn as it was. */
const alarms: Group = {
  count: [0, 1],
  begin: [0, 1500],
  kinds: { 'alarm-not-ok': { weight: 1, lasts: [60, 900] } },
};

/** Short troubles at any time. */
const troubles: Readonly<Record<string, KindRow>> = {
  throttle: { weight: 3, lasts: [20, 300], size: [0.2, 0.9] },
  error: { weight: 3, lasts: [20, 240], size: [0.2, 0.9] },
  quota: { weight: 1, lasts: [20, 300], size: [0.2, 1] },
  latency: { weight: 3, lasts: [20, 300], size: [200, 8 * s] },
  reorder: { weight: 1, lasts: [20, 300], size: [200, 3 * s] },
  drop: { weight: 2, lasts: [20, 240], size: [0.1, 0.8] },
  'lose-answer': { weight: 3, lasts: [20, 300], size: [0.1, 0.9] },
  duplicate: { weight: 2, lasts: [50, 500], size: [0.2, 0.9] },
  'stale-read': { weight: 2, lasts: [50, 400], size: [1 * s, 15 * s] },
  endpoint: { weight: 2, lasts: [20, 200] },
  'no-metrics': { weight: 2, lasts: [50, 1200] },
  'function-throttle': { weight: 2, lasts: [20, 240], size: [0.2, 1] },
  'slow-process': { weight: 1, lasts: [20, 200], size: [50, 2 * s] },
  lose: { weight: 2 },
  crash: { weight: 2 },
  pause: { weight: 1, lasts: [10, 200] },
  shortage: { weight: 1, lasts: [50, 900] },
  'packet-loss': { weight: 1, lasts: [20, 300], size: [0.05, 0.5] },
  'slow-link': { weight: 1, lasts: [20, 300], size: [100, 3 * s] },
  'slow-rules': { weight: 2, lasts: [100, 900], size: [1 * s, 50 * s] },
};

/** What lies in wait from the beginning, until its moment comes. */
const waiting: Readonly<Record<string, KindRow>> = {
  'at-step': { weight: 12, lasts: [1500, 2400], size: [0.4, 1] },
  'died-twice': { weight: 3, lasts: [1500, 2400], size: [0.6, 1] },
  'at-state': { weight: 3, lasts: [1500, 2400] },
  'execution-abort': { weight: 4, lasts: [1500, 2400] },
  'function-crash': { weight: 4, lasts: [1500, 2400] },
  'crash-by-deed': { weight: 4, lasts: [1500, 2400] },
  'lost-rule': { weight: 2, lasts: [1500, 2400], size: [0.3, 1] },
  'event-lost': { weight: 2, lasts: [500, 1800], size: [0.3, 1] },
  'event-duplicate': { weight: 2, lasts: [500, 1800], size: [0.3, 1] },
  'event-late': { weight: 2, lasts: [500, 1800], size: [1 * s, 90 * s] },
  shortage: { weight: 1, lasts: [50, 900] },
  'slow-boot': { weight: 1, lasts: [200, 600], size: [1, 8] },
  'sick-instance': { weight: 1, lasts: [100, 600], size: [0.3, 1] },
};

const everyday: Readonly<Record<string, KindRow>> = {
  throttle: { weight: 2, lasts: [20, 200], size: [0.05, 0.4] },
  error: { weight: 2, lasts: [20, 120], size: [0.05, 0.3] },
  latency: { weight: 2, lasts: [20, 200], size: [50, 1 * s] },
  'slow-rules': { weight: 1, lasts: [100, 600], size: [1 * s, 10 * s] },
  lose: { weight: 1 },
  crash: { weight: 2 },
};
const everyWeek: Readonly<Record<string, KindRow>> = {
  'event-duplicate': { weight: 2, lasts: [500, 1800], size: [0.1, 0.5] },
  'event-late': { weight: 1, lasts: [500, 1800], size: [1 * s, 20 * s] },
  'function-crash': { weight: 2, lasts: [1500, 2400] },
  'slow-boot': { weight: 1, lasts: [200, 600], size: [1, 3] },
};

const regions: Readonly<Record<string, KindRow>> = {
  // Region failover is awake in these runs, which take four times as long to compute.
  dark: { weight: 0.6, lasts: [20, 400] },
  'cut-off': { weight: 0.6, lasts: [20, 400] },
};

const during = (count: Group['count'], kinds: Group['kinds']): Group => ({ count, begin: [10, 1700], kinds });
const before = (count: Group['count'], kinds: Group['kinds']): Group => ({ count, begin: [0, 200], kinds });

export const PROFILES = {
  calm: {
    title: 'what any week brings: one release, good or bad, a few short faults, and perhaps a person who decides',
    groups: [first, during([0, 2], everyday), before([0, 1], everyWeek), people(1)],
  },
  rough: {
    title: 'a bad day: some faults of every kind beside the releases, and somebody pushes another one',
    groups: [first, later, during([1, 2], troubles), before([0, 2], waiting), people(1), alarms],
  },
  hostile: {
    title:
      'everything at once: pushes overtake each other, steps die, events and answers are lost, regions come and go',
    groups: [first, later, during([0, 4], { ...troubles, ...regions }), before([1, 5], waiting), people(3), alarms],
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
