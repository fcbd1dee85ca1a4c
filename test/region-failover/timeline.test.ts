/** The matcher of wanted and actual effects: what it lets pass, and what it objects to and how. */
import { describe, expect, it } from 'vitest';
import type { Want } from '../../console/drills/region-failover/scenario.ts';
import { mismatch } from '../../console/drills/region-failover/timeline.ts';

const regions = { old: 'us-west-2', target: 'us-east-2', witness: 'us-east-1' };
const effect = (t: number, what: string, region = regions.target) => ({ t, what, region });
const want = (what: string, change: Partial<Want> = {}): Want => ({
  what,
  where: 'target',
  from: 0,
  by: 100,
  ...change,
});

describe('the effects of a drill beside those wanted', () => {
  it('match when each came once, in its region and its time', () => {
    const effects = [effect(5, 'start'), effect(6, 'latch', regions.witness)];
    expect(mismatch(effects, [want('start'), want('latch', { where: 'witness' })], regions)).toBeNull();
  });

  it('do not match when one is missing', () => {
    expect(mismatch([], [want('start')], regions)).toMatch(/1× start in target, 0 to 100 s\s+\| MISSING/);
  });

  it('do not match when there is one that nobody wanted', () => {
    expect(mismatch([effect(7, 'promote')], [], regions)).toMatch(/\| UNWANTED {2}7 s promote \(us-east-2\)/);
  });

  it.each([
    ['comes too late', effect(101, 'start')],
    ['comes too early', effect(-1, 'start')],
    ['is in another region', effect(5, 'start', regions.old)],
  ])('do not match when one %s', (_, late) => {
    const said = mismatch([late], [want('start')], regions);
    expect(said).toContain('MISSING');
    expect(said).toContain('UNWANTED');
  });

  it('do not match when one comes more often than wanted', () => {
    const effects = [effect(1, 'start'), effect(2, 'start'), effect(3, 'start')];
    expect(mismatch(effects, [want('start', { times: [1, 3] })], regions)).toBeNull();
    expect(mismatch(effects, [want('start', { times: [1, 2] })], regions)).toContain('UNWANTED  3 s start');
  });

  it('may be absent where none is needed', () => {
    expect(mismatch([], [want('start', { times: [0, 1] })], regions)).toBeNull();
  });

  it('go to the want whose time they fit, when two are for the same', () => {
    const effects = [effect(5, 'start'), effect(50, 'start')];
    expect(mismatch(effects, [want('start', { by: 10 }), want('start', { from: 40 })], regions)).toBeNull();
  });

  it('count in either serving region and not in the witness where the region does not matter', () => {
    const anywhere = [want('start', { where: 'either' })];
    expect(mismatch([effect(5, 'start', regions.old)], anywhere, regions)).toBeNull();
    expect(mismatch([effect(5, 'start', regions.witness)], anywhere, regions)).toContain('UNWANTED');
  });

  it('do not match when a finished move did things in another order', () => {
    const done = ['claim', 'latch', 'promote', 'finish'].map((what, index) => effect(index, what));
    const wants = done.map(({ what }) => want(what));
    expect(mismatch(done, wants, regions)).toContain("OUT OF ORDER: 'promote' at 2 s");
  });
});
