/** Made-up names are said as a person would. */
import { describe, expect, it } from 'vitest';
import { PlainNames } from '../../console/plain-names.ts';

const PROMOTE = 'orders-prod-region-failover-PromoteFunctionBCB62608-NLQXOU2OD3UP';
const PROMOTE_ROLE = 'orders-prod-region-failov-PromoteFunctionServiceRol-WOAIRQXAMYNC';
const EVENTS_ROLE = 'orders-prod-region-failov-CleanUpMachineEventsRole3-LOIIMTTLOCTD';

const names = new PlainNames(
  new Map([
    [PROMOTE, 'promote'],
    [PROMOTE_ROLE, 'promote'],
    [EVENTS_ROLE, 'CleanUpMachineEventsRole'],
  ]),
);

describe('who made a call', () => {
  it.each([
    [`${PROMOTE_ROLE}/${PROMOTE}`, 'promote'],
    [`${PROMOTE_ROLE}/some-session`, 'promote'],
    [`${EVENTS_ROLE}/events`, 'EventBridge'],
    ['cloudwatch.amazonaws.com', 'CloudWatch'],
    ['kinesis.amazonaws.com', 'kinesis'],
    ['account', 'a person'],
    ['somebody-elses-role/i-06cf25bf2e2a7a268', 'i-06cf25bf2e2a7a268'],
    [`${PROMOTE_ROLE}/i-06cf25bf2e2a7a268`, 'i-06cf25bf2e2a7a268'],
    ['', ''],
  ])('%s is %s', (by, who) => expect(names.actor(by)).toBe(who));
});

describe('a text', () => {
  it('has every made-up name in it said plainly', () => {
    const text = `arn:aws:lambda:us-east-2:1:function:${PROMOTE} and ${EVENTS_ROLE}`;
    expect(names.text(text)).toBe('arn:aws:lambda:us-east-2:1:function:promote and CleanUpMachineEventsRole');
  });
  it('is left as it is where a name only looks made up', () => {
    expect(names.text('orders-prod-region-failing-us-west-2')).toBe('orders-prod-region-failing-us-west-2');
  });
});
