/** Reads --seed and --seeds. */
import { UsageProblem } from '../problem.ts';

/** The seeds asked for, e.g. '1..1000'. Throws UsageProblem naming the option and the value got. */
export function parseSeeds(options: { seed?: string; seeds?: string }): number[] {
  if (options.seed !== undefined && options.seeds !== undefined) {
    throw new UsageProblem('--seed and --seeds exclude each other; give one');
  }
  if (options.seeds === undefined) return [integer('--seed', options.seed ?? '1')];
  const match = /^(\d+)\.\.(\d+)$/.exec(options.seeds);
  if (!match) throw new UsageProblem(`--seeds: got '${options.seeds}'; give a range such as 1..1000`);
  const [from, to] = [integer('--seeds', match[1] as string), integer('--seeds', match[2] as string)];
  if (to < from) throw new UsageProblem(`--seeds: got '${options.seeds}'; the end is before the start`);
  if (to - from >= 1_000_000) throw new UsageProblem(`--seeds: got '${options.seeds}'; at most 1,000,000 at once`);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function integer(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 0x7fff_ffff) {
    throw new UsageProblem(`${option}: got '${text}'; give a whole number from 0 to 2147483647`);
  }
  return value;
}
