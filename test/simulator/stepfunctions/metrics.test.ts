/** Executions are counted in AWS/States, so that an alarm on failed ones rings as it would on AWS. */
import { describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { eventBridge } from '../../../simulator/eventbridge/index.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import type { CloudWatchState } from '../../../simulator/services/cloudwatch/state.ts';
import { type SnsState, sns } from '../../../simulator/services/sns.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import { ACCOUNT, machine, REGION, ROLE, START } from './cloud.ts';

const at = { region: REGION };
const fails = machine({ Stop: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } });
const waits = machine({ Wait: { Type: 'Wait', Seconds: 600, End: true } }, { TimeoutSeconds: 60 });
const passes = machine({ Wait: { Type: 'Wait', Seconds: 7, End: true } });

async function make(definition: string): Promise<{ cloud: Cloud; stateMachineArn: string }> {
  const cloud = Cloud.create({
    seed: 1,
    account: ACCOUNT,
    regions: [REGION],
    services: [stepFunctions, eventBridge, cloudWatch, sns, iam],
    startAt: START,
  });
  const trust = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' },
  };
  const role = { RoleName: 'machine', AssumeRolePolicyDocument: JSON.stringify(trust) };
  await cloud.call('iam', 'CreateRole', role, at);
  const input = { name: 'machine', definition, roleArn: ROLE };
  const { stateMachineArn = '' } = await cloud.call('states', 'CreateStateMachine', input, at);
  return { cloud, stateMachineArn };
}

/** Metric name → values of one machine, in order. */
const valuesOf = (cloud: Cloud, stateMachineArn: string): Record<string, number[]> =>
  Object.fromEntries(
    Object.values(cloud.stateOf<CloudWatchState>(cloudWatch, REGION).series)
      .filter(({ namespace }) => namespace === 'AWS/States')
      .filter(({ dimensions }) => JSON.stringify(dimensions) === JSON.stringify([['StateMachineArn', stateMachineArn]]))
      .map(({ name, samples }) => [name, samples.map(({ sum }) => sum)]),
  );

describe('the metrics of executions', () => {
  it.each([
    ['a failed one', fails, 'ExecutionsFailed'],
    ['one that ran out of time', waits, 'ExecutionsTimedOut'],
    ['one that succeeded', passes, 'ExecutionsSucceeded'],
  ])('count the start and the end of %s, by state machine', async (_, definition, metric) => {
    const { cloud, stateMachineArn } = await make(definition);
    await cloud.call('states', 'StartExecution', { stateMachineArn }, at);
    await cloud.advance(120_000);
    const { ExecutionTime, ...counts } = valuesOf(cloud, stateMachineArn);
    expect(counts).toEqual({ ExecutionsStarted: [1], [metric]: [1] });
    expect(ExecutionTime).toHaveLength(1);
  });

  it('count an aborted one', async () => {
    const { cloud, stateMachineArn } = await make(passes);
    const { executionArn } = await cloud.call('states', 'StartExecution', { stateMachineArn }, at);
    await cloud.call('states', 'StopExecution', { executionArn }, at);
    await cloud.advance(1_000);
    expect(valuesOf(cloud, stateMachineArn)).toMatchObject({ ExecutionsAborted: [1] });
  });

  it('tell how long it took, in milliseconds', async () => {
    const { cloud, stateMachineArn } = await make(passes);
    await cloud.call('states', 'StartExecution', { stateMachineArn }, at);
    await cloud.advance(60_000);
    const [took] = valuesOf(cloud, stateMachineArn).ExecutionTime ?? [];
    expect(took).toBeGreaterThanOrEqual(7_000);
    expect(took).toBeLessThan(8_000);
  });

  it('let the alarm on failed executions mail, as the one of the failover machine', async () => {
    const { cloud, stateMachineArn } = await make(fails);
    const { TopicArn } = await cloud.call('sns', 'CreateTopic', { Name: 'operations' }, at);
    await cloud.call('sns', 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: 'operations@example.com' }, at);
    await cloud.call(
      'cloudwatch',
      'PutMetricAlarm',
      {
        AlarmName: 'failover-failed',
        Namespace: 'AWS/States',
        MetricName: 'ExecutionsFailed',
        Dimensions: [{ Name: 'StateMachineArn', Value: stateMachineArn }],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [TopicArn ?? ''],
      },
      at,
    );
    await cloud.advance(300_000);
    const { outbox } = cloud.stateOf<SnsState>(sns, REGION);
    expect(outbox).toEqual([]);
    await cloud.call('states', 'StartExecution', { stateMachineArn }, at);
    await cloud.advance(300_000);
    expect(outbox.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^ALARM: "failover-failed"/)]);
  });
});
