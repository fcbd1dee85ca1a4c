/** Faults of single calls, as clients of the SDK see them on the wire. */
import { ConfiguredRetryStrategy, isThrottlingError } from '@smithy/core/retry';
import { describe, expect, it } from 'vitest';
import type { ServiceName } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import { AnswerLost, AwsError, Unreachable } from '../../../simulator/errors.ts';
import { eventBridge } from '../../../simulator/eventbridge/index.ts';
import { throttlingError } from '../../../simulator/faults/refusals.ts';
import { addFault, type Fault } from '../../../simulator/faults.ts';
import { dynamoDb } from '../../../simulator/services/dynamodb/index.ts';
import { kms } from '../../../simulator/services/kms/index.ts';
import { secretsManager } from '../../../simulator/services/secretsmanager/index.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import { sdkClient, sdkModule } from '../wire/sdk.ts';

const region = 'us-east-1';
const startAt = Date.UTC(2026, 0, 1);
const pk = (S: string) => ({ pk: { S } });

interface World {
  readonly cloud: Cloud;
  /** Calls an operation, of DynamoDB through the SDK's own client, and runs the clock until it is answered. */
  send(service: ServiceName, operation: string, input: object): Promise<Record<string, unknown>>;
  /** Id of the fault. */
  readonly id: string;
  hits(): number | undefined;
}

const commandOf = (operation: string, input: object): object => {
  const Command = sdkModule('dynamodb')[`${operation}Command`] as unknown as new (input: object) => object;
  return new Command(input);
};

function asClientsSeeIt(error: unknown): never {
  if (!(error instanceof AwsError)) throw error;
  throw Object.assign(new Error(error.message), { name: error.code, $metadata: { httpStatusCode: error.status } });
}

/** The SDK works in real time here: the clock runs only to what the call itself waits for. */
async function answered<T>(cloud: Cloud, sent: Promise<T>): Promise<T> {
  let done = false;
  const watched = sent.finally(() => {
    done = true;
  });
  watched.catch(() => {});
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!done && cloud.clock.nextAt !== undefined) await cloud.clock.run(cloud.clock.nextAt);
  }
  return watched;
}

