/**
 * Lets the customer's own function expand the database's schema, while only the old release has users: what it adds must
 * leave that one working (expand and contract). Started by: the state "Expand the schema". Nothing is done where no such
 * function is configured. The contraction comes after the retention, by `reap`.
 */
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { lambdaMigration } from '../shared/aws/migration.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Chronicle, Migration, Releases } from '../shared/release-ports.ts';
import { requireLease } from './lease.ts';
import { note } from './note.ts';
import { PlanInput, Schema } from './plan.ts';
import { expandedTo } from './schema.ts';

const MigrateInput = PlanInput.extend({ schema: Schema });

interface Ports {
  readonly releases: Pick<Releases, 'read' | 'noteSchema'>;
  readonly chronicle: Chronicle;
  /** Null when none is configured. */
  readonly migration: Migration | null;
}

export const makeMigrate =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ migrated: boolean }> => {
    const { releases, migration } = ports;
    const { plan, schema: ours } = parse(MigrateInput, input);
    const { release, digest } = plan;
    const state = await requireLease(releases, release);
    if (!migration) return { migrated: false };
    const schema = expandedTo(ours, state.live?.schema ?? null, state.schema);
    if (schema !== null) await releases.noteSchema(release, schema);
    // The database is one for both regions, and is written where users are.
    if (plan.role === 'standby') return { migrated: false };
    await migration.run({ phase: 'expand', releaseId: release.releaseId, digest, schema });
    await note(ports, release.releaseId, 'migrated', { phase: 'expand', schema }, 'expand');
    return { migrated: true };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    chronicle: dynamoChronicle(config),
    migration: lambdaMigration(config),
  }),
  make: makeMigrate,
});
