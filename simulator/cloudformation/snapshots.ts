/** What a resource was last applied with, kept as blobs: one part that may be shown, and beside it what it hides. */
import type { Cloud } from '../cloud.ts';
import { hideSecrets } from './dynamic-references.ts';
import type { StackRun } from './stack-run.ts';
import type { PhysicalResource, ResourceSnapshot } from './state.ts';
import { isRecord } from './template.ts';

/** A snapshot with its true properties. */
export type Applied = ResourceSnapshot;

/** The snapshot that this declaration comes to with these evaluated properties. */
export function appliedAs(run: StackRun, logicalId: string, properties: Record<string, unknown>): Applied {
  const { Metadata, DeletionPolicy, UpdateReplacePolicy, UpdatePolicy } = run.resources[logicalId]!;
  return {
    properties,
    tags: { ...run.tags, ...tagsIn(properties.Tags) },
    ...(Metadata !== undefined && { metadata: Metadata }),
    ...(DeletionPolicy !== undefined && { deletionPolicy: DeletionPolicy }),
    ...(UpdateReplacePolicy !== undefined && { updateReplacePolicy: UpdateReplacePolicy }),
    ...(UpdatePolicy !== undefined && { updatePolicy: UpdatePolicy }),
  };
}

/** Keeps it with the resource. */
export function remember(run: StackRun, resource: PhysicalResource, applied: Applied): void {
  const { blobs } = run.cloud;
  const text = JSON.stringify(applied.properties);
  const shown = JSON.stringify({ ...applied, properties: hideSecrets(applied.properties, run.secrets) });
  resource.snapshot = blobs.put(shown);
  if ([...run.secrets].some((secret) => secret !== '' && text.includes(JSON.stringify(secret).slice(1, -1)))) {
    resource.sealed = blobs.put(text);
  } else delete resource.sealed;
}

/** What is kept of a resource; undefined when it was never applied. */
export function lastApplied(cloud: Cloud, resource: PhysicalResource): Applied | undefined {
  if (resource.snapshot === undefined) return undefined;
  const snapshot = JSON.parse(cloud.blobs.text(resource.snapshot)) as ResourceSnapshot;
  if (resource.sealed === undefined) return snapshot;
  return { ...snapshot, properties: JSON.parse(cloud.blobs.text(resource.sealed)) as Applied['properties'] };
}

/** Tags are a list of Key and Value, or a map, depending on the type. */
export function tagsIn(tags: unknown): Record<string, string> {
  if (Array.isArray(tags)) {
    return Object.fromEntries(tags.map((tag: { Key: string; Value: unknown }) => [tag.Key, String(tag.Value)]));
  }
  if (!isRecord(tags)) return {};
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)]));
}
