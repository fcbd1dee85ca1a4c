/**
 * Sending everybody back: one write of the rule, read back, and seen by the answers. No new capacity, no approval, and
 * nothing that could be missing: the lease is asked for, but a table that does not answer stops nobody
 * (blue-green/I18). Used by `roll-back` and `clean-up`; may be repeated.
 */
import { isoOf } from '../shared/clock.ts';
import type { ReleaseConfig } from '../shared/config.ts';
import { LeaseConflict } from '../shared/errors.ts';
import type { Surroundings } from '../shared/lambda.ts';
import type { Web } from '../shared/ports.ts';
import type { ComputeEnvironment, ForwardWeights, Releases } from '../shared/release-ports.ts';
import { sameShares } from './decide.ts';
import { ProofNotReady, RetreatUnsafe } from './errors.ts';
import { requireLease } from './lease.ts';
import type { Plan } from './plan.ts';
import { probe } from './probe.ts';
import { steadily, TENTH_EACH } from './steadily.ts';

export interface RetreatPorts {
  readonly releases: Pick<Releases, 'read'>;
  readonly weights: ForwardWeights;
  readonly compute: Pick<ComputeEnvironment, 'describe'>;
  readonly web: Web;
}

export interface Retreated {
  readonly switchedAt: string;
  readonly verifiedAt: string;
}

export type Way = Pick<Plan, 'release' | 'from' | 'to' | 'digest' | 'oldDigest' | 'lastGood'>;

/** @throws LeaseConflict, RetreatUnsafe when nobody is there to go back to, ProofNotReady until the answers show it */
export async function retreat(
  { releases, weights, compute, web, config, clock, log }: RetreatPorts & Surroundings<ReleaseConfig>,
  { release, from, to, digest, oldDigest, lastGood }: Way,
): Promise<Retreated> {
  const carryOn = (what: string) => (error: unknown) => {
    if (error instanceof LeaseConflict) throw error;
    log.warn(`${what} is not known, and going back does not wait for it`, { error: String(error) });
    return null;
  };
  const [, old, rule] = await Promise.all([
    requireLease(releases, release).catch(carryOn('the lease')),
    compute.describe(from).catch(carryOn('the old colour')),
    weights.read().catch(carryOn('the rule')),
  ]);
  if (old?.registeredTargets === 0) throw new RetreatUnsafe(`${from} has no machine: users would be answered 503`);
  // A client that keeps its colour would keep the bad one (blue-green F12).
  const wanted = { ...lastGood, stickySeconds: 0 };
  if (old?.healthyTargets === 0 && !sameShares(rule, wanted)) {
    const serving = (await compute.describe(to).catch(carryOn('the new colour')))?.healthyTargets ?? 0;
    // Without a healthy target in either, the balancer asks them all: the old release is the better guess then.
    if (serving > 0) throw new RetreatUnsafe(`${from} has no healthy machine, ${to} has ${serving}`);
  }
  if (!sameShares(rule, wanted) || rule?.stickySeconds !== 0) await weights.write(wanted);
  const switchedAt = isoOf(clock.now());
  const after = await weights.read();
  if (!sameShares(after, wanted)) throw new ProofNotReady(`the rule is ${JSON.stringify(after)}`);
  const isOld = (answered: string | null) =>
    oldDigest ? answered === oldDigest : answered !== null && answered !== digest;
  await steadily(() => probe(web, config.endpoint, '/health'), isOld, clock, TENTH_EACH);
  return { switchedAt, verifiedAt: isoOf(clock.now()) };
}
