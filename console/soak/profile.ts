/**
 * A profile says how hostile the world is: which kinds of faults, how often, how strong, how long, over which window. It
 * is data; what a kind means is a slug's business. Everything is drawn from the seed alone.
 */
import type { Random } from '../../simulator/random.ts';
import type { Entry } from './schedule.ts';

export type Range = readonly [min: number, max: number];

/** One kind of fault in a profile. */
export interface KindRow {
  /** How often against the others. */
  readonly weight: number;
  /** Seconds that it lasts. Left out: it is over at once. */
  readonly lasts?: Range;
  /** Part of those that never end. */
  readonly stays?: number;
  /** What is strong about it, in the kind's own unit: milliseconds, a probability, a factor. */
  readonly size?: Range;
}

/** So many of these kinds, beginning within a window. */
export interface Group {
  /** How many, both ends included. */
  readonly count: readonly [min: number, max: number];
  /** Seconds after the start. */
  readonly begin: Range;
  readonly kinds: Readonly<Record<string, KindRow>>;
}

export interface Profile {
  readonly title: string;
  readonly groups: readonly Group[];
}

/** By name. */
export type Profiles = Readonly<Record<string, Profile>>;

export const titlesOf = (profiles: Profiles): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(profiles).map(([name, { title }]) => [name, title]));

/** What a kind's draw is given besides chance. */
export interface Drawn {
  readonly at: number;
  readonly lasts: number | null;
  readonly size: number;
}

/** Makes one entry of a kind, or several that belong together. */
export type Kind<Act> = (random: Random, drawn: Drawn) => Partial<Entry<Act>> | readonly Partial<Entry<Act>>[];

/** Throws for a kind that a profile names and nobody makes. */
export function drawEntries<Act>(
  { groups }: Profile,
  kinds: Readonly<Record<string, Kind<Act>>>,
  random: Random,
): Entry<Act>[] {
  const entries = groups.flatMap((group) => {
    const [least, most] = group.count;
    const count = least + random.integer(most - least + 1);
    return Array.from({ length: count }, () => drawOne(group, kinds, random)).flat();
  });
  return entries.sort((a, b) => a.at - b.at);
}

function drawOne<Act>(group: Group, kinds: Readonly<Record<string, Kind<Act>>>, random: Random): Entry<Act>[] {
  const name = pickWeighted(group, random);
  const kind = kinds[name];
  if (!kind) throw new Error(`a profile names '${name}', which is no kind of fault`);
  const row = group.kinds[name] as KindRow;
  const at = tenths(random.uniform(...group.begin));
  const lasts = drawLasts(row, random);
  const made = kind(random, { at, lasts, size: row.size ? random.uniform(...row.size) : 0 });
  const parts = (Array.isArray(made) ? made : [made]) as readonly Partial<Entry<Act>>[];
  return parts.map((part) => ({ kind: name, at, lasts, ...part }));
}

function drawLasts({ lasts, stays = 0 }: KindRow, random: Random): number | null {
  if (!lasts) return null;
  const length = tenths(random.uniform(...lasts));
  return random.chance(stays) ? null : length;
}

function pickWeighted({ kinds }: Group, random: Random): string {
  const rows = Object.entries(kinds);
  let left = random.uniform(
    0,
    rows.reduce((sum, [, { weight }]) => sum + weight, 0),
  );
  for (const [name, { weight }] of rows) {
    left -= weight;
    if (left < 0) return name;
  }
  return (rows.at(-1) as [string, KindRow])[0];
}

/** Tenths are enough, and read better. */
const tenths = (value: number): number => Math.round(value * 10) / 10;
