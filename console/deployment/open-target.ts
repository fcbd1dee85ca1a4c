/** Opens the target that a command was told to work on. */
import { awsTarget, localTarget, type Target } from '../target.ts';
import { deployAssemblyInto } from './deploy.ts';
import { removeAssembly, synthesize } from './synthesize.ts';
import { warmUp } from './warm-up.ts';

/** 'local' deploys a fresh simulated cloud in this process and lets it come up. */
export async function openTarget(where: 'local' | 'aws', environment: string): Promise<Target> {
  if (where === 'aws') return awsTarget();
  const assembly = await synthesize(environment);
  try {
    const { cloud, configuration } = await deployAssemblyInto(assembly, environment);
    await warmUp(cloud, configuration);
    return localTarget(cloud);
  } finally {
    removeAssembly(assembly);
  }
}
