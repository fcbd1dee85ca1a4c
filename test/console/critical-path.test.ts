/** The way to recovery, told in few bars. */
import { describe, expect, it } from 'vitest';
import { criticalPath, visitsOf } from '../../console/drills/region-failover/critical-path.ts';
import type { Execution } from '../../console/drills/region-failover/evidence.ts';
import { INVARIANTS } from '../../console/drills/region-failover/invariants.ts';
import { lookedAt } from '../../console/drills/region-failover/looked-at.ts';
import type { Truth } from '../../console/drills/region-failover/truth.ts';
import { evidence } from './samples.ts';

const working = [
  'Assess',
  'Claim',
  'Take over the claim',
  'Promote database',
  'Shift traffic',
  'Verify by writing',
  'Wait',
];
const graph = {
  states: [...working.map((name) => ({ name, works: true })), { name: 'Choose', works: false }],
  edges: [],
};

const execution = (
  steps: [name: string, from: number, until: number][],
  changes: Partial<Execution> = {},
): Execution => ({
  arn: 'arn:aws:states:us-east-2:1:execution:m:one',
  region: 'us-east-2',
  status: 'SUCCEEDED',
  from: 180,
  until: 400,
  steps: steps.map(([name, from, until]) => ({ name, from, until })),
  approved: [],
  input: {},
  output: null,
  ...changes,
});

const truth = (recoveredAt: number | null): Truth => ({
  recoverySeconds: null,
  firstFailedAt: null,
  recoveredAt,
  lossSeconds: null,
  served: 0,
  failed: 0,
});

const whole = execution([
  ['Assess', 180, 180.4],
  ['Choose', 180.4, 180.4],
  ['Claim', 180.4, 181],
  ['Promote database', 181, 281],
  ['Shift traffic', 281, 283],
  ['Verify by writing', 283, 284],
  ['Wait', 284, 289],
  ['Verify by writing', 289, 290],
]);

describe('the critical path', () => {
  it('begins with detection, joins short steps, tells loops once, and ends with the users', () => {
    const bars = criticalPath(evidence({ executions: [whole] }), truth(300), graph);
    expect(bars.map(({ name, from, until }) => `${name} ${from}..${until}`)).toEqual([
      'Detection 0..80',
      'Assess · Claim 80..81',
      'Promote database 81..181',
      'Shift traffic 181..183',
      'Verify by writing ×2 183..190',
      'Users follow: health checks, DNS, resolvers 183..200',
    ]);
  });

  it('has no part for users who were never gone', () => {
    const bars = criticalPath(evidence({ executions: [whole] }), truth(null), graph);
    expect(bars.at(-1)?.name).toBe('Verify by writing ×2');
  });

  it('goes over from an execution that died to its successor', () => {
    const dead = execution([['Claim', 180, 182]], { status: 'ABORTED', until: 182 });
    const successor = execution(
      [
        ['Take over the claim', 240, 242],
        ['Promote database', 242, 300],
      ],
      { from: 240 },
    );
    const bars = criticalPath(evidence({ executions: [successor, dead] }), truth(null), graph);
    expect(bars.map(({ name }) => name)).toEqual([
      'Detection',
      'Claim',
      'Until a successor begins',
      'successor: Take over the claim',
      'successor: Promote database',
    ]);
  });

  it('is empty where nothing was claimed, and where it was over before the fault', () => {
    const held = execution([['Assess', 180, 181]]);
    const before = execution([['Claim', 10, 12]], { from: 10, until: 50 });
    const executions = [held, before];
    expect(criticalPath(evidence({ executions }), truth(null), graph)).toEqual([]);
    expect(visitsOf(evidence({ executions }))).toEqual([]);
  });
});

describe('every invariant', () => {
  it.each(INVARIANTS.map(({ id }) => id))('%s says by what it was judged', (id) => {
    expect(lookedAt(id, evidence())).not.toBe('');
  });
  it('that is unknown is an error, not a blank', () => {
    expect(() => lookedAt('region-failover/I99', evidence())).toThrow(/I99/);
  });
});
