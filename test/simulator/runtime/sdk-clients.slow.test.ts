/** Real bundles with real SDK clients in a sandbox, over the simulated network to fake services. */
import { beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../infra/bundle.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { addFault, cutOff, rejoin } from '../../../simulator/faults.ts';
import { handOverDecoded } from '../../../simulator/runtime/decoded.ts';
import type { SandboxOptions } from '../../../simulator/runtime/sandbox.ts';
import type { AnyService } from '../../../simulator/service.ts';
import { fakeService, type Started, startAt, startProcess, testCloud } from './processes.ts';

let files: Record<string, string>;
beforeAll(async () => {
  const entry = `${import.meta.dirname}/sdk-program.js`;
  files = { ...(await bundle([{ name: 'test', entry, onLambda: true, external: [] }])).get('test') };
});

const ways = { 'through the full codec': () => {}, 'handed over decoded': handOverDecoded };

/** A process with the program, in a cloud that hands over this way. */
function launch(cloud: Cloud, way: keyof typeof ways, options: Partial<SandboxOptions> = {}): Started {
  ways[way](cloud);
  const { 'index.cjs': code = '', ...libraries } = files;
  const stored = Object.entries(libraries).map(([path, text]) => [path, cloud.blobs.put(text)]);
  return startProcess(cloud, code, { files: Object.fromEntries(stored), ...options });
}

/** A table with one counter, and how often it was changed. */
function counter(): { service: AnyService; count: () => number } {
  let count = 0;
  const UpdateItem = () => ({ Attributes: { counter: { N: String(++count) } } });
  return { service: fakeService('dynamodb', { UpdateItem }), count: () => count };
}

function objectStore(): AnyService {
  const objects = new Map<string, Uint8Array>();
  type Input = { Bucket: string; Key: string; Body: Uint8Array };
  const find = ({ Bucket, Key }: Input, missing: string): Uint8Array => {
    const found = objects.get(`${Bucket}/${Key}`);
    if (!found) throw new AwsError(missing, 'The specified key does not exist.', { status: 404 });
    return found;
  };
  return fakeService('s3', {
    PutObject: (input: Input) => void objects.set(`${input.Bucket}/${input.Key}`, input.Body),
    GetObject: (input: Input) => ({ Body: find(input, 'NoSuchKey') }),
    HeadObject: (input: Input) => ({ ContentLength: find(input, 'NotFound').byteLength }),
    DeleteObject: (input: Input) => void objects.delete(`${input.Bucket}/${input.Key}`),
  });
}

describe.each(Object.keys(ways) as (keyof typeof ways)[])('SDK clients in a sandbox, %s', (way) => {
  it('reach services of every protocol and get their answers and errors', async () => {
    const seen: unknown[] = [];
    const told = (input: unknown, output: object) => {
      seen.push(input);
      return output;
    };
    const cloud = testCloud([
      counter().service,
      fakeService('ssm', {
        GetParameter: (input: { Name: string }) => ({ Parameter: { Name: input.Name, Value: 'v' } }),
      }),
      fakeService('states', {
        StartExecution: (input: unknown) => told(input, { executionArn: 'arn:e', startDate: new Date(startAt) }),
      }),
      fakeService('autoscaling', {
        DescribeAutoScalingGroups: (input: unknown) =>
          told(input, { AutoScalingGroups: [{ AutoScalingGroupName: 'g & h', DesiredCapacity: 2 }] }),
        SetDesiredCapacity: () => {
          throw new AwsError('ScalingActivityInProgress', 'busy');
        },
      }),
      fakeService('route53', {
        ChangeResourceRecordSets: (input: unknown) =>
          told(input, { ChangeInfo: { Id: 'C', Status: 'PENDING', SubmittedAt: new Date(startAt) } }),
      }),
    ]);
    const { call } = launch(cloud, way);
    expect(await call('everyService')).toMatchObject([
      { counter: { N: '1' } },
      { Name: '/a/b', Value: 'v' },
      startAt,
      [{ AutoScalingGroupName: 'g & h', DesiredCapacity: 2 }],
      { name: 'ScalingActivityInProgressFault', message: 'busy', attempts: 1, status: 400 },
      'PENDING',
    ]);
    expect(seen).toMatchObject([
      { stateMachineArn: 'arn:m', input: '{"a":"ü"}' },
      { AutoScalingGroupNames: ['g & h'] },
      {
        HostedZoneId: 'Z1',
        ChangeBatch: { Changes: [{ ResourceRecordSet: { ResourceRecords: [{ Value: '192.0.2.1' }] } }] },
      },
    ]);
  });

  it('store and read objects with the default checksums: text, a stream in chunks, and after 100-continue', async () => {
    const { call } = launch(testCloud([objectStore()]), way);
    expect(await call('objects')).toEqual(['yes', 'streamed body', 3_000_000, 'NoSuchKey', 'NotFound']);
  });

  it('go the way that they are told', async () => {
    const cloud = testCloud([counter().service]);
    await launch(cloud, way).call('renew');
    // Reading HTTP draws an id for each request.
    expect('wire' in cloud.state.random).toBe(way === 'through the full codec');
  });

  it('may compress what they send', async () => {
    let metrics = 0;
    const PutMetricData = (input: { MetricData: unknown[] }) => {
      metrics = input.MetricData.length;
    };
    const { call } = launch(testCloud([fakeService('cloudwatch', { PutMetricData })]), way);
    expect(await call('manyMetrics')).toBe(true);
    expect(metrics).toBe(300);
  });

  it('are told when a service or an operation is not modelled, and do not retry', async () => {
    const refusals = async (services: AnyService[]) => launch(testCloud(services), way).call('renew');
    const expected = { name: 'NotImplemented', status: 501, attempts: 1 };
    expect(await refusals([])).toMatchObject({ ...expected, message: expect.stringContaining("service 'dynamodb'") });
    expect(await refusals([fakeService('dynamodb', {})])).toMatchObject({
      ...expected,
      message: expect.stringContaining('dynamodb:UpdateItem'),
    });
  });

  it('give an error by its name and fault, also one that its operation does not list and the bundle leaves out', async () => {
    const failing = (code: string, status: number) => () => {
      throw new AwsError(code, 'as AWS says', { status });
    };
    const failure = (code: string, status: number) =>
      launch(testCloud([fakeService('ssm', { GetParameter: failing(code, status) })]), way).call('parameter');
    const told = { message: 'as AWS says', attempts: 1 };
    expect(files['node_modules/libraries.cjs']).not.toContain('TooManyUpdates');
    for (const name of ['ParameterNotFound', 'TooManyUpdates']) {
      expect(await failure(name, 400)).toMatchObject({ ...told, name, fault: 'client', status: 400 });
    }
    expect(await failure('ServiceUnavailable', 503)).toMatchObject({ fault: 'server', attempts: 3 });
  });

  it('are refused with credentials that were never issued', async () => {
    const { call } = launch(testCloud([counter().service]), way, {
      env: { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN', AWS_SECRET_ACCESS_KEY: 'x' },
      caller: undefined as never,
    });
    expect(await call('renew')).toMatchObject({ name: 'UnrecognizedClientException', status: 400 });
  });
});

describe.each(Object.keys(ways) as (keyof typeof ways)[])('the network between them, %s', (way) => {
  const limits = {
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 800, throwOnRequestTimeout: true },
  };

  it('takes 2–15 ms within a region and 40–90 ms to another, and a handshake of two round trips at first', async () => {
    const { call } = launch(testCloud([counter().service]), way);
    const times = async (region: string) => {
      const options = { region };
      const [first, second] = [
        await call<{ ms: number }>('renew', options),
        await call<{ ms: number }>('renew', options),
      ];
      return { first: first.ms, second: second.ms };
    };
    const [near, far] = [await times('us-east-1'), await times('us-west-2')];
    for (const [{ first, second }, low, high] of [
      [near, 2, 15],
      [far, 40, 90],
    ] as const) {
      expect(second).toBeGreaterThanOrEqual(low);
      expect(second).toBeLessThanOrEqual(high + 1);
      expect(first).toBeGreaterThanOrEqual(3 * low - 1);
      expect(first).toBeLessThanOrEqual(3 * high + 3);
    }
  });

  it('never opens a new connection to a dark region, and nothing happens there', async () => {
    const { service, count } = counter();
    const cloud = testCloud([service]);
    const { call } = launch(cloud, way);
    cloud.goDark('us-west-2');
    const failed = await call<{ ms: number }>('renew', { ...limits, region: 'us-west-2' });
    expect(failed).toMatchObject({ name: 'TimeoutError', ms: 800, message: expect.stringContaining('requestTimeout') });
    const { connectionTimeout } = limits.requestHandler;
    const patient = { maxAttempts: 1, requestHandler: { connectionTimeout }, region: 'us-west-2' };
    expect(await call('renew', patient)).toMatchObject({
      name: 'TimeoutError',
      ms: connectionTimeout,
      message: expect.stringContaining('did not establish a connection'),
    });
    const hopeful = { maxAttempts: 1, region: 'us-west-2' };
    expect(await call('renew', hopeful)).toMatchObject({
      name: 'TimeoutError',
      ms: 127_000,
      message: /ETIMEDOUT/ as never,
    });
    expect(count()).toBe(0);
  });

  it('is silent on a connection that was open before the cut: only a request timeout helps', async () => {
    const { service, count } = counter();
    const cloud = testCloud([service]);
    const { call } = launch(cloud, way);
    const options = { ...limits, region: 'us-west-2' };
    await call('renew', options);
    cutOff(cloud.state.faults, 'us-west-2');
    expect(await call('renew', options)).toMatchObject({ ms: 800, message: expect.stringContaining('requestTimeout') });
    rejoin(cloud.state.faults, 'us-west-2');
    expect(await call('renew', options)).toMatchObject({ counter: { N: '2' } });
    expect(count()).toBe(2);
  });

  it('loses an answer whose way back is cut in between: the deed is done', async () => {
    const { service, count } = counter();
    const cloud = testCloud([service]);
    const { call, start } = launch(cloud, way);
    const options = { ...limits, region: 'us-west-2' };
    await call('renew', options);
    const renewal = start('renew', options);
    while (count() < 2) await cloud.advance(1);
    cloud.state.faults.cuts.push({ from: 'us-west-2', to: 'us-east-1' });
    expect(await cloud.resolve(renewal)).toMatchObject({ name: 'TimeoutError', ms: 800 });
  });

  it('loses an answer by an injected fault, and the default retry repeats the deed', async () => {
    const { service, count } = counter();
    const cloud = testCloud([service]);
    addFault(cloud, { kind: 'lose-answer', service: 'dynamodb', until: startAt + 700 });
    const { call } = launch(cloud, way);
    expect(await call('renew', { ...limits, maxAttempts: 2 })).toMatchObject({ counter: { N: '2' } });
    expect(count()).toBe(2);
  });

  it('slows a call by an injected latency', async () => {
    const cloud = testCloud([counter().service]);
    const { call } = launch(cloud, way);
    await call('renew');
    addFault(cloud, { kind: 'latency', afterMs: 5000 });
    const { ms } = await call<{ ms: number }>('renew');
    expect(ms).toBeGreaterThan(5000);
    expect(ms).toBeLessThan(5020);
  });

  it('holds an answer for a process that is paused, and drops it for one that is dead', async () => {
    const { service, count } = counter();
    const cloud = testCloud([service]);
    const [paused, dead] = [launch(cloud, way), launch(cloud, way)];
    await Promise.all([cloud.resolve(paused.start('renew')), dead.start('renew')]);
    const [late, never] = [paused.start<{ ms: number }>('renew'), dead.start('renew')];
    while (count() < 4) await cloud.advance(1);
    paused.sandbox.pause();
    dead.sandbox.kill();
    await cloud.advance(60_000);
    paused.sandbox.resume();
    expect((await cloud.resolve(late)).ms).toBeGreaterThan(60_000);
    await expect(cloud.resolve(never, 60_000)).rejects.toThrow('nothing answered');
  });

  it('repeats a whole run from its seed: throttled calls, back-off and all', async () => {
    const run = async (seed: number) => {
      const cloud = testCloud([counter().service], seed);
      addFault(cloud, { kind: 'error', service: 'dynamodb', error: 'ThrottlingException', probability: 0.5 });
      const { call } = launch(cloud, way);
      const results = [];
      for (let i = 0; i < 10; i++) results.push(await call('renew'));
      return { results, trace: trace(cloud) };
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect((await run(2)).trace).not.toEqual(first.trace);
    expect(first.trace).toContain('ThrottlingException');
  });
});

const trace = (cloud: Cloud): string => cloud.trace.toJsonLines();
