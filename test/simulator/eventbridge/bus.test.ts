/** An event's way from a bus to its targets, over regions and through faults; scheduled rules; refused requests. */
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { publishServiceEvent } from '../../../simulator/eventbridge/bus.ts';
import { eventBridge } from '../../../simulator/eventbridge/index.ts';
import type { EventBridgeState } from '../../../simulator/eventbridge/state.ts';
import { addFault, cutOff, rejoin } from '../../../simulator/faults.ts';
import {
  account,
  east,
  functionArn,
  lambdaIn,
  machineArn,
  makeCloud,
  makeRole,
  startAt,
  statesIn,
  west,
} from './harness.ts';

const at = { region: west };
const entry = { Source: 'app.orders', DetailType: 'Placed', Detail: '{"total": 5}' };
const stateIn = (cloud: Cloud, region: string) => cloud.stateOf<EventBridgeState>(eventBridge, region);

async function rule(
  cloud: Cloud,
  target: { Arn: string; RoleArn?: string; Input?: string },
  region = west,
): Promise<void> {
  await cloud.call('events', 'PutRule', { Name: 'placed', EventPattern: '{"source":["app.orders"]}' }, { region });
  await cloud.call('events', 'PutTargets', { Rule: 'placed', Targets: [{ Id: 't', ...target }] }, { region });
}

