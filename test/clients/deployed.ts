/** What is deployed, as the services themselves tell it; what runtime owns of it; and hands that change either. */
import type { Configuration } from '../../infra/config/index.ts';
import { COLOURS, type Names, namesOf } from '../../infra/names.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { isThere } from '../../simulator/cloudformation/resource-steps.ts';
import { readLive } from '../../simulator/cloudformation/resource-work.ts';
import { resources } from '../../simulator/cloudformation/resources/index.ts';
import { allStacks } from '../../simulator/cloudformation/state.ts';

/** Every stack: its template, parameters and outputs, and of every resource its id and its live properties. */
export async function configurationOf(cloud: Cloud): Promise<Record<string, unknown>> {
  const stacks: Record<string, unknown> = {};
  for (const record of allStacks(cloud)) {
    const { template, parameters, outputs, tags } = record;
    const work = { cloud, record, table: resources, caller: { kind: 'account' as const }, secrets: new Set<string>() };
    const live: Record<string, unknown> = {};
    for (const resource of Object.values(record.resources).filter(isThere)) {
      const { logicalId, physicalId, attributes, snapshot } = resource;
      live[logicalId] = { physicalId, attributes, snapshot, live: (await readLive(work, resource))?.live };
    }
    stacks[record.stackName] = { template, parameters, outputs, tags, live };
  }
  return structuredClone(stacks);
}

/** Weights and stickiness, capacity, parameters that only controllers write, who may write to the database. */
export async function runtimeValues(cloud: Cloud, configuration: Configuration) {
  const names = namesOf(configuration);
  const region = configuration.regions.serving[0];
  const { arn, group } = await placesIn(cloud, configuration);
  const { Rules: [rule] = [] } = await cloud.call(
    'elasticloadbalancing',
    'DescribeRules',
    { RuleArns: [arn] },
    { region },
  );
  const { Parameters: parameters = [] } = await cloud.call(
    'ssm',
    'GetParametersByPath',
    { Path: `/${names.prefix}`, Recursive: true },
    { region },
  );
  const { Item: authority } = await cloud.call(
    'dynamodb',
    'GetItem',
    { TableName: names.authorityTable, Key: { pk: { S: `application#${names.prefix}` } }, ConsistentRead: true },
    { region },
  );
  return {
    rule: { arn: rule?.RuleArn, priority: rule?.Priority, actions: rule?.Actions },
    group: { desired: group?.DesiredCapacity, min: group?.MinSize, max: group?.MaxSize },
    parameters: Object.fromEntries(parameters.map(({ Name, Value }) => [Name, Value])),
    authority: { epoch: authority?.epoch, holder: authority?.holder, phase: authority?.phase },
  };
}

/** What a controller does in the middle of a release: other weights, stickiness, more machines. */
export async function giveRuntimeItsSay(cloud: Cloud, configuration: Configuration): Promise<void> {
  const names = namesOf(configuration);
  const region = configuration.regions.serving[0];
  const { arn, targetGroups } = await placesIn(cloud, configuration);
  const weights = [7, 0];
  await cloud.call(
    'elasticloadbalancing',
    'ModifyRule',
    {
      RuleArn: arn,
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: targetGroups.map((TargetGroupArn, i) => ({ TargetGroupArn, Weight: weights[i] })),
            TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 1234 },
          },
        },
      ],
    },
    { region },
  );
  const { group } = await placesIn(cloud, configuration);
  const DesiredCapacity = (group?.DesiredCapacity ?? 0) + 1;
  const AutoScalingGroupName = names.group('blue');
  await cloud.call('autoscaling', 'SetDesiredCapacity', { AutoScalingGroupName, DesiredCapacity }, { region });
  // Until the machine is there: nothing is to move by itself while deployments are compared.
  await cloud.advance(10 * 60_000);
}

