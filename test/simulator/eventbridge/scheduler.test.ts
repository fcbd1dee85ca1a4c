/** Schedules of EventBridge Scheduler: when they invoke their target, as whom, and how often they try. */
import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { account, functionArn, lambdaIn, machineArn, makeCloud, makeRole, startAt, statesIn, west } from './harness.ts';

const at = { region: west };
const off = { Mode: 'OFF' } as const;

async function schedule(cloud: Cloud, input: Partial<CreateScheduleCommandInput>): Promise<void> {
  const RoleArn = await makeRole(cloud, 'scheduler', ['lambda:InvokeFunction', 'states:StartExecution']);
  const Target = { Arn: functionArn(west), RoleArn, ...input.Target };
  await cloud.call(
    'scheduler',
    'CreateSchedule',
    {
      Name: 's',
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: off,
      ...input,
      Target,
    } as CreateScheduleCommandInput,
    at,
  );
}

test('a recurring schedule comes once within the minute after each due time, as its role', async () => {
  const cloud = makeCloud();
  await schedule(cloud, {});
  await cloud.advance(31 * 60_000);
  const { received } = lambdaIn(cloud, west);
  expect(received.length).toBeGreaterThanOrEqual(29);
  const lateMs = received.map(({ t, payload }) => t - Date.parse((payload as { time: string }).time));
  expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...lateMs)).toBeLessThan(60_000);
  expect(Math.max(...lateMs)).toBeGreaterThan(30_000);
  const due = received.map(({ payload }) => (payload as { time: string }).time);
  expect(new Set(due).size).toBe(due.length);
  expect(received[0]).toMatchObject({
    caller: { kind: 'role' },
    payload: { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: '{}', region: west, account },
  });
});

describe('one-time schedules', () => {
  test('run once in their zone, with context attributes filled in, and can delete themselves', async () => {
    const cloud = makeCloud();
    const Input = '{"at":"<aws.scheduler.scheduled-time>","n":<aws.scheduler.attempt-number>}';
    const RoleArn = await makeRole(cloud, 'scheduler', ['states:StartExecution']);
    await cloud.call(
      'scheduler',
      'CreateSchedule',
      {
        Name: 's',
        ScheduleExpression: 'at(2026-11-20T13:10:00)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        FlexibleTimeWindow: off,
        ActionAfterCompletion: 'DELETE',
        Target: { Arn: machineArn(west), RoleArn, Input },
      },
      at,
    );
    await cloud.advance(3_600_000);
    expect(statesIn(cloud, west).received.map(({ payload }) => payload)).toEqual([
      { at: '2026-11-20T12:10:00Z', n: 1 },
    ]);
    await expect(cloud.call('scheduler', 'GetSchedule', { Name: 's' }, at)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('of the past never run', async () => {
    const cloud = makeCloud();
    await schedule(cloud, { ScheduleExpression: 'at(2026-11-20T11:00:00)' });
    await cloud.advance(3_600_000);
    expect(lambdaIn(cloud, west).received).toEqual([]);
  });
});

test('a schedule keeps to its start and end', async () => {
  const cloud = makeCloud();
  await schedule(cloud, {
    StartDate: new Date(startAt + 10 * 60_000),
    EndDate: new Date(startAt + 13 * 60_000),
  });
  await cloud.advance(3_600_000);
  expect(lambdaIn(cloud, west).received.map(({ payload }) => (payload as { time: string }).time)).toEqual([
    '2026-11-20T12:10:00Z',
    '2026-11-20T12:11:00Z',
    '2026-11-20T12:12:00Z',
    '2026-11-20T12:13:00Z',
  ]);
});

test('a flexible window spreads the invocation', async () => {
  const cloud = makeCloud();
  await schedule(cloud, {
    ScheduleExpression: 'rate(1 hour)',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 30 },
  });
  await cloud.advance(20 * 3_600_000);
  const lateMs = lambdaIn(cloud, west).received.map(
    ({ t, payload }) => t - Date.parse((payload as { time: string }).time),
  );
  expect(Math.max(...lateMs)).toBeGreaterThan(10 * 60_000);
  expect(Math.max(...lateMs)).toBeLessThan(31 * 60_000);
});

test('a failed invocation is tried again within its policy', async () => {
  const cloud = makeCloud();
  await schedule(cloud, { ScheduleExpression: 'rate(1 day)' });
  lambdaIn(cloud, west).errors.push('ServiceException', 'TooManyRequestsException');
  await cloud.advance(24 * 3_600_000 + 120_000);
  expect(lambdaIn(cloud, west).received).toHaveLength(1);
});

test('a disabled or deleted schedule does nothing, and an updated one follows its new time', async () => {
  const cloud = makeCloud();
  await schedule(cloud, { State: 'DISABLED' });
  await cloud.advance(5 * 60_000);
  expect(lambdaIn(cloud, west).received).toEqual([]);
  const known = await cloud.call('scheduler', 'GetSchedule', { Name: 's' }, at);
  await cloud.call(
    'scheduler',
    'UpdateSchedule',
    { ...known, State: 'ENABLED', ScheduleExpression: 'rate(2 minutes)' } as never,
    at,
  );
  await cloud.advance(10 * 60_000 + 59_000);
  const { received } = lambdaIn(cloud, west);
  expect(received.length).toBeGreaterThanOrEqual(4);
  expect(received.length).toBeLessThanOrEqual(5);
  await cloud.call('scheduler', 'DeleteSchedule', { Name: 's' }, at);
  const before = received.length;
  await cloud.advance(10 * 60_000);
  expect(received).toHaveLength(before);
});

test('two seeds invoke at different moments, one seed always at the same', async () => {
  const moments = async (seed: number) => {
    const cloud = makeCloud(seed);
    await schedule(cloud, {});
    await cloud.advance(5 * 60_000);
    return lambdaIn(cloud, west).received.map(({ t }) => t);
  };
  expect(await moments(1)).toEqual(await moments(1));
  expect(await moments(1)).not.toEqual(await moments(2));
});

test.each([
  [{ ScheduleExpression: 'at(tomorrow)' }, 'ValidationException'],
  [{ ScheduleExpressionTimezone: 'Mars/Olympus' }, 'ValidationException'],
  [{ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'ValidationException'],
] as const)('%j is refused', async (input, code) => {
  await expect(schedule(makeCloud(), input as never)).rejects.toMatchObject({ code });
});

test('universal targets, other groups and roles without trust are refused by name', async () => {
  const cloud = makeCloud();
  const RoleArn = await makeRole(cloud, 'scheduler', ['lambda:InvokeFunction']);
  const create = (more: object, target: object) =>
    cloud.call(
      'scheduler',
      'CreateSchedule',
      {
        Name: 'x',
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: off,
        Target: { Arn: functionArn(west), RoleArn, ...target },
        ...more,
      },
      at,
    );
  await expect(create({}, { Arn: 'arn:aws:scheduler:::aws-sdk:ec2:stopInstances' })).rejects.toThrow(
    /aws-sdk:ec2.*not modelled/,
  );
  await expect(create({ GroupName: 'g' }, {})).rejects.toThrow(/group 'g'.*not modelled/);
  await expect(create({}, { RoleArn: `arn:aws:iam::${account}:role/none` })).rejects.toMatchObject({
    code: 'ValidationException',
  });
});
