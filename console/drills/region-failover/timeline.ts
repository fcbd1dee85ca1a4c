/** What Mainstay did in a failover beside what its scenario wants, and whether a move went in the only safe order. */
import type { Effect } from '../../drill/result.ts';
import { compare } from '../../drill/wants.ts';
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

/** Null when the effects are exactly those wanted; else a table of wanted and actual side by side. */
export function mismatch(effects: readonly Effect[], wants: readonly Want[], regions: Regions): string | null {
  const { fits, table } = compare(effects, wants, { ...regions, either: [regions.old, regions.target] });
  const disorder = outOfOrder(effects, regions.target);
  if (disorder === null && fits) return null;
  return [...(disorder === null ? [] : [disorder]), ...table].join('\n');
}

/** The last move to the target, from its claim on, in the order of ORDER; null when it is. */
function outOfOrder(effects: readonly Effect[], target: string): string | null {
  const inTarget = effects.filter(({ what, region }) => region === target && ORDER.includes(what));
  const deeds = inTarget.slice(inTarget.findLastIndex(({ what }) => what === 'claim'));
  if (!deeds.some(({ what }) => what === 'finish')) return null;
  const wrong = deeds.find(({ what }, index) => ORDER.indexOf(what) < ORDER.indexOf(deeds[index - 1]?.what ?? what));
  return wrong ? `OUT OF ORDER: '${wrong.what}' at ${wrong.t} s` : null;
}
