/** A cloud with Lambda, a role for functions, and functions made from source text. */
import type { CreateFunctionRequest } from '@aws-sdk/client-lambda';
import type { Cloud } from '../../../simulator/cloud.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { lambda } from '../../../simulator/lambda/index.ts';
import type { AnyService, Caller } from '../../../simulator/service.ts';
import { fakeService, testCloud } from '../runtime/processes.ts';

export const region = 'us-east-1';
const role = 'arn:aws:iam::111111111111:role/functions';

/** Further services may be added; `store` is what S3 holds, by bucket/key. */
export async function lambdaCloud(
  services: readonly AnyService[] = [],
  store: Record<string, string> = {},
): Promise<Cloud> {
  const GetObject = ({ Bucket, Key }: { Bucket: string; Key: string }) => {
    const text = store[`${Bucket}/${Key}`];
    if (text === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
    return { Body: new TextEncoder().encode(text) };
  };
  const cloud = testCloud([iam, lambda, fakeService('s3', { GetObject }), ...services]);
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  await cloud.call(
    'iam',
    'CreateRole',
    { RoleName: 'functions', AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }) },
    { region },
  );
  return cloud;
}

/** Creates function 'f' whose index.js is this text. */
export async function createFunction(cloud: Cloud, source: string, options: Partial<CreateFunctionRequest> = {}) {
  const ZipFile = new TextEncoder().encode(JSON.stringify({ 'index.js': source }));
  const input = {
    FunctionName: 'f',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: role,
    Code: { ZipFile },
    ...options,
  };
  return cloud.call('lambda', 'CreateFunction', input as CreateFunctionRequest, { region });
}

export interface Answer {
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly payload: unknown;
}

/** Invokes 'f' and runs the clock until it has answered. */
export async function invoke(cloud: Cloud, event: unknown = {}, caller?: Caller): Promise<Answer> {
  return cloud.resolve(startInvoke(cloud, event, caller));
}

export async function startInvoke(cloud: Cloud, event: unknown = {}, caller?: Caller): Promise<Answer> {
  const Payload = new TextEncoder().encode(JSON.stringify(event));
  const options = { region, ...(caller && { caller }) };
  const output = await cloud.call('lambda', 'Invoke', { FunctionName: 'f', Payload }, options);
  const text = new TextDecoder().decode(output.Payload);
  return { status: output.StatusCode, error: output.FunctionError, payload: JSON.parse(text) };
}

/** Sends an event to 'f' and does not wait. */
export const send = (cloud: Cloud, event: unknown = {}) =>
  cloud.call(
    'lambda',
    'Invoke',
    { FunctionName: 'f', InvocationType: 'Event', Payload: new TextEncoder().encode(JSON.stringify(event)) },
    { region },
  );

/** What Lambda noted, with the time in milliseconds. */
export const noted = (cloud: Cloud, what: string) =>
  cloud.trace.entries.filter((entry) => entry.source === 'lambda' && entry.what === what);
