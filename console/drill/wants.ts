/**
 * Compares what Mainstay did in a drill with what its scenario wants: each wanted effect as often as wanted and in time,
 * and nothing else. Asked by the scenario tests; what it answers is made for reading.
 */
import type { Effect } from './result.ts';

/** Seconds after the fault began; `times` says how often at least and at most, once unless told. */
export interface Want<Where extends string = string> {
  readonly what: string;
  readonly where: Where;
  readonly from: number;
  readonly by: number;
  readonly times?: readonly [number, number];
}

/** The region, or the several of which any will do, that a scenario's word for a place stands for. */
export type Whereabouts<Where extends string = string> = Readonly<Record<Where, string | readonly string[]>>;

export interface Comparison {
  /** Nothing is missing and nothing is unwanted. */
  readonly fits: boolean;
  /** Wanted and actual side by side. */
  readonly table: readonly string[];
}

interface Row {
  readonly want: Want | null;
  /** What was matched to the want, or one effect that nobody wanted. */
  readonly effects: readonly Effect[];
  readonly wrong: string | null;
}

export function compare<Where extends string>(
  effects: readonly Effect[],
  wants: readonly Want<Where>[],
  places: Whereabouts<Where>,
): Comparison {
  const rows = rowsOf(effects, wants, places);
  return { fits: rows.every(({ wrong }) => wrong === null), table: table(rows) };
}

/** Each effect goes to the first want that it fits and that has room. */
function rowsOf(effects: readonly Effect[], wants: readonly Want[], places: Whereabouts): Row[] {
  const matched = new Map<Want, Effect[]>(wants.map((want) => [want, []]));
  const unwanted: Effect[] = [];
  for (const effect of effects) {
    const fitting = wants.filter((want) => fits(effect, want, places));
    const free = fitting.find((want) => (matched.get(want)?.length ?? 0) < timesOf(want)[1]);
    if (free) matched.get(free)?.push(effect);
    else unwanted.push(effect);
  }
  const wanted = wants.map((want): Row => {
    const found = matched.get(want) ?? [];
    return { want, effects: found, wrong: found.length < timesOf(want)[0] ? 'MISSING' : null };
  });
  const others = unwanted.map((effect): Row => ({ want: null, effects: [effect], wrong: 'UNWANTED' }));
  return [...wanted, ...others].sort((a, b) => firstAt(a) - firstAt(b));
}

const timesOf = ({ times }: Want): readonly [number, number] => times ?? [1, 1];

function fits({ t, what, region }: Effect, want: Want, places: Whereabouts): boolean {
  const here = [places[want.where] ?? []].flat().includes(region);
  return what === want.what && here && t >= want.from && t <= want.by;
}

const firstAt = ({ effects, want }: Row): number => effects[0]?.t ?? want?.from ?? 0;

const WIDTH = 52;

function table(rows: readonly Row[]): string[] {
  const line = (wanted: string, actual: string) => `${wanted.padEnd(WIDTH)}| ${actual}`.trimEnd();
  return [
    line('WANTED', 'ACTUAL'),
    ...rows.map(({ want, effects, wrong }) => {
      const actual = effects.map(({ t, what, region }) => `${t} s ${what} (${region})`).join(', ');
      return line(want ? said(want) : '', [wrong, actual].filter(Boolean).join('  '));
    }),
  ];
}

function said(want: Want): string {
  const [least, most] = timesOf(want);
  const times = least === most ? `${least}×` : `${least} to ${most}×`;
  return `${times} ${want.what} in ${want.where}, ${want.from} to ${want.by} s`;
}
