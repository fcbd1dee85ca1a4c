/**
 * Points the target's application at its own, now writing, cluster: DocumentDB has no endpoint that follows the writer.
 * Started by: the state "Configure the application". Also notes what was lost, while nobody writes yet.
 */
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { docdbDatabase } from '../shared/aws/docdb.ts';
import { dynamoRecords } from '../shared/aws/failover-table.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Database, Records, Settings, Web } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { ensure, MoveInput, requireClaim } from './move.ts';
import { askReady } from './probe.ts';

interface ConfigurePorts {
  readonly authority: Authority;
  readonly settings: Settings;
  readonly database: Pick<Database, 'describe'>;
  readonly records: Pick<Records, 'noteLoss'>;
  readonly web: Web;
}

export const makeConfigure =
  ({ authority, settings, database, records, web, config }: ConfigurePorts & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ endpoint: string }> => {
    const { move } = parse(MoveInput, input);
    const item = await requireClaim(authority, move, 'promoting', 'active');
    if (item.phase === 'promoting') {
      const { newestHeartbeatAt } = await askReady(web, config.region, config.domain);
      const { acked, renewedAt } = item;
      await records.noteLoss(move.epoch, { acked: acked?.at ?? null, renewedAt, newestHeartbeat: newestHeartbeatAt });
    }
    const { endpoint, reader } = await database.describe();
    await ensure({
      what: 'configuring the database',
      describe: () => settings.read('database'),
      done: (state) => state?.epoch === move.epoch && state.endpoint === endpoint && state.reader === reader,
      act: () => settings.write('database', { epoch: move.epoch, endpoint, reader }),
    });
    return { endpoint };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config, clock) => ({
    authority: dynamoAuthority(config),
    settings: ssmSettings(config),
    database: docdbDatabase(config),
    records: dynamoRecords(config),
    web: fetchWeb(clock),
  }),
  make: makeConfigure,
});