describe('a matching event', () => {
  test('reaches a function within seconds, called by EventBridge for the rule', async () => {
    const cloud = makeCloud();
    await rule(cloud, { Arn: functionArn(west) });
    await cloud.call('events', 'PutEvents', { Entries: [entry, { ...entry, Source: 'other' }] }, at);
    await cloud.advance(5_000);
    const { received } = lambdaIn(cloud, west);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      caller: { principal: 'events.amazonaws.com', sourceArn: `arn:aws:events:${west}:${account}:rule/placed` },
      payload: { source: 'app.orders', 'detail-type': 'Placed', detail: { total: 5 }, region: west, account },
    });
    expect(received[0]!.t - startAt).toBeGreaterThan(50);
  });

  test('starts a state machine as the target role, and without the right to it is dropped at once', async () => {
    const cloud = makeCloud();
    const RoleArn = await makeRole(cloud, 'events', ['states:StartExecution']);
    await rule(cloud, { Arn: machineArn(west), RoleArn, Input: '{"why":"test"}' });
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(5_000);
    expect(statesIn(cloud, west).received[0]).toMatchObject({ payload: { why: 'test' }, caller: { arn: RoleArn } });

    await cloud.call(
      'iam',
      'DeleteRolePolicy',
      { RoleName: 'role-for-events', PolicyName: 'rights' },
      { region: 'us-east-1' },
    );
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(5_000);
    expect(statesIn(cloud, west).received).toHaveLength(1);
    expect(stateIn(cloud, west).dropped).toMatchObject([{ attempts: 1 }]);
  });

  test('comes twice under the duplicate fault, with the same id', async () => {
    const cloud = makeCloud();
    addFault(cloud, { kind: 'event-duplicate' });
    await rule(cloud, { Arn: functionArn(west) });
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(5_000);
    const ids = lambdaIn(cloud, west).received.map(({ payload }) => (payload as { id: string }).id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('is retried while the target is throttled, and not when the target is gone', async () => {
    const cloud = makeCloud();
    await rule(cloud, { Arn: functionArn(west) });
    const target = lambdaIn(cloud, west);
    target.errors.push('TooManyRequestsException', 'ServiceException');
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(60_000);
    expect(target.received).toHaveLength(1);

    target.errors.push('ResourceNotFoundException');
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(60_000);
    expect(target.received).toHaveLength(1);
    expect(stateIn(cloud, west).dropped).toHaveLength(1);
  });

  test('waits in a disabled rule for nobody', async () => {
    const cloud = makeCloud();
    await rule(cloud, { Arn: functionArn(west) });
    await cloud.call('events', 'DisableRule', { Name: 'placed' }, at);
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(5_000);
    expect(lambdaIn(cloud, west).received).toEqual([]);
  });
});

describe('a bus in another region', () => {
  const busArn = `arn:aws:events:${east}:${account}:event-bus/default`;

  async function forwarding(): Promise<Cloud> {
    const cloud = makeCloud();
    const RoleArn = await makeRole(cloud, 'events', ['events:PutEvents']);
    await rule(cloud, { Arn: busArn, RoleArn });
    await rule(cloud, { Arn: functionArn(east) }, east);
    return cloud;
  }

  test('receives the event with its region of origin', async () => {
    const cloud = await forwarding();
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(10_000);
    expect(lambdaIn(cloud, east).received).toMatchObject([{ payload: { region: west, detail: { total: 5 } } }]);
  });

  test('receives an AWS service event too', async () => {
    const cloud = await forwarding();
    await cloud.call('events', 'PutRule', { Name: 'placed', EventPattern: '{"source":["aws.states"]}' }, at);
    await cloud.call(
      'events',
      'PutRule',
      { Name: 'placed', EventPattern: '{"source":["aws.states"]}' },
      { region: east },
    );
    const context = cloud.context<EventBridgeState>(eventBridge, west, { kind: 'account' });
    publishServiceEvent(context, { source: 'aws.states', detailType: 'Status', detail: { status: 'FAILED' } });
    await cloud.advance(10_000);
    expect(lambdaIn(cloud, east).received).toMatchObject([{ payload: { source: 'aws.states', region: west } }]);
  });

  test('gets the event after the link is mended, and after a day it is dropped', async () => {
    const cloud = await forwarding();
    cutOff(cloud.state.faults, east);
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(3_600_000);
    expect(lambdaIn(cloud, east).received).toEqual([]);
    rejoin(cloud.state.faults, east);
    await cloud.advance(1_200_000);
    expect(lambdaIn(cloud, east).received).toHaveLength(1);

    cutOff(cloud.state.faults, east);
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    await cloud.advance(25 * 3_600_000);
    const { attempts, t } = stateIn(cloud, west).dropped[0]!;
    expect(attempts).toBeGreaterThan(100);
    expect(attempts).toBeLessThanOrEqual(186);
    expect(t - startAt).toBeLessThanOrEqual(26.5 * 3_600_000);
  });

  test('a dark region routes nothing until it is back', async () => {
    const cloud = makeCloud();
    await rule(cloud, { Arn: functionArn(west) });
    await cloud.call('events', 'PutEvents', { Entries: [entry] }, at);
    cloud.goDark(west);
    await cloud.advance(60_000);
    expect(lambdaIn(cloud, west).received).toEqual([]);
    cloud.comeBack(west);
    await cloud.advance(1_000);
    expect(lambdaIn(cloud, west).received).toHaveLength(1);
  });
});

describe('a scheduled rule', () => {
  test('sends a scheduled event within a minute after each due time', async () => {
    const cloud = makeCloud();
    await cloud.call('events', 'PutRule', { Name: 'tick', ScheduleExpression: 'cron(0/5 * * * ? *)' }, at);
    await cloud.call('events', 'PutTargets', { Rule: 'tick', Targets: [{ Id: 't', Arn: functionArn(west) }] }, at);
    await cloud.advance(16 * 60_000);
    const { received } = lambdaIn(cloud, west);
    expect(received.map(({ payload }) => (payload as { time: string }).time)).toEqual(
      ['2026-11-20T12:05:00Z', '2026-11-20T12:10:00Z', '2026-11-20T12:15:00Z'].slice(0, received.length),
    );
    expect(received.length).toBeGreaterThanOrEqual(2);
    for (const { t, payload } of received) {
      const lateMs = t - Date.parse((payload as { time: string }).time);
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThan(62_000);
    }
    expect(received[0]!.payload).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
  });

  test('stops when disabled and starts its rate anew when enabled', async () => {
    const cloud = makeCloud();
    await cloud.call('events', 'PutRule', { Name: 'tick', ScheduleExpression: 'rate(10 minutes)' }, at);
    await cloud.call('events', 'PutTargets', { Rule: 'tick', Targets: [{ Id: 't', Arn: functionArn(west) }] }, at);
    await cloud.call('events', 'DisableRule', { Name: 'tick' }, at);
    await cloud.advance(60 * 60_000);
    expect(lambdaIn(cloud, west).received).toEqual([]);
    await cloud.call('events', 'EnableRule', { Name: 'tick' }, at);
    await cloud.advance(12 * 60_000);
    expect(lambdaIn(cloud, west).received).toHaveLength(1);
  });
});

describe('requests that AWS refuses', () => {
  test('bad entries fail one by one', async () => {
    const cloud = makeCloud();
    const { FailedEntryCount, Entries } = await cloud.call(
      'events',
      'PutEvents',
      {
        Entries: [
          entry,
          { ...entry, Source: undefined },
          { ...entry, Detail: '[1]' },
          { ...entry, Detail: '{' },
          { ...entry, Source: 'aws.ec2' },
        ],
      },
      at,
    );
    expect(FailedEntryCount).toBe(4);
    expect(Entries?.map((result) => result.ErrorCode)).toEqual([
      undefined,
      'InvalidArgument',
      'MalformedDetail',
      'MalformedDetail',
      'NotAuthorizedForSourceException',
    ]);
  });

  test.each([
    ['PutEvents', { Entries: [] }, 'ValidationException'],
    ['PutEvents', { Entries: Array(11).fill(entry) }, 'ValidationException'],
    [
      'PutEvents',
      { Entries: [{ ...entry, Detail: JSON.stringify({ a: 'x'.repeat(262_144) }) }] },
      'ValidationException',
    ],
    ['PutRule', { Name: 'a' }, 'ValidationException'],
    ['PutRule', { Name: 'a', EventPattern: '{"a":1}' }, 'InvalidEventPatternException'],
    ['PutRule', { Name: 'a', ScheduleExpression: 'rate(1 minutes)' }, 'ValidationException'],
    ['DescribeRule', { Name: 'a' }, 'ResourceNotFoundException'],
    ['TestEventPattern', { EventPattern: '{"a":["b"]}', Event: '{"a":"b"}' }, 'ValidationException'],
    ['CreateEventBus', { Name: 'default' }, 'ValidationException'],
  ] as const)('%s %j: %s', async (operation, input, code) => {
    const cloud = makeCloud();
    await expect(
      cloud.request({ service: 'events', operation, input, region: west, from: west, caller: { kind: 'account' } }),
    ).rejects.toMatchObject({ code });
  });

  test('targets are refused by name, by region, by number, and without a role', async () => {
    const cloud = makeCloud();
    await rule(cloud, { Arn: functionArn(west) });
    const put = (Arn: string, more = {}) =>
      cloud.call('events', 'PutTargets', { Rule: 'placed', Targets: [{ Id: 'u', Arn, ...more }] }, at);
    await expect(put(`arn:aws:kinesis:${west}:${account}:stream/s`)).rejects.toThrow(/kinesis.*not modelled/);
    await expect(put(functionArn(west), { DeadLetterConfig: { Arn: 'x' } })).rejects.toThrow(/DeadLetterConfig/);
    await expect(put(functionArn(east))).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(put(machineArn(west))).rejects.toThrow(/RoleArn is required/);
    await expect(put(machineArn(west), { RoleArn: `arn:aws:iam::${account}:role/none` })).rejects.toThrow(
      /cannot be assumed/,
    );
    const Targets = [1, 2, 3, 4, 5].map((i) => ({ Id: `n${i}`, Arn: functionArn(west) }));
    await expect(cloud.call('events', 'PutTargets', { Rule: 'placed', Targets }, at)).rejects.toMatchObject({
      code: 'LimitExceededException',
    });
  });
});
