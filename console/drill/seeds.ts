/** Reads --seed and --seeds. */
import { UsageProblem } from '../problem.ts';

const SEEDS_MAX = 1_000_000;

/** The seeds asked for, e.g. '1..1000' or '7,10..12'. Throws UsageProblem naming the option and the value got. */
export function parseSeeds(options: { seed?: string; seeds?: string }): number[] {
  if (options.seed !== undefined && options.seeds !== undefined) {
    throw new UsageProblem('--seed and --seeds exclude each other; give one');
  }
  if (options.seeds === undefined) return [integer('--seed', options.seed ?? '1')];
  // It could as well mean so many of them.
  if (/^\d+$/.test(options.seeds)) {
    throw new UsageProblem(`--seeds: got '${options.seeds}'; give a range such as 1..1000, or one with --seed`);
  }
  const ranges = options.seeds.split(',').map(range);
  const count = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (count > SEEDS_MAX) throw new UsageProblem(`--seeds: got '${options.seeds}'; at most 1,000,000 at once`);
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

function range(text: string): { from: number; to: number } {
  const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  if (first === undefined || last === undefined) {
    throw new UsageProblem(`--seeds: got '${text}'; give a range such as 1..1000, a seed, or several with commas`);
  }
  const [from, to] = [integer('--seeds', first), integer('--seeds', last)];
  if (to < from) throw new UsageProblem(`--seeds: got '${text}'; the end is before the start`);
  return { from, to };
}

function integer(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 0x7fff_ffff) {
    throw new UsageProblem(`${option}: got '${text}'; give a whole number from 0 to 2147483647`);
  }
  return value;
}