/** What a person does who is in a hurry: an alarm loosened, a function shortened, a role stripped, a bucket opened. */
export async function changeInConsole(cloud: Cloud, configuration: Configuration): Promise<void> {
  const names = namesOf(configuration);
  const region = configuration.regions.serving[0];
  const of = (type: string) =>
    allStacks(cloud)
      .filter(({ stackName }) => stackName === `${names.prefix}-region-failover-${region}`)
      .flatMap((stack) => Object.values(stack.resources))
      .filter((resource) => resource.type === type)
      .map(({ physicalId }) => physicalId as string);
  const [alarm] = of('AWS::CloudWatch::Alarm');
  const { MetricAlarms: [is] = [] } = await cloud.call(
    'cloudwatch',
    'DescribeAlarms',
    { AlarmNames: [alarm as string] },
    { region },
  );
  const { AlarmArn: _, StateValue: __, StateReason: ___, ...definition } = is as NonNullable<typeof is>;
  await cloud.call('cloudwatch', 'PutMetricAlarm', { ...definition, Threshold: 99 } as never, { region });
  const [FunctionName = ''] = of('AWS::Lambda::Function');
  await cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName, Timeout: 1 }, { region });
  const Bucket = names.latchBucket(cloud.state.account, region);
  const PublicAccessBlockConfiguration = { BlockPublicAcls: false };
  await cloud.call('s3', 'PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration }, { region });
}

/** What a person does who means it: no protection of load balancers any more, and the databases deleted by hand. */
export async function takeProtectionOff(cloud: Cloud, configuration: Configuration): Promise<void> {
  const names = namesOf(configuration);
  const [first, second] = configuration.regions.serving;
  for (const region of [second, first]) {
    const { LoadBalancers: balancers = [] } = await cloud.call(
      'elasticloadbalancing',
      'DescribeLoadBalancers',
      {},
      { region },
    );
    for (const { LoadBalancerArn } of balancers) {
      const Attributes = [{ Key: 'deletion_protection.enabled', Value: 'false' }];
      await cloud.call(
        'elasticloadbalancing',
        'ModifyLoadBalancerAttributes',
        { LoadBalancerArn, Attributes },
        { region },
      );
    }
    await deleteDatabase(cloud, names, region);
  }
}

async function deleteDatabase(cloud: Cloud, names: Names, region: string): Promise<void> {
  const DBClusterIdentifier = names.cluster(region);
  const { DBClusters: [cluster] = [] } = await cloud.call(
    'rds',
    'DescribeDBClusters',
    { DBClusterIdentifier },
    { region },
  );
  const global = { GlobalClusterIdentifier: names.globalCluster, DbClusterIdentifier: cluster?.DBClusterArn };
  await cloud.call('rds', 'RemoveFromGlobalCluster', global, { region });
  await cloud.advance(10 * 60_000);
  for (const { DBInstanceIdentifier } of cluster?.DBClusterMembers ?? []) {
    await cloud.call('rds', 'DeleteDBInstance', { DBInstanceIdentifier }, { region });
  }
  await cloud.call('rds', 'ModifyDBCluster', { DBClusterIdentifier, DeletionProtection: false }, { region });
  await cloud.advance(10 * 60_000);
  await cloud.call('rds', 'DeleteDBCluster', { DBClusterIdentifier, SkipFinalSnapshot: true }, { region });
  await cloud.advance(10 * 60_000);
}

async function placesIn(cloud: Cloud, configuration: Configuration) {
  const names = namesOf(configuration);
  const region = configuration.regions.serving[0];
  const stack = allStacks(cloud).find(({ stackName }) => stackName === `${names.prefix}-region-${region}`);
  const rule = Object.values(stack?.resources ?? {}).find(({ type }) => type === 'Custom::ForwardRule');
  const groups = await cloud.call(
    'elasticloadbalancing',
    'DescribeTargetGroups',
    { Names: COLOURS.map((colour) => names.group(colour)) },
    { region },
  );
  const { AutoScalingGroups: [group] = [] } = await cloud.call(
    'autoscaling',
    'DescribeAutoScalingGroups',
    { AutoScalingGroupNames: [names.group('blue')] },
    { region },
  );
  const byName = new Map(groups.TargetGroups?.map((each) => [each.TargetGroupName, each.TargetGroupArn as string]));
  return {
    arn: rule?.physicalId as string,
    targetGroups: COLOURS.map((colour) => byName.get(names.group(colour)) as string),
    group,
  };
}
