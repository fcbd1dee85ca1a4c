/** The Outputs section: values of a finished stack, and what it exports to others in its region. */

import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import { evaluate } from './intrinsics.ts';
import { StackFailed, type StackRun } from './stack-run.ts';
import { type StackOutput, type StackRecord, stacksIn } from './state.ts';
import { type OutputDeclaration, templateError } from './template.ts';

/** Records outputs, exports and imports, all or none; a failure is kept in the run. */
export async function publishOutputs(run: StackRun): Promise<void> {
  const { record, scope } = run;
  const outputs: Record<string, StackOutput> = {};
  for (const [name, output] of Object.entries(scope.template.Outputs)) {
    if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
    try {
      outputs[name] = await outputOf(run, name, output);
    } catch (error) {
      run.failure = new StackFailed(record, `Outputs.${name}`, (error as Error).message, error);
      return;
    }
  }
  try {
    exportAll(run, outputs);
  } catch (error) {
    run.failure = new StackFailed(record, 'Outputs', (error as Error).message, error);
    return;
  }
  record.outputs = outputs;
  record.imports = [...run.imports];
}

async function outputOf(run: StackRun, name: string, output: OutputDeclaration): Promise<StackOutput> {
  const { cloud, record, scope } = run;
  const path = `Outputs.${name}`;
  const evaluated = evaluate(output.Value, scope, `${path}.Value`);
  if (typeof evaluated === 'object' || typeof evaluated === 'symbol') {
    throw templateError(path, 'the value of an output must be text');
  }
  const place = { cloud, region: record.region, path };
  const { value, secrets } = await resolveDynamicReferences(String(evaluated), place);
  if (secrets.length > 0) throw templateError(path, 'a secret cannot be an output');
  return {
    value,
    ...(output.Description !== undefined && { description: output.Description }),
    ...(output.Export !== undefined && {
      exportName: String(evaluate(output.Export.Name, scope, `${path}.Export.Name`)),
    }),
  };
}

/** Throws AwsError for a name that another stack exports, and for an export in use that would change or go. */
function exportAll(run: StackRun, outputs: Readonly<Record<string, StackOutput>>): void {
  const { cloud, record } = run;
  const { exports } = stacksIn(cloud, record.region);
  const wanted = new Map<string, string>();
  for (const { exportName, value } of Object.values(outputs)) {
    if (exportName === undefined) continue;
    const holder = exports[exportName];
    if (wanted.has(exportName) || (holder !== undefined && holder.stackId !== record.stackId)) {
      const stack = holder?.stackName ?? record.stackName;
      throw new AwsError('ValidationError', `Export with name ${exportName} is already exported by stack ${stack}.`);
    }
    wanted.set(exportName, value);
  }
  const own = exportsOf(cloud, record);
  for (const [name, value] of own) {
    if (wanted.get(name) === value) continue;
    const users = importersOf(cloud, record.region, name);
    if (users.length === 0) continue;
    const what = wanted.has(name) ? 'updated' : 'deleted';
    throw new AwsError('ValidationError', `Export ${name} cannot be ${what} as it is in use by ${inWords(users)}`);
  }
  for (const name of own.keys()) delete exports[name];
  const { stackName, stackId } = record;
  for (const [name, value] of wanted) exports[name] = { value, stackName, stackId };
}

/** Export name → value of one stack. */
export const exportsOf = (cloud: Cloud, record: StackRecord): Map<string, string> =>
  new Map(
    Object.entries(stacksIn(cloud, record.region).exports)
      .filter(([, { stackId }]) => stackId === record.stackId)
      .map(([name, { value }]) => [name, value]),
  );

/** Names of the stacks that import an export. */
export const importersOf = (cloud: Cloud, region: string, exportName: string): string[] =>
  Object.values(stacksIn(cloud, region).stacks)
    .filter(({ imports }) => imports.includes(exportName))
    .map(({ stackName }) => stackName);

/** 'a, b and c'. */
export const inWords = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
