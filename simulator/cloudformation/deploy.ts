/** The way in: deploys what `infra` synthesized into the simulated cloud, with every resource type the simulator knows. */
import type { Cloud } from '../cloud.ts';
import { type DeployOptions, deployWith, type StackResult } from './deployment.ts';
import { resources } from './resources/index.ts';

export { type DeployOptions, deployedStacks, type StackResult } from './deployment.ts';

/**
 * Deploys a cloud assembly (a cdk.out directory). Custom resources take virtual time, so run it through
 * `cloud.resolve(deployAssembly(…))` or advance the clock meanwhile; the regions must have been bootstrapped.
 */
export const deployAssembly = (cloud: Cloud, directory: string, options: DeployOptions = {}): Promise<StackResult[]> =>
  deployWith(cloud, directory, resources, options);
