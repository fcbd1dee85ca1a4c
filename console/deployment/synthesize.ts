/** Builds the bundles and synthesizes the templates of an environment, as `npm run build` and `cdk synth` would. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Capability, createApp } from '../../infra/app.ts';
import { bundleAll } from '../../infra/bundle.ts';
import { type Configuration, loadConfiguration } from '../../infra/config/index.ts';
import { SIMULATED_ROOT } from '../../simulator/services/signer/authorities.ts';
import { onInterrupt } from '../interrupt.ts';
import { UsageProblem } from '../problem.ts';

/** The account that the simulator plays. */
export const SIMULATED_ACCOUNT = '111111111111';

/** Everything made for a drill is kept here, one folder per process, so that two drills do not meet. */
const WORK_DIRECTORY = '.mainstay';

/**
 * Returns the directory of the cloud assembly. Throws InvalidConfiguration, what CDK's validation found, or UsageProblem
 * when this is not the project's root.
 */
export async function synthesize(
  environment: string,
  onStage: (text: string) => void = () => {},
  capabilities: readonly Capability[] = ['region-failover'],
  folder?: string,
): Promise<string> {
  const configuration = loadConfiguration(environment);
  if (!existsSync('cdk.json')) {
    throw new UsageProblem(`directory: ${process.cwd()} is not the project's root; go to where cdk.json is`);
  }
  const directory = folder ?? newFolder(configuration);
  mkdirSync(WORK_DIRECTORY, { recursive: true });
  removeLeftovers();
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const bundles = join(directory, 'dist');
  const assembly = join(directory, 'cdk.out');
  onStage('building the functions');
  await bundleAll(bundles);
  onStage('synthesizing the templates');
  const options = { account: SIMULATED_ACCOUNT, outdir: assembly, bundles, capabilities, unchecked: true };
  createApp(trustingSimulated(configuration), options).synth();
  return assembly;
}

/** The simulated Signer cannot sign up to AWS's root; its own is trusted beside it, and nowhere but in the simulator. */
const trustingSimulated = (configuration: Configuration): Configuration => ({
  ...configuration,
  release: { ...configuration.release, signingRoots: [...configuration.release.signingRoots, SIMULATED_ROOT] },
});

let made = 0;

/** Another one each time: the CDK remembers by its path which assets it has put into a folder. */
const newFolder = ({ environment }: Pick<Configuration, 'environment'>): string =>
  join(WORK_DIRECTORY, `${environment}-${++made}-${process.pid}`);

/** Folders of processes that are gone: killed, they could not remove them. */
function removeLeftovers(): void {
  for (const name of readdirSync(WORK_DIRECTORY)) {
    if (!isAlive(Number(name.split('-').at(-1)))) rmSync(join(WORK_DIRECTORY, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function removeAssembly(assembly: string): void {
  rmSync(join(assembly, '..'), { recursive: true, force: true });
}

/** Lends an assembly and removes it afterwards, however that ends. */
export async function withAssembly<T>(
  environment: string,
  onStage: (text: string) => void,
  use: (assembly: string) => Promise<T>,
  capabilities?: readonly Capability[],
): Promise<T> {
  const folder = newFolder(loadConfiguration(environment));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Before anything is made: making it takes long enough to be interrupted.
  const forget = onInterrupt(remove);
  try {
    return await use(await synthesize(environment, onStage, capabilities, folder));
  } finally {
    forget();
    remove();
  }
}
