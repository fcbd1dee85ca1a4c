/** One process of a soak's pool: lets production stand up once, then runs or shrinks the seeds it is given. Started by soak.ts. */
import { standUp } from '../deployment/stand-up.ts';
import type { WorkerMessage } from '../drill/pool.ts';
import { drills } from '../drills/index.ts';
import type { Slug } from '../slugs.ts';
import type { SoakJob } from './job.ts';
import { runSoakSeed, shrinkSeed } from './seed.ts';

const job = JSON.parse(process.argv[2] ?? '{}') as SoakJob;
const drill = drills[job.slug as Slug];

const say = (message: WorkerMessage): void => void process.send?.(message);
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

// Without the command nobody waits for a result.
process.on('disconnect', () => process.exit());

try {
  const { cloud, configuration } = await standUp(job.assembly, job.environment);
  const soak = { drill, configuration, faults: job.faults, ...(job.beside && { beside: job.scenario }) };
  process.on('message', async ({ seed }: { seed: number }) => {
    try {
      const id = job.shrink?.[seed];
      const result = await (id === undefined ? runSoakSeed(cloud, soak, seed) : shrinkSeed(cloud, soak, seed, id));
      say({ kind: 'result', seed, result });
    } catch (error) {
      const { name, message, stack } = asError(error);
      say({ kind: 'failed', seed, message: process.env.MAINSTAY_DEBUG ? (stack ?? message) : `${name}: ${message}` });
    }
  });
  say({ kind: 'ready' });
} catch (error) {
  const { name, message } = asError(error);
  say({ kind: 'unfit', name, message });
}
