/** One process of the pool: lets production stand up once, then runs the seeds it is given. Started by pool.ts. */
import { standUp } from '../deployment/stand-up.ts';
import { drills } from '../drills/index.ts';
import type { Slug } from '../slugs.ts';
import type { PoolJob, WorkerMessage } from './pool.ts';

const job = JSON.parse(process.argv[2] ?? '{}') as PoolJob;
const drill = drills[job.slug as Slug];

const say = (message: WorkerMessage): void => void process.send?.(message);
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

// Without the command nobody waits for a result.
process.on('disconnect', () => process.exit());

try {
  const { cloud, configuration } = await standUp(job.assembly, job.environment);
  process.on('message', async ({ seed }: { seed: number }) => {
    try {
      const { result } = await drill.run(cloud, configuration, job.scenario, seed);
      say({ kind: 'result', seed, result });
    } catch (error) {
      const { message, stack } = asError(error);
      say({ kind: 'failed', seed, message: process.env.MAINSTAY_DEBUG ? (stack ?? message) : message });
    }
  });
  say({ kind: 'ready' });
} catch (error) {
  const { name, message } = asError(error);
  say({ kind: 'unfit', name, message });
}
