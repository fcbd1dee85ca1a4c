/**
 * Production's own stacks through the engine: an edit of each, a failed update of each that ends in exactly what was,
 * what runtime owns through both, and the end of all stacks in reverse order.
 */
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { deployAssemblyInto } from '../../../console/deployment/deploy.ts';
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { readAssembly, type StackArtifact } from '../../../simulator/cloudformation/assembly.ts';
import * as engine from '../../../simulator/cloudformation/engine.ts';
import { resources } from '../../../simulator/cloudformation/resources/index.ts';
import { type StackRecord, stacksIn } from '../../../simulator/cloudformation/state.ts';
import { forkSimulation } from '../../../simulator/simulation.ts';

// biome-ignore lint/suspicious/noExplicitAny: templates hold the properties of every type
type Loose = any;

let deployed: Cloud;
let names: Names;
let stacks: StackArtifact[];

beforeAll(async () => {
  const result = await deployAssemblyInto(inject('assembly'), 'prod');
  deployed = result.cloud;
  names = result.names;
  stacks = readAssembly(inject('assembly'), deployed.state.account);
});

const fresh = (): Cloud => forkSimulation(deployed, 1);

/** One edit of every type that has something to edit. */
const EDITS: Readonly<Record<string, (properties: Loose) => void>> = {
  'AWS::AutoScaling::AutoScalingGroup': (p) => (p.HealthCheckGracePeriod = Number(p.HealthCheckGracePeriod) + 60),
  'AWS::CloudWatch::Alarm': (p) => (p.Threshold = Number(p.Threshold) + 1),
  'AWS::DynamoDB::GlobalTable': (p) => {
    for (const replica of p.Replicas) replica.DeletionProtectionEnabled = !replica.DeletionProtectionEnabled;
  },
  'AWS::EC2::LaunchTemplate': (p) => (p.LaunchTemplateData.InstanceType = 'm7g.xlarge'),
  'AWS::ElasticLoadBalancingV2::TargetGroup': (p) => (p.HealthyThresholdCount = 3),
  'AWS::Events::Rule': (p) => (p.Description = 'edited'),
  'AWS::IAM::Role': (p) => (p.Description = 'edited'),
  'AWS::Lambda::Function': (p) => {
    p.Description = 'edited';
    p.Environment = { Variables: { ...p.Environment?.Variables, EDITED: 'yes' } };
  },
  'AWS::S3::BucketPolicy': (p) => {
    const statement = { Sid: 'Edited', Effect: 'Deny', Principal: '*', Action: 's3:PutObjectAcl' };
    p.PolicyDocument.Statement.push({ ...statement, Resource: { 'Fn::Sub': ['${B}/*', { B: 'arn:aws:s3:::none' }] } });
  },
  'AWS::Scheduler::Schedule': (p) => (p.Description = 'edited'),
  'AWS::StepFunctions::StateMachine': (p) => (p.TracingConfiguration = { Enabled: false }),
  'Custom::ForwardRule': (p) => (p.Edited = 'yes'),
  'Custom::Seed': (p) => (p.Edited = 'yes'),
};

function edited(stack: StackArtifact, types = Object.keys(EDITS)): Loose {
  const template = JSON.parse(stack.template) as Loose;
  for (const resource of Object.values<Loose>(template.Resources)) {
    if (types.includes(resource.Type)) EDITS[resource.Type]?.(resource.Properties);
  }
  return template;
}

/** The same, and beside it a resource that fails when all others are done. */
function failing(stack: StackArtifact): Loose {
  const template = edited(stack);
  const Properties = {
    ...{ Protocol: 'email', Endpoint: 'nobody@example.com' },
    TopicArn: `arn:aws:sns:${stack.region}:${deployed.state.account}:none`,
  };
  const DependsOn = Object.keys(template.Resources);
  template.Resources.Bad = { Type: 'AWS::SNS::Subscription', DependsOn, Properties };
  return template;
}

async function update(cloud: Cloud, stack: StackArtifact, template: Loose, rest: object = {}): Promise<StackRecord> {
  const { region, stackName, parameters } = stack;
  const request = { region, stackName, parameters, resources, template: JSON.stringify(template), ...rest };
  const { done } = await engine.beginUpdate(cloud, request);
  return (await cloud.resolve(done)).stack;
}

