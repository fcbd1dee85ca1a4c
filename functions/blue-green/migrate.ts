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
import { PlanInput } from './plan.ts';

interface Ports {
  readonly releases: Pick<Releases, 'read'>;
  readonly chronicle: Chronicle;
  /** Null when none is configured. */
  readonly migration: Migration | null;
}

export const makeMigrate =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ migrated: boolean }> => {
    const { releases, migration } = ports;
    const { plan } = parse(PlanInput, input);
    await requireLease(releases, plan.release);
    if (!migration) return { migrated: false };
    const { releaseId } = plan.release;
    await migration.run('expand', { releaseId, digest: plan.digest });
    await note(ports, releaseId, 'migrated', { phase: 'expand' }, 'expand');
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
