/** Items of one table: written, read, queried, scanned, in batches and in transactions. */
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { call, withTable } from './helpers.ts';

const TableName = 'things';

async function withMessages(): Promise<Cloud> {
  const cloud = await withTable({ sort: 'N' });
  for (const [pk, count] of [
    ['a', 7],
    ['b', 2],
  ] as const) {
    for (let sk = 1; sk <= count; sk++) {
      await call(cloud, 'PutItem', {
        TableName,
        Item: { pk: { S: pk }, sk: { N: `${sk}` }, odd: { BOOL: sk % 2 === 1 } },
      });
    }
  }
  return cloud;
}

const sortKeys = (items: readonly Record<string, { N?: string | undefined }>[] | undefined) =>
  items?.map((item) => Number(item.sk?.N));

describe('PutItem, GetItem, UpdateItem and DeleteItem', () => {
  test('an item comes back as it was put, numbers in canonical form', async () => {
    const cloud = await withTable();
    const Item = { pk: { S: 'x' }, n: { N: '1.500' }, b: { B: new Uint8Array([1, 2]) }, set: { NS: ['1', '2.0'] } };
    await call(cloud, 'PutItem', { TableName, Item });
    const { Item: found } = await call(cloud, 'GetItem', { TableName, Key: { pk: { S: 'x' } }, ConsistentRead: true });
    expect(found).toEqual({ ...Item, n: { N: '1.5' }, b: { B: Buffer.from([1, 2]) }, set: { NS: ['1', '2'] } });
  });

  test('a failed condition changes nothing and carries the item when asked', async () => {
    const cloud = await withTable();
    await call(cloud, 'PutItem', { TableName, Item: { pk: { S: 'x' }, v: { N: '1' } } });
    const again = call(cloud, 'PutItem', {
      TableName,
      Item: { pk: { S: 'x' }, v: { N: '2' } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(again).rejects.toMatchObject({
      code: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      members: { Item: { pk: { S: 'x' }, v: { N: '1' } } },
    });
  });

  test.each([
    ['NONE', undefined],
    ['ALL_OLD', { pk: { S: 'x' }, v: { N: '1' }, w: { S: 'same' } }],
    ['ALL_NEW', { pk: { S: 'x' }, v: { N: '2' }, w: { S: 'same' }, z: { N: '9' } }],
    ['UPDATED_OLD', { v: { N: '1' } }],
    ['UPDATED_NEW', { v: { N: '2' }, z: { N: '9' } }],
  ] as const)('UpdateItem with ReturnValues %s returns just that', async (ReturnValues, expected) => {
    const cloud = await withTable();
    await call(cloud, 'PutItem', { TableName, Item: { pk: { S: 'x' }, v: { N: '1' }, w: { S: 'same' } } });
    const { Attributes } = await call(cloud, 'UpdateItem', {
      TableName,
      Key: { pk: { S: 'x' } },
      UpdateExpression: 'ADD v :one SET z = :nine',
      ExpressionAttributeValues: { ':one': { N: '1' }, ':nine': { N: '9' } },
      ReturnValues,
    });
    expect(Attributes).toEqual(expected);
  });

  test('UpdateItem makes the item when there is none', async () => {
    const cloud = await withTable();
    await call(cloud, 'UpdateItem', {
      TableName,
      Key: { pk: { S: 'new' } },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    const { Item } = await call(cloud, 'GetItem', { TableName, Key: { pk: { S: 'new' } } });
    expect(Item).toEqual({ pk: { S: 'new' }, n: { N: '1' } });
  });

  test('DeleteItem returns what was there, once', async () => {
    const cloud = await withTable();
    await call(cloud, 'PutItem', { TableName, Item: { pk: { S: 'x' } } });
    const Key = { pk: { S: 'x' } };
    expect(await call(cloud, 'DeleteItem', { TableName, Key, ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: Key });
    expect(await call(cloud, 'DeleteItem', { TableName, Key, ReturnValues: 'ALL_OLD' })).toEqual({});
  });

  test.each([
    [{ pk: { N: '1' } }, 'One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N'],
    [{ other: { S: '1' } }, 'One or more parameter values were invalid: Missing the key pk in the item'],
    [{ pk: { S: '' } }, 'cannot contain an empty string value. Key: pk'],
    [{ pk: { S: 'x' }, big: { S: 'x'.repeat(409_600) } }, 'Item size has exceeded the maximum allowed size'],
    [{ pk: { S: 'x' }, s: { SS: [] } }, 'set  may not be empty'],
    [{ pk: { S: 'x' }, s: { SS: ['a', 'a'] } }, 'Input collection [a, a] contains duplicates.'],
  ])('an item that does not fit is refused (%#)', async (Item, message) => {
    const cloud = await withTable();
    await expect(call(cloud, 'PutItem', { TableName, Item })).rejects.toThrow(message);
  });

  test('key attributes cannot be updated and keys must match the schema', async () => {
    const cloud = await withTable({ sort: 'N' });
    const Key = { pk: { S: 'a' }, sk: { N: '1' } };
    const update = { UpdateExpression: 'SET sk = :v', ExpressionAttributeValues: { ':v': { N: '2' } } };
    await expect(call(cloud, 'UpdateItem', { TableName, Key, ...update })).rejects.toThrow(
      'Cannot update attribute sk. This attribute is part of the key',
    );
    await expect(call(cloud, 'GetItem', { TableName, Key: { pk: { S: 'a' } } })).rejects.toThrow(
      'The provided key element does not match the schema',
    );
  });

  test('a legacy parameter is refused by name and a missing table by AWS error', async () => {
    const cloud = await withTable();
    const legacy = { TableName, Item: { pk: { S: 'x' } }, Expected: { pk: { Exists: false } } };
    await expect(call(cloud, 'PutItem', legacy)).rejects.toThrow('legacy parameter Expected is not modelled');
    const missing = { TableName: 'nothing', Key: { pk: { S: 'x' } } };
    await expect(call(cloud, 'GetItem', missing)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

describe('Query and Scan', () => {
  const partition = { ':a': { S: 'a' } };

  test.each([
    ['pk = :a', {}, [1, 2, 3, 4, 5, 6, 7]],
    ['pk = :a AND sk BETWEEN :lo AND :hi', { ':lo': { N: '2' }, ':hi': { N: '4' } }, [2, 3, 4]],
    ['pk = :a AND sk > :lo', { ':lo': { N: '5' } }, [6, 7]],
    ['(pk = :a) AND (sk = :lo)', { ':lo': { N: '5.0' } }, [5]],
  ])('%s finds its items in order', async (KeyConditionExpression, more, expected) => {
    const cloud = await withMessages();
    const ExpressionAttributeValues = { ...partition, ...more };
    const found = await call(cloud, 'Query', { TableName, KeyConditionExpression, ExpressionAttributeValues });
    expect(sortKeys(found.Items)).toEqual(expected);
  });

  test('pages by Limit, backwards, until nothing is left', async () => {
    const cloud = await withMessages();
    const pages: (number[] | undefined)[] = [];
    let start: Record<string, { S: string } | { N: string }> | undefined;
    do {
      const result = await call(cloud, 'Query', {
        TableName,
        KeyConditionExpression: 'pk = :a',
        ExpressionAttributeValues: partition,
        ScanIndexForward: false,
        Limit: 3,
        ...(start && { ExclusiveStartKey: start }),
      });
      pages.push(sortKeys(result.Items));
      start = result.LastEvaluatedKey as typeof start;
    } while (start);
    expect(pages).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
  });

  test('a filter counts after the limit', async () => {
    const cloud = await withMessages();
    const result = await call(cloud, 'Query', {
      TableName,
      KeyConditionExpression: 'pk = :a',
      FilterExpression: 'odd = :yes',
      ExpressionAttributeValues: { ...partition, ':yes': { BOOL: true } },
      ProjectionExpression: 'sk',
      Limit: 4,
    });
    expect(result).toMatchObject({ Count: 2, ScannedCount: 4, Items: [{ sk: { N: '1' } }, { sk: { N: '3' } }] });
  });

  test('begins_with works on a text sort key', async () => {
    const cloud = await withTable({ sort: 'S' });
    for (const sk of ['2026-01', '2026-02', '2027-01']) {
      await call(cloud, 'PutItem', { TableName, Item: { pk: { S: 'a' }, sk: { S: sk } } });
    }
    const result = await call(cloud, 'Query', {
      TableName,
      KeyConditionExpression: 'pk = :a AND begins_with(sk, :year)',
      ExpressionAttributeValues: { ...partition, ':year': { S: '2026' } },
      Select: 'COUNT',
    });
    expect(result).toEqual({ Count: 2, ScannedCount: 2 });
  });

  test.each([
    ['sk = :a', 'Query condition missed key schema element: pk'],
    ['pk > :a', 'Query key condition not supported'],
    ['pk = :a OR sk = :a', 'Invalid operator used in KeyConditionExpression: OR'],
    ['pk = :a AND pk = :a', 'KeyConditionExpressions must only contain one condition per key'],
    ['pk = :a AND odd = :a', 'Query condition missed key schema element: sk'],
    ['pk = :a AND sk = :a', 'Condition parameter type does not match schema type'],
  ])('key condition %s is refused', async (KeyConditionExpression, message) => {
    const cloud = await withMessages();
    const input = { TableName, KeyConditionExpression, ExpressionAttributeValues: partition };
    await expect(call(cloud, 'Query', input)).rejects.toThrow(message);
  });

  test('Scan pages through everything once, also in segments', async () => {
    const cloud = await withMessages();
    const first = await call(cloud, 'Scan', { TableName, Limit: 5 });
    const rest = await call(cloud, 'Scan', { TableName, ExclusiveStartKey: first.LastEvaluatedKey });
    expect([first.Count, rest.Count, rest.LastEvaluatedKey]).toEqual([5, 4, undefined]);
    const segments = await Promise.all(
      [0, 1, 2].map((Segment) => call(cloud, 'Scan', { TableName, Segment, TotalSegments: 3 })),
    );
    expect(segments.reduce((total, { Count }) => total + (Count ?? 0), 0)).toBe(9);
  });

  test('a global secondary index orders by its own key and holds only items that have it', async () => {
    const cloud = await withTable();
    await call(cloud, 'CreateTable', {
      TableName: 'indexed',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'kind', 'at'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byKind',
          KeySchema: [
            { AttributeName: 'kind', KeyType: 'HASH' },
            { AttributeName: 'at', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
    for (const [pk, at] of [
      ['1', 'c'],
      ['2', 'a'],
      ['3', undefined],
    ] as const) {
      const Item = { pk: { S: pk }, kind: { S: 'k' }, secret: { S: 's' }, ...(at && { at: { S: at } }) };
      await call(cloud, 'PutItem', { TableName: 'indexed', Item });
    }
    const { Items } = await call(cloud, 'Query', {
      TableName: 'indexed',
      IndexName: 'byKind',
      KeyConditionExpression: 'kind = :k',
      ExpressionAttributeValues: { ':k': { S: 'k' } },
    });
    expect(Items).toEqual([
      { pk: { S: '2' }, kind: { S: 'k' }, at: { S: 'a' } },
      { pk: { S: '1' }, kind: { S: 'k' }, at: { S: 'c' } },
    ]);
  });
});

describe('batches and transactions', () => {
  test('a batch writes, deletes and reads', async () => {
    const cloud = await withTable();
    const put = (pk: string) => ({ PutRequest: { Item: { pk: { S: pk } } } });
    await call(cloud, 'BatchWriteItem', { RequestItems: { things: [put('a'), put('b')] } });
    await call(cloud, 'BatchWriteItem', { RequestItems: { things: [{ DeleteRequest: { Key: { pk: { S: 'a' } } } }] } });
    const Keys = ['a', 'b'].map((pk) => ({ pk: { S: pk } }));
    const { Responses } = await call(cloud, 'BatchGetItem', { RequestItems: { things: { Keys } } });
    expect(Responses).toEqual({ things: [{ pk: { S: 'b' } }] });
    await expect(call(cloud, 'BatchWriteItem', { RequestItems: { things: [put('a'), put('a')] } })).rejects.toThrow(
      'Provided list of item keys contains duplicates',
    );
  });

  test('a transaction does all or nothing and says why', async () => {
    const cloud = await withTable();
    await call(cloud, 'PutItem', { TableName, Item: { pk: { S: 'lock' }, owner2: { S: 'me' } } });
    const transaction = (owner: string) =>
      call(cloud, 'TransactWriteItems', {
        TransactItems: [
          { Put: { TableName, Item: { pk: { S: owner } } } },
          {
            ConditionCheck: {
              TableName,
              Key: { pk: { S: 'lock' } },
              ConditionExpression: 'owner2 = :o',
              ExpressionAttributeValues: { ':o': { S: owner } },
            },
          },
        ],
      });
    await expect(transaction('you')).rejects.toMatchObject({
      code: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
      members: { CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }] },
    });
    await transaction('me');
    const { Responses } = await call(cloud, 'TransactGetItems', {
      TransactItems: ['you', 'me'].map((pk) => ({ Get: { TableName, Key: { pk: { S: pk } } } })),
    });
    expect(Responses).toEqual([{}, { Item: { pk: { S: 'me' } } }]);
  });

  test('a client token makes a transaction happen once for ten minutes', async () => {
    const cloud = await withTable();
    const transaction = (step: string) =>
      call(cloud, 'TransactWriteItems', {
        ClientRequestToken: 'token',
        TransactItems: [
          {
            Update: {
              TableName,
              Key: { pk: { S: 'n' } },
              UpdateExpression: 'ADD v :s',
              ExpressionAttributeValues: { ':s': { N: step } },
            },
          },
        ],
      });
    await transaction('1');
    await transaction('1');
    await expect(transaction('2')).rejects.toMatchObject({ code: 'IdempotentParameterMismatchException' });
    await cloud.advance(601_000);
    await transaction('1');
    const { Item } = await call(cloud, 'GetItem', { TableName, Key: { pk: { S: 'n' } } });
    expect(Item?.v).toEqual({ N: '2' });
  });
});

test('an expired item is deleted within 48 hours and never before its time', async () => {
  const cloud = await withTable();
  await call(cloud, 'UpdateTimeToLive', {
    TableName,
    TimeToLiveSpecification: { AttributeName: 'ends', Enabled: true },
  });
  const seconds = cloud.now / 1000 + 3600;
  await call(cloud, 'PutItem', { TableName, Item: { pk: { S: 'x' }, ends: { N: `${seconds}` } } });
  const there = async () => (await call(cloud, 'GetItem', { TableName, Key: { pk: { S: 'x' } } })).Item !== undefined;
  await cloud.advance(3_599_000);
  expect(await there()).toBe(true);
  await cloud.advance(48 * 3_600_000 + 1_000);
  expect(await there()).toBe(false);
});
