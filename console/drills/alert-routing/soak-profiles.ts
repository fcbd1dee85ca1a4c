/**
 * How hostile the world may be to alert routing, as data. calm: what any week brings. rough: a bad day. hostile: everything
 * at once. All of it ends, so that what must come true in the end can. Sizes are in each kind's unit (soak-kinds.ts).
 */
import type { Group, KindRow, Profile } from '../../soak/profile.ts';

const s = 1000;

const alerts: Group = {
  count: [2, 5],
  begin: [10, 400],
  kinds: {
    alarm: { weight: 5, lasts: [200, 500], stays: 0.4 },
    posted: { weight: 4, lasts: [200, 500], stays: 0.4 },
    unreadable: { weight: 1 },
  },
};

const everyday: Readonly<Record<string, KindRow>> = {
  throttle: { weight: 2, lasts: [20, 120], size: [0.05, 0.4] },
  error: { weight: 2, lasts: [20, 120], size: [0.05, 0.3] },
  latency: { weight: 2, lasts: [20, 200], size: [50, 1 * s] },
  'event-duplicate': { weight: 3, lasts: [100, 500], size: [0.1, 0.6] },
  'event-late': { weight: 1, lasts: [100, 500], size: [1 * s, 10 * s] },
  'function-crash': { weight: 2, lasts: [100, 500] },
  'webhooks-twice': { weight: 1, lasts: [50, 400] },
  'provider-slow': { weight: 1, lasts: [20, 200], size: [100, 3 * s] },
};

const bad: Readonly<Record<string, KindRow>> = {
  throttle: { weight: 3, lasts: [20, 240], size: [0.2, 0.9] },
  error: { weight: 3, lasts: [20, 200], size: [0.2, 0.9] },
  latency: { weight: 2, lasts: [20, 300], size: [200, 6 * s] },
  drop: { weight: 2, lasts: [20, 200], size: [0.1, 0.8] },
  'lose-answer': { weight: 3, lasts: [20, 240], size: [0.1, 0.9] },
  duplicate: { weight: 2, lasts: [50, 400], size: [0.2, 0.9] },
  endpoint: { weight: 3, lasts: [20, 240] },
  'function-crash': { weight: 6, lasts: [100, 500] },
  'function-throttle': { weight: 2, lasts: [20, 200], size: [0.2, 1] },
  'execution-abort': { weight: 2, lasts: [200, 600] },
  'event-lost': { weight: 3, lasts: [50, 500], size: [0.3, 1] },
  'event-duplicate': { weight: 3, lasts: [50, 500], size: [0.3, 1] },
  'event-late': { weight: 3, lasts: [50, 500], size: [1 * s, 60 * s] },
  'provider-down': { weight: 4, lasts: [30, 300] },
  'provider-hangs': { weight: 2, lasts: [20, 200] },
  'provider-slow': { weight: 2, lasts: [20, 300], size: [500, 12 * s] },
  'pager-forgets': { weight: 1, lasts: [20, 200] },
  'no-webhooks': { weight: 2, lasts: [50, 400] },
  'webhooks-twice': { weight: 1, lasts: [50, 400] },
  parted: { weight: 2, lasts: [30, 400] },
};

const everything: Readonly<Record<string, KindRow>> = {
  ...bad,
  dark: { weight: 3, lasts: [20, 400] },
  'no-internet': { weight: 3, lasts: [20, 300] },
};

export const PROFILES = {
  calm: {
    title: 'what any week brings: alerts, and a few short faults',
    groups: [alerts, { count: [0, 2], begin: [5, 400], kinds: everyday }],
  },
  rough: {
    title: 'a bad day: some faults of every kind while alerts come, providers in trouble among them',
    groups: [alerts, { count: [2, 5], begin: [5, 400], kinds: bad }],
  },
  hostile: {
    title: 'everything at once: regions come and go, functions die, events and answers are lost, providers forget',
    groups: [alerts, { count: [3, 9], begin: [5, 400], kinds: everything }],
  },
} as const satisfies Record<string, Profile>;
