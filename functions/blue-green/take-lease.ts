/**
 * One release at a time: takes the lease with the next fence. Started by: the state "Take the lease". Everything that
 * changes something afterwards asks for it.
 */
import * as z from 'zod';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { LeaseConflict } from '../shared/errors.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Release, Releases } from '../shared/release-ports.ts';
import { LeaseNotReady } from './errors.ts';
import { isJob } from './lease.ts';

const TakeLeaseInput = z.object({
  executionArn: z.string().startsWith('arn:aws:states:'),
  request: z.object({
    releaseId: z.string(),
    kind: z.string(),
    digest: z.string(),
    fence: z.number().int().min(0),
  }),
});

export const makeTakeLease =
  ({ releases, clock }: { releases: Releases } & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<Release> => {
    const { executionArn, request } = parse(TakeLeaseInput, input);
    const { releaseId, digest } = request;
    const returning = request.kind === 'roll-back';
    const state = await ensure({
      what: 'taking the lease',
      describe: releases.read,
      done: ({ lease }) => lease?.executionArn === executionArn,
      // The fence that was read when this execution was started: who comes later finds another one. A return is about
      // what is live, whatever became of the fence; `snapshot` looks whether it still is.
      act: async () => {
        const fence = returning ? (await releases.read()).fence : request.fence;
        await releases.take({ releaseId, digest, executionArn, takenAt: isoOf(clock.now()) }, fence);
      },
    }).catch(async (error: unknown) => {
      if (returning && error instanceof LeaseConflict) await waitForJob(releases);
      throw error;
    });
    return { releaseId, executionArn, fence: state.lease?.fence ?? 0 };
  };

/** A return is not given up for the sake of a job that ends in a moment. @throws LeaseNotReady unless a release has it */
async function waitForJob(releases: Pick<Releases, 'read'>): Promise<void> {
  const { lease } = await releases.read();
  if (lease === null || isJob(lease)) throw new LeaseNotReady(`${lease?.releaseId ?? 'a job'} had the lease just now`);
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({ releases: dynamoReleases(config) }),
  make: makeTakeLease,
});
