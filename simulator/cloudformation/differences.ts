/**
 * What a new template means for a resource that is there: nothing, a change in place or another resource. Decided per
 * property by the type's table (resources/update-behaviours.ts); a property in no list is refused, never guessed.
 */
import { isDeepStrictEqual } from 'node:util';
import { AwsError, NotModelled } from '../errors.ts';
import type { Inert, Modelled } from './resource.ts';
import type { Applied } from './snapshots.ts';
import { isRecord } from './template.ts';

/** API Reference, ResourceChange, Scope. */
export type Scope = 'Properties' | 'Metadata' | 'Tags' | 'UpdatePolicy' | 'DeletionPolicy' | 'UpdateReplacePolicy';

export interface Difference {
  /** Empty: there is nothing to do. */
  readonly scope: ReadonlySet<Scope>;
  /** Names of the top-level properties that differ. */
  readonly changed: ReadonlySet<string>;
  /** Those of them that need another physical resource. */
  readonly replacing: readonly string[];
}

/** Throws NotModelled for a property whose change is not modelled. */
export function differenceOf(
  before: Applied,
  after: Applied,
  of: { readonly model: Modelled | Inert; readonly type: string; readonly logicalId: string },
): Difference {
  const { updates } = of.model;
  const names = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  const changed = new Set([...names].filter((name) => !same(before.properties[name], after.properties[name])));
  const scope = new Set<Scope>();
  if (updates?.tags !== undefined && !same(before.tags, after.tags)) changed.add(updates.tags);
  for (const name of changed) scope.add(name === updates?.tags ? 'Tags' : 'Properties');
  if (!same(before.metadata, after.metadata)) scope.add('Metadata');
  if (!same(before.updatePolicy, after.updatePolicy)) scope.add('UpdatePolicy');
  if (before.deletionPolicy !== after.deletionPolicy) scope.add('DeletionPolicy');
  if (before.updateReplacePolicy !== after.updateReplacePolicy) scope.add('UpdateReplacePolicy');
  const unknown = [...changed].filter((name) => !isKnown(of.model, name));
  if (unknown.length > 0) {
    throw new NotModelled(`update of ${unknown.join(', ')} of ${of.type} (${of.logicalId}) is not modelled`);
  }
  const replacing = [...changed].filter((name) => needsReplacement(of.model, name, before, after));
  return { scope, changed, replacing };
}

function isKnown({ updates }: Modelled | Inert, name: string): boolean {
  if (updates === undefined) return false;
  const { replacement, inPlace, conditional = {} } = updates;
  return (
    inPlace === 'others' || inPlace.includes(name) || replacement.includes(name) || Object.hasOwn(conditional, name)
  );
}

function needsReplacement({ updates }: Modelled | Inert, name: string, before: Applied, after: Applied): boolean {
  const decide = updates?.conditional?.[name];
  if (decide !== undefined) return decide(before.properties[name], after.properties[name]) === 'replacement';
  return updates?.replacement.includes(name) === true;
}

/**
 * Throws AwsError as CloudFormation does when a replacement would have to stand beside the resource that it replaces,
 * under the same name (User Guide, "Update behaviors of stack resources" and the Name type's page).
 */
export function refuseNamedReplacement(
  before: Applied,
  after: Applied,
  of: { readonly model: Modelled | Inert; readonly physicalId: string },
): void {
  const name = of.model.updates?.name;
  if (name === undefined || after.properties[name] === undefined) return;
  if (!same(before.properties[name], after.properties[name])) return;
  throw new AwsError(
    'ValidationError',
    `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${of.physicalId} and update the stack again.`,
    { status: 400 },
  );
}

/** Whether two values of a property are the same; scalars are text in CloudFormation, so 60 and '60' are. */
export const same = (left: unknown, right: unknown): boolean => isDeepStrictEqual(asTexts(left), asTexts(right));

/** With every number and boolean as text, at every depth. */
export function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTexts(item)]));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
