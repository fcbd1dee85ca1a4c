/** What CloudWatch learns of a load balancer, from requests that users really make to instances that really answer. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { pushImage } from '../../../simulator/services/ecr/push.ts';
import { elbv2 } from '../../../simulator/services/elbv2/service.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import { crashInstance, pushRelease, type ReleaseBehaviour, worldParts } from '../../../simulator/world/index.ts';
import { bootInstance } from '../../../simulator/world/instances.ts';
import { type Answer, send } from '../../../simulator/world/network.ts';
import { makeRole } from '../eventbridge/harness.ts';
import { createBalancer, createGroup, createRule, region, register } from './fixture.ts';

const APP = `exports.start = () => ({
  handle: async () => ({ status: 200, headers: { 'x-release-digest': process.env.RELEASE_DIGEST }, body: '' }),
  stop: async () => {},
});`;

let cloud: Cloud;
let role: string;
let blue: string;
let balancer: Awaited<ReturnType<typeof createBalancer>>;

beforeEach(async () => {
  cloud = Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [region, 'us-east-1'],
    services: [iam, ssm, ecr, elbv2, cloudWatch, ...worldParts],
    startAt: Date.UTC(2026, 0, 1),
  });
  role = await makeRole(cloud, 'ec2', ['ssm:GetParameter', 'ecr:BatchGetImage']);
  await cloud.call('ecr', 'CreateRepository', { repositoryName: 'orders' }, { region });
  pushImage(cloud, region, 'orders', { blobHash: cloud.blobs.put(APP) });
  blue = await createGroup(cloud, 'blue', { HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 2 });
  balancer = await createBalancer(cloud);
  await createRule(cloud, balancer.listenerArn, { [blue]: 100 });
});

/** Boots an instance with a release of this behaviour behind the load balancer. */
async function serve(instanceId: string, behaviour?: ReleaseBehaviour): Promise<string> {
  const { platformDigest: Value } = await pushRelease(cloud, {
    region,
    repository: 'orders',
    tags: [instanceId],
    behaviour,
  });
  await cloud.call('ssm', 'PutParameter', { Name: `/${instanceId}`, Value, Type: 'String' }, { region });
  const lines = [`DIGEST_PARAMETER=/${instanceId}`, 'IMAGE_REPOSITORY=orders', 'COLOUR=blue', 'PORT=3000'];
  const userData = ['# app.env begin', ...lines, '# app.env end'].join('\n');
  await bootInstance(cloud, { instanceId, region, zone: `${region}a`, userData, roleArn: role, tags: {} });
  await register(cloud, blue, instanceId);
  await cloud.advance(300_000);
  return Value;
}

const ask = (path = '/orders/1'): Promise<Answer> =>
  cloud.resolve(
    send(
      cloud,
      { region, dnsName: balancer.dnsName },
      { from: region, resolver: 'none', host: 'orders.example.com', method: 'GET', path, headers: {}, body: '' },
    ),
  );

/** To the beginning of the next minute. */
const nextMinute = () => cloud.advance(60_000 - (cloud.now % 60_000));

async function read(MetricName: string, stat = 'Sum', group = true): Promise<number[]> {
  const LoadBalancer = { Name: 'LoadBalancer', Value: balancer.arn.split(':loadbalancer/')[1] };
  const TargetGroup = { Name: 'TargetGroup', Value: blue.split(':').at(-1) };
  const Metric = {
    Namespace: 'AWS/ApplicationELB',
    MetricName,
    Dimensions: group ? [LoadBalancer, TargetGroup] : [LoadBalancer],
  };
  const { MetricDataResults } = await cloud.call(
    'cloudwatch',
    'GetMetricData',
    {
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: stat } }],
      StartTime: new Date(cloud.now - 360_000),
      EndTime: new Date(cloud.now),
    },
    { region },
  );
  return MetricDataResults?.[0]?.Values ?? [];
}

describe('the metrics of a load balancer', () => {
  it('count requests a minute, are seen one to two minutes after it, and are missing without traffic', async () => {
    await serve('i-1');
    await nextMinute();
    for (let i = 0; i < 30; i++) await ask();
    await nextMinute();
    await cloud.advance(50_000);
    expect(await read('RequestCount')).toEqual([]);
    await cloud.advance(70_000);
    expect(await read('RequestCount')).toEqual([30]);
    expect(await read('RequestCount', 'Sum', false)).toEqual([30]);
    expect(await read('HTTPCode_Target_2XX_Count')).toEqual([30]);
    expect(await read('HTTPCode_Target_5XX_Count')).toEqual([]);
    expect(await read('HTTPCode_ELB_5XX_Count', 'Sum', false)).toEqual([]);
  });

  it('tell the errors and the percentiles of a bad release by its target group', async () => {
    const digest = await serve('i-1', { errorShare: 1, latencyMs: { p50: 200, p95: 800 } });
    await nextMinute();
    const answers = [];
    for (let i = 0; i < 100; i++) answers.push(await ask());
    expect(answers[0]?.target).toMatchObject({ id: 'i-1', targetGroupArn: blue, colour: 'blue', release: digest });
    await nextMinute();
    await cloud.advance(120_000);
    expect(await read('HTTPCode_Target_5XX_Count')).toEqual([100]);
    const [p50 = 0] = await read('TargetResponseTime', 'p50');
    const [p95 = 0] = await read('TargetResponseTime', 'p95');
    expect(p50).toBeGreaterThan(0.15);
    expect(p50).toBeLessThan(0.25);
    expect(p95).toBeGreaterThan(0.5);
  });

  it("have what the load balancer answers by itself without a target group: a refused connection's 502, an empty group's 503", async () => {
    await serve('i-1');
    await nextMinute();
    crashInstance(cloud, 'i-1');
    expect(await ask()).toMatchObject({ status: 502 });
    const Targets = [{ Id: 'i-1' }];
    await cloud.call('elasticloadbalancing', 'DeregisterTargets', { TargetGroupArn: blue, Targets }, { region });
    expect(await ask()).toMatchObject({ status: 503 });
    await nextMinute();
    await cloud.advance(120_000);
    expect(await read('HTTPCode_ELB_5XX_Count', 'Sum', false)).toEqual([2]);
    expect(await read('HTTPCode_ELB_502_Count', 'Sum', false)).toEqual([1]);
    expect(await read('HTTPCode_ELB_5XX_Count')).toEqual([]);
    expect(await read('TargetConnectionErrorCount')).toEqual([1]);
    expect(await read('HTTPCode_Target_5XX_Count')).toEqual([]);
  });

  it('have a connection that was made and broken off among the 502, and not among the connection errors', async () => {
    await serve('i-1', { hangUpShare: 1 });
    await nextMinute();
    expect(await ask()).toMatchObject({ status: 502 });
    await nextMinute();
    await cloud.advance(120_000);
    expect(await read('HTTPCode_ELB_502_Count', 'Sum', false)).toEqual([1]);
    expect(await read('RequestCount')).toEqual([1]);
    expect(await read('TargetConnectionErrorCount')).toEqual([]);
    expect(await read('HTTPCode_Target_2XX_Count')).toEqual([]);
  });

  it('tell the health of a group with targets every minute, whether or not anybody asks', async () => {
    await serve('i-1');
    await serve('i-2', { healthStatus: 503 });
    await cloud.advance(240_000);
    expect((await read('HealthyHostCount', 'Average')).at(0)).toBe(1);
    expect((await read('UnHealthyHostCount', 'Average')).at(0)).toBe(1);
  });
});
