/** Where the colours run, as the configuration says. */
import type { ReleaseConfig } from '../config.ts';
import type { ComputeEnvironment } from '../release-ports.ts';
import { ec2Environment } from './ec2-environment.ts';
import { ecsEnvironment } from './ecs-environment.ts';

export function environmentOf(config: ReleaseConfig): ComputeEnvironment {
  const { cluster } = config.compute;
  return config.compute.kind === 'fargate' && cluster ? ecsEnvironment({ ...config, cluster }) : ec2Environment(config);
}
