/** Makes one resource of a stack: properties evaluated, secrets resolved, the type's model asked, the outcome recorded. */
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import { hideSecrets, resolveDynamicReferences } from './dynamic-references.ts';
import { evaluate } from './intrinsics.ts';
import type { Created, ResourceContext } from './resource.ts';
import { physicalName, StackFailed, type StackRun } from './stack-run.ts';
import type { ResourceRecord, ResourceSnapshot, ResourceStatus } from './state.ts';
import { isRecord } from './template.ts';
import { modelOf } from './types.ts';

/** Never rejects: a failure is kept in the run, and what was not begun yet is then not begun. */
export async function createResource(run: StackRun, logicalId: string): Promise<void> {
  const declaration = run.resources[logicalId]!;
  const model = modelOf(run.table, declaration.Type)!;
  const record: ResourceRecord = {
    logicalId,
    type: declaration.Type,
    model: 'inert' in model ? 'inert' : 'modelled',
    status: 'CREATE_IN_PROGRESS',
    attributes: {},
    dependsOn: [...(run.graph.get(logicalId) ?? [])],
  };
  run.record.resources[logicalId] = record;
  note(run, record, 'CREATE_IN_PROGRESS');
  try {
    const path = `Resources.${logicalId}.Properties`;
    const properties = evaluate(declaration.Properties ?? {}, run.scope, path) as Record<string, unknown>;
    record.snapshot = snapshotOf(run, logicalId, properties);
    const { cloud } = run;
    const resolved = await resolveDynamicReferences(properties, { cloud, region: run.record.region, path });
    for (const secret of resolved.secrets) run.secrets.add(secret);
    const context = resourceContext(run, logicalId, properties.Tags);
    const created: Created =
      'inert' in model
        ? (model.create?.(resolved.value, context) ?? { physicalId: context.physicalName() })
        : await model.create(resolved.value, context);
    record.physicalId = created.physicalId;
    record.attributes = created.attributes ?? {};
    note(run, record, 'CREATE_COMPLETE');
  } catch (error) {
    record.reason = String(hideSecrets(describe(error), run.secrets));
    run.failure ??= new StackFailed(run.record, logicalId, `${declaration.Type}: ${record.reason}`, error);
    note(run, record, 'CREATE_FAILED');
  }
}

const describe = (error: unknown): string => {
  if (error instanceof AwsError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
};

function snapshotOf(run: StackRun, logicalId: string, properties: Record<string, unknown>): string {
  const { Metadata, DeletionPolicy, UpdateReplacePolicy, UpdatePolicy } = run.resources[logicalId]!;
  const snapshot: ResourceSnapshot = {
    properties: hideSecrets(properties, run.secrets),
    ...(Metadata !== undefined && { metadata: Metadata }),
    ...(DeletionPolicy !== undefined && { deletionPolicy: DeletionPolicy }),
    ...(UpdateReplacePolicy !== undefined && { updateReplacePolicy: UpdateReplacePolicy }),
    ...(UpdatePolicy !== undefined && { updatePolicy: UpdatePolicy }),
  };
  return run.cloud.blobs.put(JSON.stringify(snapshot));
}

function note(run: StackRun, record: ResourceRecord, status: ResourceStatus): void {
  const { cloud } = run;
  record.status = status;
  run.record.events.push({
    at: cloud.now,
    logicalId: record.logicalId,
    type: record.type,
    status,
    ...(record.physicalId !== undefined && { physicalId: record.physicalId }),
    ...(record.reason !== undefined && { reason: record.reason }),
  });
  if (status === 'CREATE_IN_PROGRESS') return;
  cloud.note(run.record.region, 'cloudformation', `resource.${status}`, {
    stack: run.record.stackName,
    logicalId: record.logicalId,
    type: record.type,
    physicalId: record.physicalId,
    ...(record.reason !== undefined && { reason: record.reason }),
  });
}

function resourceContext(run: StackRun, logicalId: string, ownTags: unknown): ResourceContext {
  const { cloud, record } = run;
  return {
    cloud,
    region: record.region,
    account: cloud.state.account,
    stackName: record.stackName,
    stackId: record.stackId,
    logicalId,
    tags: { ...record.tags, ...tagsIn(ownTags) },
    physicalName: (lengthMax) => physicalName(run, logicalId, lengthMax),
    call: (service, operation, input, region) =>
      cloud.request({
        service,
        operation,
        input,
        region: region ?? homeOf(cloud, service) ?? record.region,
        caller: { kind: 'account' },
        from: record.region,
        ...(run.secrets.size > 0 && { shown: hideSecrets(input, run.secrets) }),
      }) as never,
  };
}

const homeOf = (cloud: Cloud, service: string): string | undefined => cloud.services.get(service)?.homeRegion;

/** Tags are a list of Key and Value, or a map, depending on the type. */
function tagsIn(tags: unknown): Record<string, string> {
  if (Array.isArray(tags)) {
    return Object.fromEntries(tags.map((tag: { Key: string; Value: unknown }) => [tag.Key, String(tag.Value)]));
  }
  if (!isRecord(tags)) return {};
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)]));
}
