/** TransactWriteItems and TransactGetItems: all or nothing inside one region; strongly consistent global tables refuse them. */
import type { CancellationReason, DynamoDB, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { project } from './expressions/evaluate.ts';
import { Placeholders } from './expressions/placeholders.ts';
import { parseProjection } from './expressions/updates.ts';
import { keyText } from './keys.ts';
import { evaluateWrite, type Write, type Written } from './operations.ts';
import { itemAt } from './quorum.ts';
import { checkRequest, deleteRequest, keyRequest, putRequest, refuseUnmodelled, updateRequest } from './requests.ts';
import { type DynamoDbContext, type DynamoDbState, type Table, tableOf } from './state.ts';
import { storeLocally } from './storage.ts';
import { itemToWire } from './values.ts';

/** API reference of both operations. */
const ITEMS_MAX = 100;
/** TransactWriteItems API reference: a client token is remembered for ten minutes after it was used. */
const TOKEN_MS = 600_000;

export const transactionOperations: Pick<
  Operations<DynamoDB, DynamoDbState>,
  'TransactWriteItems' | 'TransactGetItems'
> = {
  TransactWriteItems(input, context) {
    refuseUnmodelled('TransactWriteItems', input);
    const list = input.TransactItems ?? [];
    checkCount(list.length);
    const { TransactItems, ClientRequestToken: token } = input;
    if (token !== undefined && alreadyDone(context, token, JSON.stringify(TransactItems))) return {};
    const writes = list.map((item) => writeOf(context, item));
    checkDistinct(writes);
    const results = writes.map(({ table, write }) => attempt(table, write));
    if (results.some(({ reason }) => reason !== undefined)) throw cancelled(results.map(({ reason }) => reason));
    writes.forEach(({ table, write }, index) => {
      storeLocally(context, table, write, results[index]?.written ?? {});
    });
    if (token !== undefined) remember(context, token, JSON.stringify(TransactItems));
    return {};
  },

  TransactGetItems(input, context) {
    refuseUnmodelled('TransactGetItems', input);
    checkCount(input.TransactItems?.length ?? 0);
    const responses = (input.TransactItems ?? []).map(({ Get: get }) => {
      if (!get) throw invalid('TransactItems can only contain Get');
      const table = transactional(context, get.TableName);
      const placeholders = new Placeholders(get);
      const text = get.ProjectionExpression;
      const projection = text === undefined ? undefined : parseProjection(text, placeholders);
      placeholders.assertAllUsed(projection !== undefined);
      const item = itemAt(table, table.items, { type: 'get', key: keyRequest(table, get.Key) });
      return item ? { Item: itemToWire(projection ? project(item, projection) : item) } : {};
    });
    return { Responses: responses };
  },
};

function writeOf(context: DynamoDbContext, item: TransactWriteItem): { table: Table; write: Write } {
  const given = [item.ConditionCheck, item.Put, item.Update, item.Delete].filter((each) => each !== undefined);
  const [request] = given;
  if (!request || given.length > 1) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const table = transactional(context, request.TableName);
  if (item.Put) return { table, write: putRequest(table, item.Put) };
  if (item.Update) return { table, write: updateRequest(table, item.Update) };
  if (item.Delete) return { table, write: deleteRequest(table, item.Delete) };
  return { table, write: checkRequest(table, item.ConditionCheck ?? {}) };
}

/** Guess: the error's name; the developer guide says only that transactions on such a table return an error. */
function transactional(context: DynamoDbContext, name: string | undefined): Table {
  const table = tableOf(context, name);
  if (table.consistency !== 'STRONG') return table;
  throw invalid('Transaction operations are not supported on global tables with multi-Region strong consistency');
}

interface Attempt {
  readonly written?: Written;
  readonly reason?: CancellationReason;
}

function attempt(table: Table, write: Write): Attempt {
  try {
    return { written: evaluateWrite(table, table.items, write) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const Code = error.code === 'ConditionalCheckFailedException' ? 'ConditionalCheckFailed' : 'ValidationError';
    return { reason: { Code, Message: error.message, ...error.members } };
  }
}

function cancelled(reasons: readonly (CancellationReason | undefined)[]): AwsError {
  const all = reasons.map((reason) => reason ?? { Code: 'None' });
  const codes = all.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { members: { CancellationReasons: all } },
  );
}

/** Throws IdempotentParameterMismatchException when the token came with another transaction before. */
function alreadyDone(context: DynamoDbContext, token: string, parameters: string): boolean {
  const known = context.state.transactions[token];
  if (!known || context.now - known.at > TOKEN_MS) return false;
  if (known.parameters === parameters) return true;
  throw new AwsError('IdempotentParameterMismatchException', 'ClientRequestToken was used with other parameters');
}

/** Keeps the token, and forgets those that no longer count. */
function remember(context: DynamoDbContext, token: string, parameters: string): void {
  const { transactions } = context.state;
  for (const [old, { at }] of Object.entries(transactions)) {
    if (context.now - at > TOKEN_MS) delete transactions[old];
  }
  transactions[token] = { parameters, at: context.now };
}

function checkCount(count: number): void {
  if (count >= 1 && count <= ITEMS_MAX) return;
  throw invalid(
    "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length " +
      (count === 0 ? 'greater than or equal to 1' : `less than or equal to ${ITEMS_MAX}`),
  );
}

function checkDistinct(writes: readonly { table: Table; write: Write }[]): void {
  const keys = writes.map(({ table, write }) => `${table.name} ${keyText(table.keys, write.key)}`);
  if (new Set(keys).size < keys.length) {
    throw invalid('Transaction request cannot include multiple operations on one item');
  }
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
