/** Deploys a cloud assembly with a given table of resource types: assets first, then stacks in the order of their needs. */
import type { Cloud } from '../cloud.ts';
import { type FileAsset, readAssembly, type StackArtifact } from './assembly.ts';
import { createStack } from './engine.ts';
import type { ResourceTable } from './resource.ts';
import { allStacks, type StackRecord } from './state.ts';
import { parseTemplate } from './template.ts';
import { refuseUnmodelled } from './types.ts';

export interface DeployOptions {
  /** Stack names to take first, in this order, where their needs allow it. */
  readonly stackOrder?: readonly string[];
  /** Parameter values by stack name; they come before the assembly's own. */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface StackResult {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly status: StackRecord['status'];
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly {
    readonly logicalId: string;
    readonly type: string;
    readonly physicalId: string;
    readonly status: string;
    readonly model: 'modelled' | 'inert';
  }[];
}

/**
 * Files are read synchronously and nothing waits but for the simulated cloud, so `cloud.resolve` may drive it.
 * Throws what `createStack` throws; before anything is made, NotModelled naming every resource of every stack whose
 * type is in no table.
 */
export async function deployWith(
  cloud: Cloud,
  directory: string,
  table: ResourceTable,
  options: DeployOptions = {},
): Promise<StackResult[]> {
  const stacks = inOrder(readAssembly(directory, cloud.state.account), options.stackOrder ?? []);
  checkRegions(cloud, stacks);
  refuseUnmodelled(table, stacks.map(unconditionalResources));
  const published = new Set<string>();
  const results: StackResult[] = [];
  for (const stack of stacks) {
    for (const asset of stack.assets) await publish(cloud, asset, published);
    const record = await createStack(cloud, {
      region: stack.region,
      stackName: stack.stackName,
      template: stack.template,
      parameters: { ...stack.parameters, ...options.parameters?.[stack.stackName] },
      tags: stack.tags,
      resources: table,
      // Who deploys an assembly throws the cloud away when that fails; what was made shows why.
      onFailure: 'DO_NOTHING',
    });
    results.push(resultOf(record));
  }
  return results;
}

/** What is deployed: every stack of the cloud with its resources, modelled and inert. */
export const deployedStacks = (cloud: Cloud): StackResult[] => allStacks(cloud).map(resultOf);

const resultOf = (record: StackRecord): StackResult => ({
  stackName: record.stackName,
  stackId: record.stackId,
  region: record.region,
  status: record.status,
  outputs: Object.fromEntries(Object.entries(record.outputs).map(([name, { value }]) => [name, value])),
  resources: Object.values(record.resources).map(({ logicalId, type, physicalId = '', status, model }) => ({
    logicalId,
    type,
    physicalId,
    status,
    model,
  })),
});

function checkRegions(cloud: Cloud, stacks: readonly StackArtifact[]): void {
  for (const { stackName, region } of stacks) {
    if (!cloud.state.regions.includes(region)) {
      throw new Error(`stack ${stackName} is for ${region}; this cloud has ${cloud.state.regions.join(', ')}`);
    }
  }
}

/** Whether the others will be made depends on parameters that may not exist yet; createStack looks at those. */
function unconditionalResources(stack: StackArtifact) {
  const { Resources: resources } = parseTemplate(stack.template);
  const sure = Object.entries(resources).filter(([, resource]) => resource.Condition === undefined);
  return { stackName: stack.stackName, resources: Object.fromEntries(sure) };
}

/** Stacks after those they need; otherwise as asked, otherwise as in the manifest. Throws when they need each other. */
function inOrder(stacks: readonly StackArtifact[], wanted: readonly string[]): StackArtifact[] {
  const unknown = wanted.find((name) => !stacks.some(({ stackName }) => stackName === name));
  if (unknown !== undefined) throw new Error(`there is no stack ${unknown} in the assembly`);
  const rank = ({ stackName }: StackArtifact): number =>
    wanted.includes(stackName) ? wanted.indexOf(stackName) : wanted.length;
  const waiting = stacks.toSorted((a, b) => rank(a) - rank(b));
  const ordered: StackArtifact[] = [];
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ needs }) => !waiting.some(({ id }) => needs.includes(id)));
    if (index < 0) throw new Error(`these stacks need each other: ${waiting.map(({ id }) => id).join(', ')}`);
    ordered.push(...waiting.splice(index, 1));
  }
  return ordered;
}

async function publish(cloud: Cloud, asset: FileAsset, published: Set<string>): Promise<void> {
  const { region, bucket, key } = asset;
  const name = `${region}/${bucket}/${key}`;
  if (published.has(name)) return;
  published.add(name);
  try {
    await cloud.call('s3', 'PutObject', { Bucket: bucket, Key: key, Body: asset.contents() }, { region });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`asset ${key} cannot be put into ${bucket} (was ${region} bootstrapped?): ${reason}`, { cause });
  }
}
