/**
 * One process of `mainstay permissions`: runs the scenarios it is given by their place in the drill's list, and keeps its
 * page of the ledger. Started by the pool, which calls the place a seed.
 */
import { jobOf, serveSeeds } from '../drill/serve-seeds.ts';
import { type Drill, drills } from '../drills/index.ts';
import type { Slug } from '../slugs.ts';
import { PermissionLedger } from './ledger.ts';
import { LEDGER_VARIABLE } from './run.ts';

const SEED = 1;

const job = jobOf();
const drill: Drill = drills[job.slug as Slug];
const scenarios = Object.keys(drill.scenarios);
const directory = process.env[LEDGER_VARIABLE] ?? '';

await serveSeeds(job, ({ cloud, configuration }) => {
  const ledger = new PermissionLedger(configuration.regions);
  return async (place) => {
    const scenario = scenarios[place] as string;
    // Where a capability stands by itself, it stands as the scenario asks.
    const standing = await drill.standing?.standUp(job.assembly, job.environment, scenario);
    const run = await drill.run(standing?.cloud ?? cloud, configuration, scenario, SEED);
    ledger.add(run.cloud, `${job.slug}/${scenario}`);
    ledger.save(directory);
    return run.result;
  };
});
