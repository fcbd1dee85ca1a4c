/** Region failover freezes deployments. */
import type { Scenario } from '../scenario.ts';
import { ADMITTED_SECONDS, at, committedAfter, here, prepared, push, reaped, whenWatched } from './parts.ts';

export const freezes = {
  'frozen-in-mid-shift': {
    title: 'region failover freezes deployments in mid-shift; the release yields, and waits',
    expected: 'waiting',
    acts: [at(0, push('1.1.0')), whenWatched([{ act: 'freeze', frozen: true }])],
    seconds: 1500,
    toTheEnd: true,
    wants: [
      ...prepared(0, ADMITTED_SECONDS),
      here('shift 10', 60, 900),
      here('back', 60, 1000),
      here('unpin live', 60, 1100),
      here('tell postponed', 60, 1100, [0, 1]),
      here('tell rolled back', 60, 1100, [0, 1]),
      reaped(60),
    ],
  },
  'moved-in-mid-shift': {
    title: 'the application is moved to the other region in mid-shift; users go back, and the release is not blamed',
    expected: 'rolled-back',
    acts: [at(0, push('1.1.0')), whenWatched([{ act: 'move', reason: 'the region is failing' }])],
    seconds: 1500,
    toTheEnd: true,
    wants: [
      ...prepared(0, ADMITTED_SECONDS),
      here('shift 10', 60, 900),
      here('back', 60, 1000),
      here('unpin live', 60, 1100),
      here('tell rolled back', 60, 1100),
      reaped(60),
    ],
  },
  'frozen-for-a-while': {
    title: 'the same, and the freeze ends; the release begins again by itself and is committed',
    expected: 'committed',
    healthy: true,
    acts: [
      at(0, push('1.1.0')),
      whenWatched([{ act: 'freeze', frozen: true }]),
      at(1200, { act: 'freeze', frozen: false }),
    ],
    seconds: 5400,
    wants: [
      here('start', 0, 1500, [2, 2]),
      here('pin live', 0, 1500, [2, 2]),
      here('pin candidate', 0, 1500, [0, 2]),
      here('assign candidate', 0, 1600, [1, 2]),
      here('size candidate', 0, 1600, [1, 3]),
      here('shift 10', 60, 2100, [2, 2]),
      here('back', 60, 1000),
      here('unpin live', 60, 1100),
      here('tell postponed', 60, 1100, [0, 1]),
      here('tell rolled back', 60, 1100, [0, 1]),
      here('shift 50', 1300, 2700),
      here('shift 100', 1500, 3300),
      ...committedAfter(2400, 5000),
    ],
  },
} as const satisfies Record<string, Scenario>;
