/**
 * What every end of a release leaves behind: a record, a quarantine where the digest was at fault, the live colour given
 * back to its policies, and at last the lease. Used by `finish` and `clean-up`; may be repeated (blue-green/I9).
 */
import * as z from 'zod';
import { isoOf } from '../shared/clock.ts';
import type { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import type { Surroundings } from '../shared/lambda.ts';
import type { Chronicle, ComputeEnvironment, Release, ReleaseState, Releases } from '../shared/release-ports.ts';
import { holds, ReleaseSchema } from './lease.ts';
import { note } from './note.ts';

/**
 * held: it could not begin. halted: things were not as they were left. aborted: it failed before anybody was sent.
 * superseded: a newer one took its place, before that. yielded: deployments were frozen; it begins again later.
 * returned: a committed release was taken back to the one before.
 */
export const Outcome = z.enum([
  'committed',
  'held',
  'halted',
  'aborted',
  'superseded',
  'yielded',
  'rolled-back',
  'returned',
  'rollback-failed',
]);
export type Outcome = z.infer<typeof Outcome>;

export const Ending = z.object({
  release: ReleaseSchema,
  digest: z.string(),
  outcome: Outcome,
  reasons: z.array(z.string()),
  /** As functions/blue-green/decide.ts says it; or the name of the error that ended it. */
  cause: z.string().nullish(),
  /** When it was decided to go back, when the rule was written, when it was seen. */
  decidedAt: z.string().nullish(),
  retreat: z.object({ switchedAt: z.string(), verifiedAt: z.string() }).nullish(),
});
export type Ending = z.infer<typeof Ending>;

export interface ConcludePorts {
  readonly releases: Releases;
  readonly compute: ComputeEnvironment;
  readonly chronicle: Chronicle;
}
type Ports = ConcludePorts & Surroundings<ReleaseConfig>;

/** What speaks against the digest itself; a lack of capacity, a freeze or a person's change of weights does not. */
const AT_FAULT = ['verdict', 'person', 'deadline', 'HealthNotReady', 'ValidationNotReady', 'InvalidMigration'];
/** The candidate stays, and `reconcile` begins again when it may. */
const COMES_AGAIN: readonly Outcome[] = ['yielded'];
const ROLLED_BACK: readonly Outcome[] = ['rolled-back', 'returned', 'rollback-failed'];

/** Returns false when the lease is not this release's any more: then all this was done before. */
export async function conclude(ports: Ports, ending: Ending): Promise<boolean> {
  const { releases, clock } = ports;
  const { release, outcome, digest, reasons, cause, decidedAt, retreat } = ending;
  const { releaseId } = release;
  const state = await releases.read();
  if (!holds(state, release)) return false;
  // Also of a release that yielded: users were taken back.
  if (ROLLED_BACK.includes(outcome) || retreat) {
    const kind = outcome === 'rollback-failed' ? 'rollback-failed' : 'rolled-back';
    // Against the release that failed its users: of a return that is the one that was live.
    const of = outcome === 'returned' ? (state.live?.releaseId ?? releaseId) : releaseId;
    await note(ports, of, kind, { digest, cause, reasons, decidedAt, ...retreat, by: releaseId }, release.fence);
  }
  if (outcome === 'returned') await makeLiveAgain(ports, release, state);
  const failed = outcome === 'returned' || (!COMES_AGAIN.includes(outcome) && AT_FAULT.includes(cause ?? ''));
  if (failed) {
    await releases.quarantine(digest, { releaseId, reason: reasons.join('; '), at: isoOf(clock.now()) });
  }
  await note(ports, releaseId, 'ended', { outcome, cause, reasons, digest }, release.fence);
  if (outcome !== 'rollback-failed') await letGo(ports);
  if (!COMES_AGAIN.includes(outcome)) await releases.drop(releaseId);
  await ensure({
    what: 'giving the lease up',
    describe: releases.read,
    done: (seen) => !holds(seen, release),
    act: () => releases.giveUp(release),
  });
  return true;
}

/** The release that was kept serves again, and nothing is kept any more. */
async function makeLiveAgain({ releases }: Ports, release: Release, { retained }: ReleaseState): Promise<void> {
  if (!retained) return;
  const { until: _until, size: _size, unreadySince: _since, ...served } = retained;
  await releases.commit(release, served, null);
}

/** Gives the live colour back to its policies and schedules. The idle one stays pinned: nobody may start it. */
async function letGo({ releases, compute, config }: Ports): Promise<void> {
  const { live, pins } = await releases.read();
  if (!live) return;
  const { capacityMin, capacityMax } = config.policy;
  // Of both: the live colour's are what it had, the idle one's what the configuration says.
  const noted = Object.values(pins);
  const { max, pinned } = await compute.describe(live.colour);
  // Without noted bounds nothing was pinned by this release. Of a return, what serves again has been since its own.
  if (!pinned && Object.keys(pins).length === 0) return;
  const bounds = {
    min: Math.max(0, ...noted.map((pin) => pin.min)) || capacityMin,
    max: Math.max(max, ...(noted.length > 0 ? noted.map((pin) => pin.max) : [capacityMax])),
  };
  const act = () => compute.unpin(live.colour, bounds);
  // What is read may be older than a pin of a moment ago; Auto Scaling is eventually consistent.
  if (noted.length > 0) await act();
  await ensure({
    what: `letting ${live.colour} go`,
    describe: () => compute.describe(live.colour),
    done: (view) => !view.pinned && view.min === bounds.min,
    act,
  });
  await releases.forgetPin('blue');
  await releases.forgetPin('green');
}
