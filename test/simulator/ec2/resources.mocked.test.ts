/** The CloudFormation resource types of EC2, Auto Scaling, load balancing, DocumentDB and Route 53 against each other. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clients, Input, OperationName, Output, ServiceName } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import type { Created, ResourceContext, ResourceTable } from '../../../simulator/cloudformation/resource.ts';
import { resources as autoscaling } from '../../../simulator/cloudformation/resources/autoscaling.ts';
import { resources as docdb } from '../../../simulator/cloudformation/resources/docdb.ts';
import { resources as ec2Types } from '../../../simulator/cloudformation/resources/ec2.ts';
import { resources as elbTypes } from '../../../simulator/cloudformation/resources/elasticloadbalancingv2.ts';
import { resources as route53Types } from '../../../simulator/cloudformation/resources/route53.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { autoScaling } from '../../../simulator/services/autoscaling/service.ts';
import { ec2 } from '../../../simulator/services/ec2/service.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';
import { rds } from '../../../simulator/services/rds/service.ts';
import { answer } from '../../../simulator/services/route53/answer.ts';
import { route53 } from '../../../simulator/services/route53/service.ts';
import { machines, resetMachines } from '../elbv2/machines.ts';

vi.mock('../../../simulator/world/instances.ts', async () => (await import('../elbv2/machines.ts')).world);
vi.mock('../../../simulator/world/database.ts', async () => (await import('../rds/contents.ts')).contents);
vi.mock('../../../simulator/services/s3/anonymous.ts', async () => (await import('../route53/outside.ts')).anonymous);
vi.mock('../../../simulator/runtime/network.ts', async () => (await import('../route53/outside.ts')).network);

beforeEach(resetMachines);

const region = 'us-west-2';
const tables: ResourceTable = { ...ec2Types, ...autoscaling, ...elbTypes, ...docdb, ...route53Types };

function newCloud(): Cloud {
  return Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [region, 'us-east-2', 'us-east-1'],
    services: [ec2, autoScaling, elbv2, rds, route53, iam],
    startAt: Date.UTC(2026, 10, 20),
  });
}

async function make(cloud: Cloud, type: string, properties: Record<string, unknown>): Promise<Created> {
  const logicalId = type.split('::').slice(1).join('');
  const context: ResourceContext = {
    cloud,
    region,
    account: '111122223333',
    stackName: 'orders-prod-region',
    stackId: `arn:aws:cloudformation:${region}:111122223333:stack/orders-prod-region/1`,
    logicalId,
    tags: { Application: 'orders' },
    physicalName: (lengthMax = 255) => `orders-prod-region-${logicalId}-X`.slice(0, lengthMax),
    call: <S extends ServiceName, O extends OperationName<Clients[S]>>(
      service: S,
      operation: O,
      input: Input<Clients[S], O>,
      to = region,
    ): Promise<Output<Clients[S], O>> => cloud.call(service, operation, input, { region: to }),
  };
  const model = tables[type];
  if (!model?.create) throw new Error(`${type} has no model`);
  return model.create(properties, context);
}

describe('CloudFormation resource types', () => {
  it('bring up a group behind a load balancer, with the role of its instance profile', async () => {
    const cloud = newCloud();
    const administer = { region: 'us-east-1' };
    await cloud.call(
      'iam',
      'CreateRole',
      { RoleName: 'app', AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' },
      administer,
    );
    await cloud.call('iam', 'CreateInstanceProfile', { InstanceProfileName: 'app' }, administer);
    await cloud.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName: 'app', RoleName: 'app' }, administer);
    const vpc = await make(cloud, 'AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' });
    const subnet = (letter: string) =>
      make(cloud, 'AWS::EC2::Subnet', {
        VpcId: vpc.physicalId,
        CidrBlock: '10.0.0.0/24',
        AvailabilityZone: `${region}${letter}`,
      });
    const subnets = [(await subnet('a')).physicalId, (await subnet('b')).physicalId];
    const template = await make(cloud, 'AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        InstanceType: 'm7g.large',
        IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/app' },
      },
    });
    const balancer = await make(cloud, 'AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Subnets: subnets,
      LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '30' }],
    });
    const group = await make(cloud, 'AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 3000,
      VpcId: vpc.physicalId,
      HealthCheckIntervalSeconds: 10,
      TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
    });
    await make(cloud, 'AWS::ElasticLoadBalancingV2::Listener', {
      LoadBalancerArn: balancer.physicalId,
      Port: 443,
      Protocol: 'HTTPS',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: group.physicalId }],
    });
    const scaling = await make(cloud, 'AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '2',
      MaxSize: '10',
      LaunchTemplate: { LaunchTemplateId: template.physicalId, Version: template.attributes?.LatestVersionNumber },
      VPCZoneIdentifier: subnets,
      TargetGroupARNs: [group.physicalId],
      HealthCheckType: 'ELB',
      Tags: [{ Key: 'colour', Value: 'blue', PropagateAtLaunch: true }],
    });
    expect(scaling.attributes?.AutoScalingGroupARN).toMatch(/autoScalingGroupName\/orders-prod-region-/);
    await cloud.advance(30_000);
    const booted = Object.values(machines.booted) as { roleArn: string; tags: object; zone: string }[];
    expect(booted.map((one) => one.zone).toSorted()).toEqual(['us-west-2a', 'us-west-2b']);
    expect(booted[0]).toMatchObject({
      roleArn: 'arn:aws:iam::111122223333:role/app',
      tags: { colour: 'blue', Application: 'orders' },
    });
    const { TargetHealthDescriptions } = await cloud.call(
      'elasticloadbalancing',
      'DescribeTargetHealth',
      { TargetGroupArn: group.physicalId },
      { region },
    );
    expect(TargetHealthDescriptions).toHaveLength(2);
  });

  it('bring up a document cluster without its password in any trace', async () => {
    const cloud = newCloud();
    await make(cloud, 'AWS::DocDB::GlobalCluster', { GlobalClusterIdentifier: 'orders-prod', Engine: 'docdb' });
    const cluster = await make(cloud, 'AWS::DocDB::DBCluster', {
      DBClusterIdentifier: 'orders-prod-us-west-2',
      GlobalClusterIdentifier: 'orders-prod',
      MasterUsername: 'admin',
      MasterUserPassword: 'hunter2-hunter2',
    });
    await make(cloud, 'AWS::DocDB::DBInstance', {
      DBClusterIdentifier: cluster.physicalId,
      DBInstanceClass: 'db.r6g.large',
    });
    expect(cluster.attributes).toMatchObject({
      Endpoint: expect.stringMatching(/^orders-prod-us-west-2\.cluster-c/),
      ReadEndpoint: expect.stringMatching(/^orders-prod-us-west-2\.cluster-ro-c/),
      Port: '27017',
    });
    expect(cloud.trace.toJsonLines()).not.toContain('hunter2');
  });

  it('bring up zone, health checks and failover records that are answered', async () => {
    const cloud = newCloud();
    const zone = await make(cloud, 'AWS::Route53::HostedZone', { Name: 'orders.example.com' });
    const check = await make(cloud, 'AWS::Route53::HealthCheck', {
      HealthCheckConfig: {
        Type: 'HTTPS',
        FullyQualifiedDomainName: 'b.s3.us-west-2.amazonaws.com',
        RequestInterval: 10,
        Inverted: true,
      },
    });
    const target = (to: string) => ({ DNSName: `orders-1.${to}.elb.amazonaws.com`, HostedZoneId: 'Z1H1FL5HABSF5' });
    await make(cloud, 'AWS::Route53::RecordSetGroup', {
      HostedZoneId: zone.physicalId,
      RecordSets: [
        {
          Name: 'orders.example.com',
          Type: 'A',
          SetIdentifier: '1',
          Failover: 'PRIMARY',
          HealthCheckId: check.physicalId,
          AliasTarget: target(region),
        },
        {
          Name: 'orders.example.com',
          Type: 'A',
          SetIdentifier: '2',
          Failover: 'SECONDARY',
          AliasTarget: target('us-east-2'),
        },
      ],
    });
    await make(cloud, 'AWS::Route53::RecordSet', {
      HostedZoneId: zone.physicalId,
      Name: `${region}.orders.example.com`,
      Type: 'A',
      AliasTarget: target(region),
    });
    await cloud.advance(120_000);
    const ask = (name: string) => answer(cloud, { name, from: 'internet' });
    expect(ask('orders.example.com')).toMatchObject({ loadBalancer: { region } });
    expect(ask(`${region}.orders.example.com`)).toMatchObject({ loadBalancer: { region } });
  });

  it('refuse a property that nothing here reads, naming type, resource and property', async () => {
    const cloud = newCloud();
    await expect(make(cloud, 'AWS::AutoScaling::AutoScalingGroup', { MixedInstancesPolicy: {} })).rejects.toThrow(
      'MixedInstancesPolicy of AWS::AutoScaling::AutoScalingGroup (AutoScalingAutoScalingGroup)',
    );
  });

  it('give inert network resources an id and the attributes that templates read', async () => {
    const cloud = newCloud();
    const eip = await make(cloud, 'AWS::EC2::EIP', { Domain: 'vpc' });
    expect(eip.attributes).toEqual({
      PublicIp: eip.physicalId,
      AllocationId: expect.stringMatching(/^eipalloc-0[0-9a-f]{16}$/),
    });
    const group = await make(cloud, 'AWS::EC2::SecurityGroup', { VpcId: 'vpc-1', GroupDescription: 'app' });
    expect(group.attributes).toMatchObject({ GroupId: group.physicalId, VpcId: 'vpc-1' });
  });
});
