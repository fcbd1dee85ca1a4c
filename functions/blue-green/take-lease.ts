/**
 * One release at a time: takes the lease with the next fence. Started by: the state "Take the lease". Everything that
 * changes something afterwards asks for it.
 */
import * as z from 'zod';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Release, Releases } from '../shared/release-ports.ts';

const TakeLeaseInput = z.object({
  executionArn: z.string().startsWith('arn:aws:states:'),
  request: z.object({ releaseId: z.string(), digest: z.string(), fence: z.number().int().min(0) }),
});

export const makeTakeLease =
  ({ releases, clock }: { releases: Releases } & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<Release> => {
    const { executionArn, request } = parse(TakeLeaseInput, input);
    const { releaseId, digest, fence } = request;
    const state = await ensure({
      what: 'taking the lease',
      describe: releases.read,
      done: ({ lease }) => lease?.executionArn === executionArn,
      // The fence that was read when this execution was started: who comes later finds another one.
      act: () => releases.take({ releaseId, digest, executionArn, takenAt: isoOf(clock.now()) }, fence),
    });
    return { releaseId, executionArn, fence: state.lease?.fence ?? 0 };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({ releases: dynamoReleases(config) }),
  make: makeTakeLease,
});
