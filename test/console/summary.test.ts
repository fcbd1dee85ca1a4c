/** The figures that a drill leaves on standard output. */
import { describe, expect, it } from 'vitest';
import { poolSummaryText, summaryLines, troubleText } from '../../console/summary.ts';
import { model, result } from './samples.ts';

describe('the summary of a drill', () => {
  it('says every figure once, the floor with its parts', () => {
    expect(summaryLines(result(), model())).toEqual([
      'outcome     failed-over, as expected',
      'detection   81.1 s, from the fault to the start of the machine',
      'decision    4.6 s, from there to the promotion',
      'RTO         239.7 s, from the first lost write to service for all (target 900 s)',
      'RPO         0.5 s, of writes lost (target 300 s)',
      'floor       172 s = dwell 60 + promote 40',
      'requests    457 served, 1050 lost',
      'invariants  2 checked, 2 held, 0 violated',
      'simulated   10 min 23 s of virtual time, 26333 events, 2011 entries in the trace',
    ]);
  });

  it('says what a violated invariant says, and how it was broken', () => {
    const violated = [
      { id: 'region-failover/I1', message: 'both took writes' },
      { id: 'region-failover/I1', message: 'and again' },
    ];
    const told = summaryLines(result({ invariants: { checked: ['region-failover/I1', 'x'], violated } }), model());
    expect(told.slice(-5, -1)).toEqual([
      'invariants  2 checked, 1 held, 1 violated',
      'violated    region-failover/I1: at most one region takes writes',
      '              both took writes',
      '              and again',
    ]);
  });

  it('says unknown where a move happened and a figure is missing', () => {
    const unknown = result({ rtoSeconds: null, rpoSeconds: null });
    const told = summaryLines(unknown, model({ result: unknown }));
    expect(told.filter((text) => text.includes('unknown'))).toHaveLength(2);
  });

  it('leaves times out where nothing was moved', () => {
    const still = { detectSeconds: null, decideSeconds: null, rtoSeconds: null, rpoSeconds: null, floorSeconds: null };
    const held = result({ ...still, outcome: 'held', expected: 'asked' });
    const told = summaryLines(held, model({ result: held }));
    expect(told[0]).toBe('outcome     held; expected asked');
    expect(told.join('\n')).not.toMatch(/RTO|floor|unknown/);
  });
});

describe('the summary of many', () => {
  it('says unknown rather than 0 where nothing recovered', () => {
    const text = poolSummaryText({
      runs: 2,
      violated: 0,
      unexpected: 0,
      crashed: 1,
      p50RtoSeconds: null,
      p95RtoSeconds: null,
      maxRtoSeconds: null,
      perSecond: 0.5,
    });
    expect(text).toContain('RTO         p50 unknown, p95 unknown, longest unknown');
    expect(text).toContain('crashed     1 without a result');
  });

  it('says the figures that only this capability has, in their unit', () => {
    const measures = {
      rollbackSeconds: { p50: 21, p95: 40, p99: 58.04, max: 60 },
      requestsLost: { p50: 0, p95: null, p99: null, max: null },
    };
    const none = {
      violated: 0,
      unexpected: 0,
      crashed: 0,
      p50RtoSeconds: null,
      p95RtoSeconds: null,
      maxRtoSeconds: null,
    };
    const text = poolSummaryText({ runs: 2, ...none, measures, perSecond: 0.5 });
    expect(text).toContain('rollback    p50 21 s, p95 40 s, p99 58 s, most 60 s');
    expect(text).toContain('requestsLost p50 0, p95 unknown, p99 unknown, most unknown');
  });
});

describe('a seed that went wrong', () => {
  it('says why, and how to look at it', () => {
    expect(troubleText('region-failover/dark-primary', 7, 'the worker ended with code 7')).toBe(
      'seed 7: the worker ended with code 7\n  npx mainstay replay region-failover/dark-primary --seed 7 --pretty',
    );
  });
  it('names the faults it ran under', () => {
    expect(troubleText('region-failover', 7, 'no', { profile: 'hostile', only: [1, 4] })).toBe(
      'seed 7: no\n  npx mainstay replay region-failover --seed 7 --faults hostile --only 1,4 --pretty',
    );
  });
});
