/**
 * One process of `mainstay permissions`: lets production stand up once, runs the scenarios it is given by their place in
 * the drill's list, and keeps its page of the ledger. Started by the pool, which calls the place a seed.
 */
import { standUp } from '../deployment/stand-up.ts';
import type { PoolJob, WorkerMessage } from '../drill/pool.ts';
import { drills } from '../drills/index.ts';
import type { Slug } from '../slugs.ts';
import { PermissionLedger } from './ledger.ts';
import { LEDGER_VARIABLE } from './run.ts';

const SEED = 1;

const job = JSON.parse(process.argv[2] ?? '{}') as PoolJob;
const drill = drills[job.slug as Slug];
const scenarios = Object.keys(drill.scenarios);
const directory = process.env[LEDGER_VARIABLE] ?? '';

const say = (message: WorkerMessage): void => void process.send?.(message);

process.on('disconnect', () => process.exit());

try {
  const { cloud, configuration } = await standUp(job.assembly, job.environment);
  const ledger = new PermissionLedger(configuration.regions);
  process.on('message', async ({ seed: place }: { seed: number }) => {
    try {
      const scenario = scenarios[place] as string;
      const run = await drill.run(cloud, configuration, scenario, SEED);
      ledger.add(run.cloud, `${job.slug}/${scenario}`);
      ledger.save(directory);
      say({ kind: 'result', seed: place, result: run.result });
    } catch (error) {
      say({ kind: 'failed', seed: place, message: (error as Error).message });
    }
  });
  say({ kind: 'ready' });
} catch (error) {
  const { name, message } = error as Error;
  say({ kind: 'unfit', name, message });
}
