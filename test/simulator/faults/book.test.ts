/** The rules that hold for every fault: when it strikes, how it is counted, and that no fault disturbs another. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { FAULT_KINDS } from '../../../simulator/faults/check.ts';
import { inWords } from '../../../simulator/faults/words.ts';
import {
  addFault,
  type Fault,
  faultsIn,
  firstStruck,
  type PlannedFault,
  removeFault,
} from '../../../simulator/faults.ts';
import { happen, worldParts } from '../../../simulator/world/index.ts';
import { testCloud } from '../runtime/processes.ts';

const throttle = (more: object = {}) => ({ kind: 'function-throttle', ...more }) as const;

/** On which of so many occasions a fault of a function struck. */
function strikesOf(cloud: Cloud, name: string, occasions = 40): number[] {
  return Array.from({ length: occasions }, (_, index) => index).filter(
    () => firstStruck(cloud, 'function-throttle', (fault) => fault.function === name) !== undefined,
  );
}

describe('a fault', () => {
  it('is in force within its window, from its first millisecond to before its last', async () => {
    const cloud = testCloud();
    const [from, until] = [cloud.now + 100, cloud.now + 200];
    const id = addFault(cloud, throttle({ function: 'f', from, until }));
    const strikes = [];
    for (const at of [99, 100, 199, 200]) {
      await cloud.clock.run(from - 100 + at);
      strikes.push(strikesOf(cloud, 'f', 1).length);
    }
    expect(strikes).toEqual([0, 1, 1, 0]);
    expect(cloud.state.faults.hits).toEqual({ [id]: 2 });
  });

  it('strikes at most so many times, or only the n-th occasion', () => {
    const cloud = testCloud();
    addFault(cloud, throttle({ function: 'f', times: 2 }));
    addFault(cloud, throttle({ function: 'g', nth: 3 }));
    expect([strikesOf(cloud, 'f'), strikesOf(cloud, 'g')]).toEqual([[0, 1], [2]]);
  });

  it('strikes with its probability, equally for the same seed and otherwise for another', () => {
    const strikes = (seed: number) => {
      const cloud = testCloud([], seed);
      addFault(cloud, throttle({ function: 'f', probability: 0.5 }));
      return strikesOf(cloud, 'f');
    };
    expect(strikes(1)).toEqual(strikes(1));
    expect(strikes(1)).not.toEqual(strikes(2));
    expect(strikes(1).length).toBeGreaterThan(10);
    expect(strikes(1).length).toBeLessThan(30);
  });

  it('keeps its draws when another is added or taken away', () => {
    const [f, g] = ['f', 'g'].map((name) => throttle({ function: name, probability: 0.5 })) as [Fault, Fault];
    const alone = testCloud();
    addFault(alone, g);
    const both = testCloud();
    addFault(both, f);
    addFault(both, g);
    strikesOf(both, 'f');
    expect(strikesOf(both, 'g')).toEqual(strikesOf(alone, 'g'));
  });

  it('goes with a fork and its hits with it, and draws there by the other seed', () => {
    const cloud = testCloud();
    const id = addFault(cloud, throttle({ function: 'f', probability: 0.5, times: 30 }));
    const fork = cloud.fork(7);
    expect(strikesOf(fork, 'f')).not.toEqual(strikesOf(cloud, 'f'));
    expect(fork.state.faults.hits[id]).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(fork.state.faults))).toEqual(fork.state.faults);
  });

  it('is named after what it is, whatever else is in the book, and twice the same has two names', () => {
    const cloud = testCloud();
    const [one, two] = [addFault(cloud, throttle({ function: 'f' })), addFault(cloud, throttle({ function: 'f' }))];
    expect(one).not.toBe(two);
    const other = testCloud();
    addFault(other, throttle({ function: 'g' }));
    addFault(other, throttle({ function: 'f', from: 5 }));
    expect(addFault(other, throttle({ function: 'f' }))).toBe(one);
  });

  it('takes the place of one with the same given id, and is taken away by it', () => {
    const cloud = testCloud();
    addFault(cloud, throttle({ id: 'mine', function: 'f' }));
    addFault(cloud, { kind: 'cut', id: 'mine', sender: '*', receiver: 'us-west-2' });
    expect(faultsIn(cloud)).toMatchObject([{ kind: 'cut', id: 'mine' }]);
    expect([removeFault(cloud, 'mine'), removeFault(cloud, 'mine')]).toEqual([true, false]);
    expect(faultsIn(cloud)).toEqual([]);
    expect(cloud.delivers('us-east-1', 'us-west-2')).toBe(true);
  });

  it('comes and goes by world events', async () => {
    const cloud = testCloud(worldParts);
    happen(cloud, { do: 'fault', fault: throttle({ id: 'a', function: 'f' }), forMs: 100 });
    happen(cloud, { do: 'fault', fault: throttle({ id: 'b', function: 'g' }) });
    await cloud.advance(100);
    expect([strikesOf(cloud, 'f', 1), strikesOf(cloud, 'g', 1)]).toEqual([[], [0]]);
    happen(cloud, { do: 'endFault', id: 'b' });
    expect(strikesOf(cloud, 'g', 1)).toEqual([]);
  });
});

