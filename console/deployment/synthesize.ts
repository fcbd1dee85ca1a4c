/** Builds the bundles and synthesizes the templates of an environment, as `npm run build` and `cdk synth` would. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../../infra/app.ts';
import { bundleAll } from '../../infra/bundle.ts';
import { loadConfiguration } from '../../infra/config/index.ts';

/** The account that the simulator plays. */
export const SIMULATED_ACCOUNT = '111111111111';

/** Everything made for a drill is kept here, one folder per process, so that two drills do not meet. */
const WORK_DIRECTORY = '.mainstay';

/** Returns the directory of the cloud assembly. Throws InvalidConfiguration, or what CDK's validation found. */
export async function synthesize(environment: string): Promise<string> {
  const configuration = loadConfiguration(environment);
  const directory = join(WORK_DIRECTORY, `${environment}-${process.pid}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const bundles = join(directory, 'dist');
  const assembly = join(directory, 'cdk.out');
  await bundleAll(bundles);
  createApp(configuration, { account: SIMULATED_ACCOUNT, outdir: assembly, bundles, unchecked: true }).synth();
  return assembly;
}

export function removeAssembly(assembly: string): void {
  rmSync(join(assembly, '..'), { recursive: true, force: true });
}
