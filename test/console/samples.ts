/** A drill's result and report for tests of what is made from them; small, and every text in it is a person's. */

import type { DrillResult } from '../../console/drill/result.ts';
import type { Evidence } from '../../console/drills/region-failover/evidence.ts';
import { figuresOf } from '../../console/drills/region-failover/figures.ts';
import { writerTracks } from '../../console/drills/region-failover/writers.ts';
import type { ReportModel } from '../../console/report/model.ts';
import { POLICY } from '../region-failover/forged.ts';

export const result = (changes: Partial<DrillResult> = {}): DrillResult => ({
  slug: 'region-failover',
  scenario: 'dark-primary',
  seed: 7,
  outcome: 'failed-over',
  expected: 'failed-over',
  invariants: { checked: ['region-failover/I1', 'region-failover/I2'], violated: [] },
  timeline: [{ t: 0, what: 'the region goes dark', region: 'us-west-2', actor: 'world' }],
  detectSeconds: 81.1,
  decideSeconds: 4.6,
  rtoSeconds: 239.7,
  rpoSeconds: 0.5,
  floorSeconds: 172,
  requests: { served: 457, failed: 1050 },
  effects: [{ t: 85, what: 'promote', region: 'us-east-2' }],
  engine: { name: 'mainstay simulator', events: 26_333, calls: 2_011, virtualSeconds: 623.4 },
  ...changes,
});

export const model = (changes: Partial<ReportModel> = {}): Required<ReportModel> => ({
  title: 'the writing region goes dark; the other one takes over',
  story: 'It was moved.',
  result: result(),
  figures: figuresOf(changes.result ?? result()),
  graph: {
    states: [
      { name: 'Assess', works: true },
      { name: 'Both', works: false },
      { name: 'Promote database', works: true, within: { state: 'Both', branch: 0 } },
      { name: 'Scale up', works: true, within: { state: 'Both', branch: 1 } },
      { name: 'Give up', works: true },
    ],
    edges: [
      { from: 'Assess', to: 'Both', kind: 'next' },
      { from: 'Both', to: 'Promote database', kind: 'start' },
      { from: 'Both', to: 'Scale up', kind: 'start' },
      { from: 'Assess', to: 'Give up', kind: 'catch' },
      { from: 'Scale up', to: 'Give up', kind: 'catch' },
      { from: 'Give up', to: 'Assess', kind: 'catch' },
    ],
  },
  visits: [
    { name: 'Assess', from: 80, until: 81 },
    { name: 'Both', from: 81, until: 121 },
    { name: 'Promote database', from: 81, until: 121 },
    { name: 'Scale up', from: 81, until: 82 },
  ],
  bars: [
    { name: 'Detection', from: 0, until: 80, kind: 'world' },
    { name: 'Promote database', from: 81, until: 121, kind: 'step' },
  ],
  floor: [
    { what: 'dwell', seconds: 60, why: 'policy' },
    { what: 'promote', seconds: 40, why: 'physics' },
  ],
  bucketSeconds: 5,
  buckets: [
    { t: -5, served: 20, failed: 0 },
    { t: 0, served: 0, failed: 18 },
  ],
  tracks: writerTracks(['us-west-2', 'us-east-2'], [{ region: 'us-west-2', epoch: 1, from: -5, until: 0, writes: 9 }]),
  marks: [{ t: 0, what: 'the fault begins' }],
  checked: [
    { id: 'region-failover/I1', text: 'at most one region takes writes', lookedAt: '431 writes' },
    { id: 'region-failover/I2', text: 'the epoch increases', lookedAt: '96 versions' },
  ],
  ...changes,
});

/** A world in which nothing happened. */
export const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  policy: POLICY,
  writes: [],
  requests: [],
  jobs: [],
  authority: [],
  samples: [],
  calls: [],
  promotions: [],
  executions: [],
  messages: [],
  refusals: [],
  faultAt: 100,
  disturbedUntil: null,
  endedAt: 400,
  ...changes,
});
