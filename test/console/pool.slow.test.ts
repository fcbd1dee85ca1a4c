/** Many seeds on several processes: order, slow ones, runs that throw, workers that die. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runPool, type SeedOutcome } from '../../console/drill/pool.ts';
import { UsageProblem } from '../../console/problem.ts';

const worker = new URL('./fixtures/worker.ts', import.meta.url);

async function run(orders: Record<string, string> | string, seeds: number[], workers = 2) {
  const told: SeedOutcome[] = [];
  const scenario = typeof orders === 'string' ? orders : JSON.stringify(orders);
  const job = { slug: 'region-failover', scenario, assembly: '', environment: 'prod' };
  await runPool(job, seeds, (outcome) => told.push(outcome), { worker, workers });
  return told.map((outcome) => ('failure' in outcome ? `${outcome.seed}: ${outcome.failure}` : outcome.seed));
}

describe('a pool', () => {
  it('gives every other seed to the next worker while a slow one runs, and tells them in order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mainstay-'));
    const sign = join(folder, 'the last seed ran').replaceAll(' ', '-');
    // The first seed ends only when the last one has run: a pool that waited for it would wait for ever.
    expect(await run({ 1: `wait ${sign}`, 4: `write ${sign}` }, [1, 2, 3, 4])).toEqual([1, 2, 3, 4]);
    rmSync(folder, { recursive: true });
  });

  it('goes on after a run that throws', async () => {
    expect(await run({ 2: 'throw' }, [1, 2, 3])).toEqual([1, '2: the run threw', 3]);
  });

  it('names the seed at which a worker died, and another one takes the rest', async () => {
    expect(await run({ 1: 'die', 3: 'die' }, [1, 2, 3, 4], 1)).toEqual([
      '1: the worker ended with code 7',
      2,
      '3: the worker ended with code 7',
      4,
    ]);
  });

  it('gives up when a worker dies before it could take a seed', async () => {
    await expect(run('no start', [1, 2])).rejects.toThrow(/code 9 before it could take a seed/);
  });

  it('ends with the worker’s own complaint when it cannot deploy', async () => {
    const running = run('unfit', [1, 2]);
    await expect(running).rejects.toThrow(UsageProblem);
    await expect(running).rejects.toThrow('template: Custom::Thing is not modelled');
  });
});
