/** Deletes physical resources, each before what it needs; what is to be kept is told and left alone. */
import { notePhysical, noteResource } from './events.ts';
import { reasonOf, remove } from './resource-work.ts';
import type { StackWork } from './stack-run.ts';
import type { DeletionPolicy, PhysicalResource, ResourceRecord, ResourceStatus } from './state.ts';

export interface Doomed {
  readonly resource: PhysicalResource | ResourceRecord;
  readonly policy: DeletionPolicy;
}

/** The logical ids whose deletion failed; what those need is then not deleted. Never rejects. */
export async function deleteAll(work: StackWork, doomed: readonly Doomed[]): Promise<Set<string>> {
  const failed = new Set<string>();
  const waiting = new Set(doomed);
  while (waiting.size > 0) {
    const all = [...waiting];
    const free = all.filter((item) => !all.some((other) => other !== item && needs(other, item)));
    // Old and new dependencies together may form a circle: then the first one breaks it.
    const next = free.length > 0 ? free : all.slice(0, 1);
    for (const item of next) waiting.delete(item);
    const outcomes = await Promise.all(next.map((item) => deleteOne(work, item)));
    for (const item of next.filter((_, index) => outcomes[index] === 'failed')) {
      failed.add(item.resource.logicalId);
      keepWhatItNeeds(item, waiting);
    }
  }
  return failed;
}

const needs = (one: Doomed, other: Doomed): boolean => one.resource.dependsOn.includes(other.resource.logicalId);

function keepWhatItNeeds(item: Doomed, waiting: Set<Doomed>): void {
  for (const other of [...waiting]) {
    if (!needs(item, other) || !waiting.delete(other)) continue;
    keepWhatItNeeds(other, waiting);
  }
}

async function deleteOne(work: StackWork, { resource, policy }: Doomed): Promise<'deleted' | 'failed'> {
  const note = (status: ResourceStatus, reason?: string) =>
    'status' in resource ? noteResource(work, resource, status, reason) : notePhysical(work, resource, status, reason);
  if (policy === 'Retain') {
    note('DELETE_SKIPPED');
    return 'deleted';
  }
  note('DELETE_IN_PROGRESS');
  try {
    if (resource.physicalId !== undefined) await remove(work, resource, policy);
    note('DELETE_COMPLETE');
    return 'deleted';
  } catch (error) {
    note('DELETE_FAILED', reasonOf(work, error));
    return 'failed';
  }
}
