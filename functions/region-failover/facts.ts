/** Collects what `decide` reads. Nothing is asked of the region being left (DESIGN decision 3); what does not answer is null. */
import type { Policy } from '../shared/config.ts';
import type { Authority, Capacity, Database, Log, Records, Web } from '../shared/ports.ts';
import type { Facts } from './decide.ts';
import { askReady } from './probe.ts';

export interface FactPorts {
  readonly authority: Authority;
  readonly records: Pick<Records, 'lastDecline'>;
  readonly database: Database;
  readonly capacity: Pick<Capacity, 'read'>;
  readonly web: Web;
  readonly log: Log;
  readonly config: {
    readonly region: string;
    readonly domain: string;
    readonly servingRegions: readonly string[];
    readonly policy: Policy;
  };
}

type Asked = Pick<Facts, 'purpose' | 'request' | 'executionArn' | 'approvals' | 'now'>;

/** @throws AuthorityNotReady when the authority cannot be read: without it there is nothing to decide. */
export async function gatherFacts(ports: FactPorts, asked: Asked): Promise<Facts> {
  const { authority, records, database, capacity, web, log, config } = ports;
  const orNull = async <T>(what: string, answer: Promise<T>): Promise<T | null> => {
    try {
      return await answer;
    } catch (error) {
      log.warn(`${what} is unknown`, { error: String(error) });
      return null;
    }
  };
  const [application, observations, declined, cluster, serving, standby] = await Promise.all([
    authority.read(),
    authority.observations(),
    records.lastDecline(),
    orNull('the target database', database.describe()),
    orNull('the target capacity', capacity.read()),
    askReady(web, config.region, config.domain),
  ]);
  return {
    ...asked,
    application,
    observations,
    servingRegions: config.servingRegions,
    database: cluster,
    capacity: serving,
    standby,
    declinedAt: declined?.at ?? null,
  };
}
