/** One process of a soak's pool: runs, or shrinks, each seed that it is given. Started by soak.ts. */
import { jobOf, serveSeeds } from '../drill/serve-seeds.ts';
import { drills } from '../drills/index.ts';
import type { Slug } from '../slugs.ts';
import type { SoakJob } from './job.ts';
import { runSoakSeed, shrinkSeed } from './seed.ts';

const job = jobOf<SoakJob>();
const drill = drills[job.slug as Slug];

await serveSeeds(job, ({ cloud, configuration }) => {
  const soak = { drill, configuration, faults: job.faults, ...(job.beside && { beside: job.scenario }) };
  return (seed) => {
    const id = job.shrink?.[seed];
    return id === undefined ? runSoakSeed(cloud, soak, seed) : shrinkSeed(cloud, soak, seed, id);
  };
});
