/** What people ask for and decide while a release runs or none can. */
import type { Scenario } from '../scenario.ts';
import {
  ADMITTED_SECONDS,
  abandoned,
  at,
  committed,
  committedAfter,
  here,
  liveCrashes,
  prepared,
  push,
  takenBack,
  whenWatched,
} from './parts.ts';

export const people = {
  hotfix: {
    title:
      'a machine of the live release crashes again and again, and a person asks for the fix all the same; it is committed',
    expected: 'committed',
    // Until the fix has all the users, and longer.
    events: (places) => liveCrashes(places, 0, 1800),
    acts: [
      at(300, push('1.1.0', { scan: { afterSeconds: 20 } })),
      at(480, { act: 'request', kind: 'hotfix', tag: '1.1.0', reason: 'customers cannot order' }),
    ],
    seconds: 3000,
    // Also where it is refused: that it is never begun must show.
    toTheEnd: true,
    wants: [
      here('start', 300, 900, [1, 2]),
      here('tell not begun', 300, 800, [0, 1]),
      here('pin live', 300, 900),
      here('pin candidate', 300, 900, [0, 1]),
      here('assign candidate', 300, 900),
      here('size candidate', 300, 900),
      here('shift 10', 360, 1500),
      here('shift 50', 500, 2100),
      here('shift 100', 700, 2700),
      ...committedAfter(1500, 4200),
    ],
  },
  'human-and-robot': {
    title: 'a push and a person ask for the same digest in one second; it is one release',
    expected: 'committed',
    healthy: true,
    acts: [
      at(0, push('1.1.0')),
      at(1, { act: 'request', kind: 'redeploy', tag: '1.1.0', reason: 'I saw nothing happen' }),
    ],
    seconds: 3600,
    wants: committed(),
  },
  'person-rolls-back': {
    title: 'a person sees what no metric shows and takes a release back in mid-shift',
    expected: 'rolled-back',
    acts: [at(0, push('1.1.0')), whenWatched([{ act: 'decide', decision: 'roll-back', reason: 'the logo is gone' }])],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), here('shift 10', 60, 900), ...takenBack(60, 1000)],
  },
  'person-rolls-back-while-it-waits': {
    title: 'a person takes a release back while its first step waits for the old colour; no user is ever sent to it',
    expected: 'abandoned',
    ratePerSecond: 2,
    // From the look on, whose old colour is whole, until the step may have waited for more than a minute.
    events: (places) => liveCrashes(places, 120, 440),
    acts: [
      at(0, push('1.1.0', { scan: { afterSeconds: 20 } })),
      at(0, {
        act: 'after',
        state: 'Shift',
        seconds: 30,
        does: { act: 'decide', decision: 'roll-back', reason: 'the logo is gone' },
      }),
    ],
    seconds: 1200,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(900)],
  },
  'pause-and-promote': {
    title: 'a person pauses a release, lets it go on, and promotes it through the next step',
    expected: 'committed',
    healthy: true,
    acts: [
      at(0, push('1.1.0')),
      whenWatched([{ act: 'decide', decision: 'pause', reason: 'lunch' }]),
      at(1000, { act: 'decide', decision: 'resume', reason: 'back' }),
      at(1060, { act: 'decide', decision: 'promote', reason: 'it is fine' }),
    ],
    seconds: 4500,
    wants: committed(0, 800),
  },
} as const satisfies Record<string, Scenario>;
