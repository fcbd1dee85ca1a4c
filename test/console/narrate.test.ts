/** Which entries of a trace are turning points, and how they are told. */
import { describe, expect, it } from 'vitest';
import { narrate } from '../../console/drills/region-failover/narrate.ts';
import { PlainNames } from '../../console/plain-names.ts';
import { namesOf } from '../../infra/names.ts';

const DECLARE = 'orders-prod-region-failover-DeclareFunction0D2EAAD9-33XJYFMN4YU3';
const words = {
  names: namesOf({ application: 'orders', environment: 'prod', domain: 'orders.example.com' }),
  plain: new PlainNames(new Map([[DECLARE, 'declare']])),
};
const tell = (source: string, what: string, detail?: unknown) =>
  narrate({ t: 0, region: 'us-east-2', source, what, detail }, words);

describe('a turning point', () => {
  it.each([
    ['world', 'region.dark', undefined, 'world', 'the region goes dark'],
    ['world.events', 'cut', { from: '*', to: 'us-west-2' }, 'world', 'nothing gets from anywhere to us-west-2'],
    [
      'world.events',
      'fault',
      { fault: { kind: 'latency', service: 'dynamodb', region: 'us-west-2', afterMs: 8000 } },
      'world',
      'dynamodb in us-west-2: 8 s slower',
    ],
    [
      'cloudwatch',
      'alarm',
      { name: 'orders-prod-region-failing-us-west-2', from: 'OK', to: 'ALARM' },
      'CloudWatch',
      'alarm region-failing-us-west-2: OK → ALARM',
    ],
    [
      'states',
      'StartExecution',
      {
        by: `role/${DECLARE}`,
        input: {
          stateMachineArn: 'arn:aws:states:us-east-2:1:stateMachine:orders-prod-region-failover',
          name: 'alarm-us-west-2-2027-01-12T090914359Z',
        },
      },
      'declare',
      'starts region-failover for alarm-us-west-2',
    ],
    [
      'events',
      'PutEvents',
      {
        by: 'account',
        input: { Entries: [{ Detail: '{"target":"us-east-2","by":"alice","reason":"customers complain"}' }] },
      },
      'alice',
      'asks to move to us-east-2 (customers complain)',
    ],
    [
      'dynamodb',
      'UpdateItem',
      {
        by: 'account',
        input: { UpdateExpression: 'SET automation = :value', ExpressionAttributeValues: { ':value': { S: 'off' } } },
      },
      'a person',
      'automation is switched off',
    ],
    ['s3', 'PutObject', { by: `role/${DECLARE}`, input: { Key: 'moved' } }, 'declare', 'traffic latch moved'],
    [
      'rds',
      'FailoverGlobalCluster',
      { by: `role/${DECLARE}`, error: 'AccessDenied', message: 'User: x is not authorized to perform: y' },
      'declare',
      'rds:FailoverGlobalCluster refused: AccessDenied: User: x is not authorized to perform: y',
    ],
  ])('%s:%s is told', (source, what, detail, actor, text) => {
    expect(tell(source, what, detail)).toMatchObject({ actor, what: text });
  });
});

describe('no turning point is', () => {
  it.each([
    ['dynamodb', 'GetItem', { by: 'account' }],
    ['dynamodb', 'UpdateItem', { by: `role/${DECLARE}`, input: { UpdateExpression: 'SET automation = :value' } }],
    ['s3', 'PutObject', { by: 'account', input: { Key: 'something else' } }],
    ['cloudwatch', 'alarm', { name: 'a', from: 'INSUFFICIENT_DATA', to: 'OK' }],
    ['sns', 'Publish', { by: 'cloudwatch.amazonaws.com', input: { Subject: 'ALARM' } }],
    ['rds', 'FailoverGlobalCluster', { by: 'x/y', error: 'InvalidGlobalClusterStateFault' }],
  ])('%s:%s %o', (source, what, detail) => expect(tell(source, what, detail)).toBeNull());
});
