/** Reads who writes, from the region that answers first, and says it in lines. For `mainstay status` and `run`. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Configuration } from '../../../infra/config/index.ts';
import { namesOf } from '../../../infra/names.ts';
import type { ReadStatus } from '../../by-hand.ts';
import type { Target } from '../../target.ts';

/** A read that failed is null: unknown, and shown as such. */
export interface Status {
  readonly application: string;
  readonly authority: { epoch: number; holder: string; phase: string; automation: string; claim: unknown } | null;
  readonly observers: Readonly<Record<string, { slot: string; targets: Readonly<Record<string, string>> } | null>>;
  readonly database: Readonly<Record<string, { writer: boolean; status: string } | null>>;
  readonly deploymentsFrozen: Readonly<Record<string, boolean | null>>;
  /** Why something is unknown, each reason once. */
  readonly problems: readonly string[];
}

export async function readStatus(target: Target, configuration: Configuration): Promise<Status> {
  const names = namesOf(configuration);
  const { serving, witness } = configuration.regions;
  const regions = [...serving, witness];
  const problems = new Set<string>();
  const orUnknown = <T>(region: string, reading: Promise<T>): Promise<T | null> =>
    reading.catch((error: Error) => {
      problems.add(`${region}: ${error.message.split('\n')[0]}`);
      return null;
    });
  const perRegion = async <T>(places: readonly string[], read: (region: string) => Promise<T>) =>
    Object.fromEntries(
      await Promise.all(places.map(async (region) => [region, await orUnknown(region, read(region))] as const)),
    );
  /** The table is the same everywhere; one region that answers is enough. */
  const item = async (key: string) => {
    for (const region of regions) {
      const answer = await orUnknown(region, readItem(target, names.authorityTable, key, region));
      if (answer !== null) return answer;
    }
    return null;
  };

  const application = await item(`application#${names.prefix}`);
  return {
    application: names.prefix,
    authority: application && {
      epoch: application.epoch,
      holder: application.holder,
      phase: application.phase,
      automation: application.automation,
      claim: application.claim ?? null,
    },
    observers: await perRegion(regions, async (region) => {
      const observer = await item(`observer#${region}`);
      if (!observer && application) throw new Error('its observer has never said anything');
      if (!observer) return null;
      const targets = Object.entries(observer.targets as Record<string, { state: string }>);
      return {
        slot: new Date(Number(observer.slot) * 1000).toISOString(),
        targets: Object.fromEntries(targets.map(([region_, { state }]) => [region_, state])),
      };
    }),
    database: await perRegion(serving, (region) => readDatabase(target, names, region)),
    deploymentsFrozen: await perRegion(serving, async (region) => {
      const { Parameter } = await target.call('ssm', 'GetParameter', { Name: names.deploymentsParameter }, region);
      return JSON.parse(Parameter?.Value ?? 'null')?.frozen === true;
    }),
    problems: [...problems],
  };
}

/** Null when there is no such item. */
async function readItem(target: Target, table: string, key: string, region: string) {
  const { Item } = await target.call(
    'dynamodb',
    'GetItem',
    { TableName: table, Key: { pk: { S: key } }, ConsistentRead: true },
    region,
  );
  return Item ? unmarshall(Item) : null;
}

async function readDatabase(
  target: Target,
  names: ReturnType<typeof namesOf>,
  region: string,
): Promise<{ writer: boolean; status: string }> {
  const clusters = await target.call(
    'rds',
    'DescribeDBClusters',
    { DBClusterIdentifier: names.cluster(region) },
    region,
  );
  const globals = await target.call(
    'rds',
    'DescribeGlobalClusters',
    { GlobalClusterIdentifier: names.globalCluster },
    region,
  );
  const cluster = clusters.DBClusters?.[0];
  const member = globals.GlobalClusters?.[0]?.GlobalClusterMembers?.find(
    (candidate) => candidate.DBClusterArn === cluster?.DBClusterArn,
  );
  return { writer: member?.IsWriter === true, status: cluster?.Status ?? 'unknown' };
}

/** What must be known is who may write. */
export const regionFailoverStatus: ReadStatus = async (target, configuration) => {
  const status = await readStatus(target, configuration);
  const { problems, ...fields } = status;
  return { fields, lines: statusLines(status), problems, known: status.authority !== null };
};

const LABEL_WIDTH = 12;

export function statusLines({ application, authority, observers, database, deploymentsFrozen }: Status): string[] {
  const line = (label: string, text: string): string => `${label.padEnd(LABEL_WIDTH)} ${text}`;
  return [
    line('application', application),
    line('writes in', authority ? `${authority.holder}, epoch ${authority.epoch}` : 'unknown'),
    line('phase', authority ? phaseText(authority) : 'unknown'),
    line('automation', authority ? authority.automation : 'unknown'),
    ...Object.entries(database).map(([region, view]) =>
      line('database', `${region}: ${view ? `${view.writer ? 'writer' : 'secondary'}, ${view.status}` : 'unknown'}`),
    ),
    ...Object.entries(observers).map(([region, view]) => line('observer', `${region}: ${observerText(view)}`)),
    ...Object.entries(deploymentsFrozen).map(([region, frozen]) =>
      line('deployments', `${region}: ${frozen === null ? 'unknown' : frozen ? 'frozen' : 'allowed'}`),
    ),
  ];
}

function phaseText({ phase, claim }: NonNullable<Status['authority']>): string {
  if (!claim) return phase;
  const { target, by, reason } = claim as { target?: string; by?: string; reason?: string };
  return `${phase}, moving to ${target} for ${by} (${reason})`;
}

function observerText(view: Status['observers'][string]): string {
  if (!view) return 'unknown';
  const seen = Object.entries(view.targets).map(([region, state]) => `${region} ${state}`);
  return `${seen.join(', ')} (at ${view.slot})`;
}
