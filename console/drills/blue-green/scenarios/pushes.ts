/** Events of pushes that are lost or doubled, and pushes that meet another release. */
import type { Scenario } from '../scenario.ts';
import { at, committed, committedAfter, here, push, s } from './parts.ts';

export const pushes = {
  'lost-push-event': {
    title: 'no event tells of the push; the reconciler finds it',
    expected: 'committed',
    healthy: true,
    events: () => [
      { do: 'fault', fault: { kind: 'event-lost', source: 'aws.ecr', channel: 'rule' }, forMs: s(400), afterMs: 0 },
    ],
    acts: [at(1, push('1.1.0'))],
    seconds: 4200,
    wants: committed(0, 480),
  },
  'doubled-push-event': {
    title: 'every event of the push comes twice, a minute and a half apart; it is one release',
    expected: 'committed',
    healthy: true,
    events: () => [
      {
        do: 'fault',
        fault: { kind: 'event-duplicate', source: 'aws.ecr', channel: 'rule', againMs: s(90) },
        forMs: s(600),
        afterMs: 0,
      },
    ],
    acts: [at(1, push('1.1.0'))],
    seconds: 3600,
    wants: committed(),
  },
  'two-pushes': {
    title: 'two good releases are pushed within a minute; the newer one is committed and the other left out',
    expected: 'committed',
    acts: [at(0, push('1.1.0')), at(40, push('1.2.0'))],
    seconds: 4500,
    wants: [
      here('start', 0, 900, [1, 2]),
      here('pin live', 0, 900, [1, 2]),
      here('pin candidate', 0, 900, [0, 2]),
      here('assign candidate', 0, 900, [1, 2]),
      // Of the one that is left out: its machines come and go.
      here('size candidate', 0, 1200, [1, 3]),
      here('unpin live', 0, 900, [0, 1]),
      here('tell superseded', 0, 900, [0, 1]),
      here('shift 10', 60, 1500),
      here('shift 50', 240, 2000),
      here('shift 100', 420, 2500),
      ...committedAfter(1300, 4200),
    ],
  },
  'push-during-bake': {
    title: 'another release is pushed while one is baked; it waits for its turn, and its predecessor is kept no longer',
    expected: 'committed',
    healthy: true,
    acts: [at(0, push('1.1.0')), at(1300, push('1.2.0'))],
    seconds: 7200,
    wants: [
      ...committed(),
      here('start', 1500, 3400),
      here('pin live', 1500, 3400),
      // The first one, which is idle now, stays pinned from its own release.
      here('pin candidate', 1500, 3400, [0, 1]),
      here('size candidate', 1500, 4000, [2, 2]),
      here('assign candidate', 1500, 4000),
      here('shift 10', 1600, 4500),
      here('shift 50', 1800, 5000),
      here('shift 100', 2000, 5500),
      ...committedAfter(2900, 7100),
    ],
  },
} as const satisfies Record<string, Scenario>;
