/** What the templates of the serving regions and the witness must hold, and must not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import { RegionStack } from '../../infra/stacks/region.ts';
import { WitnessStack } from '../../infra/stacks/witness.ts';
import { writeEmptyBundles } from '../empty-bundles.ts';

const configuration = loadConfiguration('prod');
const names = namesOf(configuration);
const account = '111111111111';
const [first, second] = configuration.regions.serving;

let templates: Record<string, Template>;
const bundles = mkdtempSync(join(tmpdir(), 'mainstay-region-'));

beforeAll(() => {
  writeEmptyBundles(bundles);
  const context = Object.fromEntries(
    [...configuration.regions.serving, configuration.regions.witness].map((region) => [
      `availability-zones:account=${account}:region=${region}`,
      ['a', 'b', 'c'].map((zone) => region + zone),
    ]),
  );
  const app = new App({ context });
  const env = (region: string) => ({ account, region });
  const stacks: Record<string, Stack> = {
    witness: new WitnessStack(app, 'witness', { env: env(configuration.regions.witness), configuration, names }),
    first: new RegionStack(app, 'first', { env: env(first), configuration, names, bundles }),
    second: new RegionStack(app, 'second', { env: env(second), configuration, names, bundles }),
  };
  templates = Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, Template.fromStack(stack)]));
});

afterAll(() => rmSync(bundles, { recursive: true, force: true }));

const both = ['first', 'second'] as const;
const of = (name: string): Template => templates[name] as Template;

describe('a serving region', () => {
  it.each(both)('%s: keeps capacity and digest out of the template', (name) => {
    for (const group of Object.values(of(name).findResources('AWS::AutoScaling::AutoScalingGroup'))) {
      expect(group.Properties).not.toHaveProperty('DesiredCapacity');
    }
    expect(JSON.stringify(of(name).toJSON())).not.toMatch(/sha256:/);
  });

  it.each(both)('%s: lets the same policy and the same schedules scale both colours', (name) => {
    const groupsOf = (type: string) =>
      Object.values(of(name).findResources(type)).map(({ Properties }) => ({
        ...Properties,
        AutoScalingGroupName: Properties.AutoScalingGroupName.Ref as string,
      }));
    const policies = groupsOf('AWS::AutoScaling::ScalingPolicy');
    const actions = groupsOf('AWS::AutoScaling::ScheduledAction');
    const groups = Object.keys(of(name).findResources('AWS::AutoScaling::AutoScalingGroup'));
    expect(groups).toHaveLength(2);
    for (const group of groups) {
      const mine = (one: { AutoScalingGroupName: string }) => one.AutoScalingGroupName === group;
      expect(policies.filter(mine)).toMatchObject([
        {
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingConfiguration: {
            PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
            TargetValue: 70,
          },
        },
      ]);
      expect(actions.filter(mine)).toMatchObject([
        { Recurrence: '0 13 * * 1-5', MinSize: 4 },
        { Recurrence: '0 2 * * *', MinSize: 2 },
      ]);
    }
    // Neither says how many machines there are: that is for whoever raises the least, and for the policy.
    for (const action of actions) expect(action).not.toHaveProperty('DesiredCapacity');
  });

  it.each(both)('%s: keeps every release, scans each push, and copies it to the other region', (name) => {
    const [other] = configuration.regions.serving.filter((region) => region !== (name === 'first' ? first : second));
    const template = of(name);
    template.hasResourceProperties('AWS::ECR::Repository', {
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    });
    template.hasResourceProperties('AWS::ECR::ReplicationConfiguration', {
      ReplicationConfiguration: {
        Rules: [
          {
            Destinations: [{ Region: other, RegistryId: account }],
            RepositoryFilters: [{ Filter: names.repository, FilterType: 'PREFIX_MATCH' }],
          },
        ],
      },
    });
  });

  it.each(both)('%s: answers 503 unless a rule forwards', (name) => {
    of(name).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      DefaultActions: [
        Match.objectLike({ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '503' }) }),
      ],
    });
  });

  it.each(both)('%s: keeps the weights of the forward rule out of CloudFormation', (name) => {
    // The preview of each colour forwards to one group and has no weight to keep.
    const previews = Object.values(of(name).findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
    expect(previews.map(({ Properties }) => Object.keys(Properties.Actions[0]).sort())).toEqual([
      ['TargetGroupArn', 'Type'],
      ['TargetGroupArn', 'Type'],
    ]);
    of(name).resourceCountIs('Custom::ForwardRule', 1);
  });

  it.each(both)('%s: lets no load balancer record follow target health by itself', (name) => {
    for (const record of Object.values(of(name).findResources('AWS::Route53::RecordSet'))) {
      expect(record.Properties.AliasTarget.EvaluateTargetHealth).toBe(false);
    }
  });

  it('the two regions differ only in what founds the database and in the health checks of the latch', () => {
    const types = (name: string) =>
      new Set(Object.values(of(name).toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type));
    const only = [...types('first')].filter((type) => !types('second').has(type));
    expect(only.sort()).toEqual([
      'AWS::DocDB::GlobalCluster',
      'AWS::Route53::HealthCheck',
      'AWS::SecretsManager::Secret',
    ]);
    expect([...types('second')].filter((type) => !types('first').has(type))).toEqual([]);
  });

  it('keeps traffic in the first region while two of three "moved" objects are absent', () => {
    of('first').resourceCountIs('AWS::Route53::HealthCheck', 4);
    of('first').hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: Match.objectLike({ Type: 'CALCULATED', HealthThreshold: 2 }),
    });
    of('first').hasResourceProperties('AWS::Route53::HealthCheck', {
      HealthCheckConfig: Match.objectLike({ Type: 'HTTPS', Inverted: true, FailureThreshold: 1, RequestInterval: 10 }),
    });
    of('second').hasResourceProperties('AWS::Route53::RecordSet', {
      Failover: 'SECONDARY',
      HealthCheckId: Match.absent(),
    });
  });

  it.each(both)('%s: opens no port to the world but 80 and 443', (name) => {
    const groups = Object.values(of(name).findResources('AWS::EC2::SecurityGroup'));
    const open = groups.flatMap(
      (group) => (group.Properties.SecurityGroupIngress ?? []) as { CidrIp?: string; FromPort: number }[],
    );
    expect(
      open
        .filter(({ CidrIp }) => CidrIp === '0.0.0.0/0')
        .map(({ FromPort }) => FromPort)
        .sort(),
    ).toEqual([443, 80]);
  });
});

describe('the witness', () => {
  it('holds the authority table with strong consistency over exactly three regions, and no TTL', () => {
    of('witness').hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TableName: names.authorityTable,
      MultiRegionConsistency: 'STRONG',
      TimeToLiveSpecification: Match.absent(),
      Replicas: Match.arrayWith([first, second].map((region) => Match.objectLike({ Region: region }))),
    });
  });

  it('keeps the table when the stack goes', () => {
    of('witness').hasResource('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Retain' });
  });
});
