/** Alert routing standing, once per test file; and the same without one of its guards. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { withAssembly } from '../../console/deployment/synthesize.ts';
import { type Scene, standUp } from '../../console/drills/alert-routing/scene.ts';
import { bundle, packages } from '../../infra/bundle.ts';
import { lambda } from '../../simulator/lambda/index.ts';
import type { LambdaState } from '../../simulator/lambda/state.ts';
import { forkSimulation } from '../../simulator/simulation.ts';

const standing = new Map<number | undefined, Promise<Scene>>();

/** From the time that a scenario begins at. */
export function scene(startAt?: number): Promise<Scene> {
  const known = standing.get(startAt);
  if (known) return known;
  const made = withAssembly(
    'prod',
    () => {},
    (assembly) => standUp(assembly, 'prod', startAt),
    ['alert-routing'],
  );
  standing.set(startAt, made);
  return made;
}

/** A module of alert routing, edited as its text, in these functions. */
export interface Removal {
  readonly source: string;
  readonly functions: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** A copy in which nothing else is changed. Throws when the text to be edited is not there exactly once. */
export async function sceneWithout({ source, functions, from, to }: Removal, startAt?: number): Promise<Scene> {
  const { cloud, ...rest } = await scene(startAt);
  const fork = forkSimulation(cloud, 0);
  for (const handler of functions) {
    const found = packages().find(({ name }) => name === `alert-routing/${handler}`);
    if (!found) throw new Error(`there is no package alert-routing/${handler}`);
    const files = (await bundle([found], [editing(source, from, to)])).get(found.name) ?? {};
    const ZipFile = new TextEncoder().encode(JSON.stringify(files));
    for (const region of rest.configuration.regions.serving) {
      const all = Object.values(fork.stateOf<LambdaState>(lambda, region).functions);
      const FunctionName = all.find(({ description }) => description === `alert-routing/${handler}`)?.name;
      await fork.call('lambda', 'UpdateFunctionCode', { FunctionName, ZipFile }, { region });
    }
  }
  return { cloud: fork, ...rest };
}

const editing = (source: string, from: string, to: string): Plugin => ({
  name: 'without-guard',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path !== resolve(source)) return undefined;
      const text = readFileSync(path, 'utf8');
      if (text.split(from).length !== 2) throw new Error(`${source} does not have '${from}' once`);
      return { contents: text.replace(from, () => to), loader: 'ts' };
    });
  },
});
