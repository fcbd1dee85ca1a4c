/**
 * How long the waits of a release are in a seed. Most of a release is waiting: for a step's least time, for a bake of a
 * quarter of an hour. What can go wrong in it does not need that long, so most seeds deploy production with short waits,
 * and all that is drawn keeps its place in the release; the others wait as production does.
 */
import { Random, seedStream } from '../../../simulator/random.ts';
import type { Group, KindRow, Profile, Range } from '../../soak/profile.ts';
import type { OwnPolicy } from './policy.ts';
import type { Pace } from './scenario.ts';

export interface Tempo {
  /** Of production's time from a push to its commit, as a share of one. */
  readonly part: number;
  /** What of production's policy is otherwise. */
  readonly policy: OwnPolicy;
  readonly pace: Pace;
}

/**
 * Users, as few as the judge's own minimum of evidence allows (functions/blue-green/judge.ts): thirty a minute of a step are
 * seldom less than the twenty without which it says nothing about latency. More would prove nothing more.
 */
const PACE = { idle: 0.5, fresh: 0.5 };

/** With two a second a bake of 15 minutes has far more than the 300 that a commit needs. */
export const AS_DEPLOYED: Tempo = { part: 1, policy: {}, pace: { ...PACE, bake: 2 } };

/** One seed in so many. */
const AS_DEPLOYED_ONE_IN = 8;

/** Percent of the users by steps. As many as production's for half of the seeds: passages between steps are met often. */
const STEPS: readonly (readonly number[])[] = [
  [10, 50, 100],
  [10, 50, 100],
  [20, 50, 100],
  [20, 50, 100],
  [10, 100],
  [25, 100],
  [50, 100],
  [100],
];

/**
 * By the number of steps, push to commit against production's 1,700 s. A minute counts for the judge when it is published,
 * three minutes after it began (functions/blue-green/watch.ts), so that a step takes four minutes and a bake five, however
 * short the policy.
 */
const PARTS: Readonly<Record<number, number>> = { 1: 0.32, 2: 0.44, 3: 0.56 };

/** The same for the same seed. */
export function tempoOf(seed: number): Tempo {
  const random = new Random(seedStream(seed, 'soak tempo'));
  if (random.integer(AS_DEPLOYED_ONE_IN) === 0) return AS_DEPLOYED;
  const steps = [...random.pick(STEPS)];
  return {
    part: PARTS[steps.length] ?? 1,
    policy: {
      steps,
      stepSeconds: 60 + random.integer(120),
      // After the minutes that count a blind judge has some more before the deadline.
      stepSecondsMax: 420 + random.integer(180),
      bakeSeconds: 180 + random.integer(120),
      bakeSecondsMax: 720 + random.integer(360),
      evidenceSecondsMax: 300 + random.integer(120),
      pauseSecondsMax: 400 + random.integer(400),
    },
    // Two whole minutes of it are more than the 300 requests that a commit needs.
    pace: { ...PACE, bake: 3 },
  };
}

/** What lasts longer than this is as long as a part of a release; what is shorter is as long as AWS's own troubles. */
const SPANNING_SECONDS = 300;

/** The same profile for releases that take this part of the time. */
export function atTempo({ title, groups }: Profile, { part }: Pick<Tempo, 'part'>): Profile {
  const scaled = ([min, max]: Range): Range => [min * part, max * part];
  const row = ({ lasts, ...rest }: KindRow): KindRow => ({
    ...rest,
    ...(lasts && { lasts: lasts[1] > SPANNING_SECONDS ? scaled(lasts) : lasts }),
  });
  const group = ({ count, begin, kinds }: Group): Group => ({
    count,
    begin: scaled(begin),
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, each]) => [kind, row(each)])),
  });
  return { title, groups: groups.map(group) };
}
