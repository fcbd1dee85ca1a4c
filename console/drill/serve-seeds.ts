/** A worker's half of the pool's talk: production stands up once, then each seed that is given is run and answered. */
import type { Deployed } from '../deployment/deploy.ts';
import { standUp } from '../deployment/stand-up.ts';
import { type Drill, drills } from '../drills/index.ts';
import type { Slug } from '../slugs.ts';
import type { PoolJob, WorkerMessage } from './pool.ts';
import type { DrillResult } from './result.ts';

type RunSeed = (seed: number) => Promise<DrillResult>;

const say = (message: WorkerMessage): void => void process.send?.(message);
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** The job that the pool gave this process. */
export const jobOf = <Job extends PoolJob>(): Job => JSON.parse(process.argv[2] ?? '{}') as Job;

/** As the capability of the job stands before its drills. */
async function standUpFor({ slug, scenario, assembly, environment }: PoolJob): Promise<Deployed> {
  const drill: Drill = drills[slug as Slug];
  return drill.standing?.standUp(assembly, environment, scenario) ?? standUp(assembly, environment);
}

/** `prepare` is called once, with production as it stands, and says how a seed is run. */
export async function serveSeeds(job: PoolJob, prepare: (deployed: Deployed) => RunSeed): Promise<void> {
  // Without the command nobody waits for a result.
  process.on('disconnect', () => process.exit());
  try {
    const run = prepare(await standUpFor(job));
    process.on('message', async ({ seed }: { seed: number }) => {
      try {
        say({ kind: 'result', seed, result: await run(seed) });
      } catch (error) {
        const { name, message, stack } = asError(error);
        const told = name === 'Error' ? message : `${name}: ${message}`;
        say({ kind: 'failed', seed, message: process.env.MAINSTAY_DEBUG ? (stack ?? message) : told });
      }
    });
    say({ kind: 'ready' });
  } catch (error) {
    const { name, message } = asError(error);
    say({ kind: 'unfit', name, message });
  }
}
