/** The machines of a colour as they really are: instances of an Auto Scaling group, or tasks of a service. */
import type { Colour } from '../../../infra/names.ts';
import { autoScaling } from '../../../simulator/services/autoscaling/service.ts';
import { type AutoScalingState, activeInstances } from '../../../simulator/services/autoscaling/state.ts';
import { instancesState } from '../../../simulator/world/instances.ts';
import type { ColourSample } from './evidence.ts';
import type { Watched } from './monitor.ts';
import { targetGroupOf } from './nodes.ts';

type Machines = Pick<
  ColourSample,
  'desired' | 'min' | 'max' | 'running' | 'healthy' | 'registered' | 'digests' | 'suspended'
>;

export function machinesOf(watched: Watched, colour: Colour): Machines {
  const { cloud, region, names } = watched;
  const targets = Object.values(targetGroupOf(cloud, region, names, colour)?.targets ?? {});
  return {
    ...groupOf(watched, colour),
    healthy: targets.filter(({ state }) => state === 'healthy').length,
    registered: targets.filter(({ state }) => state !== 'draining').length,
  };
}

const NONE = { desired: 0, min: 0, max: 0, running: 0, digests: [], suspended: [] };

function groupOf({ cloud, region, names }: Watched, colour: Colour): Omit<Machines, 'healthy' | 'registered'> {
  const group = cloud.stateOf<AutoScalingState>(autoScaling, region).groups[names.group(colour)];
  if (!group) return NONE;
  const { machines } = instancesState(cloud);
  const active = activeInstances(group);
  const digests = active.flatMap(({ instanceId }) => machines[instanceId]?.release?.digest ?? []);
  return {
    desired: group.desiredCapacity,
    min: group.minSize,
    max: group.maxSize,
    running: active.length,
    digests: [...new Set(digests)],
    suspended: Object.keys(group.suspended),
  };
}