/** A cloud with a table, under the fault. */
async function under(fault: Fault | undefined, seed = 1): Promise<World> {
  const services = [dynamoDb, ssm, kms, secretsManager, eventBridge];
  const cloud = Cloud.create({ seed, account: '111122223333', regions: [region, 'us-west-2'], services, startAt });
  const client = sdkClient(cloud, 'dynamodb');
  const send: World['send'] = (service, operation, input) =>
    service === 'dynamodb'
      ? answered(cloud, client.send(commandOf(operation, input)))
      : cloud.resolve(cloud.call(service, operation as never, input as never, { region }).catch(asClientsSeeIt));
  await send('dynamodb', 'CreateTable', {
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
  const id = fault ? addFault(cloud, fault) : '';
  return { cloud, send, id, hits: () => cloud.state.faults.hits[id] };
}

const put = ({ send }: World, key = 'a', more: object = {}) =>
  send('dynamodb', 'PutItem', { TableName: 'things', Item: pk(key), ...more });

/** Keys in the table, read with consistency. */
async function keysIn({ send }: World): Promise<unknown[]> {
  const { Items } = await send('dynamodb', 'Scan', { TableName: 'things', ConsistentRead: true });
  return (Items as { pk: { S: string } }[]).map(({ pk }) => pk.S).toSorted();
}

const onPut = { service: 'dynamodb', operation: 'PutItem' } as const;
const parameter = { Name: '/p', Value: 'v', Type: 'String' };

describe('a call that is refused', () => {
  it('throws the named error to the client and is not carried out', async () => {
    const world = await under({ kind: 'error', ...onPut, error: 'InternalServerError' });
    await expect(put(world)).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(await keysIn(world)).toEqual([]);
    expect(world.hits()).toBe(1);
  });

  it('as throttled is tried again by the SDK', async () => {
    const world = await under({ kind: 'throttle', service: 'dynamodb', times: 2 });
    const failure = await put(world).catch((reason: unknown) => reason);
    expect(failure).toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    const retryStrategy = new ConfiguredRetryStrategy(3, () => 1);
    const patient = sdkClient(world.cloud, 'dynamodb', { maxAttempts: 3, retryStrategy });
    const output = await answered(world.cloud, patient.send(commandOf('ListTables', {})));
    expect(output.$metadata).toMatchObject({ attempts: 2 });
    expect(world.hits()).toBe(2);
  });

  it.each(['autoscaling', 'dynamodb', 'ec2', 'events', 'kms', 'lambda', 's3', 'scheduler', 'sns', 'ssm', 'states'])(
    'by %s as throttled is taken for throttling by the SDK',
    (service) => {
      const { code, status } = throttlingError(service);
      expect(isThrottlingError({ name: code, $metadata: { httpStatusCode: status } } as never)).toBe(true);
    },
  );

  it('over a quota gets the error of its service and operation, and a call without quota none', async () => {
    const world = await under({ kind: 'quota', service: 'ssm' });
    await expect(world.send('ssm', 'PutParameter', parameter)).rejects.toMatchObject({
      name: 'ParameterLimitExceeded',
    });
    await expect(world.send('ssm', 'GetParameter', { Name: '/p' })).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    expect(world.hits()).toBe(1);
  });
});

describe('a call that is slow', () => {
  it('is late before the deed by beforeMs and behind it by afterMs', async () => {
    const world = await under({ kind: 'latency', ...onPut, beforeMs: 100, afterMs: 900 });
    const { cloud } = world;
    const done: number[] = [];
    const putting = cloud
      .call('dynamodb', 'PutItem', { TableName: 'things', Item: pk('a') }, { region })
      .then(() => done.push(cloud.now - startAt));
    const deeds = [];
    for (const at of [99, 100]) {
      await cloud.clock.run(startAt + at);
      deeds.push(cloud.trace.entries.some(({ what }) => what === 'PutItem'));
    }
    await cloud.resolve(putting);
    expect([deeds, done]).toEqual([[false, true], [1_000]]);
    expect(world.hits()).toBe(1);
  });

  it('is overtaken by a later one of the same sender', async () => {
    const order = async (fault?: Fault) => {
      const world = await under(fault);
      const keys = ['a', 'b', 'c', 'd', 'e'];
      for (const key of keys) {
        void world.cloud.call('dynamodb', 'PutItem', { TableName: 'things', Item: pk(key) }, { region });
        await world.cloud.advance(10);
      }
      await world.cloud.advance(1_000);
      const puts = world.cloud.trace.entries.filter(({ what }) => what === 'PutItem');
      return puts.map(({ detail }) => (detail as { input: { Item: { pk: { S: string } } } }).input.Item.pk.S).join('');
    };
    expect(await order()).toBe('abcde');
    const shuffled = await order({ kind: 'reorder', ...onPut, withinMs: 500 });
    expect(shuffled).not.toBe('abcde');
    expect([...shuffled].toSorted().join('')).toBe('abcde');
  });
});

describe('a call without answer', () => {
  it('is not carried out when the request was dropped, and is when its answer was lost', async () => {
    const dropped = await under({ kind: 'drop', ...onPut });
    await expect(put(dropped)).rejects.toThrow(AnswerLost);
    expect(await keysIn(dropped)).toEqual([]);
    const lost = await under({ kind: 'lose-answer', ...onPut });
    await expect(put(lost)).rejects.toThrow(AnswerLost);
    expect(await keysIn(lost)).toEqual(['a']);
    expect([dropped.hits(), lost.hits()]).toEqual([1, 1]);
  });

  it('cannot be sent to an endpoint that is out of reach from one place', async () => {
    const world = await under({ kind: 'endpoint', service: 'dynamodb', region, place: 'us-west-2' });
    const list = (from: string) => world.cloud.call('dynamodb', 'ListTables', {}, { region, from });
    await expect(list('us-west-2')).rejects.toThrow(Unreachable);
    expect(await list(region)).toEqual({ TableNames: ['things'] });
    expect(world.hits()).toBe(1);
  });
});

describe('a call that is carried out twice', () => {
  it('tells its sender what the second time came to: its own condition has failed', async () => {
    const world = await under({ kind: 'duplicate', ...onPut, againMs: 50 });
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
    await expect(put(world, 'a', condition)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(await keysIn(world)).toEqual(['a']);
    expect(world.hits()).toBe(1);
  });

  it('is one that running code sends, never one of a service', async () => {
    const world = await under({ kind: 'duplicate', ...onPut });
    await world.cloud.call('dynamodb', 'PutItem', { TableName: 'things', Item: pk('a') }, { region });
    expect(world.hits()).toBe(0);
  });
});

describe('a batch that is done in part', () => {
  it('puts some events on the bus and reports the others in their places', async () => {
    const world = await under({ kind: 'partial', service: 'events', share: 0.5 });
    const Entries = ['a', 'b', 'c', 'd'].map((DetailType) => ({ Source: 's', DetailType, Detail: '{}' }));
    const output = await world.send('events', 'PutEvents', { Entries });
    const results = output.Entries as { ErrorCode?: string; EventId?: string }[];
    const failed = results.flatMap(({ ErrorCode }, index) => (ErrorCode === 'InternalFailure' ? [Entries[index]] : []));
    const taken = world.cloud.trace.entries.filter(({ what }) => what === 'event').map(({ detail }) => detail);
    expect(output.FailedEntryCount).toBe(failed.length);
    expect([failed.length, taken.length]).toEqual([expect.toSatisfy((n) => n > 0 && n < 4), 4 - failed.length]);
    const told = (taken as { detailType: string }[]).map(({ detailType }) => detailType);
    expect([...told, ...failed.map((entry) => entry?.DetailType)].toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(world.hits()).toBe(1);
  });

  it('writes some items and hands the others back, or refuses when nothing is left', async () => {
    const requests = ['a', 'b', 'c', 'd'].map((key) => ({ PutRequest: { Item: pk(key) } }));
    const world = await under({ kind: 'partial', service: 'dynamodb', share: 0.5 });
    const output = await world.send('dynamodb', 'BatchWriteItem', { RequestItems: { things: requests } });
    const left = (output.UnprocessedItems as { things: typeof requests }).things.map((one) => one.PutRequest.Item.pk.S);
    expect([...(await keysIn(world)), ...left].toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(left.length).toBeGreaterThan(0);
    const none = await under({ kind: 'partial', service: 'dynamodb', share: 1 });
    await expect(none.send('dynamodb', 'BatchWriteItem', { RequestItems: { things: requests } })).rejects.toMatchObject(
      { name: 'ProvisionedThroughputExceededException' },
    );
  });

  it('reads some items and hands the keys of the others back', async () => {
    const world = await under({ kind: 'partial', service: 'dynamodb', operation: 'BatchGetItem', share: 0.4 });
    for (const key of ['a', 'b', 'c']) await put(world, key);
    const RequestItems = { things: { Keys: ['a', 'b', 'c'].map(pk) } };
    const { Responses, UnprocessedKeys } = await world.send('dynamodb', 'BatchGetItem', { RequestItems });
    const found = (Responses as { things: object[] }).things;
    const left = (UnprocessedKeys as { things: { Keys: object[] } }).things.Keys;
    expect(found.length + left.length).toBe(3);
    expect(left.length).toBeGreaterThan(0);
  });
});

describe('a stale read', () => {
  it('answers with the state of some seconds ago, unless it asks for consistency', async () => {
    const world = await under({ kind: 'stale-read', service: 'dynamodb', operation: 'GetItem', staleMs: 5_000 });
    const get = async (more: object = {}) =>
      ((await world.send('dynamodb', 'GetItem', { TableName: 'things', Key: pk('a'), ...more })).Item as object) ??
      null;
    await put(world, 'a', { Item: { ...pk('a'), n: { N: '1' } } });
    await world.cloud.advance(6_000);
    await put(world, 'a', { Item: { ...pk('a'), n: { N: '2' } } });
    expect(await get()).toMatchObject({ n: { N: '1' } });
    expect(await get({ ConsistentRead: true })).toMatchObject({ n: { N: '2' } });
    await world.cloud.advance(5_000);
    expect(await get()).toMatchObject({ n: { N: '2' } });
    expect(world.hits()).toBe(2);
  });

  it('of another service sees what was there before too, and nothing when there was nothing', async () => {
    const world = await under({ kind: 'stale-read', service: 'ssm', staleMs: 2_000 });
    await world.send('ssm', 'PutParameter', parameter);
    await expect(world.send('ssm', 'GetParameter', { Name: '/p' })).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    await world.cloud.advance(2_000);
    expect(await world.send('ssm', 'GetParameter', { Name: '/p' })).toMatchObject({ Parameter: { Value: 'v' } });
  });

  it('keeps the past only while a fault needs it, and no longer than needed', async () => {
    const without = await under({ kind: 'error', ...onPut, error: 'X' });
    await without.send('ssm', 'PutParameter', parameter);
    expect(without.cloud.state.faults.past).toEqual({});
    const world = await under({ kind: 'stale-read', service: 'ssm', region, staleMs: 2_000 });
    for (let n = 0; n < 10; n++) {
      await world.send('ssm', 'PutParameter', { ...parameter, Overwrite: true });
      await world.cloud.advance(500);
    }
    expect(Object.keys(world.cloud.state.faults.past)).toEqual([`ssm@${region}`]);
    expect(world.cloud.state.faults.past[`ssm@${region}`]?.length).toBeLessThan(5);
  });
});

describe('a key that cannot be used', () => {
  it.each(['AccessDeniedException', 'KMSInvalidStateException', 'DisabledException'] as const)(
    'shows as %s in KMS and as a failure of the secret under it',
    async (error) => {
      const world = await under(undefined);
      const { KeyMetadata } = await world.send('kms', 'CreateKey', {});
      const { KeyId = '' } = KeyMetadata as { KeyId?: string };
      await world.send('secretsmanager', 'CreateSecret', { Name: 's', SecretString: 'v', KmsKeyId: KeyId });
      await world.send('secretsmanager', 'CreateSecret', { Name: 'other', SecretString: 'v' });
      const id = addFault(world.cloud, { kind: 'kms', key: KeyId, error });
      await expect(world.send('kms', 'Encrypt', { KeyId, Plaintext: new Uint8Array(1) })).rejects.toMatchObject({
        name: error,
      });
      await expect(world.send('secretsmanager', 'GetSecretValue', { SecretId: 's' })).rejects.toThrow();
      expect(await world.send('secretsmanager', 'GetSecretValue', { SecretId: 'other' })).toMatchObject({
        SecretString: 'v',
      });
      expect(world.cloud.state.faults.hits[id]).toBe(2);
    },
  );
});

describe('which calls a fault is about', () => {
  const west = { region: 'us-west-2' };
  it.each<[string, object, boolean]>([
    ['any service', {}, true],
    ['another service', { service: 'ssm' }, false],
    ['another operation', { service: 'dynamodb', operation: 'PutItem' }, false],
    ['the region', { service: 'dynamodb', ...west }, true],
    ['another region', { service: 'dynamodb', region }, false],
    ['the place of the caller', { place: 'internet' }, true],
    ['another place', { place: region }, false],
    ['the caller by its role', { by: 'writer' }, true],
    ['the caller by its session', { by: 'claim' }, true],
    ['another caller', { by: 'observe' }, false],
    ['a member of the input', { input: { Limit: 1 } }, true],
    ['another value of it', { input: { Limit: 2 } }, false],
  ])('is told by %s', async (_, about, hit) => {
    const { cloud, id } = await under({ kind: 'error', error: 'X', ...about });
    const caller = { kind: 'role', arn: 'arn:aws:iam::1:role/writer', session: 'claim' } as const;
    const calling = cloud.call('dynamodb', 'ListTables', { Limit: 1 }, { ...west, from: 'internet', caller });
    await calling.catch(() => {});
    expect(cloud.state.faults.hits[id]).toBe(hit ? 1 : 0);
  });
});
