/**
 * Makes the new release the live one, and the old one the release that is kept for a rollback, in one write. Started by:
 * the state "Commit", after the bake. Looks once more: whether it is wanted, weights, health, alarms.
 */
import * as z from 'zod';
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { cloudWatchReleaseMetrics } from '../shared/aws/release-metrics.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type {
  Chronicle,
  ComputeEnvironment,
  ForwardWeights,
  ReleaseMetrics,
  Releases,
  Retained,
  Served,
} from '../shared/release-ports.ts';
import { sameShares, weightsFor } from './decide.ts';
import { CapacityNotReady, ListenerUnsafe } from './errors.ts';
import { requireLease, requireWanted } from './lease.ts';
import { note } from './note.ts';
import { Plan, Schema } from './plan.ts';
import { requireQuiet } from './quiet.ts';

const CommitInput = z.object({
  plan: Plan,
  request: z.object({
    requestedAt: z.string(),
    schema: Schema,
    revision: z.string().nullable(),
    /** When the commit was made, by the image's label: lead time counts from it. */
    revisedAt: z.string().nullable(),
  }),
});

interface Ports {
  readonly releases: Releases;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: Pick<ComputeEnvironment, 'describe'>;
  readonly metrics: Pick<ReleaseMetrics, 'alarms'>;
  readonly chronicle: Chronicle;
}

export const makeCommit =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ committedAt: string; retainedUntil: string | null }> => {
    const { releases, weights, compute, config, clock } = ports;
    const { plan, request } = parse(CommitInput, input);
    const { release, from, to, digest, size } = plan;
    const before = await requireLease(releases, release);
    requireWanted(before);
    const rule = await weights.read();
    if (!sameShares(rule, weightsFor(to, 100, 0))) {
      throw new ListenerUnsafe(`${to} should have everybody, but the rule is ${JSON.stringify(rule)}`);
    }
    const { healthyTargets } = await compute.describe(to);
    if (healthyTargets < size) throw new CapacityNotReady(`${to} has ${healthyTargets} healthy of ${size}`);
    // A repetition of what was committed already takes nothing back.
    if (before.live?.releaseId !== release.releaseId) await requireQuiet(ports, plan);
    const committedAt = isoOf(clock.now());
    const live: Served = { colour: to, digest, releaseId: release.releaseId, schema: request.schema, committedAt };
    const until = isoOf(clock.now() + config.policy.retainSeconds * 1000);
    const retained: Retained | null = before.live?.colour === from ? { ...before.live, until, size } : null;
    const state = await ensure({
      what: 'committing',
      describe: releases.read,
      done: (seen) => seen.live?.releaseId === release.releaseId,
      act: () => releases.commit(release, live, retained),
    });
    const facts = {
      ...request,
      colour: to,
      digest,
      role: plan.role,
      kind: plan.kind,
      previous: state.retained?.releaseId ?? null,
    };
    await note(ports, release.releaseId, 'committed', { ...facts, committedAt: state.live?.committedAt });
    return { committedAt: state.live?.committedAt ?? committedAt, retainedUntil: state.retained?.until ?? null };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    metrics: cloudWatchReleaseMetrics(config),
    chronicle: dynamoChronicle(config),
  }),
  make: makeCommit,
});
