/**
 * What can befall a release, each with the outcome that must follow and every effect that is wanted, by when. Any other
 * effect is wrong. Times are seconds after the scenario began. Read by drill.ts and the scenario tests.
 */
import type { Scenario } from '../scenario.ts';
import { afterTheCommit } from './after-the-commit.ts';
import { approvals } from './approvals.ts';
import { badReleases } from './bad-releases.ts';
import { foreignHands } from './foreign-hands.ts';
import { forgeries } from './forgeries.ts';
import { freezes } from './freezes.ts';
import { goodReleases } from './good-releases.ts';
import { people } from './people.ts';
import { platformFaults } from './platform-faults.ts';
import { pushes } from './pushes.ts';
import { refusals } from './refusals.ts';

export const scenarios = {
  ...goodReleases,
  ...badReleases,
  ...refusals,
  ...forgeries,
  ...pushes,
  ...people,
  ...approvals,
  ...foreignHands,
  ...platformFaults,
  ...afterTheCommit,
  ...freezes,
} as const satisfies Record<string, Scenario>;
