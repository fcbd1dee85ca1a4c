/** Reads --processes and --speed: whether functions run as child processes, and how fast the wall clock goes then. */
import { UsageProblem } from '../problem.ts';

export interface Processes {
  /** Virtual seconds for each real one. */
  readonly speed: number;
}

/** On two cores a drill ends within two minutes, and a cold start still takes about as long as on Lambda. */
export const SPEED_DEFAULT = 5;
const SPEED_MAX = 20;

/** Undefined when functions run in process. Throws UsageProblem naming the option, the value got and what to give. */
export function parseProcesses(options: {
  readonly processes?: boolean | undefined;
  readonly speed?: string | undefined;
  readonly seeds?: string | undefined;
  readonly faults?: string | undefined;
}): Processes | undefined {
  const { processes, speed, seeds, faults } = options;
  if (!processes) {
    if (speed !== undefined) throw new UsageProblem(`--speed: got '${speed}'; it needs --processes`);
    return undefined;
  }
  if (seeds !== undefined) throw new UsageProblem('--processes: takes one seed at a time; give --seed, not --seeds');
  if (faults !== undefined) throw new UsageProblem('--processes: runs scenarios; give it without --faults');
  const factor = Number(speed ?? SPEED_DEFAULT);
  if (!(factor >= 1 && factor <= SPEED_MAX)) {
    throw new UsageProblem(`--speed: got '${speed}'; give a number from 1 (real time) to ${SPEED_MAX}`);
  }
  return { speed: factor };
}
