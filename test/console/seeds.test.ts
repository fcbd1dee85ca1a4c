/** Which seeds a command line means. */
import { describe, expect, it } from 'vitest';
import { parseSeeds } from '../../console/drill/seeds.ts';
import { UsageProblem } from '../../console/problem.ts';

describe('seeds', () => {
  it('are 1 unless told', () => expect(parseSeeds({})).toEqual([1]));
  it('may be one', () => expect(parseSeeds({ seed: '42' })).toEqual([42]));
  it('may be a range with both ends', () => expect(parseSeeds({ seeds: '3..6' })).toEqual([3, 4, 5, 6]));
  it('may be several seeds and ranges', () => expect(parseSeeds({ seeds: '7,10..12,3' })).toEqual([7, 10, 11, 12, 3]));
  it('may be a range of one', () => expect(parseSeeds({ seeds: '9..9' })).toEqual([9]));

  it.each([
    [{ seed: '-1' }, /--seed: got '-1'/],
    [{ seed: '1.5' }, /--seed: got '1.5'/],
    [{ seed: '4294967296' }, /--seed: got '4294967296'.*2147483647/],
    [{ seeds: '5' }, /--seeds: got '5'.*1\.\.1000/],
    [{ seeds: '5..6,x' }, /--seeds: got 'x'.*1\.\.1000/],
    [{ seeds: '9..3' }, /before the start/],
    [{ seeds: '0..5000000' }, /at most/],
    [{ seed: '1', seeds: '1..2' }, /exclude each other/],
  ])('%o is refused with the option named', (options, message) => {
    expect(() => parseSeeds(options)).toThrow(UsageProblem);
    expect(() => parseSeeds(options)).toThrow(message);
  });
});
