/**
 * The table of releases: one item says how things are (sk `state`), every change of it is one conditional write. An
 * ordinary regional table, always read consistently.
 */
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { LeaseConflict } from '../errors.ts';
import { parse } from '../parse.ts';
import { orderOf, type Release, type ReleaseState, type Releases } from '../release-ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

interface Place {
  readonly application: string;
  readonly region: string;
  readonly releasesTable: string;
}

const orNull = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? null);
const colour = z.enum(['blue', 'green']);
const bounds = z.object({ min: z.number(), max: z.number() });
const served = z.object({
  colour,
  digest: z.string(),
  releaseId: z.string(),
  schema: orNull(z.object({ min: z.number(), max: z.number() })),
  committedAt: z.string(),
});

const StoredState = z.object({
  fence: z.number().default(0),
  lease: orNull(
    z.object({
      releaseId: z.string(),
      digest: z.string(),
      executionArn: z.string(),
      fence: z.number(),
      takenAt: z.string(),
    }),
  ),
  live: orNull(served),
  retained: orNull(served.extend({ until: z.string(), size: z.number(), unreadySince: orNull(z.string()) })),
  candidate: orNull(
    z.object({
      id: z.string(),
      kind: z.enum(['push', 'redeploy', 'hotfix']),
      digest: z.string(),
      tag: z.string().nullable(),
      by: z.string(),
      reason: z.string(),
      requestedAt: z.string(),
      ready: z.boolean(),
    }),
  ),
  newest: orNull(z.string()),
  steering: orNull(
    z.object({
      id: z.string(),
      decision: z.enum(['pause', 'resume', 'promote', 'roll-back', 'approve']),
      by: z.string(),
      reason: z.string(),
      at: z.string(),
    }),
  ),
  pins: z.object({ blue: bounds.optional(), green: bounds.optional() }).default({}),
  schema: orNull(z.number()),
  drift: orNull(z.string()),
});

/** One conditional write of the state: what is set or removed, and only if. */
interface Change {
  readonly set: string;
  readonly only?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

const MINE = '#lease.executionArn = :arn AND #lease.fence = :fence';
const LEASE = { '#lease': 'lease' };
const by = ({ executionArn, fence }: Release) => ({ ':arn': executionArn, ':fence': fence });

export function dynamoReleases(place: Place): Releases {
  const table = tableOf(place);
  return { ...wishing(table), ...leasing(table), ...keeping(table) };
}

type Table = ReturnType<typeof tableOf>;

function tableOf({ application, region, releasesTable: TableName }: Place) {
  const client = new DynamoDBClient(clientOptions(region));
  const key = (sk: string) => marshall({ pk: `application#${application}`, sk });
  const read = async (sk: string): Promise<Record<string, unknown> | null> => {
    const command = new GetItemCommand({ TableName, Key: key(sk), ConsistentRead: true });
    const { Item } = await call(`reading ${sk}`, client.send(command));
    return Item ? unmarshall(Item) : null;
  };
  const put = async (sk: string, item: Readonly<Record<string, unknown>>): Promise<void> => {
    const command = new PutItemCommand({ TableName, Item: { ...marshall(item), ...key(sk) } });
    await call(`writing ${sk}`, client.send(command));
  };
  /** False when the condition did not hold. */
  const changed = async (what: string, { set, only, names, values }: Change): Promise<boolean> => {
    const command = new UpdateItemCommand({
      TableName,
      Key: key('state'),
      UpdateExpression: set,
      ConditionExpression: only,
      ...(names && { ExpressionAttributeNames: names }),
      ...(values && { ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }) }),
    });
    try {
      await call(what, client.send(command));
      return true;
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      return false;
    }
  };
  const change = async (what: string, wanted: Change): Promise<void> => {
    if (await changed(what, wanted)) return;
    throw new LeaseConflict(`${what}: the state did not allow it, it needs ${wanted.only}`);
  };
  return { read, put, changed, change };
}

