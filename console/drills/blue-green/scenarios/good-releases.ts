/** Releases that are good: all users get them, and none loses a request. */
import type { Scenario } from '../scenario.ts';
import { ADMITTED_SECONDS, at, bad, committed, push, s } from './parts.ts';

export const goodReleases = {
  'good-release': {
    title: 'a good release is pushed; it is committed and no user loses a request',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0'))],
    seconds: 3600,
    wants: committed(),
  },
  'good-index': {
    title: 'a good release is pushed as an index over two platforms; its own is deployed',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0', { shape: 'index' }))],
    seconds: 3600,
    wants: committed(),
  },
  'slow-start': {
    title: 'a good release takes two minutes to start; it is waited for',
    expected: 'committed',
    healthy: true,
    acts: [at(0, bad({ warmUpMs: s(120) }))],
    seconds: 3900,
    wants: committed(0, ADMITTED_SECONDS + 150),
  },
} as const satisfies Record<string, Scenario>;
