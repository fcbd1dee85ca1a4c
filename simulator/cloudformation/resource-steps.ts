/** Brings single resources of a stack to its template: creation, change in place, replacement, with their events. */
import { type Difference, differenceOf, refuseNamedReplacement } from './differences.ts';
import { noteResource } from './events.ts';
import { evaluate } from './intrinsics.ts';
import { change, make, modelFor, readLive, reasonOf, remove } from './resource-work.ts';
import { type Applied, appliedAs, lastApplied, remember } from './snapshots.ts';
import { StackFailed, type StackRun } from './stack-run.ts';
import type { DeletionPolicy, PhysicalResource, ResourceRecord } from './state.ts';

/** Whether there is a physical resource of the stack's own under this logical id. */
export const isThere = (record: ResourceRecord | undefined): boolean =>
  record?.physicalId !== undefined && !['DELETE_COMPLETE', 'DELETE_SKIPPED', 'CREATE_FAILED'].includes(record.status);

/** How a resource of the template comes to be as the template says. */
export type Step = (run: StackRun, logicalId: string) => Promise<void>;

/**
 * Takes every resource of the template as soon as what it needs is done, many at once, as CloudFormation does. After a
 * failure what was not begun yet is not begun.
 */
export async function takeInOrder(run: StackRun, step: Step): Promise<void> {
  const started = new Map<string, Promise<void>>();
  const start = (logicalId: string): Promise<void> => {
    let promise = started.get(logicalId);
    if (promise === undefined) {
      const needs = [...(run.graph.get(logicalId) ?? [])].map(start);
      promise = Promise.all(needs).then(() => (run.failure === undefined ? step(run, logicalId) : undefined));
      started.set(logicalId, promise);
    }
    return promise;
  };
  await Promise.all(Object.keys(run.resources).map(start));
}

/** Makes one resource. Never rejects: a failure is kept in the run. */
export async function createResource(run: StackRun, logicalId: string): Promise<void> {
  const type = run.resources[logicalId]!.Type;
  const earlier = run.record.resources[logicalId];
  const record: ResourceRecord = {
    ...freshPhysical(run, logicalId),
    status: 'CREATE_IN_PROGRESS',
    updatedAt: run.cloud.now,
  };
  run.record.resources[logicalId] = record;
  noteResource(run, record, 'CREATE_IN_PROGRESS');
  try {
    // What a failed attempt left may hold the name that this one needs.
    if (earlier?.status === 'CREATE_FAILED' && earlier.physicalId !== undefined) await remove(run, earlier, 'Delete');
    const applied = wantedOf(run, logicalId);
    remember(run, record, applied);
    await make(run, record, applied);
    noteResource(run, record, 'CREATE_COMPLETE');
  } catch (error) {
    const reason = reasonOf(run, error);
    run.failure ??= new StackFailed(run.record, logicalId, `${type}: ${reason}`, error);
    noteResource(run, record, 'CREATE_FAILED', reason);
  }
}

function freshPhysical(run: StackRun, logicalId: string): PhysicalResource {
  const type = run.resources[logicalId]!.Type;
  return {
    logicalId,
    type,
    model: 'inert' in modelFor(run, type) ? 'inert' : 'modelled',
    generation: run.record.generations[logicalId] ?? 0,
    attributes: {},
    dependsOn: [...(run.graph.get(logicalId) ?? [])],
  };
}

/** What the template says of a resource, evaluated now. */
export function wantedOf(run: StackRun, logicalId: string): Applied {
  const path = `Resources.${logicalId}.Properties`;
  const properties = evaluate(run.resources[logicalId]!.Properties ?? {}, run.scope, path) as Record<string, unknown>;
  return appliedAs(run, logicalId, properties);
}

/** Gives a physical resource over to the clean-up. */
export function leave(run: StackRun, resource: PhysicalResource, policy: DeletionPolicy): void {
  const { logicalId, type, model, generation, physicalId, attributes, dependsOn, snapshot, sealed } = resource;
  run.record.leftovers.push({
    ...{ logicalId, type, model, generation, attributes, dependsOn, policy },
    ...(physicalId !== undefined && { physicalId }),
    ...(snapshot !== undefined && { snapshot }),
    ...(sealed !== undefined && { sealed }),
  });
}

/** Creates what is not there and changes or replaces what differs. Never rejects: a failure is kept in the run. */
export const converge: Step = (run, logicalId) =>
  isThere(run.record.resources[logicalId]) ? updateResource(run, logicalId, false) : createResource(run, logicalId);

/** The same, but what was changed beside CloudFormation counts as a difference too. */
export const convergeFromLive: Step = (run, logicalId) =>
  isThere(run.record.resources[logicalId]) ? updateResource(run, logicalId, true) : createResource(run, logicalId);

