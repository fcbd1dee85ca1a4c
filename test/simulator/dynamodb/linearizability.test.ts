/** A strongly consistent table behaves like one register under random faults, by a checker that is itself checked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { AwsError, Unreachable } from '../../../simulator/errors.ts';
import { cutOff } from '../../../simulator/faults.ts';
import { call, regions, withGlobalTable } from './helpers.ts';
import { type Action, isLinearizable, type Operation } from './linearizability.ts';

const TableName = 'things';
const Key = { pk: { S: 'lease' } };

type Step =
  | { readonly type: 'call'; readonly region: string; readonly action: Action }
  | { readonly type: 'cutOff' | 'dark' | 'cutPair'; readonly region: string }
  /** Long enough for operations without a quorum to be given up. */
  | { readonly type: 'wait' }
  | { readonly type: 'heal' };
interface Timed {
  readonly afterMs: number;
  readonly step: Step;
}

const region = fc.constantFrom(...regions);
const small = fc.integer({ min: 0, max: 4 });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constant({ type: 'read' } as const),
  fc.constant({ type: 'add' } as const),
  fc.record({ type: fc.constant('swap' as const), expected: small, value: small }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('call' as const), region, action }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constantFrom('cutOff' as const, 'dark' as const, 'cutPair' as const), region }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ type: 'heal' } as const, { type: 'wait' } as const) },
);
const timed: fc.Arbitrary<Timed> = fc.record({ afterMs: fc.integer({ min: 0, max: 120 }), step });

function requestOf({ action: wanted, region: at }: { action: Action; region: string }) {
  const common = { service: 'dynamodb', region: at, caller: { kind: 'account' } as const, from: at };
  if (wanted.type === 'read') {
    return { ...common, operation: 'GetItem', input: { TableName, Key, ConsistentRead: true } };
  }
  const update =
    wanted.type === 'add'
      ? { UpdateExpression: 'ADD v :n', ExpressionAttributeValues: { ':n': { N: '1' } } }
      : {
          UpdateExpression: 'SET v = :n',
          ConditionExpression: wanted.expected === 0 ? 'v = :e OR attribute_not_exists(v)' : 'v = :e',
          ExpressionAttributeValues: { ':n': { N: `${wanted.value}` }, ':e': { N: `${wanted.expected}` } },
        };
  return { ...common, operation: 'UpdateItem', input: { TableName, Key, ReturnValues: 'ALL_NEW', ...update } };
}

/** What the caller learned; 'nothing' when it cannot have happened. */
function learned(wanted: Action, outcome: unknown): Operation['answer'] | 'nothing' {
  if (outcome instanceof Unreachable) return 'nothing';
  if (outcome instanceof AwsError) {
    if (outcome.code === 'ReplicatedWriteConflictException') return 'nothing';
    if (outcome.code === 'ConditionalCheckFailedException') return false;
    return undefined;
  }
  const output = outcome as { Item?: { v?: { N: string } }; Attributes?: { v?: { N: string } } };
  if (wanted.type === 'swap') return true;
  return Number((output.Item ?? output.Attributes)?.v?.N ?? 0);
}

function disturb(cloud: Cloud, { type, region: at }: { type: 'cutOff' | 'dark' | 'cutPair'; region: string }): void {
  if (type === 'dark') cloud.goDark(at);
  if (type === 'cutOff') cutOff(cloud.state.faults, at);
  if (type === 'cutPair') {
    const other = regions[(regions.indexOf(at as (typeof regions)[number]) + 1) % regions.length] as string;
    cloud.state.faults.cuts.push({ from: at, to: other });
  }
}

function heal(cloud: Cloud): void {
  cloud.state.faults.cuts = [];
  for (const each of Object.keys(cloud.state.faults.dark)) cloud.comeBack(each);
}

async function run(schedule: readonly Timed[], seed: number): Promise<Operation[]> {
  const cloud = await withGlobalTable('STRONG', seed);
  const history: Operation[] = [];
  const start = (wanted: Action, at: string): void => {
    const calledAt = cloud.now;
    const settled = (outcome: unknown): void => {
      const answer = learned(wanted, outcome);
      if (answer === 'nothing') return;
      const answeredAt = answer === undefined ? Number.POSITIVE_INFINITY : cloud.now;
      history.push({ action: wanted, calledAt, answeredAt, answer });
    };
    void cloud.request(requestOf({ action: wanted, region: at })).then(settled, settled);
  };
  for (const { afterMs, step: next } of schedule) {
    await cloud.advance(afterMs);
    if (next.type === 'call') start(next.action, next.region);
    else if (next.type === 'heal') heal(cloud);
    else if (next.type === 'wait') await cloud.advance(6_000);
    else disturb(cloud, next);
  }
  heal(cloud);
  await cloud.advance(20_000);
  for (const each of regions) start({ type: 'read' }, each);
  await cloud.advance(1_000);
  for (const each of regions) {
    const { Item } = await call(cloud, 'GetItem', { TableName, Key }, each);
    history.push({
      action: { type: 'read' },
      calledAt: cloud.now,
      answeredAt: cloud.now,
      answer: Number(Item?.v?.N ?? 0),
    });
  }
  return history;
}

test('conditional writes and strong reads are linearizable under random partitions and dark regions', async () => {
  let unanswered = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(timed, { minLength: 4, maxLength: 16 }), fc.nat(), async (schedule, seed) => {
      const history = await run(schedule, seed);
      unanswered += history.filter(({ answer }) => answer === undefined).length;
      expect(isLinearizable(history), JSON.stringify(history, null, 1)).toBe(true);
    }),
    { numRuns: 150, seed: 20_260_101 },
  );
  // The disturbances must have bitten, or the property proves little.
  expect(unanswered).toBeGreaterThan(20);
});

describe('the checker itself', () => {
  const read = (answer: number, calledAt: number, answeredAt: number): Operation => ({
    action: { type: 'read' },
    calledAt,
    answeredAt,
    answer,
  });
  const add = (answer: number | undefined, calledAt: number, answeredAt: number): Operation => ({
    action: { type: 'add' },
    calledAt,
    answeredAt,
    answer,
  });

  test('refuses a stale read after an answered write', () => {
    expect(isLinearizable([add(1, 0, 10), read(0, 11, 12)])).toBe(false);
    expect(isLinearizable([add(1, 0, 10), read(0, 9, 12)])).toBe(true);
  });

  test('lets an unanswered write happen late or never, but not twice', () => {
    const lost = add(undefined, 0, Number.POSITIVE_INFINITY);
    expect(isLinearizable([lost, read(0, 5, 6), read(1, 20, 21)])).toBe(true);
    expect(isLinearizable([lost, read(0, 20, 21)])).toBe(true);
    expect(isLinearizable([lost, read(1, 5, 6), read(0, 20, 21)])).toBe(false);
    expect(isLinearizable([lost, read(2, 5, 6)])).toBe(false);
  });
});
