/** The day after a commit, while the colour before it is kept. */
import type { Scenario } from '../scenario.ts';
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
    acts: [
      at(0, push('1.1.0')),
      at(0, {
        act: 'after',
        state: 'Commit',
        seconds: 180,
        does: { act: 'decide', decision: 'roll-back', reason: 'orders are lost' },
      }),
    ],
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
  'return-without-machines': {
    title: 'the kept colour was emptied by hand; a return into it is impossible, and no user is sent there',
    expected: 'abandoned',
    acts: [
      at(0, push('1.1.0')),
      at(0, { act: 'after', state: 'Commit', seconds: 60, does: { act: 'empty', colour: 'live' } }),
      at(0, {
        act: 'after',
        state: 'Commit',
        seconds: 400,
        does: { act: 'decide', decision: 'roll-back', reason: 'orders are lost' },
      }),
    ],
    seconds: 4500,
    toTheEnd: true,
    wants: [
      ...committed(),
      here('start', 1500, 4000, [0, 1]),
      here('page', 1500, 4300, [0, 2]),
      here('tell not begun', 1500, 4300, [0, 1]),
    ],
  },
} as const satisfies Record<string, Scenario>;
