/** The day after a commit, while the colour before it is kept. */
import type { Act, Scenario } from '../scenario.ts';
import { at, committed, here, push } from './parts.ts';

export const afterTheCommit = {
  'kept-for-a-day': {
    title: 'half an hour after a commit the old release still stands ready',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0'))],
    seconds: 3600,
    toTheEnd: true,
    wants: committed(),
  },
  'return-after-commit': {
    title: 'a person takes a release back three minutes after its commit; the one before serves again at once',
    expected: 'returned',
    acts: [at(0, push('1.1.0')), sinceCommit(180, { act: 'decide', decision: 'roll-back', reason: 'orders are lost' })],
    seconds: 4500,
    wants: [
      ...committed(),
      here('start', 1500, 4000),
      here('back', 1500, 4000),
      here('commit', 1500, 4000),
      here('unpin live', 1500, 4100),
      here('tell returned to the release before', 1500, 4100),
    ],
  },
  'kept-colour-emptied': {
    title: 'the kept colour is emptied by hand; people hear of it, its machines are started again, and it serves again',
    expected: 'returned',
    acts: [
      at(0, push('1.1.0')),
      sinceCommit(60, { act: 'empty', colour: 'live' }),
      sinceCommit(900, { act: 'decide', decision: 'roll-back', reason: 'orders are lost' }),
    ],
    seconds: 4500,
    wants: [
      ...committed(),
      here('tell rollback not ready', 1500, 3700),
      // Seen from the release that is live by then.
      here('size candidate', 1500, 3700),
      here('tell rollback ready again', 1700, 4300),
      here('start', 2200, 4500),
      here('back', 2200, 4500),
      here('commit', 2200, 4500),
      here('unpin live', 2200, 4600),
      here('tell returned to the release before', 2200, 4600),
    ],
  },
  'return-before-retention-ends': {
    title: 'a person returns in the last seconds of the retention; the reaper comes second, and takes the other colour',
    expected: 'returned',
    policy: { retainSeconds: 600 },
    acts: [at(0, push('1.1.0')), sinceCommit(590, { act: 'decide', decision: 'roll-back', reason: 'orders are lost' })],
    seconds: 4500,
    wants: [
      ...committed(),
      here('start', 1800, 3500),
      here('back', 1800, 3500),
      here('commit', 1800, 3500),
      here('unpin live', 1800, 3600),
      here('tell returned to the release before', 1800, 3600),
      // Of the release that was left.
      here('size candidate', 1900, 4500, [0, 1]),
    ],
  },
  'return-as-retention-ends': {
    title: 'a person returns while the reaper takes what was kept; nobody is moved, and the person is told why',
    expected: 'committed',
    policy: { retainSeconds: 600 },
    acts: [
      at(0, push('1.1.0')),
      at(1300, {
        act: 'whileJob',
        job: 'reap',
        does: { act: 'decide', decision: 'roll-back', reason: 'orders are lost' },
      }),
    ],
    seconds: 4500,
    wants: [...committed(), here('size candidate', 1900, 4500), here('tell not begun', 1900, 4500)],
  },
  'return-without-machines': {
    title:
      'the kept colour was emptied by hand, and EC2 has no machines for it; a return is impossible and moves nobody',
    expected: 'abandoned',
    acts: [
      at(0, push('1.1.0')),
      at(0, {
        act: 'eventsAt',
        state: 'Commit',
        events: ({ region }) => [{ do: 'fault', fault: { kind: 'shortage', region } }],
      }),
      sinceCommit(60, { act: 'empty', colour: 'live' }),
      sinceCommit(400, { act: 'decide', decision: 'roll-back', reason: 'orders are lost' }),
    ],
    seconds: 4500,
    toTheEnd: true,
    wants: [
      ...committed(),
      here('tell rollback not ready', 1500, 3700),
      here('size candidate', 1500, 3700),
      here('start', 1800, 4000),
      // The release's own machine, and the clean-up after it.
      here('page', 1800, 4300, [2, 2]),
    ],
  },
} as const satisfies Record<string, Scenario>;

/** So long after a release began to commit. */
function sinceCommit(seconds: number, does: Act): ReturnType<typeof at> {
  return at(0, { act: 'after', state: 'Commit', seconds, does });
}
