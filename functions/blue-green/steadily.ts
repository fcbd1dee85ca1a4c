/** Answers that are all as wanted, in rounds: what users get now, from every node. Used by `prove`, `retreat` and `empty`. */
import type { Clock } from '../shared/clock.ts';
import { ProofNotReady } from './errors.ts';

/**
 * Each node of a load balancer learns of a rule by itself, within some seconds: one lucky burst of answers proves nothing.
 */
const ROUNDS = 5;
const BETWEEN_ROUNDS_MS = 2_000;
/** Answers of each round, when the other colour had half or more: 20 in all. */
export const ALL_EACH = 4;
/** When it may have had a tenth: 60 that all miss it have a probability of 0.2 %. */
export const TENTH_EACH = 12;

/** Asks in rounds. @throws ProofNotReady at the first answer that is not as wanted. */
export async function steadily(
  ask: () => Promise<{ status: number | null; digest: string | null }>,
  wanted: (digest: string | null) => boolean,
  clock: Pick<Clock, 'sleep'>,
  each: number,
): Promise<number> {
  for (let answers = 0; answers < ROUNDS * each; answers++) {
    if (answers > 0 && answers % each === 0) await clock.sleep(BETWEEN_ROUNDS_MS);
    const { status, digest } = await ask();
    if (!wanted(digest))
      throw new ProofNotReady(`after ${answers} answers as wanted, ${status} was given by ${digest}`);
  }
  return ROUNDS * each;
}
