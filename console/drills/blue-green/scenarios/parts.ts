/** What the scenarios are told with: acts at their seconds, and the wants of the stretches that most of them share. */
import type { ReleaseBehaviour } from '../../../../simulator/world/behaviour.ts';
import type { WorldEvent } from '../../../../simulator/world/events.ts';
import type { Act, Places, Release, Want } from '../scenario.ts';

type Timed = Act & { readonly afterSeconds: number };

export const here = (what: string, from: number, by: number, times?: readonly [number, number]): Want =>
  times ? { what, where: 'here', from, by, times } : { what, where: 'here', from, by };

export const s = (seconds: number): number => seconds * 1000;
export const at = (afterSeconds: number, act: Act): Timed => ({ ...act, afterSeconds });
export const push = (tag: string, release: Release = {}): Act => ({
  act: 'push',
  release: { tags: [tag], ...release },
});
/** A release that behaves like this. */
export const bad = (behaviour: ReleaseBehaviour): Act => push('1.1.0', { behaviour });

/** The scan takes up to two minutes, and a minute later reconcile has seen its end even when no event told of it. */
export const ADMITTED_SECONDS = 200;
/** Machines boot, pull, start and pass their checks; three looks find all of them healthy. */
const READY_SECONDS = 420;
/** A step is watched for three minutes, and until its minutes are published. */
const STEP_SECONDS = 420;
const BAKE_SECONDS = 1200;

/** The idle colour is prepared by a release that begins between two moments. */
export const prepared = (from: number, by: number): Want[] => [
  here('start', from, by),
  here('pin live', from, by + 30),
  // It is pinned since the stack was made.
  here('pin candidate', from, by + 30, [0, 1]),
  here('assign candidate', from, by + 60),
  here('size candidate', from, by + 60),
];

/** A whole release, from its start between two moments to its commit. */
export function committed(from = 0, by = ADMITTED_SECONDS): Want[] {
  const [first, half, full] = [1, 2, 3].map((step) => by + READY_SECONDS + (step - 1) * STEP_SECONDS);
  return [
    ...prepared(from, by),
    here('shift 10', from + 60, first as number),
    here('shift 50', from + 240, half as number),
    here('shift 100', from + 420, full as number),
    ...committedAfter(from + 1300, (full as number) + BAKE_SECONDS),
  ];
}

export const committedAfter = (from: number, by: number): Want[] => [
  here('commit', from, by),
  here('unpin live', from, by + 30),
  here('tell released', from, by + 60),
];

/** The reaper lets the machines of a release go that came to nothing. */
export const reaped = (from: number): Want => here('size candidate', from + 300, 4500, [0, 1]);

/** Users are taken back between two moments. */
export const takenBack = (from: number, by: number): Want[] => [
  reaped(from),
  here('back', from, by),
  here('unpin live', from, by + 60),
  here('tell rolled back', from, by + 60),
];

/** It had its first users, and perhaps more, before the judge could know. */
export const shiftedSome = (most: 10 | 50 | 100): Want[] => [
  here('shift 10', 60, 900),
  ...(most === 10 ? [] : [here('shift 50', 240, 1500, [0, 1])]),
  ...(most === 100 ? [here('shift 100', 420, 2100, [0, 1])] : []),
];

/** Given up before any user was sent. */
export const abandoned = (by: number): Want[] => [
  reaped(60),
  here('unpin live', 60, by, [0, 1]),
  here('tell aborted', 60, by),
];

/** From when users are to be taken back, the load balancer refuses every write of the rule for so long. */
export const noWayBack = (seconds: number): Act => ({
  act: 'eventsAt',
  state: 'Roll back',
  events: ({ region }) => [
    {
      do: 'fault',
      fault: {
        kind: 'error',
        service: 'elasticloadbalancing',
        operation: 'ModifyRule',
        region,
        error: 'InternalFailure',
      },
      forMs: s(seconds),
    },
  ],
});

/** Started again after five, it lives for one: a load balancer that asks every ten never finds it up twice in a row. */
const CRASH_EVERY_SECONDS = 3;

/**
 * The second machine of the live colour crashes again and again, as a broken release makes it. Were it both, the region
 * would be failing, and would be left.
 */
export const liveCrashes = ({ region, live: colour }: Places, from: number, until: number) =>
  Array.from({ length: Math.ceil((until - from) / CRASH_EVERY_SECONDS) }, (_, round) => ({
    do: 'crash' as const,
    instance: { region, nth: 1, colour },
    afterMs: s(from + round * CRASH_EVERY_SECONDS),
  }));

export const whenWatched = (
  acts: readonly Act[],
  events: (places: Places) => readonly WorldEvent[] = () => [],
): Timed => at(0, { act: 'eventsAt', state: 'Watch', events, acts });
