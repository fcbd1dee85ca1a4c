/** Asks a resource type's model to make, change, delete or read one physical resource, as this stack's caller. */
import type { Cloud } from '../cloud.ts';
import { AwsError, NotModelled } from '../errors.ts';
import type { Caller } from '../service.ts';
import { hideSecrets, resolveDynamicReferences } from './dynamic-references.ts';
import type { Created, Existing, Inert, Modelled, ResourceContext } from './resource.ts';
import { type Applied, lastApplied } from './snapshots.ts';
import { physicalName, type StackWork } from './stack-run.ts';
import type { PhysicalResource } from './state.ts';
import { modelOf } from './types.ts';

type Properties = Record<string, unknown>;

/** @throws NotModelled for a type in no table */
export function modelFor(work: StackWork, type: string): Modelled | Inert {
  const model = modelOf(work.table, type);
  if (model === undefined) throw new NotModelled(`this resource type is in no table of the simulator: ${type}`);
  return model;
}

/** Makes a new physical resource. Whatever is thrown, `resource.physicalId` is set when there is something to delete. */
export async function make(work: StackWork, resource: PhysicalResource, applied: Applied): Promise<void> {
  const { logicalId, type } = resource;
  const model = modelFor(work, type);
  const properties = await resolve(work, logicalId, applied.properties);
  const { generations } = work.record;
  resource.generation = (generations[logicalId] ?? -1) + 1;
  generations[logicalId] = resource.generation;
  const context: ResourceContext = {
    ...contextOf(work, logicalId, applied.tags),
    physicalName: (lengthMax) => physicalName(work, logicalId, lengthMax),
    exists(physicalId) {
      resource.physicalId = physicalId;
    },
  };
  const created: Created =
    'inert' in model
      ? (model.create?.(properties, context) ?? { physicalId: context.physicalName() })
      : await model.create(properties, context);
  resource.physicalId = created.physicalId;
  resource.attributes = created.attributes ?? {};
}

/**
 * Changes a physical resource in place. Returns the id that it had when the change made another resource.
 * Throws NotModelled for a modelled type that cannot be changed.
 */
export async function change(
  work: StackWork,
  resource: PhysicalResource,
  wanted: { readonly before: Properties; readonly applied: Applied; readonly changed: ReadonlySet<string> },
): Promise<string | undefined> {
  const { logicalId, type } = resource;
  const model = modelFor(work, type);
  if ('inert' in model) return undefined;
  if (model.update === undefined) throw new NotModelled(`updates of ${type} (${logicalId}) are not modelled`);
  const before = resource.physicalId ?? '';
  const changed = await model.update(
    {
      physicalId: before,
      attributes: resource.attributes,
      properties: wanted.before,
      wanted: await resolve(work, logicalId, wanted.applied.properties),
      changed: wanted.changed,
      ...(wanted.applied.updatePolicy !== undefined && { updatePolicy: wanted.applied.updatePolicy }),
    },
    contextOf(work, logicalId, wanted.applied.tags),
  );
  if (changed === undefined) return undefined;
  resource.physicalId = changed.physicalId;
  if (changed.attributes !== undefined) resource.attributes = changed.attributes;
  return changed.physicalId === before ? undefined : before;
}

/** Deletes a physical resource, after a snapshot where its policy wants one. Throws NotModelled for a type without it. */
export async function remove(
  work: StackWork,
  resource: PhysicalResource,
  policy: 'Delete' | 'Snapshot',
): Promise<void> {
  const { logicalId, type } = resource;
  const model = modelFor(work, type);
  if ('inert' in model) return;
  const existing = existingOf(work, resource);
  const context = contextOf(work, logicalId, lastApplied(work.cloud, resource)?.tags ?? {});
  if (policy === 'Snapshot') {
    if (model.snapshot === undefined)
      throw new NotModelled(`policy Snapshot of ${type} (${logicalId}) is not modelled`);
    await model.snapshot(existing, context);
  }
  if (model.delete === undefined) throw new NotModelled(`deletion of ${type} (${logicalId}) is not modelled`);
  await model.delete(existing, context);
}

/** Live values of the properties that the type's model can tell; undefined when it cannot tell any. */
export async function readLive(
  work: StackWork,
  resource: PhysicalResource,
): Promise<{ readonly live: Properties | undefined } | undefined> {
  const model = modelFor(work, resource.type);
  if ('inert' in model || model.read === undefined) return undefined;
  const context = contextOf(work, resource.logicalId, lastApplied(work.cloud, resource)?.tags ?? {});
  return { live: await model.read(existingOf(work, resource), context) };
}

const existingOf = (work: StackWork, resource: PhysicalResource): Existing => ({
  physicalId: resource.physicalId ?? '',
  attributes: resource.attributes,
  properties: lastApplied(work.cloud, resource)?.properties ?? {},
});

async function resolve(work: StackWork, logicalId: string, properties: Properties): Promise<Properties> {
  const place = { cloud: work.cloud, region: work.record.region, path: `Resources.${logicalId}.Properties` };
  const { value, secrets } = await resolveDynamicReferences(properties, place);
  for (const secret of secrets) work.secrets.add(secret);
  return value;
}

function contextOf(work: StackWork, logicalId: string, tags: Readonly<Record<string, string>>): ResourceContext {
  const { cloud, record, caller, secrets } = work;
  return {
    cloud,
    region: record.region,
    account: cloud.state.account,
    stackName: record.stackName,
    stackId: record.stackId,
    logicalId,
    tags,
    physicalName() {
      throw new Error(`${logicalId} has its name already: only a creation makes one`);
    },
    call: (service, operation, input, region) =>
      cloud.request({
        service,
        operation,
        input,
        region: region ?? homeOf(cloud, service) ?? record.region,
        caller,
        from: record.region,
        ...(secrets.size > 0 && { shown: hideSecrets(input, secrets) }),
      }) as never,
  };
}

const homeOf = (cloud: Cloud, service: string): string | undefined => cloud.services.get(service)?.homeRegion;

/** Who makes the calls of a stack's operation: its service role, or who asks for the operation. */
export const callerOf = (roleArn: string | undefined, caller: Caller = { kind: 'account' }): Caller =>
  roleArn === undefined ? caller : { kind: 'role', arn: roleArn, session: 'AWSCloudFormation' };

/** An error as a resource's status reason tells it. */
export function reasonOf(work: StackWork, error: unknown): string {
  const text =
    error instanceof AwsError
      ? `${error.code}: ${error.message}`
      : error instanceof Error
        ? `${error.name}: ${error.message}`
        : String(error);
  return String(hideSecrets(text, work.secrets));
}
