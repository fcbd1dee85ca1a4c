/** The invariant that only a soak asks about: once the faults are over, what must come true does. */
import type { DrillResult } from '../drill/result.ts';

type Invariants = DrillResult['invariants'];

/** `missed`: a sentence for each thing that had not come true when the world had had its time to settle. */
export const withSettling = ({ checked, violated }: Invariants, id: string, missed: readonly string[]): Invariants => ({
  checked: [...checked, id],
  violated: [...violated, ...missed.map((message) => ({ id, message }))],
});
