/** What is pushed and may not be released. */
import type { Release, Scenario } from '../scenario.ts';
import { at, committed, here, push } from './parts.ts';

/** From which to which schema of the database a release works. */
const schema = (min: number, max: number): Release => ({
  labels: { 'mainstay.schema.min': String(min), 'mainstay.schema.max': String(max) },
});

export const refused = (title: string, release: Release, by: number): Scenario => ({
  title: `${title}; it is refused, and a person is told why`,
  expected: 'refused',
  acts: [at(0, push('1.1.0', release))],
  seconds: by + 60,
  toTheEnd: true,
  wants: [here('tell refused', 0, by)],
});

export const refusals = {
  unsigned: refused('a release whose signing failed', { signing: { status: 'FAILED' } }, 400),
  'never-signed': refused('a release whose signature never comes', { signing: { status: 'IN_PROGRESS' } }, 1100),
  'never-scanned': refused('a release whose scan never ends', { scan: { status: 'IN_PROGRESS' } }, 1100),
  'scan-failed': refused('a release that could not be scanned', { scan: { status: 'FAILED' } }, 400),
  'critical-finding': refused('a release with a critical finding', { scan: { findings: { CRITICAL: 1 } } }, 400),
  'incompatible-schema': {
    title:
      'a release needs a schema that the live one does not know; it is refused, and the one before goes on serving',
    expected: 'committed',
    acts: [
      at(0, push('1.1.0', schema(1, 2))),
      at(0, { act: 'after', state: 'Commit', seconds: 120, does: push('1.2.0', schema(3, 4)) }),
    ],
    seconds: 3300,
    toTheEnd: true,
    wants: [...committed(), here('tell refused', 1400, 3200)],
  },
  'no-release-tag': {
    title: 'an image without a release tag is pushed; nothing happens',
    expected: 'undisturbed',
    acts: [at(0, push('nightly'))],
    seconds: 420,
    wants: [],
  },
} as const satisfies Record<string, Scenario>;
