/**
 * The contents of a change set, resource by resource (API Reference, ResourceChange). What only carrying it out will
 * tell stands as unknown, and what uses it counts as perhaps changed, as in AWS's own change sets.
 */
import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../errors.ts';
import { differenceOf } from '../differences.ts';
import { evaluate } from '../intrinsics.ts';
import { isThere, policyOf } from '../resource-steps.ts';
import { modelFor } from '../resource-work.ts';
import type { ResourceValue, Scope } from '../scope.ts';
import { type Applied, appliedAs, lastApplied } from '../snapshots.ts';
import type { StackRun } from '../stack-run.ts';
import type { ResourceRecord } from '../state.ts';
import { parseTemplate, type Template } from '../template.ts';
import { type Drift, driftOf } from './drift.ts';
import { contextText, detailsOf } from './plan-details.ts';

/** AWS's own word for a value that is not known yet. */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** What of a resource is unknown until the changes are made: nothing, all of it, or some attributes. */
type Unknown = 'nothing' | 'all' | ReadonlySet<string>;

interface Planning {
  readonly run: StackRun;
  /** The stack's present template; undefined while it has none. */
  readonly old: Template | undefined;
  readonly revertDrift: boolean;
  readonly unknown: Map<string, Unknown>;
  readonly scope: Scope;
  /** Set while a resource is evaluated: whether an unknown value was met. */
  met: boolean;
}

/** In the order of the template, then the removals. Throws what an evaluation throws, and NotModelled. */
export async function changesOf(run: StackRun, revertDrift: boolean): Promise<ResourceChange[]> {
  const planning = planningOf(run, revertDrift);
  const changes = new Map<string, ResourceChange | undefined>();
  const visit = async (logicalId: string): Promise<void> => {
    if (changes.has(logicalId)) return;
    changes.set(logicalId, undefined);
    for (const need of run.graph.get(logicalId) ?? []) await visit(need);
    const record = run.record.resources[logicalId];
    const change = record && isThere(record) ? await modification(planning, record) : addition(planning, logicalId);
    changes.set(logicalId, change);
  };
  for (const logicalId of Object.keys(run.resources)) await visit(logicalId);
  const inOrder = Object.keys(run.resources).flatMap((logicalId) => changes.get(logicalId) ?? []);
  return [...inOrder, ...removals(run)];
}

function planningOf(run: StackRun, revertDrift: boolean): Planning {
  const isNew = run.record.status === 'REVIEW_IN_PROGRESS';
  const planning: Planning = {
    run,
    old: isNew ? undefined : parseTemplate(run.cloud.blobs.text(run.record.template)),
    revertDrift,
    unknown: new Map(),
    scope: { ...run.scope, resource: (logicalId) => foreseen(planning, logicalId) },
    met: false,
  };
  return planning;
}

/** A resource as far as it is known. */
function foreseen(planning: Planning, logicalId: string): ResourceValue | undefined {
  const { run, unknown } = planning;
  const what = unknown.get(logicalId) ?? 'nothing';
  const is = run.scope.resource(logicalId);
  if (what === 'nothing') return is;
  const meet = (): string => {
    planning.met = true;
    return KNOWN_AFTER_APPLY;
  };
  return {
    type: run.resources[logicalId]?.Type ?? is?.type ?? '',
    get physicalId() {
      return what === 'all' ? meet() : (is?.physicalId ?? '');
    },
    attributes: new Proxy(is?.attributes ?? {}, {
      get: (target, name) => (what === 'all' || what.has(String(name)) ? meet() : Reflect.get(target, name)),
    }),
  };
}

function addition(planning: Planning, logicalId: string): ResourceChange {
  const after = wanted(planning, logicalId);
  planning.unknown.set(logicalId, 'all');
  return {
    Action: 'Add',
    LogicalResourceId: logicalId,
    ResourceType: planning.run.resources[logicalId]!.Type,
    Scope: [],
    Details: [],
    ...(after !== undefined && { AfterContext: contextText(planning.run, after) }),
  };
}