async function updateResource(run: StackRun, logicalId: string, fromLive: boolean): Promise<void> {
  const record = run.record.resources[logicalId]!;
  const type = record.type;
  let begun = false;
  try {
    const model = modelFor(run, type);
    const after = wantedOf(run, logicalId);
    const before = await beforeOf(run, record, after, fromLive);
    const of = { model, type, logicalId, physicalId: record.physicalId ?? '' };
    const difference = before === 'gone' ? undefined : differenceSince(run, record, before, after);
    record.dependsOn = [...(run.graph.get(logicalId) ?? [])];
    if (difference?.scope.size === 0) {
      // What failed before anything was sent is as it was.
      if (record.status === 'UPDATE_FAILED') noteResource(run, record, 'UPDATE_COMPLETE');
      return;
    }
    begun = true;
    if (before === 'gone' || difference === undefined) {
      await replace(run, record, after, 'gone');
    } else if (difference.replacing.length > 0) {
      refuseNamedReplacement(before, after, of);
      await replace(run, record, after);
    } else {
      noteResource(run, record, 'UPDATE_IN_PROGRESS');
      await changeInPlace(run, record, { before, after, changed: difference.changed });
    }
    noteResource(run, record, 'UPDATE_COMPLETE');
  } catch (error) {
    const reason = reasonOf(run, error);
    if (!begun) noteResource(run, record, 'UPDATE_IN_PROGRESS');
    run.failure ??= new StackFailed(run.record, logicalId, `${type}: ${reason}`, error);
    noteResource(run, record, 'UPDATE_FAILED', reason);
  }
}

/**
 * What a resource is compared with: as it was last applied or, from live, with live values in the place of those that
 * are still wanted; 'gone' when it was deleted.
 */
export async function beforeOf(
  run: StackRun,
  record: ResourceRecord,
  after: Applied,
  fromLive: boolean,
): Promise<Applied | 'gone'> {
  const before = lastApplied(run.cloud, record)!;
  if (!fromLive) return before;
  const found = await readLive(run, record);
  if (found === undefined) return before;
  if (found.live === undefined) return 'gone';
  const told = Object.entries(found.live).filter(([name]) => after.properties[name] !== undefined);
  return { ...before, properties: { ...before.properties, ...Object.fromEntries(told) } };
}

/** After an attempt that failed, what it attempted may be there or what was before: whatever differs from either counts. */
function differenceSince(run: StackRun, record: ResourceRecord, before: Applied, after: Applied): Difference {
  const of = { model: modelFor(run, record.type), type: record.type, logicalId: record.logicalId };
  const difference = differenceOf(before, after, of);
  const others = (record.doubts ?? []).map((doubt) =>
    differenceOf(lastApplied(run.cloud, { ...record, ...doubt }) ?? before, after, of),
  );
  return {
    scope: new Set([difference, ...others].flatMap(({ scope }) => [...scope])),
    changed: new Set([difference, ...others].flatMap(({ changed }) => [...changed])),
    replacing: difference.replacing,
  };
}

/** Makes another physical resource. One that is gone already has nothing to delete later. */
async function replace(run: StackRun, record: ResourceRecord, after: Applied, old?: 'gone'): Promise<void> {
  const reason = 'Requested update requires the creation of a new physical resource; hence creating one.';
  noteResource(run, record, 'UPDATE_IN_PROGRESS', reason);
  const made = freshPhysical(run, record.logicalId);
  remember(run, made, after);
  try {
    await make(run, made, after);
  } catch (error) {
    if (made.physicalId !== undefined) leave(run, made, 'Delete');
    throw error;
  }
  if (old !== 'gone') leave(run, record, policyOf(after.updateReplacePolicy));
  adopt(record, made);
}

/** Puts another physical resource under a logical id. */
export function adopt(record: ResourceRecord, physical: PhysicalResource): void {
  const { generation, physicalId, attributes, dependsOn, snapshot, sealed } = physical;
  record.generation = generation;
  record.attributes = attributes;
  record.dependsOn = dependsOn;
  delete record.doubts;
  for (const [name, value] of Object.entries({ physicalId, snapshot, sealed })) {
    if (value === undefined) delete record[name as 'sealed'];
    else record[name as 'sealed'] = value;
  }
}

async function changeInPlace(
  run: StackRun,
  record: ResourceRecord,
  { before, after, changed }: { before: Applied; after: Applied; changed: ReadonlySet<string> },
): Promise<void> {
  const { snapshot, sealed } = record;
  const was = { ...(snapshot !== undefined && { snapshot }), ...(sealed !== undefined && { sealed }) };
  record.doubts = [...(record.doubts ?? []), was];
  remember(run, record, after);
  if (changed.size > 0) {
    const replaced = await change(run, record, { before: before.properties, applied: after, changed });
    if (replaced !== undefined) {
      const { sealed: _, ...rest } = record;
      leave(run, { ...rest, ...was, physicalId: replaced }, policyOf(after.updateReplacePolicy));
    }
  }
  delete record.doubts;
}

/** What a policy attribute says becomes of a resource; the default is Delete. */
export const policyOf = (attribute: string | undefined): DeletionPolicy =>
  attribute === 'Retain' || attribute === 'RetainExceptOnCreate'
    ? 'Retain'
    : attribute === 'Snapshot'
      ? 'Snapshot'
      : 'Delete';
