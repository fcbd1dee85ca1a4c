/**
 * The smallest world that serves: two regions with a load balancer, a database cluster and instances that run the real
 * bundle of app/ on the simulated AWS. No Mainstay; tests move the authority by hand.
 */
import { readFileSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { installNetwork } from '../../../simulator/runtime/network.ts';
import type { AnyService } from '../../../simulator/service.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { pushImage } from '../../../simulator/services/ecr/push.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';
import { kms } from '../../../simulator/services/kms/index.ts';
import { rds } from '../../../simulator/services/rds/service.ts';
import { route53 } from '../../../simulator/services/route53/service.ts';
import { secretsManager } from '../../../simulator/services/secretsmanager/index.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import { haltInstances, resumeInstances, worldHttp, worldParts } from '../../../simulator/world/index.ts';
import { bootInstance } from '../../../simulator/world/instances.ts';
import { makeRole } from '../eventbridge/harness.ts';

export const WEST = 'us-west-2';
export const EAST = 'us-east-2';
export const WITNESS = 'us-east-1';
export const HOST = 'orders.example.com';
export const REGIONS = [WEST, EAST, WITNESS];

const services: AnyService[] = [dynamoDb, ssm, secretsManager, kms, ecr, iam, rds, elbv2, route53, ...worldParts];

/** A change of the application's source before it is bundled: how a run without one guard is made. */
export interface Mutation {
  readonly file: string;
  readonly remove: string;
  readonly put: string;
}

/** The application as infra/bundle.ts builds it, or with one piece of its source changed. Throws when it is not there. */
export async function appBundle(mutation?: Mutation): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['app/instance.ts'],
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    supported: { 'dynamic-import': false },
    external: ['mongodb'],
    logLevel: 'silent',
    plugins: mutation ? [mutating(mutation)] : [],
  });
  return outputFiles[0]?.text ?? '';
}

const mutating = ({ file, remove, put }: Mutation): Plugin => ({
  name: 'mutation',
  setup: ({ onLoad }) => {
    onLoad({ filter: new RegExp(`/app/${file}$`) }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes(remove)) throw new Error(`${file} has no '${remove}'`);
      return { contents: source.replace(remove, put), loader: 'ts' };
    });
  },
});

export interface SmallWorld {
  readonly cloud: Cloud;
  readonly digest: string;
  /** Endpoints of each region's cluster. */
  readonly clusters: Record<string, { endpoint: string; reader: string }>;
}

export const clusterId = (region: string): string => `orders-prod-${region}`;

/** Instances 'i-west-1', 'i-west-2' and 'i-east-1' run and hold what lease they can; the west is the holder, epoch 1. */
export async function smallWorld(options: { seed?: number; code?: string } = {}): Promise<SmallWorld> {
  const seed = options.seed ?? 1;
  const cloud = Cloud.create({
    seed,
    account: '111122223333',
    regions: REGIONS,
    services,
    startAt: Date.UTC(2026, 0, 1),
  });
  installNetwork(cloud, worldHttp);
  await makeAuthority(cloud);
  const clusters = await makeDatabases(cloud);
  const blobHash = cloud.blobs.put(options.code ?? (await appBundle()));
  let digest = '';
  for (const region of [WEST, EAST]) {
    await cloud.call('ecr', 'CreateRepository', { repositoryName: 'orders-prod' }, { region });
    digest = pushImage(cloud, region, 'orders-prod', { blobHash });
    await makeSettings(cloud, region, digest, { epoch: 1, ...clusters[region]! });
  }
  const balancers = {
    [WEST]: await makeBalancer(cloud, WEST, ['i-west-1', 'i-west-2']),
    [EAST]: await makeBalancer(cloud, EAST, ['i-east-1']),
  };
  await makeNames(cloud, balancers);
  const roleArn = await makeRole(cloud, 'ec2', RIGHTS);
  for (const id of ['i-west-1', 'i-west-2', 'i-east-1'])
    await boot(cloud, id, id.includes('west') ? WEST : EAST, roleArn);
  await cloud.advance(300_000);
  return { cloud, digest, clusters };
}

/** A copy with another seed in which the application runs again and has had time to renew its lease. */
export async function forkOf({ cloud, ...rest }: SmallWorld, seed = 1): Promise<SmallWorld> {
  haltInstances(cloud);
  const fork = cloud.fork(seed);
  installNetwork(fork, worldHttp);
  resumeInstances(fork);
  await fork.advance(10_000);
  return { cloud: fork, ...rest };
}

/** What the application and its start need. */
const RIGHTS = ['ssm:*', 'ecr:*', 'dynamodb:*', 'secretsmanager:*', 'kms:*'];

async function boot(cloud: Cloud, instanceId: string, region: string, roleArn: string): Promise<void> {
  const userData = `#!/bin/bash
# app.env begin
AWS_REGION=${region}
APPLICATION=orders-prod
AUTHORITY_TABLE=orders-prod-authority
REGIONS=${REGIONS.join(',')}
DATABASE_PARAMETER=/orders-prod/database
CONSUMERS_PARAMETER=/orders-prod/consumers
DIGEST_PARAMETER=/orders-prod/blue/digest
IMAGE_REPOSITORY=orders-prod
DATABASE_SECRET_ARN=orders-prod/database
COLOUR=blue
PORT=3000
# app.env end
`;
  await bootInstance(cloud, { instanceId, region, zone: `${region}a`, userData, roleArn, tags: {} });
}

