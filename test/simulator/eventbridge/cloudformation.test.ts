/** Rules, buses, schedules, alarms and topics as templates declare them. */
import { expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import type { Created, ResourceContext, ResourceTable } from '../../../simulator/cloudformation/resource.ts';
import { resources as cloudwatch } from '../../../simulator/cloudformation/resources/cloudwatch.ts';
import { resources as events } from '../../../simulator/cloudformation/resources/events.ts';
import { resources as scheduler } from '../../../simulator/cloudformation/resources/scheduler.ts';
import { resources as topics } from '../../../simulator/cloudformation/resources/sns.ts';
import { account, functionArn, makeCloud, makeRole, west } from './harness.ts';

const at = { region: west };
const tables: ResourceTable = { ...cloudwatch, ...events, ...scheduler, ...topics };

async function create(cloud: Cloud, type: string, properties: Record<string, unknown>): Promise<Created> {
  const context: ResourceContext = {
    cloud,
    region: west,
    account,
    stackName: 'stack',
    stackId: 'stack-id',
    logicalId: 'Thing',
    tags: {},
    physicalName: () => 'stack-Thing-ABC',
    call: (service, operation, input, region = west) => cloud.call(service, operation, input, { region }),
  };
  return tables[type]!.create!(properties, context);
}

test('a rule with its targets is created from a template', async () => {
  const cloud = makeCloud();
  const created = await create(cloud, 'AWS::Events::Rule', {
    EventPattern: { source: ['aws.cloudwatch'] },
    State: 'ENABLED',
    Targets: [{ Id: 'Target0', Arn: functionArn(west), RetryPolicy: { MaximumRetryAttempts: '3' } }],
  });
  expect(created).toEqual({
    physicalId: 'stack-Thing-ABC',
    attributes: { Arn: `arn:aws:events:${west}:${account}:rule/stack-Thing-ABC` },
  });
  const { Targets } = await cloud.call('events', 'ListTargetsByRule', { Rule: created.physicalId }, at);
  expect(Targets).toEqual([{ Id: 'Target0', Arn: functionArn(west), RetryPolicy: { MaximumRetryAttempts: 3 } }]);
});

test('a bus, a rule on it and its policy are created from a template', async () => {
  const cloud = makeCloud();
  await create(cloud, 'AWS::Events::EventBus', { Name: 'orders' });
  const rule = await create(cloud, 'AWS::Events::Rule', {
    Name: 'r',
    EventBusName: 'orders',
    EventPattern: { a: ['b'] },
  });
  expect(rule.physicalId).toBe('orders|r');
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  for (const StatementId of ['one', 'two']) {
    const Statement = { Effect: 'Allow', Principal, Action: 'events:PutEvents', Resource: '*' };
    await create(cloud, 'AWS::Events::EventBusPolicy', { EventBusName: 'orders', StatementId, Statement });
  }
  const { Policy } = await cloud.call('events', 'DescribeEventBus', { Name: 'orders' }, at);
  expect(JSON.parse(Policy!).Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(['one', 'two']);
});

test('a schedule, an alarm and a topic take the texts that templates use for numbers and truth', async () => {
  const cloud = makeCloud();
  const RoleArn = await makeRole(cloud, 'scheduler', ['lambda:InvokeFunction']);
  await create(cloud, 'AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: '5' },
    Target: { Arn: functionArn(west), RoleArn, Input: '5', RetryPolicy: { MaximumEventAgeInSeconds: '60' } },
  });
  expect(await cloud.call('scheduler', 'GetSchedule', { Name: 'stack-Thing-ABC' }, at)).toMatchObject({
    FlexibleTimeWindow: { MaximumWindowInMinutes: 5 },
    Target: { Input: '5', RetryPolicy: { MaximumEventAgeInSeconds: 60 } },
  });

  const alarm = await create(cloud, 'AWS::CloudWatch::Alarm', {
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: '2',
    Threshold: '1.5',
    ActionsEnabled: 'false',
    Metrics: [
      {
        Id: 'm',
        ReturnData: 'true',
        MetricStat: { Metric: { Namespace: 'N', MetricName: 'M' }, Period: '10', Stat: 'Sum' },
      },
    ],
  });
  expect(alarm.attributes).toEqual({ Arn: `arn:aws:cloudwatch:${west}:${account}:alarm:stack-Thing-ABC` });
  const { MetricAlarms } = await cloud.call('cloudwatch', 'DescribeAlarms', {}, at);
  expect(MetricAlarms).toMatchObject([
    {
      EvaluationPeriods: 2,
      Threshold: 1.5,
      ActionsEnabled: false,
      Metrics: [{ ReturnData: true, MetricStat: { Period: 10 } }],
    },
  ]);

  const topic = await create(cloud, 'AWS::SNS::Topic', {
    Subscription: [{ Protocol: 'email', Endpoint: 'a@example.com' }],
  });
  await create(cloud, 'AWS::SNS::TopicPolicy', { Topics: [topic.physicalId], PolicyDocument: { Statement: [] } });
  await create(cloud, 'AWS::SNS::Subscription', {
    TopicArn: topic.physicalId,
    Protocol: 'lambda',
    Endpoint: functionArn(west),
  });
  const { Attributes } = await cloud.call('sns', 'GetTopicAttributes', { TopicArn: topic.physicalId }, at);
  expect(Attributes).toMatchObject({ Policy: '{"Statement":[]}', SubscriptionsConfirmed: '2' });
});

test.each([
  ['AWS::Events::Rule', { EventPattern: { a: ['b'] }, Nonesuch: 1 }],
  ['AWS::Scheduler::Schedule', { Nonesuch: 1 }],
  ['AWS::CloudWatch::Alarm', { Nonesuch: 1 }],
  ['AWS::SNS::Topic', { Nonesuch: 1 }],
])('%s refuses a property that it does not read, by name', async (type, properties) => {
  await expect(create(makeCloud(), type, properties)).rejects.toThrow(/Nonesuch/);
});
