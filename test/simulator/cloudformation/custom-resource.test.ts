/** The protocol between CloudFormation and the function of a custom resource: the request, the answer, and silence. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { createStack } from '../../../simulator/cloudformation/engine.ts';
import { receiveCustomResourceResponse } from '../../../simulator/cloudformation/pending-responses.ts';
import type { StackRecord } from '../../../simulator/cloudformation/state.ts';
import { networkOf } from '../../../simulator/runtime/network.ts';
import { ACCOUNT, fakeCloud, fakeTypes, lambda, REGION } from './fakes.ts';

interface RequestEvent {
  readonly ResponseURL: string;
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly ResourceProperties: unknown;
}

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:provider`;
let cloud: Cloud;

/** Begins a stack with one custom resource and returns the event its function got, and the stack to come. */
async function begin(properties: object = {}, output = 'Answer') {
  const stack = createStack(cloud, {
    region: REGION,
    stackName: 'shop',
    resources: fakeTypes().table,
    onFailure: 'DO_NOTHING',
    template: JSON.stringify({
      Resources: { Rule: { Type: 'Custom::ForwardRule', Properties: { ServiceToken: FUNCTION, ...properties } } },
      Outputs: { O: { Value: { 'Fn::Sub': `\${Rule} \${Rule.${output}}` } } },
    }),
  });
  stack.catch(() => {});
  await cloud.advance(0);
  const event = JSON.parse(cloud.stateOf<{ events: string[] }>(lambda, REGION).events[0] ?? '{}') as RequestEvent;
  return { stack, event };
}

const answer = (event: RequestEvent, rest: object, url = event.ResponseURL) => {
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = { StackId, RequestId, LogicalResourceId, Status: 'SUCCESS', PhysicalResourceId: 'rule-1', ...rest };
  return receiveCustomResourceResponse(cloud, url, new TextEncoder().encode(JSON.stringify(body)));
};

beforeEach(() => {
  cloud = fakeCloud();
  cloud.state.faults.cuts.push({ from: 'cut-off', to: '*' });
});

describe('a custom resource', () => {
  test('is asked of its function as AWS asks, with every scalar as text', async () => {
    const { event } = await begin({ Weight: 100, Sticky: true, Nested: [{ N: 1 }] });
    expect(event).toMatchObject({
      RequestType: 'Create',
      ResourceType: 'Custom::ForwardRule',
      LogicalResourceId: 'Rule',
      StackId: expect.stringContaining(':stack/shop/'),
      ResourceProperties: { ServiceToken: FUNCTION, Weight: '100', Sticky: 'true', Nested: [{ N: '1' }] },
    });
    expect(new URL(event.ResponseURL).hostname).toBe(
      'cloudformation-custom-resource-response-us-west-2.s3.us-west-2.amazonaws.com',
    );
  });

  test('is there when the function has answered, with its id and its data', async () => {
    const { stack, event } = await begin();
    await cloud.advance(60_000);
    expect(answer(event, { Data: { Answer: 42 } })).toEqual({ status: 200 });
    expect((await stack).outputs.O?.value).toBe('rule-1 42');
    expect(answer(event, {})).toEqual({ status: 403 });
  });

  test('is answered through the network from where its function runs, and only while that is in reach', async () => {
    const { stack, event } = await begin();
    const { StackId, RequestId, LogicalResourceId } = event;
    const answered = {
      StackId,
      RequestId,
      LogicalResourceId,
      Status: 'SUCCESS',
      PhysicalResourceId: 'r',
      Data: { Answer: 1 },
    };
    const request = {
      from: REGION,
      method: 'PUT',
      url: new URL(event.ResponseURL),
      headers: {},
      body: new TextEncoder().encode(JSON.stringify(answered)),
    };
    await expect(networkOf(cloud).send({ ...request, from: 'cut-off' })).rejects.toThrow('cannot be reached');
    const response = await cloud.resolve(networkOf(cloud).send(request));
    expect(response.status).toBe(200);
    expect((await stack).outputs.O?.value).toBe('r 1');
  });

  const failures: [title: string, rest: object, message: RegExp][] = [
    [
      'FAILED',
      { Status: 'FAILED', Reason: 'no such listener' },
      /Received response status \[FAILED\] .*no such listener/,
    ],
    ['an unknown status', { Status: 'DONE' }, /must be either SUCCESS or FAILED/],
    ['no id', { PhysicalResourceId: '' }, /Invalid PhysicalResourceId/],
    ['the wrong request', { RequestId: 'x' }, /Value of property RequestId/],
    ['too much', { Data: { Text: 'x'.repeat(5000) } }, /Response object is too long/],
    ['no such attribute', { Data: { Other: 1 } }, /Rule \(Custom::ForwardRule\) has no attribute Answer/],
  ];
  test.each(failures)('fails its stack when the function answers %s', async (_title, rest, message) => {
    const { stack, event } = await begin();
    answer(event, rest);
    await expect(stack).rejects.toThrow(message);
  });

  test('cannot be answered by someone who does not have the URL', async () => {
    const { event } = await begin();
    expect(answer(event, {}, event.ResponseURL.replace(/Signature=..../, 'Signature=0000'))).toEqual({ status: 403 });
  });

  test.each([
    ['after an hour', {}, 3600],
    ['after its own time limit', { ServiceTimeout: 90 }, 90],
  ])('fails %s of silence', async (_title, properties, seconds) => {
    const { stack } = await begin(properties);
    let failed = false;
    stack.catch(() => {
      failed = true;
    });
    await cloud.advance(seconds * 1000 - 1);
    expect(failed).toBe(false);
    await cloud.advance(1);
    await expect(stack).rejects.toThrow('did not receive a response from your Custom Resource');
  });

  test('needs a Lambda function as its service', async () => {
    const { stack } = await begin({ ServiceToken: `arn:aws:sns:${REGION}:${ACCOUNT}:topic` });
    await expect(stack as Promise<StackRecord>).rejects.toThrow('only Lambda functions are modelled');
  });
});
