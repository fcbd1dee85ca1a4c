/** One process of the pool: deploys the assembly once, then runs the seeds it is given. Started by pool.ts. */
import { deployAssemblyInto } from '../deployment/deploy.ts';
import { drills } from '../drills/index.ts';
import type { Slug } from '../slugs.ts';
import type { PoolJob, WorkerMessage } from './pool.ts';

const job = JSON.parse(process.argv[2] ?? '{}') as PoolJob;
const { cloud, configuration } = await deployAssemblyInto(job.assembly, job.environment);
const drill = drills[job.slug as Slug];

const say = (message: WorkerMessage): void => void process.send?.(message);

process.on('message', async ({ seed }: { seed: number }) => {
  try {
    const { result } = await drill.run(cloud, configuration, job.scenario, seed);
    say({ kind: 'result', seed, result });
  } catch (error) {
    say({ kind: 'failed', seed, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
// Without the command nobody waits for a result.
process.on('disconnect', () => process.exit());
say({ kind: 'ready' });
