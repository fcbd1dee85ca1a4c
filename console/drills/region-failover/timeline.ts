/**
 * Compares what Mainstay did in a drill with what its scenario wants: each wanted effect as often as wanted and in time,
 * and nothing else. Asked by the scenario tests; what it answers is made for reading.
 */
import type { Effect } from '../../drill/result.ts';
import type { Want } from './scenario.ts';

export interface Regions {
  readonly old: string;
  readonly target: string;
  readonly witness: string;
}

/** The deeds of one move in the only safe order: freeze → fence → promote → configure → consumers → traffic → verify. */
const ORDER: readonly string[] = [
  ...['claim', 'freeze', 'commit', 'promote', 'configure', 'open writes'],
  ...['consumers', 'latch', 'thaw', 'finish', 'tell moved'],
];

interface Row {
  readonly want: Want | null;
  /** What was matched to the want, or one effect that nobody wanted. */
  readonly effects: readonly Effect[];
  readonly wrong: string | null;
}

/** Null when the effects are exactly those wanted; else a table of wanted and actual side by side. */
export function mismatch(effects: readonly Effect[], wants: readonly Want[], regions: Regions): string | null {
  const rows = rowsOf(effects, wants, regions);
  const disorder = outOfOrder(effects, regions.target);
  if (disorder === null && rows.every(({ wrong }) => wrong === null)) return null;
  return [...(disorder === null ? [] : [disorder]), ...table(rows)].join('\n');
}

/** Each effect goes to the first want that it fits and that has room. */
function rowsOf(effects: readonly Effect[], wants: readonly Want[], regions: Regions): Row[] {
  const matched = new Map<Want, Effect[]>(wants.map((want) => [want, []]));
  const unwanted: Effect[] = [];
  for (const effect of effects) {
    const fitting = wants.filter((want) => fits(effect, want, regions));
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

function fits({ t, what, region }: Effect, want: Want, regions: Regions): boolean {
  const here = want.where === 'either' ? region !== regions.witness : region === regions[want.where];
  return what === want.what && here && t >= want.from && t <= want.by;
}

const firstAt = ({ effects, want }: Row): number => effects[0]?.t ?? want?.from ?? 0;

/** The last move to the target, from its claim on, in the order of ORDER; null when it is. */
function outOfOrder(effects: readonly Effect[], target: string): string | null {
  const inTarget = effects.filter(({ what, region }) => region === target && ORDER.includes(what));
  const deeds = inTarget.slice(inTarget.findLastIndex(({ what }) => what === 'claim'));
  if (!deeds.some(({ what }) => what === 'finish')) return null;
  const wrong = deeds.find(({ what }, index) => ORDER.indexOf(what) < ORDER.indexOf(deeds[index - 1]?.what ?? what));
  return wrong ? `OUT OF ORDER: '${wrong.what}' at ${wrong.t} s` : null;
}

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