/** What people and pushes want; no lease is needed for it. */
const wishing = ({ changed }: Table): Pick<Releases, 'propose' | 'ready' | 'drop' | 'steer'> => ({
  propose: (candidate) =>
    changed('proposing a candidate', {
      set: 'SET candidate = :candidate, newest = :order',
      only: 'attribute_not_exists(newest) OR newest < :order',
      values: { ':candidate': candidate, ':order': orderOf(candidate) },
    }),
  async ready(candidateId) {
    await changed('marking the candidate as ready', {
      set: 'SET candidate.#ready = :true',
      only: 'candidate.id = :id',
      names: { '#ready': 'ready' },
      values: { ':true': true, ':id': candidateId },
    });
  },
  async drop(candidateId) {
    const only = 'candidate.id = :id';
    await changed('dropping the candidate', { set: 'REMOVE candidate', only, values: { ':id': candidateId } });
  },
  steer: (steering, releaseId) =>
    changed('steering', {
      set: 'SET steering = :steering',
      // Nothing overrules a rollback.
      only: '#lease.releaseId = :id AND (attribute_not_exists(steering) OR steering.decision <> :back)',
      names: LEASE,
      values: { ':steering': steering, ':id': releaseId, ':back': 'roll-back' },
    }),
});

/** Of the release that is under way: each asks for its lease in the same write. */
const leasing = ({
  changed,
  change,
}: Table): Pick<Releases, 'take' | 'giveUp' | 'notePin' | 'noteSchema' | 'adopt' | 'commit'> => ({
  take: (lease, before) =>
    change('taking the lease', {
      set: 'SET #lease = :lease, fence = :next REMOVE steering',
      only: `attribute_not_exists(#lease) AND (${before === 0 ? 'attribute_not_exists(fence) OR ' : ''}fence = :before)`,
      names: LEASE,
      values: { ':lease': { ...lease, fence: before + 1 }, ':next': before + 1, ':before': before },
    }),
  giveUp: (release) =>
    change('giving the lease up', { set: 'REMOVE #lease, steering', only: MINE, names: LEASE, values: by(release) }),
  async notePin(release, ofColour, wanted) {
    // A map must be there before something can be put into it.
    const pins = { set: 'SET pins = :none', only: 'attribute_not_exists(pins)', values: { ':none': {} } };
    await changed('making room for bounds', pins);
    await change(`noting the bounds of ${ofColour}`, {
      set: 'SET pins.#colour = if_not_exists(pins.#colour, :bounds)',
      only: MINE,
      names: { ...LEASE, '#colour': ofColour },
      values: { ':bounds': wanted, ...by(release) },
    });
  },
  noteSchema: (release, schema) =>
    change('noting the schema', {
      set: 'SET #schema = :schema',
      only: MINE,
      names: { ...LEASE, '#schema': 'schema' },
      values: { ':schema': schema, ...by(release) },
    }),
  adopt: (release, live) =>
    change('noting who is live', {
      set: 'SET live = if_not_exists(live, :live)',
      only: MINE,
      names: LEASE,
      values: { ':live': live, ...by(release) },
    }),
  commit: (release, live, retained) =>
    change('committing', {
      set: `SET live = :live${retained ? ', retained = :retained' : ' REMOVE retained'}`,
      only: MINE,
      names: LEASE,
      values: { ':live': live, ...(retained && { ':retained': retained }), ...by(release) },
    }),
});

/** What outlives a release. */
const keeping = ({
  read,
  put,
  changed,
}: Table): Pick<
  Releases,
  'read' | 'forgetPin' | 'endRetention' | 'noteUnready' | 'noteDrift' | 'quarantine' | 'quarantined'
> => ({
  async read(): Promise<ReleaseState> {
    return parse(StoredState, (await read('state')) ?? {}, 'state');
  },
  async forgetPin(ofColour) {
    const names = { '#colour': ofColour };
    await changed('forgetting bounds', { set: 'REMOVE pins.#colour', only: 'attribute_exists(pins)', names });
  },
  async endRetention(releaseId) {
    const only = 'retained.releaseId = :id';
    await changed('ending the retention', { set: 'REMOVE retained', only, values: { ':id': releaseId } });
  },
  async noteUnready(releaseId, since) {
    await changed('noting whether it could be gone back', {
      set: since === null ? 'REMOVE retained.unreadySince' : 'SET retained.unreadySince = :since',
      only: 'retained.releaseId = :id',
      values: { ':id': releaseId, ...(since !== null && { ':since': since }) },
    });
  },
  async noteDrift(weights) {
    await changed('noting foreign weights', {
      set: weights === null ? 'REMOVE drift' : 'SET drift = :weights',
      only: 'attribute_exists(pk)',
      ...(weights !== null && { values: { ':weights': weights } }),
    });
  },
  quarantine: (digest, why) => put(`quarantine#${digest}`, why),
  async quarantined(digest) {
    const item = await read(`quarantine#${digest}`);
    return item && parse(z.object({ releaseId: z.string(), reason: z.string() }), item, `quarantine#${digest}`);
  },
});
