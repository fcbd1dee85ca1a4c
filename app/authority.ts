/** The authority table through DynamoDB: strongly consistent in three regions, so any of its endpoints will do. */
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Authority, AuthorityState, Claim } from './lease.ts';

/** A renewal that takes longer is not worth waiting for; the next endpoint is asked instead. */
const CLIENT_TIMEOUTS = { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true } as const;

const Item = z.object({
  epoch: z.object({ N: z.coerce.number().int() }),
  holder: z.object({ S: z.string() }),
  phase: z.object({ S: z.enum(['active', 'fencing', 'promoting']) }),
});

export function createAuthority(options: {
  table: string;
  application: string;
  regions: readonly string[];
}): Authority {
  const key = { pk: { S: `application#${options.application}` } };
  const clients = new Map(
    options.regions.map((region) => [
      region,
      new DynamoDBClient({ region, maxAttempts: 1, requestHandler: CLIENT_TIMEOUTS }),
    ]),
  );
  const clientOf = (endpoint: string): DynamoDBClient => {
    const client = clients.get(endpoint);
    if (!client) throw new Error(`no authority endpoint in '${endpoint}'; REGIONS names ${options.regions.join(', ')}`);
    return client;
  };
  return {
    async read(endpoint): Promise<AuthorityState> {
      const answer = await clientOf(endpoint).send(
        new GetItemCommand({ TableName: options.table, Key: key, ConsistentRead: true }),
      );
      const item = Item.parse(answer.Item);
      return { epoch: item.epoch.N, holder: item.holder.S, phase: item.phase.S };
    },
    async renew(endpoint, claim) {
      try {
        await clientOf(endpoint).send(new UpdateItemCommand({ TableName: options.table, Key: key, ...renewal(claim) }));
        return 'renewed';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'refused';
        throw error;
      }
    },
  };
}

function renewal({ region, epoch, at, acknowledged }: Claim) {
  return {
    UpdateExpression: `SET #renewedAt = :renewedAt${acknowledged ? ', #acked = :acked' : ''} ADD #counter :one`,
    // Guard (a): only the holder of this very epoch renews, and only while nobody is taking over.
    ConditionExpression: '#phase = :active AND #holder = :region AND #epoch = :epoch',
    ExpressionAttributeNames: {
      '#counter': 'counter',
      '#renewedAt': 'renewedAt',
      '#phase': 'phase',
      '#holder': 'holder',
      '#epoch': 'epoch',
      ...(acknowledged ? { '#acked': 'acked' } : {}),
    },
    ExpressionAttributeValues: {
      ':one': { N: '1' },
      ':renewedAt': { S: at },
      ':active': { S: 'active' },
      ':region': { S: region },
      ':epoch': { N: String(epoch) },
      ...(acknowledged
        ? { ':acked': { M: { at: { S: acknowledged.at }, sequence: { N: String(acknowledged.sequence) } } } }
        : {}),
    },
  };
}
