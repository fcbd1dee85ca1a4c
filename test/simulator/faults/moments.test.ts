/** Faults of one exact moment: processes that die beside a call, executions aborted as they enter a state. */
import { describe, expect, it } from 'vitest';
import { addFault, type Fault } from '../../../simulator/faults.ts';
import { worldParts } from '../../../simulator/world/index.ts';
import { createFunction, invoke, lambdaCloud, noted, region } from '../lambda/functions.ts';
import { fakeService } from '../runtime/processes.ts';
import { look, machine, start, invoke as task, testCloud } from '../stepfunctions/cloud.ts';

/** Writes through the SDK's wire format by hand, so that no bundle has to be made. */
const WRITER = `exports.handler = async () => {
  const https = require('node:https');
  const key = process.env.AWS_ACCESS_KEY_ID;
  const send = () => new Promise((resolve, reject) => {
    const request = https.request('https://dynamodb.us-east-1.amazonaws.com/', { method: 'POST', headers: {
      'x-amz-target': 'DynamoDB_20120810.UpdateItem', 'content-type': 'application/x-amz-json-1.0',
      'x-amz-security-token': process.env.AWS_SESSION_TOKEN,
      authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20261121/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    } }, (response) => { response.resume(); response.on('end', () => resolve(response.statusCode)); });
    request.on('error', reject);
    request.end(JSON.stringify({ TableName: 't', Key: { pk: { S: 'a' } } }));
  });
  return [await send(), await send()];
};`;

/** A function that writes twice, under the fault: its answer, and how often was written. */
async function run(fault?: Fault) {
  let writes = 0;
  const UpdateItem = () => {
    writes++;
    return {};
  };
  const cloud = await lambdaCloud([fakeService('dynamodb', { UpdateItem })]);
  const rights = { Effect: 'Allow', Action: 'dynamodb:UpdateItem', Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [rights] });
  const policy = { RoleName: 'functions', PolicyName: 'p', PolicyDocument };
  await cloud.call('iam', 'PutRolePolicy', policy, { region });
  await createFunction(cloud, WRITER, { Timeout: 20 });
  const id = fault ? addFault(cloud, fault) : '';
  const { payload, error } = await invoke(cloud);
  const again = async () => (await invoke(cloud)).payload;
  return { payload, failed: error !== undefined, writes, hits: cloud.state.faults.hits[id], again, cloud };
}

const DIED = { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 1') };
const crash = { kind: 'function-crash', function: 'f' } as const;

describe("a function's process", () => {
  it('writes twice and answers when nothing is wrong', async () => {
    expect(await run()).toMatchObject({ payload: [200, 200], failed: false, writes: 2 });
  });

  it.each<[string, Fault, number]>([
    ['as it loads', { ...crash, moment: 'init' }, 0],
    ['as the invocation begins', { ...crash, moment: 'start' }, 0],
    ['before its second call', { ...crash, moment: 'before-call', call: 'dynamodb:UpdateItem', nth: 2 }, 1],
    ['after its first call, whose deed is done', { ...crash, moment: 'after-call', nth: 1 }, 1],
    ['after its second call', { ...crash, moment: 'after-call', call: 'dynamodb:UpdateItem', nth: 2 }, 2],
    ['before it can say that it is done', { ...crash, moment: 'end' }, 2],
  ])('dies %s; the invocation fails and the next one starts anew', async (_, fault, writes) => {
    const result = await run({ ...fault, times: 1 } as Fault);
    expect(result).toMatchObject({ payload: DIED, failed: true, writes, hits: 1 });
    expect(await result.again()).toEqual([200, 200]);
    expect(noted(result.cloud, 'init').length).toBe(fault.kind === 'function-crash' && fault.moment === 'init' ? 1 : 2);
  });

  it('lives when the fault is about another function, region or call', async () => {
    for (const other of [{ function: 'g' }, { region: 'us-west-2' }, { call: 'ssm:PutParameter' }]) {
      const fault = { kind: 'function-crash', moment: 'after-call', ...other } as const;
      expect(await run(fault)).toMatchObject({ failed: false, hits: 0 });
    }
  });

  it('gets no room while Lambda throttles it', async () => {
    await expect(run({ kind: 'function-throttle', function: 'f' })).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      members: { Reason: 'ConcurrentInvocationLimitExceeded' },
    });
    expect(await run({ kind: 'function-throttle', function: 'g' })).toMatchObject({ failed: false });
  });
});

const twoSteps = machine({ First: { ...task('f'), Next: 'Second' }, Second: { ...task('f'), End: true } });

/** Runs a machine of two tasks under the fault. */
async function steps(fault?: Fault) {
  const { cloud, invocations } = testCloud({ f: () => 'ok' });
  const id = fault ? addFault(cloud, fault) : '';
  const arn = await start(cloud, twoSteps);
  await cloud.advance(60_000);
  return { ...(await look(cloud, arn)), calls: invocations.length, hits: cloud.state.faults.hits[id] };
}

describe('an execution', () => {
  it('is aborted as it enters a state, before the state does anything', async () => {
    expect(await steps()).toMatchObject({ status: 'SUCCEEDED', calls: 2 });
    expect(await steps({ kind: 'execution-abort', state: 'Second' })).toMatchObject({
      ...{ status: 'ABORTED', calls: 1, hits: 1 },
      events: expect.arrayContaining([expect.objectContaining({ type: 'ExecutionAborted' })]),
    });
    expect(await steps({ kind: 'execution-abort', machine: 'another' })).toMatchObject({ calls: 2, hits: 0 });
  });

  it('is aborted at the n-th entry into any state', async () => {
    expect(await steps({ kind: 'execution-abort', nth: 2 })).toMatchObject({ status: 'ABORTED', calls: 1 });
  });

  it('lets something happen to the world as it enters a state', async () => {
    const { cloud } = testCloud({ f: () => 'ok' }, { services: worldParts });
    const fault: Fault = {
      kind: 'at-state',
      state: 'Second',
      events: [
        { do: 'fault', fault: { kind: 'error', service: 'lambda', operation: 'Invoke', error: 'ServiceException' } },
      ],
    };
    const id = addFault(cloud, fault);
    const arn = await start(cloud, twoSteps);
    await cloud.advance(60_000);
    expect(await look(cloud, arn)).toMatchObject({ status: 'FAILED', error: 'Lambda.ServiceException' });
    expect(cloud.state.faults.hits[id]).toBe(1);
  });
});
