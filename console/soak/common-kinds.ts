/**
 * What kinds of faults mean in every capability, given where they may strike. A capability's soak-kinds.ts takes them in
 * beside its own. The order in which they draw is part of what a seed means.
 */
import type { Deliveries, Fault, PlannedFault } from '../../simulator/faults.ts';
import type { Random } from '../../simulator/random.ts';
import type { WorldEvent } from '../../simulator/world/events.ts';
import type { Drawn, Kind } from './profile.ts';
import type { Entry } from './schedule.ts';

/** Nothing of it is done by people, so that any capability can take it. */
export type Part = Partial<Entry<never>>;
export type Kinds = Record<string, Kind<never>>;

export const SERVER_ERRORS = ['InternalServerError', 'ServiceUnavailable', 'InternalFailure'] as const;
export const CRASH_MOMENTS = ['init', 'start', 'before-call', 'after-call', 'after-call', 'end'] as const;

export const fault = (record: PlannedFault): Part => ({ fault: record });
/** A probability or a part of all, in thousandths. */
export const share = (size: number): number => Math.round(size * 1000) / 1000;
/** Milliseconds or a factor: at least 1. */
export const whole = (size: number): number => Math.max(1, Math.round(size));

/** Something that befalls the world, and how it ends. */
interface Spell {
  readonly begins: readonly WorldEvent[];
  readonly ends: readonly WorldEvent[];
}

export const dark = (region: string): Spell => ({
  begins: [{ do: 'goDark', region }],
  ends: [{ do: 'comeBack', region }],
});

export const cutOff = (region: string): Spell => ({
  begins: [{ do: 'cutOff', region }],
  ends: [{ do: 'rejoin', region }],
});

export const paused = (what: 'pause' | 'pauseInMidWrite', instance: { region: string; nth: number }): Spell => ({
  begins: [{ do: what, instance }],
  ends: [{ do: 'wake', instance }],
});

/** `link`: the network between two places, one way. */
export const badLinks = (link: (random: Random) => { sender: string; receiver: string }): Kinds => ({
  'packet-loss': (random, { size }) => fault({ kind: 'packet-loss', ...link(random), probability: share(size) }),
  'slow-link': (random, { size }) => fault({ kind: 'slow-link', ...link(random), addedMs: whole(size) }),
});

/** Which service's calls, and in which region. */
export type Called = (random: Random) => { service: string; region: string };

/** A fault of calls: first it is drawn of which, then what is wrong with them. */
export const broken =
  (of: Called, make: (random: Random, drawn: Drawn) => Partial<Fault>): Kind<never> =>
  (random, drawn) =>
    fault({ ...of(random), ...make(random, drawn) } as PlannedFault);

/** Calls that are refused, lost or made twice. */
export const brokenCalls = (of: Called): Kinds => ({
  throttle: broken(of, (_, { size }) => ({ kind: 'throttle', probability: share(size) })),
  error: broken(of, (random, { size }) => ({
    kind: 'error',
    error: random.pick(SERVER_ERRORS),
    probability: share(size),
  })),
  drop: broken(of, (_, { size }) => ({ kind: 'drop', probability: share(size) })),
  'lose-answer': broken(of, (_, { size }) => ({ kind: 'lose-answer', probability: share(size) })),
  duplicate: broken(of, (random, { size }) => ({
    kind: 'duplicate',
    againMs: whole(random.uniform(50, 4000)),
    probability: share(size),
  })),
  endpoint: (random) => fault({ kind: 'endpoint', ...of(random) }),
});

/** Calls that are late, on their way there or back, or overtake each other. */
export const slowCalls = (of: Called): Kinds => ({
  latency: broken(of, (random, { size }) =>
    random.chance(0.5)
      ? { kind: 'latency', beforeMs: whole(size), probability: 0.7 }
      : { kind: 'latency', afterMs: whole(size), probability: 0.7 },
  ),
  reorder: broken(of, (_, { size }) => ({ kind: 'reorder', withinMs: whole(size) })),
});

/** Once, at the nth of at most `nthMax` occasions, or now and then. */
export const howOften = (random: Random, nthMax: number) =>
  random.chance(0.6) ? { nth: 1 + random.integer(nthMax) } : { probability: 0.4, times: 1 + random.integer(4) };

/** Events and other deliveries that come twice or late; `of`: where, and by what. */
export const badDeliveries = (of: (random: Random) => Pick<Deliveries, 'region' | 'channel'>): Kinds => ({
  'event-duplicate': (random, { size }) =>
    fault({
      kind: 'event-duplicate',
      ...of(random),
      againMs: whole(random.uniform(100, 90_000)),
      probability: share(size),
    }),
  'event-late': (random, { size }) => fault({ kind: 'event-late', ...of(random), maxMs: whole(size) }),
});
