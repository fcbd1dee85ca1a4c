/**
 * Production, standing: deployed, come up, and then held still without running code, so that every drill forks it from
 * there instead of waiting for machines to boot. Started by the drill command, its workers and the drills in tests.
 */

import { namesOf } from '../../infra/names.ts';
import { holdSimulation } from '../../simulator/simulation.ts';
import { withoutGaps } from '../drill/gaps.ts';
import { refusalsIn } from '../drill/refusals.ts';
import { Monitor } from '../drills/region-failover/monitor.ts';
import { comingUp } from '../drills/region-failover/present.ts';
import { DoesNotComeUp } from '../problem.ts';
import type { Moment } from '../terminal.ts';
import { type Deployed, deployAssemblyInto } from './deploy.ts';
import { warmUp } from './warm-up.ts';

/**
 * Observers start with each minute and run for two. Held just before one, the application misses no slot of theirs when it
 * goes on.
 */
const BEFORE_THE_MINUTE_MS = 3_000;
const MINUTE_MS = 60_000;

/** Throws what deployAssemblyInto throws, DoesNotComeUp also where IAM refused something, GapInSimulator. */
export async function standUp(
  assembly: string,
  environment: string,
  onStack?: (stack: string, region: string) => void,
  onMoment: (moment: Moment) => void = () => {},
): Promise<Deployed> {
  return comeUp(await deployAssemblyInto(assembly, environment, onStack), onMoment);
}

/** The same for what is deployed already; its cloud is changed, and held when this returns. */
export function comeUp(deployed: Deployed, onMoment: (moment: Moment) => void = () => {}): Promise<Deployed> {
  const { cloud, configuration } = deployed;
  const monitor = new Monitor(cloud, configuration, namesOf(configuration), (sample) =>
    onMoment({ t: sample.t, sinceFault: false, text: comingUp(sample, configuration.compute.min) }),
  );
  return withoutGaps(cloud, async () => {
    await warmUp(cloud, configuration, monitor);
    const refusals = refusalsIn(cloud);
    if (refusals.length > 0) throw new DoesNotComeUp('IAM refused what the application needs to come up', refusals);
    await cloud.advance(MINUTE_MS - ((cloud.now + BEFORE_THE_MINUTE_MS) % MINUTE_MS));
    await holdSimulation(cloud);
    return deployed;
  });
}
