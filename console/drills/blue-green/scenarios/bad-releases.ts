/** Releases that are bad: users are taken back, or never sent. */
import type { ReleaseBehaviour } from '../../../../simulator/world/behaviour.ts';
import type { Scenario } from '../scenario.ts';
import { ADMITTED_SECONDS, abandoned, at, bad, prepared, s, shiftedSome, takenBack } from './parts.ts';

const neverBad = (title: string, behaviour: ReleaseBehaviour, most: 10 | 50 | 100): Scenario => ({
  title: `${title}; users are taken back, and it is never committed`,
  expected: 'rolled-back',
  acts: [at(0, bad(behaviour))],
  seconds: 3600,
  wants: [...prepared(0, ADMITTED_SECONDS), ...shiftedSome(most), ...takenBack(120, 3300)],
});

export const badReleases = {
  'two-percent-errors': neverBad('a release fails two of a hundred requests', { errorShare: 0.02 }, 100),
  'slow-answers': neverBad(
    'a release answers a tenth of the requests after four seconds',
    {
      slowTail: { share: 0.1, addedMs: s(4) },
    },
    100,
  ),
  'hangs-up': {
    ...neverBad('a release closes five of a hundred connections without an answer', { hangUpShare: 0.05 }, 100),
    ratePerSecond: 5,
  },
  'passes-health': neverBad('a release passes every health check and fails every request', { brokenStatus: 500 }, 10),
  'leaks-memory': neverBad('a release leaks until the kernel kills it', { oomAfterRequests: 700 }, 100),
  'crash-loop': {
    title: 'a release crashes eight seconds after each start; no user is sent to it',
    expected: 'abandoned',
    acts: [at(0, bad({ crashesAfterMs: s(8) }))],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(1500)],
  },
  'names-another-digest': {
    title: 'a release names another digest than its own; no user is sent to it',
    expected: 'abandoned',
    acts: [at(0, bad({ reportsDigest: `sha256:${'9'.repeat(64)}` }))],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(1500)],
  },
  'sticky-sessions': {
    title: 'clients keep their colour for an hour; a bad release is taken back from them too',
    expected: 'rolled-back',
    policy: { stickySeconds: 3600 },
    returningUsers: true,
    acts: [at(0, bad({ errorShare: 0.3 }))],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), ...shiftedSome(50), ...takenBack(120, 2000)],
  },
} as const satisfies Record<string, Scenario>;