async function modification(planning: Planning, record: ResourceRecord): Promise<ResourceChange | undefined> {
  const { run, old, revertDrift } = planning;
  const { logicalId, type } = record;
  const after = wanted(planning, logicalId);
  const drift = revertDrift ? await driftOf(run, record) : undefined;
  if (drift?.status === 'DELETED') return makingAgain(planning, record, after);
  if (after === undefined) return unforeseeable(planning, record);
  const applied = lastApplied(run.cloud, record)!;
  const before = drift?.status === 'MODIFIED' ? withLive(applied, after, drift) : applied;
  const model = modelFor(run, type);
  const difference = differenceOf(before, after, { model, type, logicalId });
  if (difference.scope.size === 0) return undefined;
  const Details = detailsOf(run, old!, record, { before: applied, after, difference, drift });
  const replacement = replacementIn(Details);
  const { volatile = [] } = model.updates ?? {};
  const isUnknown = replacement !== 'False' || volatile === 'all';
  planning.unknown.set(logicalId, isUnknown ? 'all' : new Set(volatile));
  return {
    Action: 'Modify',
    LogicalResourceId: logicalId,
    PhysicalResourceId: record.physicalId,
    ResourceType: type,
    Replacement: replacement,
    Scope: [...difference.scope],
    Details,
    ...(replacement === 'True' && { PolicyAction: `ReplaceAnd${policyOf(after.updateReplacePolicy)}` as const }),
    ...(drift?.status === 'MODIFIED' && { ResourceDriftStatus: 'MODIFIED' as const }),
    BeforeContext: contextText(run, applied),
    AfterContext: contextText(run, after),
  };
}

/** Undefined when what it comes to depends on values that are not known yet. */
function wanted(planning: Planning, logicalId: string): Applied | undefined {
  const { run, scope } = planning;
  planning.met = false;
  try {
    const path = `Resources.${logicalId}.Properties`;
    const properties = evaluate(run.resources[logicalId]!.Properties ?? {}, scope, path) as Record<string, unknown>;
    return appliedAs(run, logicalId, properties);
  } catch (error) {
    // Functions cannot take apart what stands for an unknown value.
    if (planning.met && error instanceof AwsError) return undefined;
    throw error;
  }
}

/** As last applied, with the live values of what was changed beside CloudFormation and is still wanted. */
function withLive(applied: Applied, after: Applied, { actual = {} }: Drift): Applied {
  const told = Object.entries(actual).filter(([name]) => after.properties[name] !== undefined);
  return { ...applied, properties: { ...applied.properties, ...Object.fromEntries(told) } };
}

/** Of what must be made anew for sure, perhaps, or not at all. */
function replacementIn(details: NonNullable<ResourceChange['Details']>): 'True' | 'False' | 'Conditional' {
  const recreating = details.filter(({ Target }) => Target?.RequiresRecreation === 'Always');
  if (recreating.length === 0) return 'False';
  return recreating.some(({ Evaluation }) => Evaluation === 'Static') ? 'True' : 'Conditional';
}

/** It was deleted beside CloudFormation. */
function makingAgain({ run, unknown }: Planning, record: ResourceRecord, after: Applied | undefined): ResourceChange {
  unknown.set(record.logicalId, 'all');
  return {
    Action: 'Add',
    LogicalResourceId: record.logicalId,
    PhysicalResourceId: record.physicalId,
    ResourceType: record.type,
    ResourceDriftStatus: 'DELETED',
    Scope: [],
    Details: [],
    ...(after !== undefined && { AfterContext: contextText(run, after) }),
  };
}

/** It will change, but how is not known: its properties take new values apart. */
function unforeseeable({ unknown }: Planning, record: ResourceRecord): ResourceChange {
  unknown.set(record.logicalId, 'all');
  return {
    Action: 'Dynamic',
    LogicalResourceId: record.logicalId,
    PhysicalResourceId: record.physicalId,
    ResourceType: record.type,
    Replacement: 'Conditional',
    Scope: ['Properties'],
    Details: [],
  };
}

const removals = ({ cloud, record, resources }: StackRun): ResourceChange[] =>
  Object.values(record.resources)
    .filter((resource) => isThere(resource) && resources[resource.logicalId] === undefined)
    .map((resource) => ({
      Action: 'Remove',
      LogicalResourceId: resource.logicalId,
      PhysicalResourceId: resource.physicalId,
      ResourceType: resource.type,
      PolicyAction: policyOf(lastApplied(cloud, resource)?.deletionPolicy),
      Scope: [],
      Details: [],
    }));
