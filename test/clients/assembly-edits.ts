/** Changes a synthesized assembly as another synthesis would: the template, and its hash wherever it names the asset. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Resource {
  Type: string;
  DependsOn?: string | string[];
  // biome-ignore lint/suspicious/noExplicitAny: the properties of every type
  Properties: any;
}

export type Resources = Record<string, Resource>;

/** Gives the resources of a stack's template to `change`. */
export function editStack(assembly: string, stack: string, change: (resources: Resources) => void): void {
  const file = join(assembly, `${stack}.template.json`);
  const before = readFileSync(file, 'utf8');
  const template = JSON.parse(before) as { Resources: Resources };
  change(template.Resources);
  const after = JSON.stringify(template, null, 1);
  writeFileSync(file, after);
  const assets = join(assembly, `${stack}.assets.json`);
  const { files } = JSON.parse(readFileSync(assets, 'utf8')) as {
    files: Record<string, { source: { path?: string } }>;
  };
  const old = Object.keys(files).find((hash) => files[hash]?.source.path === `${stack}.template.json`) as string;
  const hash = createHash('sha256').update(after).digest('hex');
  // The command uploads what the bucket does not have under this name.
  for (const each of [assets, join(assembly, 'manifest.json')]) {
    writeFileSync(each, readFileSync(each, 'utf8').replaceAll(old, hash));
  }
}

/** The one resource of a type that fits; throws when there is none or more. */
export function only(resources: Resources, type: string, fits: (resource: Resource) => boolean = () => true): Resource {
  const found = Object.values(resources).filter((resource) => resource.Type === type && fits(resource));
  if (found.length !== 1) throw new Error(`there are ${found.length} such resources of type ${type}`);
  return found[0] as Resource;
}
