/** A whole simulated AWS with the world around it: every service, every part of the world, the network between them. */
import { Cloud, type CloudOptions } from './cloud.ts';
import { installNetwork } from './runtime/network.ts';
import { services } from './services/index.ts';
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
