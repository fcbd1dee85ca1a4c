/** What a cloud that runs for days forgets: the oldest of its trace and ledger. */
import { describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { boundRecords } from '../../../simulator/local/forget.ts';
import { ledger, ledgerOf, recordWrite } from '../../../simulator/world/ledger.ts';

const options = { seed: 1, account: '111111111111', regions: ['us-east-1'], services: [ledger], startAt: 0 };

describe('records that only grow', () => {
  it('are bounded in a cloud that runs for long, the newest kept, and whole in any other', () => {
    const [short, long] = [Cloud.create(options), Cloud.create(options)];
    const records = boundRecords(long);
    const write = { region: 'r', clusterArn: 'c', epoch: 1, kind: 'heartbeat', instance: 'i', colour: 'blue' } as const;
    for (let i = 0; i < 45_000; i++) {
      for (const cloud of [short, long]) {
        cloud.note('r', 'test', `entry ${i}`);
        recordWrite(cloud, { ...write, id: String(i) });
      }
    }
    records.forget();
    expect([short.trace.entries.length, ledgerOf(short).writes.length]).toEqual([45_000, 45_000]);
    expect(long.trace.entries.length).toBeLessThanOrEqual(40_000);
    expect(ledgerOf(long).writes).toHaveLength(20_000);
    expect(long.trace.entries.at(-1)?.what).toBe('entry 44999');
    expect(ledgerOf(long).writes.at(-1)?.id).toBe('44999');
    expect(long.trace.total).toBe(45_000);
  });
});
