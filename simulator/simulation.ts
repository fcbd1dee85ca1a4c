/** A whole simulated AWS with the world around it: every service, every part of the world, the network between them. */
import { Cloud, type CloudOptions } from './cloud.ts';
import { haltContainers } from './lambda/pool.ts';
import { installNetwork } from './runtime/network.ts';
import { services } from './services/index.ts';
import { haltInstances, resumeInstances } from './world/instances.ts';
import { worldHttp } from './world/network.ts';

export function createSimulation(options: Omit<CloudOptions, 'services'>): Cloud {
  const cloud = Cloud.create({ ...options, services });
  installNetwork(cloud, worldHttp);
  return cloud;
}

/** A copy with another seed. Throws while code is running. */
export function forkSimulation(cloud: Cloud, seed: number): Cloud {
  const fork = cloud.fork(seed);
  installNetwork(fork, worldHttp);
  return fork;
}

/** What is on its way when code stops arrives within this time. */
const ON_ITS_WAY_MS = 1_000;

/**
 * Stops all running code, as a fork must find it: the application's processes end, functions are gone with what they did.
 * Invocations under way are lost without a trace; hold where that does not matter. Throws when something still runs.
 */
export async function holdSimulation(cloud: Cloud): Promise<void> {
  haltInstances(cloud);
  haltContainers(cloud);
  await cloud.advance(ON_ITS_WAY_MS);
  haltContainers(cloud);
  const { running } = cloud.clock;
  if (running.length > 0) throw new Error(`cannot hold the cloud while ${running.join(', ')} goes on`);
}

/** Lets the application's processes start again at once, here or in a fork. Functions start when they are called. */
export const resumeSimulation = (cloud: Cloud): void => resumeInstances(cloud);
