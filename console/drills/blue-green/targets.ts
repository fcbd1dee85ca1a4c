/** The targets that drills of blue/green are held to (DESIGN "Targets"). */
import type { Run } from '../../drill/result.ts';

/** From the decision until every node sends users to the old release only. */
export const ROLLBACK_SECONDS_MAX = 120;

/** One sentence per target missed by runs of one scenario. */
export function targetsMissed(runs: readonly Run[]): string[] {
  const most = (name: string): number =>
    Math.max(0, ...runs.flatMap(({ measures }) => (typeof measures?.[name] === 'number' ? [measures[name]] : [])));
  const slowest = most('rollbackSeconds');
  const lost = most('lostInHealthySwitch');
  return [
    ...(slowest > ROLLBACK_SECONDS_MAX
      ? [`the longest rollback, ${slowest} s, is above ${ROLLBACK_SECONDS_MAX} s`]
      : []),
    ...(lost > 0 ? [`a switch to a healthy release lost ${lost} requests; none may be lost`] : []),
  ];
}
