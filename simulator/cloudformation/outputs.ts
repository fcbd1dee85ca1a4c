/** The Outputs section: values of a finished stack, and what it exports to others in its region. */
import { AwsError } from '../errors.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import { evaluate } from './intrinsics.ts';
import { StackFailed, type StackRun } from './stack-run.ts';
import { stacksIn } from './state.ts';
import { type OutputDeclaration, templateError } from './template.ts';

/** Records outputs and exports; a failure is kept in the run. */
export async function publishOutputs(run: StackRun): Promise<void> {
  for (const [name, output] of Object.entries(run.scope.template.Outputs)) {
    if (output.Condition !== undefined && !run.scope.condition(output.Condition)) continue;
    try {
      await publish(run, name, output);
    } catch (error) {
      run.failure = new StackFailed(run.record, `Outputs.${name}`, (error as Error).message, error);
      return;
    }
  }
}

async function publish(run: StackRun, name: string, output: OutputDeclaration): Promise<void> {
  const { cloud, record, scope } = run;
  const path = `Outputs.${name}`;
  const evaluated = evaluate(output.Value, scope, `${path}.Value`);
  if (typeof evaluated === 'object' || typeof evaluated === 'symbol') {
    throw templateError(path, 'the value of an output must be text');
  }
  const place = { cloud, region: record.region, path };
  const { value, secrets } = await resolveDynamicReferences(String(evaluated), place);
  if (secrets.length > 0) throw templateError(path, 'a secret cannot be an output');
  record.outputs[name] = value;
  if (output.Export === undefined) return;
  const exportName = String(evaluate(output.Export.Name, scope, `${path}.Export.Name`));
  const { exports } = stacksIn(cloud, record.region);
  const holder = exports[exportName];
  if (holder !== undefined) {
    throw new AwsError(
      'ValidationError',
      `Export with name ${exportName} is already exported by stack ${holder.stackName}.`,
    );
  }
  exports[exportName] = { value, stackName: record.stackName };
}