describe('a record that cannot be a fault', () => {
  it.each<[object, string]>([
    [{ kind: 'meteor' }, "there is no kind of fault 'meteor'; kinds: error, throttle"],
    [{ kind: 'error' }, "fault 'error': error must be given, got undefined"],
    [throttle({ probability: 2 }), "fault 'function-throttle': probability must be a number from 0 to 1, got 2"],
    [throttle({ nth: 0 }), "fault 'function-throttle': nth must be a whole number from 1, got 0"],
    [{ kind: 'latency', afterMs: -1 }, "fault 'latency': afterMs must be a number from 0, got -1"],
    [{ kind: 'slow-boot', region: 'r', factor: 0.5 }, "fault 'slow-boot': factor must be a number from 1, got 0.5"],
    [throttle({ from: 2, until: 1 }), "fault 'function-throttle': until must be at or after from (2), got 1"],
    [
      { kind: 'clock-skew', region: 'r', byMs: 1, probability: 0.5 },
      "fault 'clock-skew': probability must be left out, as the fault lasts as long as it is in force, got 0.5",
    ],
    [{ kind: 'quota', service: 'sts' }, "fault 'quota': service must be one with an error for used-up quotas"],
    [
      { kind: 'partial', share: 1, service: 'dynamodb', operation: 'PutItem' },
      "fault 'partial': operation must be a batch operation",
    ],
    [
      { kind: 'stale-read', staleMs: 1, service: 's3' },
      "fault 'stale-read': service must be one with eventually consistent reads",
    ],
    [
      { kind: 'stale-read', staleMs: 1, service: 'ssm', operation: 'PutParameter' },
      "fault 'stale-read': operation must be an eventually consistent read",
    ],
  ])('%o is refused by name: %s', (record, message) => {
    expect(() => addFault(testCloud(), record as Fault)).toThrow(message);
  });
});

describe('every kind of fault', () => {
  const tests = readdirSync(import.meta.dirname)
    .map((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))
    .join('\n');

  it.each(FAULT_KINDS)('%s has a test here', (kind) => {
    expect(tests.includes(`kind: '${kind}'`)).toBe(true);
  });

  it('can be told in words', () => {
    const faults: PlannedFault[] = [
      { kind: 'latency', service: 'dynamodb', region: 'us-west-2', afterMs: 8_000, probability: 0.1 },
      { kind: 'execution-abort', machine: 'failover', state: 'Claim', nth: 1 },
      { kind: 'function-crash', function: 'claim', moment: 'after-call', call: 'dynamodb:UpdateItem', times: 2 },
    ];
    expect(faults.map((fault) => inWords(fault as Fault))).toEqual([
      'dynamodb in us-west-2: 8 s slower (10 % of the time)',
      "failover entering 'Claim' is aborted (only number 1)",
      'claim dies after dynamodb:UpdateItem (at most 2 times)',
    ]);
  });
});