/** Logs, counters, ids of attempts and moments: what tells that something was done, not what is. */
const LOGS = new Set([
  ...[
    'anchorMs',
    'checkers',
    'configuredAt',
    'events',
    'generations',
    'history',
    'journals',
    'modifiedAt',
    'nextRequest',
    'nextRevision',
  ],
  ...['observations', 'offset', 'outbox', 'pending', 'reason', 'revision', 'revisionId', 'status', 'timer', 'timerId'],
  ...['transactions', 'updatedAt', 'usage', 'version', 'StateMachineRevisionId', 'LatestVersionNumber'],
]);

/** Everything that the services hold, as it is now. */
function stateOf(cloud: Cloud): Loose {
  const state = JSON.parse(
    JSON.stringify(cloud.state.services, (key, value) => (LOGS.has(key) ? undefined : value)),
  ) as Loose;
  for (const inRegion of Object.values<Loose>(state)) {
    // A rollback makes a new version of a launch template, which says the same as the old one.
    for (const template of Object.values<Loose>(inRegion.ec2?.launchTemplates ?? {})) {
      template.versions = template.versions.at(-1).data;
    }
    for (const group of Object.values<Loose>(inRegion.autoscaling?.groups ?? {})) delete group.launchTemplate.Version;
    for (const stack of Object.values<Loose>(inRegion.cloudformation?.stacks ?? {})) {
      for (const resource of Object.values<Loose>(stack.resources)) {
        if (resource.type === 'AWS::AutoScaling::AutoScalingGroup') delete resource.snapshot;
      }
    }
    // Alarms go on watching meanwhile.
    for (const alarm of Object.values<Loose>(inRegion.cloudwatch?.alarms ?? {})) delete alarm.state;
    // A part of the state that is only made when it is first looked at.
    if (Object.keys(inRegion.sns?.topics ?? {}).length === 0) delete inRegion.sns;
  }
  return state;
}

