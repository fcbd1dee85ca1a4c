/**
 * Strongly consistent global tables (MRSC). An operation in one region is sent to the table's other regions; it takes
 * effect at the instant the first of them has it, two of three then holding it, and is answered when that news is back.
 * So with one region dark or cut off the other two go on, and a region that reaches neither other one can neither write
 * nor read strongly (developer guide, "How DynamoDB global tables work", consistency modes).
 *
 * A region that goes dark or is cut off after sending leaves an operation that happened or did not, whole, and a caller
 * who cannot know.
 */
import type { Cloud } from '../../cloud.ts';
import { AwsError } from '../../errors.ts';
import { keyText } from './keys.ts';
import { evaluateWrite, type Get, type Search, search, store, type Write, type Written } from './operations.ts';
import {
  type DynamoDbContext,
  type Journal,
  journalOf,
  type Outcome,
  type Pending,
  regionsOf,
  scheduleIn,
  type Table,
} from './state.ts';
import type { Item } from './values.ts';

/** Guess: one way between regions of a set, 5–45 ms; the United States' three are 10–70 ms apart there and back. */
const ONE_WAY_MS = [5, 45] as const;
/** Guess: a lost message is sent again after 500 ms; nothing is published. */
const RETRY_MS = 500;
/**
 * Guess: 5 s (range 2–10) that a region without a quorum keeps trying before it answers InternalServerError. The
 * documentation says only that requests to an isolated replica fail.
 */
const GIVE_UP_MS = 5_000;
/** Guess: a replica that took no part holds a change for eventually consistent reads after 50–500 ms. */
const CATCH_UP_MS = [50, 500] as const;
/** How often an isolated replica looks whether it can catch up. */
const CATCH_UP_RETRY_MS = 1_000;

/** What the timers of an operation carry. `dueAt` tells a timer that waited out a dark region from one in time. */
export interface OperationTimer {
  readonly journalAt: string;
  readonly table: string;
  readonly id: string;
  readonly dueAt: number;
}

export interface MessageTimer extends OperationTimer {
  readonly from: string;
  readonly oneWayMs: number;
}

export interface CatchUpTimer {
  readonly table: string;
}

