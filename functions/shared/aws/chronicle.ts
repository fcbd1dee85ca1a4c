/**
 * The record of releases: entries that are only ever added, in the table of releases, each with the hash of the one
 * before. Two writers at once cannot both get a number: the second one's condition fails and it reads again.
 */
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { chained } from '../chain.ts';
import { DependencyNotReady } from '../errors.ts';
import { parse } from '../parse.ts';
import type { Chronicle, Entry, EntryKind } from '../release-ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

interface Place {
  readonly application: string;
  readonly region: string;
  readonly releasesTable: string;
}

const StoredEntry = z.object({
  sequence: z.number(),
  previous: z.string(),
  hash: z.string(),
  id: z.string(),
  at: z.string(),
  releaseId: z.string(),
  kind: z.custom<EntryKind>((value) => typeof value === 'string'),
  facts: z.record(z.string(), z.unknown()),
});

/** A repetition of a step comes soon after the first; so many entries back it is looked for. */
const LOOK_BACK = 25;
const ATTEMPTS = 8;

const sortKey = (sequence: number): string => `entry#${String(sequence).padStart(10, '0')}`;

export function dynamoChronicle({ application, region, releasesTable: TableName }: Place): Chronicle {
  const client = new DynamoDBClient(clientOptions(region));
  const pk = `application#${application}`;
  const query = async (from: number, forward: boolean, limit: number): Promise<Entry[]> => {
    const command = new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: marshall({ ':pk': pk, ':from': sortKey(from), ':to': sortKey(9_999_999_999) }),
      ScanIndexForward: forward,
      Limit: limit,
      ConsistentRead: true,
    });
    const { Items = [] } = await call('reading the record', client.send(command));
    return Items.map((item) => parse(StoredEntry, unmarshall(item), 'entry'));
  };
  return {
    last: (limit) => query(1, false, limit),
    after: (sequence, limit) => query(sequence + 1, true, limit),
    async exported() {
      const command = new GetItemCommand({ TableName, Key: marshall({ pk, sk: 'exported' }), ConsistentRead: true });
      const { Item } = await call('reading what is exported', client.send(command));
      return Item ? parse(z.object({ sequence: z.number() }), unmarshall(Item), 'exported').sequence : 0;
    },
    async markExported(sequence) {
      const command = new PutItemCommand({ TableName, Item: marshall({ pk, sk: 'exported', sequence }) });
      await call('noting what is exported', client.send(command));
    },
    async append(entry) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const last = await query(1, false, LOOK_BACK);
        if (last.some(({ id }) => id === entry.id)) return;
        // As the table will give it back: without what is undefined.
        const plain = JSON.parse(JSON.stringify(entry)) as typeof entry;
        const next = chained(plain, last[0] ?? null);
        const command = new PutItemCommand({
          TableName,
          Item: marshall({ pk, sk: sortKey(next.sequence), ...next }),
          ConditionExpression: 'attribute_not_exists(sk)',
        });
        try {
          await call(`recording ${entry.kind}`, client.send(command));
          return;
        } catch (error) {
          if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
        }
      }
      throw new DependencyNotReady(`${ATTEMPTS} others recorded something at the same time`);
    },
  };
}
