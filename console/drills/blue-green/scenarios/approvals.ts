/** A person is to be asked before the first user is sent. */
import type { Scenario } from '../scenario.ts';
import { abandoned, at, committedAfter, here, prepared, push } from './parts.ts';

const asked = { approval: true, approvalSecondsMax: 900 };

export const approvals = {
  'approval-given': {
    title: 'a release waits for a person, who approves it; it goes on to its commit',
    expected: 'committed',
    healthy: true,
    policy: asked,
    acts: [at(0, push('1.1.0')), at(900, { act: 'decide', decision: 'approve', reason: 'the demo is over' })],
    seconds: 4500,
    wants: [
      ...prepared(0, 200),
      here('tell waits for approval', 60, 620),
      here('shift 10', 900, 1000),
      here('shift 50', 1080, 1500),
      here('shift 100', 1260, 2000),
      ...committedAfter(2100, 3300),
    ],
  },
  'approval-never-comes': {
    title: 'nobody approves a release within its time; it is given up, and no user was sent to it',
    expected: 'abandoned',
    policy: asked,
    acts: [at(0, push('1.1.0'))],
    seconds: 2400,
    wants: [...prepared(0, 200), here('tell waits for approval', 60, 620), ...abandoned(1700)],
  },
} as const satisfies Record<string, Scenario>;
