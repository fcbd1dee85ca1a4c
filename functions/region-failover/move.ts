/**
 * What every changing step has in common: whose move it is, whether it still is, and how a change is made so that it
 * may be repeated, and so that an execution which wakes up too late changes nothing.
 */
import * as z from 'zod';
import { ClaimConflict } from '../shared/errors.ts';
import type { ApplicationItem, Authority, Move } from '../shared/ports.ts';

export { ensure } from '../shared/ensure.ts';

export const MoveSchema = z.object({
  executionArn: z.string().startsWith('arn:aws:states:'),
  target: z.string(),
  from: z.string(),
  epoch: z.number().int().min(2),
}) satisfies z.ZodType<Move>;

/**
 * What was seen this long ago may be acted on. A step follows the look within a few seconds; only one that had to be
 * repeated comes later, and by then the lost region may be back.
 */
const LOOK_SECONDS_MAX = 15;

/** Both times are by this region's clock. Never looked is too old. */
export const isTooOld = (lookedAt: string | null | undefined, now: number): boolean =>
  !lookedAt || now - Date.parse(lookedAt) > LOOK_SECONDS_MAX * 1000;

/** Input of the steps that need nothing else. */
export const MoveInput = z.object({ move: MoveSchema });

/**
 * Returns the application item while the move is ours and in one of these phases. @throws ClaimConflict otherwise: an
 * execution that resumes in a returned region ends here.
 */
export async function requireClaim(
  authority: Authority,
  move: Move,
  ...phases: readonly ApplicationItem['phase'][]
): Promise<ApplicationItem> {
  const item = await authority.read();
  const epoch = item.phase === 'fencing' ? move.epoch - 1 : move.epoch;
  if (item.claim?.executionArn !== move.executionArn || item.epoch !== epoch || !phases.includes(item.phase)) {
    throw new ClaimConflict(
      `${move.executionArn} wanted epoch ${move.epoch} in ${phases.join(' or ')}, but it is epoch ${item.epoch}, ` +
        `${item.phase}, claimed by ${item.claim?.executionArn ?? 'nobody'}`,
    );
  }
  return item;
}
