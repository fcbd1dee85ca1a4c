/** Drift: resources compared as they are with how their stack last applied them (User Guide, "Detect unmanaged changes"). */
import type { CloudFormation, StackResourceDrift } from '@aws-sdk/client-cloudformation';
import type { Operations } from '../../service.ts';
import { asTexts, same } from '../differences.ts';
import { hideSecrets } from '../dynamic-references.ts';
import { isThere } from '../resource-steps.ts';
import { readLive } from '../resource-work.ts';
import { resources } from '../resources/index.ts';
import { lastApplied } from '../snapshots.ts';
import type { StackWork } from '../stack-run.ts';
import {
  type CloudFormationState,
  findStack,
  type PhysicalResource,
  type ResourceSnapshot,
  type StackRecord,
} from '../state.ts';
import { isRecord } from '../template.ts';
import { driftStatusOf } from './describe.ts';
import { invalid, noSuchStack, refuseOthers } from './errors.ts';
import { pageOf } from './pages.ts';
import {
  type ApiContext,
  apiIn,
  type DriftStatus,
  type PropertyDifference,
  type ResourceDrift,
  stackOf,
} from './state.ts';

export interface Drift {
  readonly status: DriftStatus;
  readonly expected?: Readonly<Record<string, unknown>>;
  readonly actual?: Readonly<Record<string, unknown>>;
  readonly differences: readonly PropertyDifference[];
}

/**
 * Compares the properties that the template sets and the services can tell. What runtime owns, or a custom resource made,
 * is in no template and cannot drift.
 */
export async function driftOf(work: StackWork, resource: PhysicalResource): Promise<Drift> {
  const found = await readLive(work, resource);
  if (found === undefined) return { status: 'NOT_CHECKED', differences: [] };
  const { properties } = lastApplied(work.cloud, resource)!;
  if (found.live === undefined) return { status: 'DELETED', expected: properties, differences: [] };
  const told = Object.keys(found.live).filter((name) => properties[name] !== undefined);
  const expected = Object.fromEntries(told.map((name) => [name, properties[name]]));
  const actual = Object.fromEntries(told.map((name) => [name, found.live![name]]));
  const differences = told
    .filter((name) => !same(expected[name], actual[name]))
    .flatMap((name) => differencesIn(`/${name}`, asTexts(expected[name]), asTexts(actual[name])));
  return { status: differences.length === 0 ? 'IN_SYNC' : 'MODIFIED', expected, actual, differences };
}

/** The smallest parts that differ; lists of other lengths differ as a whole. */
function differencesIn(path: string, expected: unknown, actual: unknown): PropertyDifference[] {
  if (same(expected, actual)) return [];
  if (expected === undefined) return [{ path, expected, actual, type: 'ADD' }];
  if (actual === undefined) return [{ path, expected, actual, type: 'REMOVE' }];
  const lists = Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length;
  if (lists || (isRecord(expected) && isRecord(actual))) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual as object)]);
    const [left, right] = [expected, actual] as [Record<string, unknown>, Record<string, unknown>];
    return [...names].flatMap((name) => differencesIn(`${path}/${name}`, left[name], right[name]));
  }
  return [{ path, expected, actual, type: 'NOT_EQUAL' }];
}

type DriftOperations = Pick<
  Operations<CloudFormation, CloudFormationState>,
  'DetectStackDrift' | 'DetectStackResourceDrift' | 'DescribeStackDriftDetectionStatus' | 'DescribeStackResourceDrifts'
>;

/** Guess: AWS reads a few resources per second; here it is long enough to be seen in progress. */
const DETECTION_MS = 1000;

