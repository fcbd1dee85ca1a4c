/** Drills in tests: one deployment per test file, one fork per drill. */
import { inject } from 'vitest';
import type { Deployed } from '../console/deployment/deploy.ts';
import { standUp } from '../console/deployment/stand-up.ts';
import { type BlueGreenRun, runBlueGreen } from '../console/drills/blue-green/drill.ts';
import { type RegionFailoverRun, runRegionFailover } from '../console/drills/region-failover/drill.ts';
import { PermissionLedger } from '../console/permissions/ledger.ts';
import { loadConfiguration } from '../infra/config/index.ts';
import type { Cloud } from '../simulator/cloud.ts';

let deployed: Promise<Deployed> | undefined;

/** Production, standing, from the assembly that the suite's setup made. */
export const production = (): Promise<Deployed> => {
  deployed ??= standUp(inject('assembly'), 'prod');
  return deployed;
};

/** Runs a scenario of region failover against production, or against `on` where a test changed something. */
export async function drillRegionFailover(
  scenario: string,
  seed = 1,
  on: Promise<Deployed> = production(),
): Promise<RegionFailoverRun> {
  const { cloud, configuration } = await on;
  const run = await runRegionFailover(cloud, configuration, scenario, seed);
  if (on === deployed) noteUse(run.cloud, `region-failover/${scenario}`);
  return run;
}

/** The same for blue/green. */
export async function drillBlueGreen(
  scenario: string,
  seed = 1,
  on: Promise<Deployed> = production(),
): Promise<BlueGreenRun> {
  const { cloud, configuration } = await on;
  const run = await runBlueGreen(cloud, configuration, scenario, seed);
  if (on === deployed) noteUse(run.cloud, `blue-green/${scenario}`);
  return run;
}

let ledger: PermissionLedger | undefined;

/** Notes which permissions a copy of production used, for the question that is asked after the suite. */
export function noteUse(cloud: Cloud, run?: string): void {
  ledger ??= new PermissionLedger(loadConfiguration('prod').regions);
  ledger.add(cloud, run);
  ledger.save(inject('permissions'));
}
