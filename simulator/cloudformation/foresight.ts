/**
 * Whether an update would do anything at all, and what can be refused before it begins. Settled seam: the engine asks only
 * this; what a change set shows in detail is worked out in api/planned-changes.ts.
 */
import { differenceOf, same } from './differences.ts';
import { evaluate } from './intrinsics.ts';
import { invalid } from './lookup.ts';
import { beforeOf, isThere, wantedOf } from './resource-steps.ts';
import { modelFor } from './resource-work.ts';
import type { StackRun } from './stack-run.ts';
import type { StackVersion } from './state.ts';

/**
 * Compares every resource as if its dependencies stayed as they are: what follows from a change is seen when it is made.
 * Throws AwsError ValidationError for another type under the same logical id, NotModelled for an update that is not.
 */
export async function isWork(run: StackRun, version: StackVersion, fromLive: boolean): Promise<boolean> {
  const { record } = run;
  refuseOtherTypes(run);
  let found = !same(record.tags, version.tags);
  for (const logicalId of Object.keys(run.resources)) {
    const resource = record.resources[logicalId];
    const needs = [...(run.graph.get(logicalId) ?? [])];
    if (resource === undefined || !isThere(resource) || needs.some((need) => !isThere(record.resources[need]))) {
      found = true;
      continue;
    }
    const after = wantedOf(run, logicalId);
    const before = await beforeOf(run, resource, after, fromLive);
    const of = { model: modelFor(run, resource.type), type: resource.type, logicalId };
    if (before === 'gone' || differenceOf(before, after, of).scope.size > 0) found = true;
  }
  const dropped = Object.values(record.resources).some(({ logicalId }) => run.resources[logicalId] === undefined);
  return found || dropped || outputsDiffer(run);
}

function refuseOtherTypes({ record, resources }: StackRun): void {
  const changed = Object.values(record.resources).filter((resource) => {
    const type = resources[resource.logicalId]?.Type;
    return isThere(resource) && type !== undefined && type !== resource.type;
  });
  if (changed.length === 0) return;
  const names = changed.map(({ logicalId }) => logicalId).join(', ');
  throw invalid(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${names}]`,
  );
}

/** Only asked when every resource stays as it is, so every value is known. */
function outputsDiffer({ scope, record }: StackRun): boolean {
  const wanted = Object.entries(scope.template.Outputs).filter(
    ([, { Condition }]) => Condition === undefined || scope.condition(Condition),
  );
  if (wanted.length !== Object.keys(record.outputs).length) return true;
  return wanted.some(([name, output]) => {
    const is = record.outputs[name];
    const path = `Outputs.${name}`;
    const exportName = output.Export && String(evaluate(output.Export.Name, scope, `${path}.Export.Name`));
    const value = String(evaluate(output.Value, scope, `${path}.Value`));
    // A dynamic reference is looked up when it is carried out; its text is no news.
    const differs = !value.includes('{{resolve:') && value !== is?.value;
    return is === undefined || differs || exportName !== is.exportName || output.Description !== is.description;
  });
}
