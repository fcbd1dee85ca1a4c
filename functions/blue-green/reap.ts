/**
 * Lets the idle colour go when nobody can need it any more: the retention is over, or its release failed. Started by: the
 * schedule "reap". It proves everything anew and holds the lease while it works, so that no release begins meanwhile
 * (blue-green/I21). After a retention that ran its whole time the schema is contracted.
 */
import * as z from 'zod';
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { lambdaMigration } from '../shared/aws/migration.ts';
import { cloudWatchReleaseMetrics } from '../shared/aws/release-metrics.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority } from '../shared/ports.ts';
import {
  type Chronicle,
  type Colour,
  type ComputeEnvironment,
  type ForwardWeights,
  type Migration,
  otherColour,
  type ReleaseMetrics,
  type ReleaseState,
  type Releases,
} from '../shared/release-ports.ts';
import { liveColour, objectionsToReaping } from './decide.ts';
import { asJob } from './lease.ts';
import { note } from './note.ts';
import { contractedTo } from './schema.ts';

const ScheduledInput = z.object({ scheduledAt: z.iso.datetime() });

export interface ReapPorts {
  readonly releases: Releases;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: ComputeEnvironment;
  readonly metrics: Pick<ReleaseMetrics, 'minutes'>;
  readonly chronicle: Chronicle;
  readonly migration: Migration | null;
  readonly authority: Pick<Authority, 'read'>;
}
type Ports = ReapPorts & Surroundings<ReleaseConfig>;

type Reaped = { readonly action: 'none' | 'kept' | 'reaped'; readonly reasons: readonly string[] };

const QUIET_MINUTES = 10;

export const makeReap =
  (ports: Ports) =>
  async (input: unknown): Promise<Reaped> => {
    const { releases, weights, compute, log } = ports;
    const { scheduledAt } = parse(ScheduledInput, input);
    const state = await releases.read();
    const live = liveColour(await weights.read());
    if (!state.live || live === null)
      return { action: 'none', reasons: ['nothing was released yet, or two colours serve'] };
    const idle = otherColour(live);
    const { desired, machines } = await compute.describe(idle);
    if (desired === 0 && machines === 0 && !state.retained) return { action: 'none', reasons: [`${idle} is empty`] };
    const objections = await objectionsTo(ports, state, idle);
    log.info('reap', { idle, objections });
    if (objections.length > 0) return { action: 'kept', reasons: objections };
    const job = { name: 'reap', scheduledAt, fence: state.fence };
    return asJob(releases, job, (executionArn) => reap(ports, idle, executionArn));
  };

/** With the lease: everything is looked at once more, then the colour is emptied. */
async function reap(ports: Ports, idle: Colour, executionArn: string): Promise<Reaped> {
  const { releases, compute } = ports;
  const state = await releases.read();
  const own = state.lease?.executionArn === executionArn ? { ...state, lease: null } : state;
  const objections = await objectionsTo(ports, own, idle);
  if (objections.length > 0) return { action: 'kept', reasons: objections };
  const { retained, live } = state;
  if (retained) {
    const facts = { cause: 'expired', until: retained.until };
    await note(ports, retained.releaseId, 'retention-ended', facts);
    await contract(ports, state);
    await releases.endRetention(retained.releaseId);
  }
  await ensure({
    what: `reaping ${idle}`,
    describe: () => compute.describe(idle),
    done: ({ desired, min }) => desired === 0 && min === 0,
    act: () => compute.sizeTo(idle, 0),
  });
  await note(ports, live?.releaseId ?? 'reap', 'reaped', { colour: idle, retained: retained?.releaseId ?? null }, idle);
  return { action: 'reaped', reasons: [] };
}

/**
 * Takes away what no release uses any more. The database is one for both regions: the one that writes asks for it, the other
 * only notes where it will be. Which one writes must be known: it throws otherwise, and the next run tries again.
 */
async function contract(ports: Ports, { live, lease, schema: now }: ReleaseState): Promise<void> {
  const { releases, migration, authority, config } = ports;
  if (!migration || !live || !lease) return;
  const { holder } = await authority.read();
  const schema = contractedTo(live.schema, now);
  if (schema !== null) await releases.noteSchema(lease, schema);
  if (holder !== config.region) return;
  const { releaseId, digest } = live;
  await migration.run({ phase: 'contract', releaseId, digest, schema });
  await note(ports, releaseId, 'migrated', { phase: 'contract', schema }, 'contract');
}

async function objectionsTo(ports: Ports, state: ReleaseState, colour: Colour): Promise<string[]> {
  const { weights, clock } = ports;
  const now = clock.now();
  const requests = await recentRequests(ports, colour, now);
  return objectionsToReaping({ now, colour, state, weights: await weights.read(), requests });
}

/** A colour without requests publishes nothing; that the load balancer itself publishes shows that metrics come at all. */
async function recentRequests({ metrics, log }: Ports, colour: Colour, now: number): Promise<number | null> {
  try {
    const minutes = await metrics.minutes(isoOf(now - QUIET_MINUTES * 60_000), isoOf(now));
    if (minutes.balancer.length === 0) return null;
    return minutes[colour].reduce((sum, { requests }) => sum + (requests ?? 0), 0);
  } catch (error) {
    log.warn('the metrics cannot be read', { error: String(error) });
    return null;
  }
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    metrics: cloudWatchReleaseMetrics(config),
    chronicle: dynamoChronicle(config),
    migration: lambdaMigration(config),
    authority: dynamoAuthority(config),
  }),
  make: makeReap,
});