async function makeAuthority(cloud: Cloud): Promise<void> {
  const TableName = 'orders-prod-authority';
  const at = { region: WEST };
  await cloud.resolve(
    cloud.call(
      'dynamodb',
      'CreateTable',
      {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
      at,
    ),
  );
  const ReplicaUpdates = [EAST, WITNESS].map((RegionName) => ({ Create: { RegionName } }));
  await cloud.resolve(
    cloud.call('dynamodb', 'UpdateTable', { TableName, MultiRegionConsistency: 'STRONG', ReplicaUpdates }, at),
  );
  await setAuthority(cloud, { epoch: 1, holder: WEST, phase: 'active' });
}

/** Puts the application's item, as a takeover would leave it. */
export async function setAuthority(
  cloud: Cloud,
  state: { epoch: number; holder: string; phase: string },
  region = WEST,
): Promise<void> {
  const Item = {
    pk: { S: 'application#orders-prod' },
    epoch: { N: String(state.epoch) },
    holder: { S: state.holder },
    phase: { S: state.phase },
    counter: { N: '0' },
  };
  await cloud.resolve(cloud.call('dynamodb', 'PutItem', { TableName: 'orders-prod-authority', Item }, { region }));
}

async function makeDatabases(cloud: Cloud): Promise<Record<string, { endpoint: string; reader: string }>> {
  const GlobalClusterIdentifier = 'orders-prod';
  await cloud.call('rds', 'CreateGlobalCluster', { GlobalClusterIdentifier, Engine: 'docdb' }, { region: WEST });
  const endpoints: Record<string, { endpoint: string; reader: string }> = {};
  for (const region of [WEST, EAST]) {
    const DBClusterIdentifier = clusterId(region);
    const { DBCluster } = await cloud.call(
      'rds',
      'CreateDBCluster',
      {
        DBClusterIdentifier,
        Engine: 'docdb',
        GlobalClusterIdentifier,
        ...(region === WEST ? { MasterUsername: 'mainstay', MasterUserPassword: 'not-a-real-one' } : {}),
      },
      { region },
    );
    endpoints[region] = { endpoint: DBCluster?.Endpoint ?? '', reader: DBCluster?.ReaderEndpoint ?? '' };
    await cloud.call(
      'rds',
      'CreateDBInstance',
      { DBInstanceIdentifier: `${region}-1`, DBClusterIdentifier, DBInstanceClass: 'db.r6g.large', Engine: 'docdb' },
      { region },
    );
  }
  return endpoints;
}

async function makeSettings(
  cloud: Cloud,
  region: string,
  digest: string,
  database: { epoch: number; endpoint: string; reader: string },
): Promise<void> {
  await setParameter(cloud, region, '/orders-prod/database', JSON.stringify(database));
  await setParameter(cloud, region, '/orders-prod/consumers', JSON.stringify({ epoch: 1, enabled: region === WEST }));
  await setParameter(cloud, region, '/orders-prod/blue/digest', digest);
  const SecretString = JSON.stringify({ username: 'mainstay', password: 'not-a-real-one' });
  await cloud.call('secretsmanager', 'CreateSecret', { Name: 'orders-prod/database', SecretString }, { region });
}

export async function setParameter(cloud: Cloud, region: string, Name: string, Value: string): Promise<void> {
  await cloud.call('ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true }, { region });
}

async function makeBalancer(cloud: Cloud, region: string, instanceIds: string[]): Promise<string> {
  const options = { region };
  const group = await cloud.call(
    'elasticloadbalancing',
    'CreateTargetGroup',
    {
      Name: 'orders-prod-blue',
      Protocol: 'HTTP',
      Port: 3000,
      VpcId: 'vpc-1',
      TargetType: 'instance',
      HealthCheckPath: '/ready',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 4,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    },
    options,
  );
  const TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn ?? '';
  const created = await cloud.call(
    'elasticloadbalancing',
    'CreateLoadBalancer',
    { Name: 'orders-prod', Subnets: ['subnet-1', 'subnet-2'] },
    options,
  );
  const LoadBalancerArn = created.LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }];
  await cloud.call(
    'elasticloadbalancing',
    'CreateListener',
    { LoadBalancerArn, Port: 80, Protocol: 'HTTP', DefaultActions },
    options,
  );
  const Targets = instanceIds.map((Id) => ({ Id }));
  await cloud.call('elasticloadbalancing', 'RegisterTargets', { TargetGroupArn, Targets }, options);
  return created.LoadBalancers?.[0]?.DNSName ?? '';
}

async function makeNames(cloud: Cloud, balancers: Record<string, string>): Promise<void> {
  const zone = await cloud.call(
    'route53',
    'CreateHostedZone',
    { Name: 'example.com', CallerReference: '1' },
    { region: WITNESS },
  );
  await point(cloud, zone.HostedZone?.Id ?? '', { [HOST]: balancers[WEST]!, ...regional(balancers) });
}

const regional = (balancers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(balancers).map(([region, dnsName]) => [`${region}.${HOST}`, dnsName]));

/** Points names at load balancers. */
async function point(cloud: Cloud, HostedZoneId: string, names: Record<string, string>): Promise<void> {
  const Changes = Object.entries(names).map(([Name, DNSName]) => ({
    Action: 'UPSERT' as const,
    ResourceRecordSet: {
      Name,
      Type: 'A' as const,
      AliasTarget: { DNSName, HostedZoneId: 'Z1H1FL5HABSF5', EvaluateTargetHealth: false },
    },
  }));
  await cloud.call(
    'route53',
    'ChangeResourceRecordSets',
    { HostedZoneId, ChangeBatch: { Changes } },
    { region: WITNESS },
  );
}
