/**
 * Production without one of its guards: the suite's assembly, copied out of the project, with a source, a state machine
 * or a policy edited before it is deployed. Shows that a checker objects to what the guard is there to prevent. Each edit
 * throws when it no longer finds what it is meant to change.
 */
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import type { Deployed } from '../console/deployment/deploy.ts';
import { standUp } from '../console/deployment/stand-up.ts';
import type { Slug } from '../console/slugs.ts';
import { bundle as bundlePackage, packages } from '../infra/bundle.ts';

/** A module, edited as its text, in the bundles that are named: 'region-failover/promote', or 'app'. */
interface SourceRemoval {
  readonly source: string;
  readonly bundles: readonly string[];
  readonly edit: (text: string) => string;
}

/** A state machine of a slug's stacks, by the beginning of its logical id, edited as its definition. */
interface MachineRemoval {
  readonly slug: Slug;
  readonly machine: string;
  readonly edit: (states: States) => void;
}

/** The policy of one function of a slug's stacks, edited as its statements. */
interface PolicyRemoval {
  readonly slug: Slug;
  readonly policyOf: string;
  readonly edit: (statements: Statement[]) => void;
}

/** A resource of the region stacks, by the beginning of its logical id, edited as its properties. */
interface ResourceRemoval {
  readonly slug: 'region';
  readonly type: string;
  readonly resource: string;
  readonly edit: (properties: Record<string, unknown>) => void;
}

export type Removal = SourceRemoval | MachineRemoval | PolicyRemoval | ResourceRemoval;

export interface States {
  [name: string]: { Next?: string; Choices?: { Condition: string; Next: string }[] };
}

export interface Statement {
  readonly Sid?: string;
  Resource: string | string[];
}

interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>;
}

/** Lets production with these removals stand up; from the suite's assembly unless another is given. */
export async function deployWithout(removals: readonly Removal[], from?: string): Promise<Deployed> {
  // Loaded only in the suite: outside of it Vitest refuses to be imported.
  const original = resolve(from ?? (await import('vitest')).inject('assembly'));
  const directory = mkdtempSync(join(tmpdir(), 'mainstay-without-guard-'));
  try {
    const assembly = join(directory, 'cdk.out');
    cpSync(original, assembly, { recursive: true });
    cpSync(join(original, '..', 'dist'), join(directory, 'dist'), { recursive: true });
    await rebundle(
      directory,
      removals.filter((removal) => 'source' in removal),
    );
    for (const removal of removals) if (!('source' in removal)) editTemplates(assembly, removal);
    return await standUp(assembly, 'prod');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Replaces a text that is there exactly once. */
export const replacing =
  (from: string, to: string) =>
  (text: string): string => {
    const count = text.split(from).length - 1;
    if (count !== 1) throw new Error(`an edit looks for one '${from}' and finds ${count}`);
    return text.replace(from, () => to);
  };

/** Several edits of one text, in order. */
export const all =
  (...edits: readonly ((text: string) => string)[]) =>
  (text: string): string =>
    edits.reduce((edited, edit) => edit(edited), text);

async function rebundle(directory: string, removals: readonly SourceRemoval[]): Promise<void> {
  for (const bundle of new Set(removals.flatMap(({ bundles }) => bundles))) {
    const edits = removals.filter(({ bundles }) => bundles.includes(bundle));
    const found = packages().find(({ name }) => name === bundle);
    if (!found) throw new Error(`there is no package ${bundle}`);
    const seen = new Set<string>();
    const files = (await bundlePackage([found], [editing(edits, seen)])).get(bundle) ?? {};
    for (const { source } of edits) {
      if (!seen.has(resolve(source))) throw new Error(`bundle ${bundle} does not contain ${source}`);
    }
    replaceBundle(directory, join('dist', bundle, 'index.cjs'), files['index.cjs'] ?? '');
  }
}

const editing = (removals: readonly SourceRemoval[], seen: Set<string>): Plugin => ({
  name: 'without-guard',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      seen.add(path);
      const edits = removals.filter(({ source }) => resolve(source) === path);
      if (edits.length === 0) return undefined;
      return { contents: all(...edits.map(({ edit }) => edit))(readFileSync(path, 'utf8')), loader: 'ts' };
    });
  },
});

/** Puts a bundle where the application's release is read from and into the assets that hold the same one. */
function replaceBundle(directory: string, path: string, text: string): void {
  const file = join(directory, path);
  const before = readFileSync(file, 'utf8');
  if (before === text) throw new Error(`the edits change nothing in ${path}`);
  const assets = globSync(join(directory, 'cdk.out', 'asset.*', 'index.cjs'));
  const same = assets.filter((asset) => readFileSync(asset, 'utf8') === before);
  if (same.length === 0 && dirname(path) !== join('dist', 'app')) throw new Error(`no asset holds ${path}`);
  for (const each of [file, ...same]) writeFileSync(each, text);
}

/** Edits the stacks of both serving regions. */
function editTemplates(assembly: string, removal: Exclude<Removal, SourceRemoval>): void {
  const files = globSync(join(assembly, `*-${removal.slug}-??-*.template.json`));
  if (files.length !== 2 || !files.every(existsSync)) throw new Error(`${assembly} has no two ${removal.slug} stacks`);
  for (const file of files) {
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    if ('machine' in removal) editMachine(template, removal);
    else if ('resource' in removal) removal.edit(only(template, removal.type, removal.resource).Properties);
    else editPolicy(template, removal);
    writeFileSync(file, JSON.stringify(template));
  }
}

function editMachine(template: Template, { machine, edit }: MachineRemoval): void {
  const { Properties } = only(template, 'AWS::StepFunctions::StateMachine', machine);
  const definition = JSON.parse(String(Properties.DefinitionString)) as { States: States };
  edit(definition.States);
  Properties.DefinitionString = JSON.stringify(definition);
}

function editPolicy(template: Template, { policyOf, edit }: PolicyRemoval): void {
  const { Properties } = only(template, 'AWS::IAM::Policy', `${policyOf}FunctionServiceRole`);
  edit((Properties.PolicyDocument as { Statement: Statement[] }).Statement);
}

function only({ Resources }: Template, type: string, prefix: string) {
  const found = Object.entries(Resources).filter(([id, resource]) => resource.Type === type && id.startsWith(prefix));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources ${type} are named ${prefix}…`);
  return found[0][1];
}
