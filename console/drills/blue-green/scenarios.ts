/**
 * What can befall a release, each with the outcome that must follow and every effect that is wanted, by when. Any other
 * effect is wrong. Times are seconds after the scenario began. Read by drill.ts and the scenario tests.
 */
import type { Release, Scenario, Want } from './scenario.ts';

const here = (what: string, from: number, by: number, times?: readonly [number, number]): Want =>
  times ? { what, where: 'here', from, by, times } : { what, where: 'here', from, by };

const push = (tag: string, release: Release = {}) => ({
  act: 'push' as const,
  release: { tags: [tag], ...release },
  afterSeconds: 0,
});

/** A whole release: prepared in a few minutes, 10, 50 and 100 %, a quarter of an hour of bake. */
const SECONDS = 3600;

export const scenarios = {
  'good-release': {
    title: 'a good release is pushed; it is committed and no user loses a request',
    expected: 'committed',
    healthy: true,
    acts: [push('1.1.0')],
    seconds: SECONDS,
    wants: [here('start', 0, 60)],
  },
  'two-percent-errors': {
    title: 'a release fails two of a hundred requests; users are taken back, and it is never committed',
    expected: 'rolled-back',
    acts: [push('1.1.0', { behaviour: { errorShare: 0.02 } })],
    seconds: SECONDS,
    wants: [here('start', 0, 60)],
  },
} as const satisfies Record<string, Scenario>;
