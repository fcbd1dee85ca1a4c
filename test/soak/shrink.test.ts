/** The smallest schedule that still fails, found for failures whose cause is known. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { milder } from '../../console/soak/milder.ts';
import { shrink } from '../../console/soak/shrink.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
/** Fails while all of these are there. */
const needing =
  (...needed: readonly number[]) =>
  async (entries: readonly number[]): Promise<boolean> =>
    needed.every((each) => entries.includes(each));

describe('shrinking', () => {
  it('leaves exactly the faults that are needed, in their order', async () => {
    const { entries, minimal } = await shrink(numbers(12), { fails: needing(3, 7), runsMax: 200 });
    expect(entries).toEqual([3, 7]);
    expect(minimal).toBe(true);
  });

  it('leaves nothing when it fails without any fault', async () => {
    const { entries } = await shrink(numbers(5), { fails: async () => true, runsMax: 200 });
    expect(entries).toEqual([]);
  });

  it('gives the smallest it knows when its runs are used up, and says so', async () => {
    const small = await shrink(numbers(64), { fails: needing(1, 40), runsMax: 6 });
    expect(small.runs).toBe(6);
    expect(small.minimal).toBe(false);
    expect(small.entries).toEqual(expect.arrayContaining([1, 40]));
    expect(small.entries.length).toBeLessThan(64);
  });

  it('makes each of the rest as mild as it may be and still fail', async () => {
    const fails = async (entries: readonly { strength: number }[]) => entries.some(({ strength }) => strength >= 3);
    const weaker = ({ strength }: { strength: number }) => [{ strength: strength / 4 }, { strength: strength / 2 }];
    const { entries } = await shrink([{ strength: 8 }, { strength: 1 }], { fails, milder: weaker, runsMax: 50 });
    expect(entries).toEqual([{ strength: 4 }]);
  });

  it('finds a failing schedule of which no single fault can be spared, whatever the failure needs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 24 }).chain((count) =>
          fc.tuple(
            fc.constant(count),
            // Several sufficient causes, so that what is left out first decides which of them remains.
            fc.array(fc.uniqueArray(fc.nat(count - 1), { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
          ),
        ),
        async ([count, causes]) => {
          const fails = async (entries: readonly number[]) =>
            causes.some((cause) => cause.every((each) => entries.includes(each)));
          const { entries, minimal } = await shrink(numbers(count), { fails, runsMax: 10_000 });
          expect(minimal).toBe(true);
          expect(await fails(entries)).toBe(true);
          for (const spared of entries) expect(await fails(entries.filter((each) => each !== spared))).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a milder fault', () => {
  it('is shorter and rarer, the mildest form first', () => {
    const fault = { kind: 'throttle', service: 'ssm', probability: 0.8 } as const;
    const forms = milder({ kind: 'throttle', at: 5, lasts: 100, fault });
    expect(forms.map(({ lasts, fault: each }) => [lasts, (each as typeof fault | undefined)?.probability])).toEqual([
      [25, 0.2],
      [25, 0.8],
      [100, 0.2],
      [50, 0.4],
      [50, 0.8],
      [100, 0.4],
    ]);
  });

  it('does not exist for what is over at once', () => {
    expect(milder({ kind: 'crash', at: 5, lasts: null })).toEqual([]);
  });
});
