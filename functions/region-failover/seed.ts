/**
 * Plants what only controllers change afterwards: the application item and the regional parameters. Started by:
 * CloudFormation, as a custom resource of the region-failover stack. Never overwrites; a deletion keeps everything.
 */
import { dynamoAuthority, dynamoSeeds } from '../shared/aws/authority.ts';
import { docdbDatabase } from '../shared/aws/docdb.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { ServingConfig } from '../shared/config.ts';
import { answering } from '../shared/custom-resource.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { ApplicationItem, Authority, Database, Settings, Web } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';

interface SeedPorts {
  readonly authority: Pick<Authority, 'read'>;
  readonly seeds: { plant(item: Omit<ApplicationItem, 'acked' | 'renewedAt' | 'movedAt' | 'claim'>): Promise<void> };
  readonly settings: Settings;
  readonly database: Pick<Database, 'describe'>;
  readonly web: Web;
}
type Ports = SeedPorts & Surroundings<ServingConfig>;

/** The function has half a minute; the rest is for the answer. */
const WORK_MS_MAX = 18_000;

export const makeSeed = (ports: Ports) =>
  answering(ports, WORK_MS_MAX, async ({ requestType, physicalId }) => {
    if (requestType !== 'Delete') await plant(ports);
    return { physicalId: physicalId ?? `${ports.config.application}-seed`, said: 'planted where nothing was' };
  });

async function plant({ authority, seeds, settings, database, config }: Ports): Promise<void> {
  await seeds.plant({ epoch: 1, holder: config.servingRegions[0], counter: 0, phase: 'active', automation: 'on' });
  const { epoch, holder } = await authority.read();
  const { endpoint, reader } = await database.describe();
  await settings.seed('database', { epoch, endpoint, reader });
  await settings.seed('consumers', { epoch, enabled: holder === config.region });
  await settings.seed('deployments', { epoch, frozen: false, by: null });
}

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config, clock) => ({
    authority: dynamoAuthority(config),
    seeds: dynamoSeeds(config),
    settings: ssmSettings(config),
    database: docdbDatabase(config),
    web: fetchWeb(clock),
  }),
  make: makeSeed,
});