export const driftOperations: DriftOperations = {
  DetectStackDrift(input, context) {
    const stack = findStack(context.cloud, context.region, input.StackName ?? '');
    if (stack === undefined || stack.status === 'DELETE_COMPLETE') throw noSuchStack(input.StackName);
    if (stack.status.endsWith('_IN_PROGRESS')) {
      throw invalid(`Drift detection cannot be performed on stack [${stack.stackName}] in ${stack.status} state`);
    }
    const id = context.random.uuid();
    apiIn(context.cloud, context.region).detections[id] = {
      id,
      stackId: stack.stackId,
      startedAt: context.now,
      status: 'DETECTION_IN_PROGRESS',
      drifted: 0,
    };
    const only = input.LogicalResourceIds ?? [];
    context.schedule('detectDrift', DETECTION_MS, { id, only, caller: context.caller });
    return { StackDriftDetectionId: id };
  },

  async DetectStackResourceDrift(input, context) {
    const stack = stackOf(context, input.StackName);
    const resource = stack.resources[input.LogicalResourceId ?? ''];
    if (resource === undefined || !isThere(resource)) {
      throw invalid(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.stackName}`);
    }
    const drift = await detect(context, stack, resource);
    return { StackResourceDrift: output(stack, drift) };
  },

  DescribeStackDriftDetectionStatus(input, context) {
    const { cloud, region } = context;
    const detection = apiIn(cloud, region).detections[input.StackDriftDetectionId ?? ''];
    if (detection === undefined) {
      throw invalid(`Drift detection with id ${input.StackDriftDetectionId} does not exist`);
    }
    const drifts = Object.values(apiIn(cloud, region).drifts[detection.stackId] ?? {});
    const complete = detection.status === 'DETECTION_COMPLETE';
    return {
      StackId: detection.stackId,
      StackDriftDetectionId: detection.id,
      DetectionStatus: detection.status,
      ...(detection.reason !== undefined && { DetectionStatusReason: detection.reason }),
      ...(complete && { StackDriftStatus: driftStatusOf(drifts), DriftedStackResourceCount: detection.drifted }),
      Timestamp: new Date(detection.startedAt),
    };
  },

  DescribeStackResourceDrifts(input, context) {
    refuseOthers('DescribeStackResourceDrifts', input, [
      'StackName',
      'StackResourceDriftStatusFilters',
      'NextToken',
      'MaxResults',
    ]);
    const stack = stackOf(context, input.StackName);
    const wanted = input.StackResourceDriftStatusFilters ?? [];
    const known = Object.values(apiIn(context.cloud, context.region).drifts[stack.stackId] ?? {});
    // What drift detection does not support is in no answer (API Reference).
    const all = known.filter(({ status }) =>
      wanted.length === 0 ? status !== 'NOT_CHECKED' : wanted.includes(status),
    );
    const { items, ...rest } = pageOf(all, input.NextToken, input.MaxResults ?? 100);
    return { StackResourceDrifts: items.map((drift) => output(stack, drift)), ...rest };
  },
};

interface Detection {
  readonly id: string;
  readonly only: readonly string[];
  readonly caller: ApiContext['caller'];
}

/** Reads every resource of the stack; the service's timer starts it. */
export async function detectDrift({ id, only, caller }: Detection, context: ApiContext): Promise<void> {
  const detection = apiIn(context.cloud, context.region).detections[id];
  const stack = detection && findStack(context.cloud, context.region, detection.stackId);
  if (detection === undefined || stack === undefined) return;
  const wanted = Object.values(stack.resources).filter(
    (resource) => isThere(resource) && (only.length === 0 || only.includes(resource.logicalId)),
  );
  try {
    const drifts = [];
    for (const resource of wanted) drifts.push(await detect({ ...contextAs(context, caller) }, stack, resource));
    detection.drifted = drifts.filter(({ status }) => status === 'MODIFIED' || status === 'DELETED').length;
    detection.status = 'DETECTION_COMPLETE';
  } catch (error) {
    detection.status = 'DETECTION_FAILED';
    detection.reason = (error as Error).message;
  }
}

/** A timer runs as the service; the reading is done with the rights of who asked. */
const contextAs = ({ cloud, region, now }: ApiContext, caller: ApiContext['caller']) => ({
  cloud,
  region,
  now,
  caller,
});

async function detect(
  { cloud, now, caller }: Pick<ApiContext, 'cloud' | 'now' | 'caller'>,
  stack: StackRecord,
  resource: PhysicalResource,
): Promise<ResourceDrift> {
  // API Reference, DetectStackDrift: the caller needs read permissions of its own.
  const work: StackWork = { cloud, record: stack, table: resources, caller, secrets: new Set() };
  const drift = await driftOf(work, resource);
  const shown = resource.snapshot && (JSON.parse(cloud.blobs.text(resource.snapshot)) as ResourceSnapshot).properties;
  const record: ResourceDrift = {
    logicalId: resource.logicalId,
    physicalId: resource.physicalId ?? '',
    type: resource.type,
    status: drift.status,
    checkedAt: now,
    expected: drift.expected === undefined ? shown : hideSecrets(drift.expected, work.secrets),
    ...(drift.actual !== undefined && { actual: hideSecrets(drift.actual, work.secrets) }),
    differences: drift.differences,
  };
  const { drifts } = apiIn(cloud, stack.region);
  drifts[stack.stackId] ??= {};
  drifts[stack.stackId]![resource.logicalId] = record;
  return record;
}

function output(stack: StackRecord, drift: ResourceDrift): StackResourceDrift {
  return {
    StackId: stack.stackId,
    LogicalResourceId: drift.logicalId,
    PhysicalResourceId: drift.physicalId,
    ResourceType: drift.type,
    ...(drift.expected !== undefined && { ExpectedProperties: JSON.stringify(drift.expected) }),
    ...(drift.actual !== undefined && { ActualProperties: JSON.stringify(drift.actual) }),
    PropertyDifferences: drift.differences.map(({ path, expected, actual, type }) => ({
      PropertyPath: path,
      ExpectedValue: textOf(expected),
      ActualValue: textOf(actual),
      DifferenceType: type,
    })),
    StackResourceDriftStatus: drift.status,
    Timestamp: new Date(drift.checkedAt),
  };
}

const textOf = (value: unknown): string =>
  value === undefined ? 'null' : typeof value === 'string' ? value : JSON.stringify(value);
