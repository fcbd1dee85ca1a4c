/** Builds the bundles and synthesizes the templates of an environment, as `npm run build` and `cdk synth` would. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../../infra/app.ts';
import { bundleAll } from '../../infra/bundle.ts';
import { loadConfiguration } from '../../infra/config/index.ts';
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
export async function synthesize(environment: string, onStage: (text: string) => void = () => {}): Promise<string> {
  const configuration = loadConfiguration(environment);
  if (!existsSync('cdk.json')) {
    throw new UsageProblem(`directory: ${process.cwd()} is not the project's root; go to where cdk.json is`);
  }
  const directory = join(WORK_DIRECTORY, `${configuration.environment}-${process.pid}`);
  mkdirSync(WORK_DIRECTORY, { recursive: true });
  removeLeftovers();
  mkdirSync(directory, { recursive: true });
  const bundles = join(directory, 'dist');
  const assembly = join(directory, 'cdk.out');
  onStage('building the functions');
  await bundleAll(bundles);
  onStage('synthesizing the templates');
  createApp(configuration, { account: SIMULATED_ACCOUNT, outdir: assembly, bundles, unchecked: true }).synth();
  return assembly;
}

/** Folders of processes that are gone: killed, they could not remove them. Also one that had our own number. */
function removeLeftovers(): void {
  for (const name of readdirSync(WORK_DIRECTORY)) {
    const pid = Number(name.split('-').at(-1));
    if (pid === process.pid || !isAlive(pid)) rmSync(join(WORK_DIRECTORY, name), { recursive: true, force: true });
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
): Promise<T> {
  const assembly = await synthesize(environment, onStage);
  const remove = () => removeAssembly(assembly);
  const forget = onInterrupt(remove);
  try {
    return await use(assembly);
  } finally {
    forget();
    remove();
  }
}