interface Waiter {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Callers wait as promises, which are not data; an operation of a forked cloud has no waiter. */
function waitersOf(cloud: Cloud): Map<string, Waiter> {
  const known = cloud.running.get('dynamodb.waiting') as Map<string, Waiter> | undefined;
  const waiters = known ?? new Map<string, Waiter>();
  if (!known) cloud.running.set('dynamodb.waiting', waiters);
  return waiters;
}

/**
 * Carries out an operation once a second region has it. Throws what the operation throws, ReplicatedWriteConflictException
 * when a write meets another region's write to the same item under way, InternalServerError without a quorum.
 */
export function throughQuorum(
  context: DynamoDbContext,
  table: Table,
  operation: Write | Get | Search,
): Promise<unknown> {
  const journal = journalOf(context, table);
  journal.operations += 1;
  const id = `${table.name}#${journal.operations}`;
  journal.pending[id] = { region: context.region, deadline: context.now + GIVE_UP_MS, operation };
  send(context, table, id);
  return new Promise((resolve, reject) => waitersOf(context.cloud).set(id, { resolve, reject }));
}

function send(context: DynamoDbContext, table: Table, id: string): void {
  const { cloud, region, now } = context;
  const common = { journalAt: table.journalAt as string, table: table.name, id };
  for (const other of regionsOf(table)) {
    if (other === region || !cloud.delivers(region, other)) continue;
    const oneWayMs = Math.round(context.random.uniform(...ONE_WAY_MS));
    const message: MessageTimer = { ...common, from: region, oneWayMs, dueAt: now + oneWayMs };
    scheduleIn(cloud, other, 'take', oneWayMs, message);
  }
  scheduleIn(cloud, region, 'sendAgain', RETRY_MS, { ...common, dueAt: now + RETRY_MS } satisfies OperationTimer);
}

/** Timer in another region: the operation arrives there, takes effect if it is the first to, and is answered. */
export function take(timer: MessageTimer, context: DynamoDbContext): void {
  const found = pendingOf(timer, context);
  if (!found) return;
  const { journal, pending } = found;
  const table = context.stateIn(timer.journalAt).tables[timer.table] as Table;
  if (!pending.outcome) {
    pending.outcome = decide(context, table, journal, pending, timer.oneWayMs);
    const own = context.state.tables[timer.table];
    if (own) applyJournal(own, journal);
  }
  const answer: MessageTimer = { ...timer, from: context.region, dueAt: context.now + timer.oneWayMs };
  scheduleIn(context.cloud, pending.region, 'hear', timer.oneWayMs, answer);
}

/** Timer in the operation's own region: another region's answer arrives. */
export function hear(timer: MessageTimer, context: DynamoDbContext): void {
  const found = pendingOf(timer, context);
  if (!found?.pending.outcome || !context.cloud.delivers(timer.from, context.region)) return;
  const { journal, pending } = found;
  const own = context.state.tables[timer.table];
  if (own && pending.busy) applyJournal(own, journal);
  finish(context, timer, journal, pending.outcome as Outcome);
}

/** Timer in the operation's own region: nothing was heard in time. */
export function sendAgain(timer: OperationTimer, context: DynamoDbContext): void {
  const journal = context.stateIn(timer.journalAt).journals[timer.table];
  const pending = journal?.pending[timer.id];
  const table = context.state.tables[timer.table];
  if (!journal || !pending || !table) return;
  const late = context.now > timer.dueAt;
  if (!late && context.now < pending.deadline) {
    send(context, table, timer.id);
    return;
  }
  if (pending.outcome) context.trace('AnswerLost', { table: timer.table, operation: timer.id });
  finish(context, timer, journal, { code: 'InternalServerError', message: 'Internal server error', members: {} });
}

/** The operation, unless it is over or the message was lost with a region that was dark when it should have arrived. */
function pendingOf(timer: MessageTimer, context: DynamoDbContext): { journal: Journal; pending: Pending } | undefined {
  const journal = context.stateIn(timer.journalAt).journals[timer.table];
  const pending = journal?.pending[timer.id];
  if (!journal || !pending || context.now > timer.dueAt) return undefined;
  return { journal, pending };
}

function finish(context: DynamoDbContext, timer: OperationTimer, journal: Journal, outcome: Outcome): void {
  delete journal.pending[timer.id];
  const waiters = waitersOf(context.cloud);
  const waiter = waiters.get(timer.id);
  waiters.delete(timer.id);
  if ('value' in outcome) waiter?.resolve(outcome.value);
  else waiter?.reject(new AwsError(outcome.code, outcome.message, { members: outcome.members }));
}

function decide(context: DynamoDbContext, table: Table, journal: Journal, pending: Pending, oneWayMs: number): Outcome {
  const { operation } = pending;
  try {
    switch (operation.type) {
      case 'get':
        return { value: itemAt(table, journal.items, operation) };
      case 'query':
      case 'scan':
        return { value: search(table, journal.items, operation) };
      default:
        return { value: commit(context, table, journal, pending, operation, oneWayMs) };
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { code: error.code, message: error.message, members: error.members };
  }
}

export const itemAt = (table: Table, items: Readonly<Record<string, Item>>, { key }: Get): Item | undefined =>
  items[keyText(table.keys, key)];

function commit(
  context: DynamoDbContext,
  table: Table,
  journal: Journal,
  pending: Pending,
  write: Write,
  oneWayMs: number,
): Written {
  const key = keyText(table.keys, write.key);
  const others = Object.values(journal.pending).filter((other) => other.region !== pending.region);
  if (others.some(({ busy }) => busy?.key === key && busy.until > context.now)) {
    throw new AwsError(
      'ReplicatedWriteConflictException',
      'One or more items in this request are being modified by a request in another Region.',
    );
  }
  const written = evaluateWrite(table, journal.items, write);
  store(journal.items, key, written.after);
  journal.sequence += 1;
  pending.busy = { key, until: context.now + oneWayMs };
  for (const region of table.replicas) bringUpToDate(context, region, table.name);
  return written;
}

function bringUpToDate(context: DynamoDbContext, region: string, name: string): void {
  const table = context.stateIn(region).tables[name];
  if (!table || table.catchingUp) return;
  table.catchingUp = true;
  scheduleIn(context.cloud, region, 'catchUp', Math.round(context.random.uniform(...CATCH_UP_MS)), { table: name });
}

/** Timer in a replica's region: it takes over what it lacks, as soon as it reaches any other region of the table. */
export function catchUp(timer: CatchUpTimer, context: DynamoDbContext): void {
  const table = context.state.tables[timer.table];
  if (!table) return;
  const connected = regionsOf(table).some(
    (region) => region !== context.region && context.cloud.delivers(region, context.region),
  );
  if (!connected) {
    context.schedule('catchUp', CATCH_UP_RETRY_MS, timer);
    return;
  }
  table.catchingUp = false;
  applyJournal(table, journalOf(context, table));
}

function applyJournal(table: Table, journal: Journal): void {
  if (table.applied === journal.sequence) return;
  table.items = { ...journal.items };
  table.applied = journal.sequence;
}