describe('each stack of production', () => {
  test('takes an edit without touching what did not change', async () => {
    const cloud = fresh();
    for (const stack of stacks) {
      const before = stacksIn(cloud, stack.region).stacks[stack.stackName]!.events.length;
      const record = await update(cloud, stack, edited(stack, ['AWS::CloudWatch::Alarm', 'AWS::S3::BucketPolicy']));
      expect(record.status).toBe('UPDATE_COMPLETE');
      const touched = record.events.slice(before).filter(({ logicalId }) => logicalId !== stack.stackName);
      expect(touched.length).toBeGreaterThan(0);
      for (const { type } of touched) expect(['AWS::CloudWatch::Alarm', 'AWS::S3::BucketPolicy']).toContain(type);
    }
  });

  test('goes back to exactly what was when its update fails', async () => {
    const cloud = fresh();
    for (const stack of stacks) {
      const before = stateOf(cloud);
      const record = await update(cloud, stack, failing(stack));
      expect(record.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      const changed = record.events.filter(({ status }) => status === 'UPDATE_COMPLETE');
      expect(changed.length).toBeGreaterThan(0);
      expect(stateOf(cloud)).toEqual(before);
    }
  });

  test('has not drifted from its template', async () => {
    const cloud = fresh();
    for (const stack of stacks) {
      await expect(update(cloud, stack, JSON.parse(stack.template), { revertDrift: true })).rejects.toThrow(
        'No updates are to be performed.',
      );
    }
  });
});

describe('what runtime owns', () => {
  /** Writes new values where controllers do, and returns how they are read. */
  async function run(cloud: Cloud) {
    const region = stacks[1]!.region;
    const { account } = cloud.state;
    const call = <T>(promise: Promise<T>): Promise<T> => cloud.resolve(promise);
    const parameters = ['database', 'consumers', 'deployments'].map((name) => `/${names.prefix}/${name}`);
    for (const Name of parameters) {
      const input = { Name, Value: `{"written":"by a controller to ${Name}"}`, Overwrite: true };
      await call(cloud.call('ssm', 'PutParameter', input, { region }));
    }
    const AutoScalingGroupName = `${names.prefix}-blue`;
    await call(
      cloud.call('autoscaling', 'SetDesiredCapacity', { AutoScalingGroupName, DesiredCapacity: 5 }, { region }),
    );
    const latch = { Bucket: `${names.prefix}-latch-${account}-${region}`, Key: 'moved' };
    await call(cloud.call('s3', 'PutObject', { ...latch, Body: 'by a controller' }, { region }));
    const TableName = `${names.prefix}-authority`;
    const Key = { pk: { S: `application#${names.prefix}` } };
    const taken = { UpdateExpression: 'SET epoch = :e', ExpressionAttributeValues: { ':e': { N: '7' } } };
    await call(cloud.call('dynamodb', 'UpdateItem', { TableName, Key, ...taken }, { region }));
    const RuleArn = String(
      Object.values(stacksIn(cloud, region).stacks)
        .flatMap((stack) => Object.values(stack.resources))
        .find(({ type }) => type === 'Custom::ForwardRule')?.physicalId,
    );
    const described = await call(
      cloud.call('elasticloadbalancing', 'DescribeRules', { RuleArns: [RuleArn] }, { region }),
    );
    const [action] = described.Rules?.[0]?.Actions ?? [];
    const [one, other] = action?.ForwardConfig?.TargetGroups ?? [];
    const TargetGroups = [
      { ...one!, Weight: 30 },
      { ...other!, Weight: 70 },
    ];
    const Actions = [{ ...action!, ForwardConfig: { ...action!.ForwardConfig, TargetGroups } }];
    await call(cloud.call('elasticloadbalancing', 'ModifyRule', { RuleArn, Actions }, { region }));
    return async () => ({
      parameters: await Promise.all(
        parameters.map(
          async (Name) => (await call(cloud.call('ssm', 'GetParameter', { Name }, { region }))).Parameter?.Value,
        ),
      ),
      desired: (
        await call(
          cloud.call(
            'autoscaling',
            'DescribeAutoScalingGroups',
            { AutoScalingGroupNames: [AutoScalingGroupName] },
            { region },
          ),
        )
      ).AutoScalingGroups?.[0]?.DesiredCapacity,
      latch: (await call(cloud.call('s3', 'HeadObject', latch, { region }))).ContentLength,
      authority: (await call(cloud.call('dynamodb', 'GetItem', { TableName, Key, ConsistentRead: true }, { region })))
        .Item,
      weights: (
        await call(cloud.call('elasticloadbalancing', 'DescribeRules', { RuleArns: [RuleArn] }, { region }))
      ).Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight),
    });
  }

  test('stays through an edit of every resource, a failed update and the reverting of drift', async () => {
    const cloud = fresh();
    const read = await run(cloud);
    const owned = await read();
    expect(owned).toMatchObject({ desired: 5, weights: [30, 70], authority: { epoch: { N: '7' } } });
    for (const stack of stacks) {
      expect((await update(cloud, stack, failing(stack))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(await read()).toEqual(owned);
      expect((await update(cloud, stack, edited(stack))).status).toBe('UPDATE_COMPLETE');
      expect(await read()).toEqual(owned);
    }
    const [, region] = stacks;
    const alarm = stacks.find(({ template }) =>
      /"AlarmName":"[^"]*region-failing/.test(template.replaceAll(/\s/g, '')),
    )!;
    const { MetricAlarms = [] } = await cloud.call('cloudwatch', 'DescribeAlarms', {}, { region: alarm.region });
    const live = MetricAlarms.find(({ AlarmName }) => AlarmName?.includes('region-failing'));
    const drifted = { ...live, Threshold: 999 } as Loose;
    await cloud.call('cloudwatch', 'PutMetricAlarm', drifted, { region: alarm.region });
    await update(cloud, alarm, edited(alarm), { revertDrift: true });
    const { MetricAlarms: [back] = [] } = await cloud.call(
      'cloudwatch',
      'DescribeAlarms',
      { AlarmNames: [live?.AlarmName ?? ''] },
      { region: alarm.region },
    );
    expect(back?.Threshold).toBe(live?.Threshold);
    await update(cloud, region!, edited(region!), { revertDrift: true }).catch((error: Error) => {
      expect(error.message).toContain('No updates');
    });
    expect(await read()).toEqual(owned);
  });
});

describe('the end of all stacks, the last one first', () => {
  /** What stands in the way as it would on AWS: a load balancer's protection, and groups that a kept cluster is in. */
  const KEPT_WITH_THE_CLUSTER = ['AWS::DocDB::DBClusterParameterGroup', 'AWS::DocDB::DBSubnetGroup'];

  function unprotected(stack: StackArtifact): Loose {
    const template = JSON.parse(stack.template) as Loose;
    for (const { Type, Properties } of Object.values<Loose>(template.Resources)) {
      if (Type !== 'AWS::ElasticLoadBalancingV2::LoadBalancer') continue;
      const protection = Properties.LoadBalancerAttributes.find(
        (one: Loose) => one.Key === 'deletion_protection.enabled',
      );
      protection.Value = 'false';
    }
    return template;
  }

  test('leaves what is to be kept and nothing else', async () => {
    const cloud = fresh();
    const remove = (stack: StackArtifact, retainResources: string[] = []) =>
      cloud.resolve(engine.deleteStack(cloud, { ...stack, resources, retainResources }));
    for (const stack of stacks.toReversed()) {
      const first = await remove(stack);
      const failed = Object.values(first?.resources ?? {}).filter(({ status }) => status === 'DELETE_FAILED');
      if (failed.length === 0) {
        expect(first?.status).toBe('DELETE_COMPLETE');
        continue;
      }
      const types = [...KEPT_WITH_THE_CLUSTER, 'AWS::ElasticLoadBalancingV2::LoadBalancer'];
      expect(failed.map(({ type }) => type).sort()).toEqual(types);
      const balancer = failed.find(({ type }) => type.endsWith('::LoadBalancer'));
      expect(balancer?.reason).toContain('deletion protection is enabled');
      await switchOff(cloud, stack.region, balancer?.physicalId);
      const kept = failed.filter((resource) => resource !== balancer).map(({ logicalId }) => logicalId);
      expect((await remove(stack, kept))?.status).toBe('DELETE_COMPLETE');
    }
    expect(cloud.state.regions.flatMap((region) => Object.keys(stacksIn(cloud, region).stacks))).toEqual([]);
    expect(leftIn(cloud)).toEqual({
      functions: 0,
      machines: 0,
      rules: 0,
      schedules: 0,
      groups: 0,
      balancers: 0,
      roles: 0,
    });
    // Nothing that was left behind trips over what is gone.
    await cloud.advance(3_600_000);
  });

  test('does not fail on a load balancer whose protection the template has taken away before', async () => {
    const cloud = fresh();
    const stack = stacks.find(({ template }) => template.includes('AWS::ElasticLoadBalancingV2::LoadBalancer'))!;
    expect((await update(cloud, stack, unprotected(stack))).status).toBe('UPDATE_COMPLETE');
  });

  async function switchOff(cloud: Cloud, region: string, LoadBalancerArn: string | undefined): Promise<void> {
    const Attributes = [{ Key: 'deletion_protection.enabled', Value: 'false' }];
    await cloud.call(
      'elasticloadbalancing',
      'ModifyLoadBalancerAttributes',
      { LoadBalancerArn, Attributes },
      { region },
    );
  }

  function leftIn(cloud: Cloud) {
    const count = (service: string, ...path: string[]) =>
      cloud.state.regions
        .map((region) => path.reduce((state: Loose, key) => state?.[key], cloud.state.services[region]?.[service]))
        .reduce((sum: number, found: Loose) => sum + Object.keys(found ?? {}).length, 0);
    return {
      functions: count('lambda', 'functions'),
      machines: count('states', 'machines'),
      rules: count('events', 'buses', 'default', 'rules'),
      schedules: count('scheduler', 'schedules'),
      groups: count('autoscaling', 'groups'),
      balancers: count('elasticloadbalancing', 'loadBalancers'),
      roles: count('iam', 'roles'),
    };
  }
});
