/** A scenario by its name, and the copy of standing production that it runs on. */
import type { Cloud } from '../../simulator/cloud.ts';
import { handOverDecoded } from '../../simulator/runtime/decoded.ts';
import { forkSimulation } from '../../simulator/simulation.ts';
import { withoutGaps } from './gaps.ts';
import type { DrillResult } from './result.ts';

export interface Named<Scenario> {
  readonly name: string;
  readonly scenario: Scenario;
  /** SDK commands reach their operations without HTTP and codecs (docs/decisions/007): faster, for many runs. */
  readonly decoded?: boolean;
}

/** Throws when there is none of this name. */
export function named<Scenario>(scenarios: Readonly<Record<string, Scenario>>, name: string): Named<Scenario> {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`no scenario '${name}'`);
  return { name, scenario };
}

/** `standing` is production as standUp leaves it. Throws GapInSimulator when the run used what is not modelled. */
export function onFork<Run>(
  standing: Cloud,
  { decoded }: Pick<Named<unknown>, 'decoded'>,
  seed: number,
  run: (cloud: Cloud) => Promise<Run>,
): Promise<Run> {
  const cloud = forkSimulation(standing, seed);
  if (decoded) handOverDecoded(cloud);
  return withoutGaps(cloud, () => run(cloud));
}

/** What the simulator did for a run of so many virtual seconds. */
export const engineOf = (cloud: Cloud, virtualSeconds: number): DrillResult['engine'] => ({
  name: 'mainstay simulator',
  events: cloud.state.clock.nextId,
  calls: cloud.trace.entries.length,
  virtualSeconds: Math.round(virtualSeconds * 10) / 10,
});
