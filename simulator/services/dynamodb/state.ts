/** What DynamoDB holds in one region: its tables, their items, and the journals of strongly consistent global tables. */
import type { Cloud } from '../../cloud.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import type { Get, Search, Write } from './operations.ts';
import type { Item } from './values.ts';

export type KeyType = 'S' | 'N' | 'B';

/** Partition and sort attribute of a table or index. */
export interface KeySchema {
  readonly hash: string;
  readonly range?: string;
}

export interface Index {
  readonly name: string;
  readonly kind: 'global' | 'local';
  readonly keys: KeySchema;
  /** Attributes kept beside the keys; 'ALL' for every one. */
  readonly projected: readonly string[] | 'ALL';
}

/** Items by their key's canonical text. */
export type Items = Record<string, Item>;

/** When and where an item of an eventually consistent global table was last written; kept for deleted items too. */
export interface Version {
  readonly at: number;
  readonly region: string;
}

export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  readonly keys: KeySchema;
  /** Types of all key attributes, of the indexes too. */
  readonly types: Readonly<Record<string, KeyType>>;
  readonly indexes: readonly Index[];
  billingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
  deletionProtection: boolean;
  /** The attribute with the expiry time, in seconds since the epoch. */
  timeToLive?: string;
  /** Regions with a replica, this one included; one means a regional table. */
  replicas: string[];
  consistency: 'EVENTUAL' | 'STRONG';
  /** Only of strongly consistent tables with two replicas. */
  witness?: string;
  /** The region whose state holds the journal of a strongly consistent table; a place to keep it, not a leader. */
  journalAt?: string;
  /** What this replica holds; of a strongly consistent table as far as it has applied the journal. */
  items: Items;
  /** Up to where this replica has applied the journal. */
  applied: number;
  /** Set while a timer is on its way that will bring this replica up to the journal's end. */
  catchingUp?: boolean;
  versions: Record<string, Version>;
  /** Resource policy of this replica, JSON text. */
  policy?: string;
}

/** What an operation gave, or the AWS error that it ended with. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly code: string; readonly message: string; readonly members: Readonly<Record<string, unknown>> };

/** An operation that waits for its quorum. Plain data: what it asks, and what it was answered. */
export interface Pending {
  readonly region: string;
  /** After this no further attempt is made. */
  readonly deadline: number;
  readonly operation: Write | Get | Search;
  /** Set when a second region has taken it: the instant at which it took effect. */
  outcome?: Outcome;
  /** The item that it changed, and until when that change is under way. */
  busy?: { readonly key: string; readonly until: number };
}

/** The one history of a strongly consistent table. */
export interface Journal {
  /** Changes so far. */
  sequence: number;
  items: Items;
  /** Operations so far, for their ids. */
  operations: number;
  pending: Record<string, Pending>;
}

export interface DynamoDbState {
  tables: Record<string, Table>;
  journals: Record<string, Journal>;
  /** TransactWriteItems by client token. */
  transactions: Record<string, { readonly parameters: string; readonly at: number }>;
}

export type DynamoDbContext = Context<DynamoDbState>;

export const SERVICE = 'dynamodb';

export const tableArn = (context: { region: string; account: string }, name: string): string =>
  `arn:aws:dynamodb:${context.region}:${context.account}:table/${name}`;

/** A table's name, also when it was given by its ARN. */
export const tableName = (nameOrArn: string | undefined): string =>
  nameOrArn?.split(':table/').at(-1)?.split('/')[0] ?? '';

/** Throws ResourceNotFoundException. */
export function tableOf(context: DynamoDbContext, nameOrArn: string | undefined): Table {
  const table = context.state.tables[tableName(nameOrArn)];
  if (!table) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  return table;
}

export function journalOf(context: DynamoDbContext, table: Table): Journal {
  const journal = table.journalAt && context.stateIn(table.journalAt).journals[table.name];
  if (!journal) throw new Error(`${table.name} has no journal`);
  return journal;
}

/** Every region of a global table, its witness included. */
export const regionsOf = (table: Table): string[] => [...table.replicas, ...(table.witness ? [table.witness] : [])];

/** Schedules one of this service's timers in any region. */
export function scheduleIn(cloud: Cloud, region: string, name: string, afterMs: number, data: unknown): void {
  cloud.clock.schedule({ at: cloud.now + afterMs, region, service: SERVICE, name, data });
}
