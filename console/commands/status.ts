/** `mainstay status`: who writes, what the observers see, where the database's writer is, whether deployments are frozen. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Command, Option } from 'commander';
import { type Configuration, loadConfiguration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import { openTarget } from '../deployment/open-target.ts';
import type { Target } from '../target.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('who writes, what the observers see, where the database writes')
    .addOption(
      new Option('--target <where>', 'local: a fresh simulated cloud; aws: your account')
        .choices(['local', 'aws'])
        .default('local'),
    )
    .option('--environment <name>', 'dev, staging or prod', 'prod')
    .option('--json', 'one JSON object on standard output')
    .action(async (options: { target: 'local' | 'aws'; environment: string; json?: boolean }) => {
      const configuration = loadConfiguration(options.environment);
      const target = await openTarget(options.target, options.environment);
      const status = await readStatus(target, configuration);
      process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : `${lines(status).join('\n')}\n`);
    });
}

/** A read that failed is null: unknown, and shown as such. */
export interface Status {
  readonly application: string;
  readonly authority: { epoch: number; holder: string; phase: string; automation: string; claim: unknown } | null;
  readonly observers: Readonly<Record<string, { slot: string; targets: Readonly<Record<string, string>> } | null>>;
  readonly database: Readonly<Record<string, { writer: boolean; status: string } | null>>;
  readonly deploymentsFrozen: Readonly<Record<string, boolean | null>>;
}

export async function readStatus(target: Target, configuration: Configuration): Promise<Status> {
  const names = namesOf(configuration);
  const { serving, witness } = configuration.regions;
  const regions = [...serving, witness];
  const item = (key: string) =>
    firstAnswer(regions, async (region) => {
      const { Item } = await target.call(
        'dynamodb',
        'GetItem',
        { TableName: names.authorityTable, Key: { pk: { S: key } }, ConsistentRead: true },
        region,
      );
      return Item ? unmarshall(Item) : null;
    });
  const perRegion = async <T>(places: readonly string[], read: (region: string) => Promise<T>) =>
    Object.fromEntries(
      await Promise.all(places.map(async (region) => [region, await orUnknown(read(region))] as const)),
    );

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
      if (!observer) throw new Error(`no observation from ${region}`);
      const targets = Object.entries(observer.targets as Record<string, { state: string }>);
      return {
        slot: new Date(Number(observer.slot) * 1000).toISOString(),
        targets: Object.fromEntries(targets.map(([region_, { state }]) => [region_, state])),
      };
    }),
    database: await perRegion(serving, async (region) => {
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
    }),
    deploymentsFrozen: await perRegion(serving, async (region) => {
      const { Parameter } = await target.call('ssm', 'GetParameter', { Name: names.deploymentsParameter }, region);
      return JSON.parse(Parameter?.Value ?? 'null')?.frozen === true;
    }),
  };
}

async function firstAnswer<T>(regions: readonly string[], read: (region: string) => Promise<T>): Promise<T | null> {
  for (const region of regions) {
    const answer = await orUnknown(read(region));
    if (answer !== null) return answer;
  }
  return null;
}

const orUnknown = <T>(reading: Promise<T>): Promise<T | null> => reading.catch(() => null);

function lines({ application, authority, observers, database, deploymentsFrozen }: Status): string[] {
  const known = (value: unknown) => (value === null || value === undefined ? 'unknown' : String(value));
  return [
    `application  ${application}`,
    `writes in    ${known(authority?.holder)} (epoch ${known(authority?.epoch)}, ${known(authority?.phase)}, automation ${known(authority?.automation)})`,
    ...Object.entries(observers).map(([region, view]) => {
      const seen = view
        ? Object.entries(view.targets)
            .map(([target, state]) => `${target} ${state}`)
            .join(', ')
        : 'unknown';
      return `observer     ${region}: ${seen}${view ? ` at ${view.slot}` : ''}`;
    }),
    ...Object.entries(database).map(
      ([region, view]) =>
        `database     ${region}: ${view ? `${view.writer ? 'writer' : 'secondary'}, ${view.status}` : 'unknown'}`,
    ),
    ...Object.entries(deploymentsFrozen).map(
      ([region, frozen]) => `deployments  ${region}: ${frozen === null ? 'unknown' : frozen ? 'frozen' : 'allowed'}`,
    ),
  ];
}
