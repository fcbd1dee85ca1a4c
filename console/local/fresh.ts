/** Makes the cloud that `mainstay local` serves: with the application deployed and running, or as an empty account. */
import { randomInt } from 'node:crypto';
import { loadConfiguration } from '../../infra/config/index.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { bootstrapWithRoles } from '../../simulator/cloudformation/bootstrap-stack.ts';
import { createSimulation } from '../../simulator/simulation.ts';
import { deployAssemblyInto, prepareAccount } from '../deployment/deploy.ts';
import { SIMULATED_ACCOUNT, withAssembly } from '../deployment/synthesize.ts';
import { warmUp } from '../deployment/warm-up.ts';

/** About how long deployment and start take in virtual time, so that the cloud's clock is near this machine's after it. */
const LEAD_MS = 5 * 60_000;

/** Throws what the deployment throws. */
export async function freshCloud(
  { environment, empty }: { readonly environment: string; readonly empty: boolean },
  onStage: (text: string) => void,
): Promise<Cloud> {
  const cloud = empty ? await emptyAccount(environment) : await deployed(environment, onStage);
  // From here on nothing is to be foreseen by whoever knows the seed: ids, session tokens, the secrets of roles.
  cloud.state.seed = randomInt(2 ** 31);
  cloud.state.random = {};
  return cloud;
}

async function emptyAccount(environment: string): Promise<Cloud> {
  const configuration = loadConfiguration(environment);
  const { serving, witness } = configuration.regions;
  const regions = [...serving, witness];
  const cloud = createSimulation({ seed: 0, account: SIMULATED_ACCOUNT, regions, startAt: Date.now() });
  await cloud.resolve(prepareAccount(cloud, configuration, bootstrapWithRoles));
  return cloud;
}

function deployed(environment: string, onStage: (text: string) => void): Promise<Cloud> {
  return withAssembly(environment, onStage, async (assembly) => {
    const onStack = (stack: string, region: string) => onStage(`deploying ${stack} in ${region}`);
    const { cloud, configuration } = await deployAssemblyInto(
      assembly,
      environment,
      onStack,
      Date.now() - LEAD_MS,
      bootstrapWithRoles,
    );
    onStage('starting the application');
    await warmUp(cloud, configuration);
    return cloud;
  });
}
