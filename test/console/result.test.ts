/** What many runs say together, and which targets they miss. */
import { describe, expect, it } from 'vitest';
import { held, percentile, type Run, runOf, summarize } from '../../console/drill/result.ts';
import { targetsMissed } from '../../console/drills/region-failover/targets.ts';
import { result } from './samples.ts';

const run = (rtoSeconds: number | null, changes: Partial<Run> = {}): Run => ({
  expected: 'failed-over',
  outcome: 'failed-over',
  violated: false,
  rtoSeconds,
  ...changes,
});

describe('a percentile', () => {
  it('is a value that was measured, by nearest rank', () => {
    const values = [15, 20, 35, 40, 50];
    expect([5, 30, 40, 50, 100].map((percent) => percentile(values, percent))).toEqual([15, 20, 20, 35, 50]);
  });
  it('of nothing is unknown', () => expect(percentile([], 50)).toBeNull());
  it('does not depend on the order', () => expect(percentile([9, 1, 5], 50)).toBe(5));
});

describe('a drill held', () => {
  it('when the outcome is the expected one and nothing is violated', () => expect(held(result())).toBe(true));
  it('not when something else happened', () => expect(held(result({ outcome: 'held' }))).toBe(false));
  it('not when an invariant is violated', () => {
    const violated = [{ id: 'region-failover/I1', message: 'two writers' }];
    expect(held(result({ invariants: { checked: ['region-failover/I1'], violated } }))).toBe(false);
  });
});

describe('the summary', () => {
  it('counts runs, violations, surprises and seeds without a result', () => {
    const runs = [run(100), run(300, { violated: true }), run(200, { outcome: 'incomplete' })];
    expect(summarize(runs, 1, 2)).toEqual({
      runs: 3,
      violated: 1,
      unexpected: 1,
      crashed: 1,
      p50RtoSeconds: 200,
      p95RtoSeconds: 300,
      maxRtoSeconds: 300,
      perSecond: 1.5,
    });
  });
  it('leaves unknown times out and says null when all are unknown', () => {
    expect(summarize([run(null), run(90)], 0, 1).p50RtoSeconds).toBe(90);
    expect(summarize([run(null)], 0, 1).p95RtoSeconds).toBeNull();
  });
  it('has percentiles of every further figure, of what is known of it', () => {
    const runs = [1, 2, 3, null].map((rollbackSeconds) => run(null, { measures: { rollbackSeconds } }));
    expect(summarize([...runs, run(5)], 0, 1).measures).toEqual({
      rollbackSeconds: { p50: 2, p95: 3, p99: 3, max: 3 },
    });
  });
  it('keeps of a run what it needs', () => {
    expect(runOf(result())).toEqual(run(239.7));
  });
});

describe('the targets', () => {
  it('are met by runs below them', () => expect(targetsMissed([run(890), run(300)])).toEqual([]));
  it('name the longest RTO above 900 s', () => {
    expect(targetsMissed([run(901)])).toEqual(['the longest RTO 901 s is above 900 s']);
  });
  it('judge percentiles from a hundred runs on', () => {
    const slow = Array.from({ length: 100 }, () => run(700));
    expect(targetsMissed(slow.slice(1))).toEqual([]);
    expect(targetsMissed(slow)).toEqual(['RTO p50 700 s is above 390 s', 'RTO p95 700 s is above 600 s']);
  });
  it('do not ask for recovery where none is expected', () => {
    expect(targetsMissed([run(5000, { expected: 'held' })])).toEqual([]);
  });
});
