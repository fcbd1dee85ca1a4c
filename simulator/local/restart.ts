/** Brings a kept cloud back to life: what ran starts again, what was under way fails as AWS would show it. */
import { Cloud } from '../cloud.ts';
import { installNetwork } from '../runtime/network.ts';
import type { AnyService } from '../service.ts';
import { resumeInstances } from '../world/instances.ts';
import { worldHttp } from '../world/network.ts';
import type { Kept } from './data-directory.ts';
import { endInterruptedOperations } from './interrupted-stacks.ts';

/**
 * The cloud as it was kept. Virtual time stood still meanwhile. Records that were being carried out are due again, so
 * what they do is done at least once; a task that waited for its function fails as one whose answer got lost, and a
 * stack that was being changed has failed.
 */
export function restoreCloud({ state, unfinished, blobs }: Kept, services: readonly AnyService[]): Cloud {
  const cloud = Cloud.restore(state, services, blobs);
  installNetwork(cloud, worldHttp);
  for (const { id: _, ...timer } of unfinished) {
    const name = timer.service === 'states' && timer.name === 'callTask' ? 'answerLost' : timer.name;
    cloud.clock.schedule({ ...timer, name, at: cloud.now });
  }
  if (cloud.services.has('cloudformation')) endInterruptedOperations(cloud);
  if (cloud.services.has('world.instances')) resumeInstances(cloud);
  return cloud;
}
