/** Asynchronous invocations: the queue, the retries, and where a failure is told. */
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { fakeService } from '../runtime/processes.ts';
import { createFunction, invoke, lambdaCloud, noted, region, send } from './functions.ts';

const failing = 'exports.handler = async () => { throw new Error("no"); };';

const configure = (cloud: Cloud, options: object) =>
  cloud.call('lambda', 'PutFunctionEventInvokeConfig', { FunctionName: 'f', ...options }, { region });

describe('an asynchronous invocation', () => {
  it('is accepted at once and runs soon', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'exports.handler = async (event) => { console.log(event.a); };');
    expect(await send(cloud, { a: 'b' })).toMatchObject({ StatusCode: 202 });
    expect(noted(cloud, 'start')).toHaveLength(0);
    await cloud.advance(2000);
    expect(noted(cloud, 'log').map(({ detail }) => detail)).toEqual([{ function: 'f', line: 'b' }]);
  });

  it('is tried again after one and after two minutes, then dropped', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, failing);
    await send(cloud);
    await cloud.advance(3_600_000);
    const starts = noted(cloud, 'start').map(({ t }) => t);
    expect(starts).toHaveLength(3);
    const waits = starts.slice(1).map((t, i) => Math.round((t - (starts[i] as number)) / 1000));
    expect(waits).toEqual([60, 120]);
    const ids = new Set(noted(cloud, 'start').map(({ detail }) => (detail as { requestId: string }).requestId));
    expect(ids.size).toBe(1);
    expect(noted(cloud, 'event.dropped')).toMatchObject([{ detail: { function: 'f', reason: 'retries exhausted' } }]);
  });

  it('is tried as often as it is told, and no longer than its age allows', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, failing);
    await configure(cloud, { MaximumRetryAttempts: 0 });
    await send(cloud);
    await cloud.advance(600_000);
    expect(noted(cloud, 'start')).toHaveLength(1);
    await configure(cloud, { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 90 });
    await send(cloud);
    await cloud.advance(600_000);
    expect(noted(cloud, 'start')).toHaveLength(3);
    expect(noted(cloud, 'event.dropped').at(-1)).toMatchObject({ detail: { reason: 'too old' } });
  });

  it('waits with its region and then runs', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'exports.handler = async () => {};');
    await send(cloud);
    cloud.goDark(region);
    await cloud.advance(60_000);
    expect(noted(cloud, 'start')).toHaveLength(0);
    cloud.comeBack(region);
    await cloud.advance(2000);
    expect(noted(cloud, 'end')).toHaveLength(1);
  });

  it('waits in the queue while there is no room for it', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'exports.handler = () => new Promise((r) => setTimeout(r, 2500));');
    await cloud.call(
      'lambda',
      'PutFunctionConcurrency',
      { FunctionName: 'f', ReservedConcurrentExecutions: 1 },
      { region },
    );
    await send(cloud);
    await send(cloud);
    await cloud.advance(20_000);
    expect(noted(cloud, 'end')).toHaveLength(2);
  });

  it('that is given up is told to the topic on failure, with the event, the error and the rights of the function', async () => {
    const published: unknown[] = [];
    const Publish = (input: { TopicArn: string; Message: string }) => {
      published.push({ topic: input.TopicArn, record: JSON.parse(input.Message) });
      return {};
    };
    const cloud = await lambdaCloud([fakeService('sns', { Publish })]);
    await createFunction(cloud, failing);
    const OnFailure = { Destination: 'arn:aws:sns:us-east-1:111111111111:operations' };
    await configure(cloud, { MaximumRetryAttempts: 1, DestinationConfig: { OnFailure } });
    await send(cloud, { a: 'b' });
    await cloud.advance(600_000);
    expect(published).toEqual([]);
    expect(noted(cloud, 'destination.failed')).toMatchObject([
      { detail: { function: 'f', error: expect.stringContaining('not authorized to perform: sns:Publish') } },
    ]);

    const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' }] };
    await cloud.call(
      'iam',
      'PutRolePolicy',
      { RoleName: 'functions', PolicyName: 'tell', PolicyDocument: JSON.stringify(allow) },
      { region },
    );
    await send(cloud, { a: 'b' });
    await cloud.advance(600_000);
    expect(published).toEqual([
      {
        topic: OnFailure.Destination,
        record: {
          version: '1.0',
          timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
          requestContext: {
            requestId: expect.any(String),
            functionArn: 'arn:aws:lambda:us-east-1:111111111111:function:f:$LATEST',
            condition: 'RetriesExhausted',
            approximateInvokeCount: 2,
          },
          requestPayload: { a: 'b' },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: expect.objectContaining({ errorType: 'Error', errorMessage: 'no' }),
        },
      },
    ]);
  });

  it('refuses other destinations by name', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, failing);
    const OnFailure = { Destination: 'arn:aws:sqs:us-east-1:111111111111:q' };
    await expect(configure(cloud, { DestinationConfig: { OnFailure } })).rejects.toMatchObject({ name: 'NotModelled' });
  });

  it('leaves a cloud that can be forked once it has run', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'exports.handler = async () => 1;');
    await send(cloud);
    await cloud.advance(5000);
    const fork = cloud.fork(7);
    expect((await invoke(fork)).payload).toBe(1);
  });
});
