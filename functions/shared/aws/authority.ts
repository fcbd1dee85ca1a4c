/**
 * The authority table: one item per application, one per observer, in a DynamoDB global table with strong
 * multi-region consistency. Always read consistently, through this region's own replica.
 */
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { AuthorityNotReady, ClaimConflict } from '../errors.ts';
import { parse } from '../parse.ts';
import type { ApplicationItem, Authority, Moves, Observation, Observations } from '../ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

interface Place {
  readonly application: string;
  readonly region: string;
  readonly servingRegions: readonly string[];
  readonly witnessRegion: string;
  readonly authorityTable: string;
}

const orNull = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? null);

const StoredApplication = z.object({
  epoch: z.number(),
  holder: z.string(),
  counter: z.number(),
  phase: z.enum(['active', 'fencing', 'promoting']),
  automation: z.enum(['on', 'off']),
  acked: orNull(z.object({ at: z.string(), sequence: z.number() })),
  renewedAt: orNull(z.string()),
  movedAt: orNull(z.string()),
  claim: orNull(
    z.object({
      executionArn: z.string(),
      target: z.string(),
      from: z.string(),
      by: z.string(),
      reason: z.string(),
      at: z.string(),
      declaredAt: z.string(),
      impairedAt: orNull(z.string()),
      seenAt: orNull(z.string()),
      shiftedAt: orNull(z.string()),
    }),
  ),
});

const StoredObservation = z.object({
  region: z.string(),
  slot: z.number(),
  targets: z.record(
    z.string(),
    z.object({ state: z.enum(['healthy', 'failing']), since: z.number(), slot: z.number(), detail: z.string() }),
  ),
  counter: z.object({ value: z.number(), seenAt: z.string() }),
  self: orNull(z.object({ capacity: z.number(), at: z.string() })),
});

const applicationKey = ({ application }: Place) => `application#${application}`;
const observerKey = (region: string) => `observer#${region}`;

async function readItem(client: DynamoDBClient, place: Place, pk: string): Promise<Record<string, unknown> | null> {
  const command = new GetItemCommand({ TableName: place.authorityTable, Key: marshall({ pk }), ConsistentRead: true });
  const { Item } = await call(`reading ${pk}`, client.send(command), AuthorityNotReady);
  return Item ? unmarshall(Item) : null;
}

export function dynamoAuthority(place: Place): Authority & Pick<Observations, 'last'> {
  const client = new DynamoDBClient(clientOptions(place.region));
  const last = async (region: string): Promise<Observation | null> => {
    const item = await readItem(client, place, observerKey(region));
    return item && parse(StoredObservation, item, observerKey(region));
  };
  return {
    async read() {
      const item = await readItem(client, place, applicationKey(place));
      return parse(StoredApplication, item, applicationKey(place));
    },
    async observations() {
      const all = await Promise.all([...place.servingRegions, place.witnessRegion].map(last));
      return all.filter((observation) => observation !== null);
    },
    last,
  };
}

/** One conditional write: `set` as an update expression, `only` as its condition. Names in `values` are `:placeholders`. */
interface Change {
  readonly set: string;
  readonly only: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export function dynamoMoves(place: Place): Moves {
  const client = new DynamoDBClient(clientOptions(place.region));
  const change = async (what: string, { set, only, values }: Change): Promise<void> => {
    const command = new UpdateItemCommand({
      TableName: place.authorityTable,
      Key: marshall({ pk: applicationKey(place) }),
      UpdateExpression: set,
      ConditionExpression: only,
      ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await call(what, client.send(command), AuthorityNotReady);
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      throw new ClaimConflict(`${what}: the authority item did not allow it, it needs ${only}`, { cause: error });
    }
  };
  const mine = 'claim.executionArn = :arn';
  return {
    take: (claim, epoch) =>
      change('claiming', {
        set: 'SET phase = :fencing, claim = :claim',
        only: 'phase = :active AND attribute_not_exists(claim) AND epoch = :epoch AND holder = :from',
        values: { ':fencing': 'fencing', ':active': 'active', ':claim': claim, ':epoch': epoch, ':from': claim.from },
      }),
    takeOver: (from, to) =>
      change('taking over the claim', {
        set: 'SET claim.executionArn = :to',
        only: 'claim.executionArn = :from AND phase <> :fencing',
        values: { ':to': to, ':from': from, ':fencing': 'fencing' },
      }),
    restore: (executionArn) =>
      change('restoring', {
        set: 'SET phase = :active REMOVE claim',
        only: `${mine} AND phase = :fencing`,
        values: { ':active': 'active', ':fencing': 'fencing', ':arn': executionArn },
      }),
    advance: ({ executionArn, epoch, target }) =>
      change('advancing the epoch', {
        set: 'SET phase = :promoting, epoch = :epoch, holder = :target',
        only: `${mine} AND phase = :fencing AND epoch = :before`,
        values: {
          ':promoting': 'promoting',
          ':fencing': 'fencing',
          ':arn': executionArn,
          ':epoch': epoch,
          ':before': epoch - 1,
          ':target': target,
        },
      }),
    open: ({ executionArn, epoch }) =>
      change('opening writes', {
        set: 'SET phase = :active',
        only: `${mine} AND phase = :promoting AND epoch = :epoch`,
        values: { ':active': 'active', ':promoting': 'promoting', ':arn': executionArn, ':epoch': epoch },
      }),
    shift: ({ executionArn, epoch }, shiftedAt) =>
      change('turning the traffic', {
        set: 'SET claim.shiftedAt = :shiftedAt',
        only: `${mine} AND phase = :active AND epoch = :epoch`,
        values: { ':shiftedAt': shiftedAt, ':active': 'active', ':arn': executionArn, ':epoch': epoch },
      }),
    finish: ({ executionArn, epoch }, movedAt) =>
      change('finishing', {
        set: 'SET movedAt = :movedAt REMOVE claim',
        only: `${mine} AND phase = :active AND epoch = :epoch`,
        values: { ':movedAt': movedAt, ':active': 'active', ':arn': executionArn, ':epoch': epoch },
      }),
  };
}

export function dynamoObservations(place: Place): Pick<Observations, 'write'> {
  const client = new DynamoDBClient(clientOptions(place.region));
  return {
    async write({ region, slot, targets, counter, self }) {
      const command = new UpdateItemCommand({
        TableName: place.authorityTable,
        Key: marshall({ pk: observerKey(region) }),
        UpdateExpression: 'SET #region = :region, slot = :slot, targets = :targets, #counter = :counter, #self = :self',
        ConditionExpression: 'attribute_not_exists(slot) OR slot < :slot',
        ExpressionAttributeNames: { '#region': 'region', '#counter': 'counter', '#self': 'self' },
        ExpressionAttributeValues: marshall({
          ':region': region,
          ':slot': slot,
          ':targets': targets,
          ':counter': counter,
          ':self': self,
        }),
      });
      try {
        await call(`writing ${observerKey(region)}`, client.send(command), AuthorityNotReady);
        return true;
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
        return false;
      }
    },
  };
}

/** Puts the application item if there is none. Used once, by the seed. */
export function dynamoSeeds(place: Place): {
  plant(item: Omit<ApplicationItem, 'acked' | 'renewedAt' | 'movedAt' | 'claim'>): Promise<void>;
} {
  const client = new DynamoDBClient(clientOptions(place.region));
  return {
    async plant(item) {
      const command = new PutItemCommand({
        TableName: place.authorityTable,
        Item: marshall({ pk: applicationKey(place), ...item }),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      try {
        await call('planting the application item', client.send(command), AuthorityNotReady);
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      }
    },
  };
}
