/**
 * What every changing step has in common: whose release it is, and whether it still is. A paused function that wakes up
 * too late finds a higher fence and changes nothing.
 */
import * as z from 'zod';
import { LeaseConflict } from '../shared/errors.ts';
import type { Lease, Release, ReleaseState, Releases } from '../shared/release-ports.ts';
import { WithdrawnUnsafe } from './errors.ts';

export const ReleaseSchema = z.object({
  releaseId: z.string().min(1),
  executionArn: z.string().startsWith('arn:aws:states:'),
  fence: z.number().int().min(1),
}) satisfies z.ZodType<Release>;

export const colour = z.enum(['blue', 'green']);

/** Returns the state while the lease is this release's. @throws LeaseConflict otherwise */
export async function requireLease(releases: Pick<Releases, 'read'>, release: Release): Promise<ReleaseState> {
  const state = await releases.read();
  if (!holds(state, release)) {
    const { lease } = state;
    const holder = lease ? `${lease.releaseId} with fence ${lease.fence}` : 'nobody';
    throw new LeaseConflict(`${release.releaseId} has fence ${release.fence}, but the lease is with ${holder}`);
  }
  return state;
}

/** A job holds the lease for seconds; a release has an execution, and holds it until its end. */
export const isJob = ({ executionArn }: Pick<Lease, 'executionArn'>): boolean =>
  !executionArn.startsWith('arn:aws:states:');

/**
 * A job's own lease, so that no release begins meanwhile. `reconcile` takes it from a job that died.
 * @throws LeaseConflict when somebody else has it, or took it since the state was read
 */
export async function asJob<T>(
  releases: Pick<Releases, 'take' | 'giveUp'>,
  { name, scheduledAt, fence }: { readonly name: string; readonly scheduledAt: string; readonly fence: number },
  work: (executionArn: string) => Promise<T>,
): Promise<T> {
  const executionArn = `${name}/${scheduledAt}`;
  await releases.take({ releaseId: name, digest: 'none', executionArn, takenAt: scheduledAt }, fence);
  try {
    return await work(executionArn);
  } finally {
    await releases.giveUp({ releaseId: name, executionArn, fence: fence + 1 });
  }
}

/** @throws WithdrawnUnsafe when a person took the release back: it goes no further, whatever it waited for (blue-green/I18) */
export function requireWanted({ steering }: Pick<ReleaseState, 'steering'>): void {
  if (steering?.decision === 'roll-back') throw new WithdrawnUnsafe(`${steering.by}: ${steering.reason}`);
}

export const holds = ({ lease }: Pick<ReleaseState, 'lease'>, release: Release): boolean =>
  lease?.executionArn === release.executionArn && lease.fence === release.fence;
