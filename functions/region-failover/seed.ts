/**
 * Plants what only controllers change afterwards: the application item and the regional parameters. Started by:
 * CloudFormation, as a custom resource of the region-failover stack. Never overwrites; a deletion keeps everything.
 */
import * as z from 'zod';
import { dynamoAuthority, dynamoSeeds } from '../shared/aws/authority.ts';
import { docdbDatabase } from '../shared/aws/docdb.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { ApplicationItem, Authority, Database, Settings, Web } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';

const Ask = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
});

interface SeedPorts {
  readonly authority: Pick<Authority, 'read'>;
  readonly seeds: { plant(item: Omit<ApplicationItem, 'acked' | 'movedAt' | 'claim'>): Promise<void> };
  readonly settings: Settings;
  readonly database: Pick<Database, 'describe'>;
  readonly web: Web;
}
type Ports = SeedPorts & Surroundings<ServingConfig>;

const RESPONSE_TIMEOUT_MS = 10_000;

export const makeSeed =
  (ports: Ports) =>
  async (input: unknown): Promise<{ status: string }> => {
    const { RequestType, ResponseURL, ...ask } = parse(Ask, input);
    let fault: unknown;
    try {
      if (RequestType !== 'Delete') await plant(ports);
    } catch (error) {
      // CloudFormation waits an hour for an answer: the refusal must reach it as one.
      fault = error;
    }
    const status = fault ? 'FAILED' : 'SUCCESS';
    const answer = await ports.web.send({
      method: 'PUT',
      url: ResponseURL,
      // The address is signed for an empty content type (CloudFormation User Guide, custom resource responses).
      contentType: '',
      body: JSON.stringify({
        ...ask,
        Status: status,
        Reason: fault ? String(fault) : 'planted where nothing was',
        PhysicalResourceId: ask.PhysicalResourceId ?? `${ports.config.application}-seed`,
      }),
      timeoutMs: RESPONSE_TIMEOUT_MS,
    });
    ports.log.info(`seed: ${status}`, { heard: answer?.status ?? 'no answer', fault: fault ? String(fault) : null });
    return { status };
  };

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
