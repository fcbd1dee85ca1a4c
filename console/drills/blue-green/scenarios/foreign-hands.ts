/** What others than Mainstay do to weights and sizes in mid-shift. */
import type { Scenario } from '../scenario.ts';
import { ADMITTED_SECONDS, abandoned, at, bad, committed, here, prepared, push, whenWatched } from './parts.ts';

export const foreignHands = {
  'weights-reset': {
    title: 'a deployment of the stack writes the weights as they were, in mid-shift; Mainstay goes back and says so',
    expected: 'rolled-back',
    acts: [at(0, push('1.1.0')), whenWatched([{ act: 'weights', live: 100, candidate: 0 }])],
    seconds: 2400,
    wants: [
      ...prepared(0, ADMITTED_SECONDS),
      here('shift 10', 60, 900),
      here('back', 60, 1200, [0, 1]),
      here('unpin live', 60, 1300),
      here('tell rolled back', 60, 1300),
    ],
  },
  'weights-changed-between-releases': {
    title: 'no release runs any more and somebody sends users to the idle colour; people hear of it once, and mend it',
    expected: 'abandoned',
    ratePerSecond: 2,
    acts: [
      at(0, push('1.1.0', { scan: { afterSeconds: 20 } })),
      // Whom the listener should serve is known from here on.
      at(0, { act: 'abortAt', state: 'Empty the idle colour' }),
      at(500, { act: 'weights', live: 95, candidate: 5 }),
      at(750, { act: 'weights', live: 100, candidate: 0 }),
    ],
    seconds: 900,
    toTheEnd: true,
    wants: [
      here('start', 0, ADMITTED_SECONDS),
      here('pin live', 0, ADMITTED_SECONDS + 30),
      here('pin candidate', 0, ADMITTED_SECONDS + 30, [0, 1]),
      here('unpin live', 0, 480),
      here('tell aborted', 0, 480),
      here('tell weights changed', 500, 500 + 120),
    ],
  },
  'scaling-policy': {
    title: 'the policy of the old colour wants one machine less in mid-shift; both stay until the release is over',
    expected: 'committed',
    healthy: true,
    // Its processors have had little to do for a quarter of an hour by then.
    acts: [at(0, { act: 'least', colour: 'live', machines: 1 }), at(0, push('1.1.0'))],
    seconds: 3900,
    // What it has becomes its least.
    wants: [...committed(), here('size live', 0, ADMITTED_SECONDS + 30)],
  },
  'live-grown': {
    title:
      'somebody gives the old colour a machine while the new one is prepared; the new one gets as many before users',
    expected: 'committed',
    healthy: true,
    acts: [
      at(0, push('1.1.0')),
      at(0, { act: 'after', state: 'Check health', seconds: 5, does: { act: 'size', colour: 'live', machines: 3 } }),
    ],
    seconds: 4200,
    wants: [...committed(0, ADMITTED_SECONDS + 200), here('size candidate', 200, 900)],
  },
  'split-while-prepared': {
    title:
      'somebody sends half of the users to the new colour while it is not healthy; the release ends, and both is told',
    expected: 'abandoned',
    acts: [
      at(0, bad({ healthStatus: 503 })),
      at(0, {
        act: 'after',
        state: 'Check health',
        seconds: 60,
        does: { act: 'weights', live: 50, candidate: 50 },
      }),
      at(700, { act: 'weights', live: 100, candidate: 0 }),
    ],
    seconds: 1000,
    toTheEnd: true,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(500), here('tell weights changed', 120, 600)],
  },
  'scheduled-action': {
    title: 'schedules want one machine of each colour in mid-shift; all stay until the release is over',
    expected: 'committed',
    healthy: true,
    acts: [
      at(0, push('1.1.0')),
      whenWatched([
        { act: 'schedule', colour: 'live', most: 1 },
        { act: 'schedule', colour: 'candidate', most: 1 },
      ]),
    ],
    seconds: 3900,
    wants: committed(),
  },
  'images-cleaned-up': {
    title: 'a clean-up of the registry comes after a commit; the images that are live and kept stay',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0')), at(0, { act: 'after', state: 'Commit', seconds: 60, does: { act: 'deleteImages' } })],
    seconds: 3600,
    wants: committed(),
  },
} as const satisfies Record<string, Scenario>;
