/** Opens the target that a command was told to work on. */
import type { Cloud } from '../../simulator/cloud.ts';
import { Monitor } from '../drills/region-failover/monitor.ts';
import { comingUp } from '../drills/region-failover/present.ts';
import { awsTarget, localTarget, type Target } from '../target.ts';
import type { Timeline } from '../terminal.ts';
import { deployAssemblyInto } from './deploy.ts';
import { withAssembly } from './synthesize.ts';
import { warmUp } from './warm-up.ts';

export interface OpenTarget {
  readonly target: Target;
  /** The simulated cloud; undefined on AWS. */
  readonly cloud?: Cloud;
}

/** 'local' deploys a fresh simulated cloud in this process and lets it come up. */
export async function openTarget(where: 'local' | 'aws', environment: string, timeline: Timeline): Promise<OpenTarget> {
  if (where === 'aws') return { target: awsTarget() };
  const stage = (text: string) => timeline.stage(text);
  return withAssembly(environment, stage, async (assembly) => {
    const { cloud, configuration, names } = await deployAssemblyInto(assembly, environment, (stack, region) =>
      stage(`deploying ${stack} in ${region}`),
    );
    const monitor = new Monitor(cloud, configuration, names, (sample) =>
      timeline.moment({ t: sample.t, sinceFault: false, text: comingUp(sample, configuration.compute.min) }),
    );
    await warmUp(cloud, configuration, monitor);
    return { target: localTarget(cloud), cloud };
  });
}
