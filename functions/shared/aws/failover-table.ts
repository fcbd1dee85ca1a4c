/** This region's own ledger table: records of moves, open questions, declines. An ordinary regional table. */
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { parse } from '../parse.ts';
import type { Proof, Questions, RecordedEnd, Records } from '../ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

interface Place {
  readonly application: string;
  readonly region: string;
  readonly failoverTable: string;
}

const StoredQuestion = z.object({
  token: z.string(),
  answer: z
    .object({ id: z.string(), decision: z.enum(['approve', 'decline']), by: z.string(), reason: z.string() })
    .optional(),
});
const StoredDecline = z.object({ at: z.string(), by: z.string() });
const StoredLoss = z.object({
  acked: z.string().nullable(),
  renewedAt: z.string().nullable(),
  newestHeartbeat: z.string().nullable(),
});
const StoredEnd = z.object({
  outcome: z.enum(['moved', 'held', 'declined']),
  request: z.object({ target: z.string(), from: z.string(), by: z.string(), reason: z.string() }),
  measures: z.record(z.string(), z.unknown()).nullable(),
}) satisfies z.ZodType<RecordedEnd>;
const StoredProof = z.object({
  verifiedAt: z.string(),
  witness: z.object({ at: z.string(), localAt: z.string() }).nullable(),
}) satisfies z.ZodType<Proof>;

const tableOf = ({ application, region, failoverTable }: Place) => {
  const client = new DynamoDBClient(clientOptions(region));
  const key = (sk: string) => ({ pk: `application#${application}`, sk });
  return {
    client,
    key,
    async read(sk: string): Promise<Record<string, unknown> | null> {
      const command = new GetItemCommand({ TableName: failoverTable, Key: marshall(key(sk)), ConsistentRead: true });
      const { Item } = await call(`reading ${sk}`, client.send(command));
      return Item ? unmarshall(Item) : null;
    },
    async put(sk: string, item: Readonly<Record<string, unknown>>, only?: string): Promise<void> {
      const command = new PutItemCommand({
        TableName: failoverTable,
        Item: marshall({ ...item, ...key(sk) }, { removeUndefinedValues: true }),
        ConditionExpression: only,
      });
      await call(`writing ${sk}`, client.send(command));
    },
    /** Writes it unless something is there. */
    async putFirst(sk: string, item: Readonly<Record<string, unknown>>): Promise<void> {
      try {
        await this.put(sk, item, 'attribute_not_exists(pk)');
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      }
    },
  };
};

export function dynamoRecords(place: Place): Records {
  const table = tableOf(place);
  return {
    put: (name, record) => table.put(`record#${name}`, record),
    async endOf(name) {
      const item = await table.read(`record#${name}`);
      return item && parse(StoredEnd, item, `record#${name}`);
    },
    noteDecline: (at, by) => table.put('decline', { at, by }),
    async lastDecline() {
      const item = await table.read('decline');
      return item && parse(StoredDecline, item, 'decline');
    },
    noteLoss: (epoch, loss) => table.putFirst(`loss#${epoch}`, { ...loss }),
    async lossOf(epoch) {
      const item = await table.read(`loss#${epoch}`);
      return item && parse(StoredLoss, item, `loss#${epoch}`);
    },
    async noteProof(epoch, proof) {
      await table.putFirst(`proof#${epoch}`, { ...proof });
      return parse(StoredProof, await table.read(`proof#${epoch}`), `proof#${epoch}`);
    },
  };
}

export function dynamoQuestions(place: Place): Questions {
  const table = tableOf(place);
  return {
    open: ({ id, token, askedAt }) => table.put(`question#${id}`, { token, askedAt }),
    async close(id, answer) {
      const command = new UpdateItemCommand({
        TableName: place.failoverTable,
        Key: marshall(table.key(`question#${id}`)),
        UpdateExpression: 'SET answer = :answer',
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(answer)',
        ExpressionAttributeValues: marshall({ ':answer': answer }),
      });
      try {
        await call(`answering question#${id}`, table.client.send(command));
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      }
      const item = await table.read(`question#${id}`);
      if (!item) return null;
      const question = parse(StoredQuestion, item, `question#${id}`);
      return { token: question.token, answer: question.answer ?? answer };
    },
  };
}
