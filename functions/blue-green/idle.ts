/**
 * The look before anything is done to the colour that gets the release, and while it is waited for: nobody may be served
 * there (blue-green/I3, I6).
 */
import type { ForwardWeights, ReleaseState, Releases } from '../shared/release-ports.ts';
import { ListenerUnsafe } from './errors.ts';
import { requireLease } from './lease.ts';
import type { Plan } from './plan.ts';

/** @throws LeaseConflict; ListenerUnsafe when the colour has weight, or the rule cannot be read as one of two colours. */
export async function requireIdle(
  { releases, weights }: { readonly releases: Pick<Releases, 'read'>; readonly weights: Pick<ForwardWeights, 'read'> },
  { release, to }: Pick<Plan, 'release' | 'to'>,
): Promise<ReleaseState> {
  const state = await requireLease(releases, release);
  const rule = await weights.read();
  if (rule === null || rule[to] > 0) {
    throw new ListenerUnsafe(`${to} is to be prepared, but the rule is ${JSON.stringify(rule)}`);
  }
  return state;
}
