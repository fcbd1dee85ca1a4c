/** What CloudFormation's API keeps beside the stacks: change sets, drift detections, and tokens of requests already made. */
import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../../cloud.ts';
import type { Context, ServiceDefinition } from '../../service.ts';
import type { ParameterChoice } from '../engine.ts';
import { type CloudFormationState, findStack, type StackRecord } from '../state.ts';
import { doesNotExist } from './errors.ts';

export type ChangeSetStatus = 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'FAILED';
export type ExecutionStatus =
  | 'UNAVAILABLE'
  | 'AVAILABLE'
  | 'EXECUTE_IN_PROGRESS'
  | 'EXECUTE_COMPLETE'
  | 'EXECUTE_FAILED'
  | 'OBSOLETE';

export interface ChangeSetRecord {
  readonly id: string;
  readonly name: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly createdAt: number;
  status: ChangeSetStatus;
  execution: ExecutionStatus;
  reason?: string;
  readonly description?: string;
  /** Blob: the template's text as it was given. */
  readonly template: string;
  /** Blob: JSON of the parameters as they were given; values that are not to be shown are in it. */
  readonly parameters: string;
  /** As described: NoEcho values are '****'. */
  readonly shownParameters: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly roleArn?: string;
  readonly revertDrift: boolean;
  readonly includeNestedStacks: boolean;
  readonly importExistingResources: boolean;
  readonly onStackFailure?: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  readonly changes: readonly ResourceChange[];
  readonly token?: string;
}

export type Parameters = Readonly<Record<string, ParameterChoice>>;

export type DriftStatus = 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'NOT_CHECKED';

export interface PropertyDifference {
  /** JSON pointer. */
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly type: 'ADD' | 'REMOVE' | 'NOT_EQUAL';
}

export interface ResourceDrift {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: DriftStatus;
  readonly checkedAt: number;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly differences: readonly PropertyDifference[];
}

export interface DriftDetection {
  readonly id: string;
  readonly stackId: string;
  readonly startedAt: number;
  status: 'DETECTION_IN_PROGRESS' | 'DETECTION_COMPLETE' | 'DETECTION_FAILED';
  reason?: string;
  drifted: number;
}

export interface ApiState {
  /** By id. */
  readonly changeSets: Record<string, ChangeSetRecord>;
  /** By id. */
  readonly detections: Record<string, DriftDetection>;
  /** Stack id → logical id → what the last detection saw. */
  readonly drifts: Record<string, Record<string, ResourceDrift>>;
  /** Stack id → token and kind of the last operation that was asked for with one. */
  readonly tokens: Record<string, { readonly kind: string; readonly token: string }>;
}

/** Where it is kept: a part of its own, so that stacks can be read without it. */
const apiState: ServiceDefinition<object, ApiState> = {
  name: 'cloudformation.api',
  initialState: () => ({ changeSets: {}, detections: {}, drifts: {}, tokens: {} }),
  operations: {},
  access: {},
};

export const apiIn = (cloud: Cloud, region: string): ApiState => cloud.stateOf<ApiState>(apiState, region);

export type ApiContext = Context<CloudFormationState>;

/** A stack by its name, or by its id even when it is deleted. Throws ValidationError as most operations word it. */
export function stackOf(context: ApiContext, nameOrId: string | undefined): StackRecord {
  const stack = findStack(context.cloud, context.region, nameOrId ?? '');
  if (stack === undefined) throw doesNotExist(nameOrId);
  return stack;
}
