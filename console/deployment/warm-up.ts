/** Lets a freshly deployed application come up: instances boot, the lease is taken, the observers have something to say. */
import type { Configuration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { Monitor } from '../drills/region-failover/monitor.ts';

const LIMIT_SECONDS = 1800;
/** Long enough for each observer's schedule to have come round and its votes to be in. */
const OBSERVED_SECONDS = 150;

/** Returns the monitor that watched it. Throws when it does not come up, saying what is missing. */
export async function warmUp(
  cloud: Cloud,
  configuration: Configuration,
  monitor = new Monitor(cloud, configuration, namesOf(configuration)),
): Promise<Monitor> {
  const { serving } = configuration.regions;
  const healthy = () => {
    const sample = monitor.samples.at(-1);
    return serving.every((region) => (sample?.regions[region]?.healthyTargets ?? 0) >= configuration.compute.min);
  };
  await monitor.watch(LIMIT_SECONDS, () => healthy() && Number(monitor.item()?.counter) > 0);
  if (!healthy()) {
    const sample = JSON.stringify(monitor.samples.at(-1)?.regions);
    throw new Error(`the application did not come up within ${LIMIT_SECONDS} s of virtual time: ${sample}`);
  }
  if (!(Number(monitor.item()?.counter) > 0)) throw new Error('nobody took the write lease');
  await monitor.watch(OBSERVED_SECONDS);
  return monitor;
}
