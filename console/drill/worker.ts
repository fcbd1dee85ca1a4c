/** One process of a drill's pool: runs the scenario under each seed that it is given. Started by pool.ts. */
import { drills } from '../drills/index.ts';
import type { Slug } from '../slugs.ts';
import { jobOf, serveSeeds } from './serve-seeds.ts';

const job = jobOf();
const drill = drills[job.slug as Slug];

await serveSeeds(job, ({ cloud, configuration }) => async (seed) => {
  const { result } = await drill.run(cloud, configuration, job.scenario, seed);
  return result;
});
