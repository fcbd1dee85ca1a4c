/** Drills in tests: one deployment per test file, one fork per drill. */
import { inject } from 'vitest';
import { type Deployed, deployAssemblyInto } from '../console/deployment/deploy.ts';
import { type RegionFailoverRun, runRegionFailover } from '../console/drills/region-failover/drill.ts';

let deployed: Promise<Deployed> | undefined;

/** Production, deployed from the assembly that the suite's setup made. */
export const production = (): Promise<Deployed> => {
  deployed ??= deployAssemblyInto(inject('assembly'), 'prod');
  return deployed;
};

/** Runs a scenario of region failover against production, or against `on` where a test changed something. */
export async function drillRegionFailover(
  scenario: string,
  seed = 1,
  on: Promise<Deployed> = production(),
): Promise<RegionFailoverRun> {
  const { cloud, configuration } = await on;
  return runRegionFailover(cloud, configuration, scenario, seed);
}
