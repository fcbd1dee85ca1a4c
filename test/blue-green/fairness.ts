/**
 * What keeps a good release from being taken back for what is not its fault: how each is taken out, and what the release
 * comes to without it. No invariant objects to that, for users are safe; the outcome shows it. Read by guards.scenario.ts.
 */
import type { Outcome } from '../../console/drills/blue-green/scenario.ts';
import { type Removal, replacing } from '../without-guard.ts';
import { shared } from './removals.ts';

export interface Fairness {
  readonly without: string;
  readonly scenario: string;
  readonly comesTo: Outcome;
  readonly removals: readonly Removal[];
}

export const fairness: readonly Fairness[] = [
  {
    without: 'the count of what the old release left unanswered',
    scenario: 'lost-machine',
    comesTo: 'rolled-back',
    removals: [
      shared(
        'blue-green/attribution',
        ['watch'],
        replacing('const forgiven = Math.min(theirs, gateway - Math.min(mine, gateway));', 'const forgiven = 0;'),
      ),
    ],
  },
];
