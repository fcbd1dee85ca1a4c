/** What CloudFormation keeps about stacks, as plain data; large, unchanging parts are blobs so that forks share them. */
import type { Cloud } from '../cloud.ts';
import type { ServiceDefinition } from '../service.ts';

/** API Reference, Stack, StackStatus; without imports. */
export type StackStatus =
  | 'REVIEW_IN_PROGRESS'
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

/** API Reference, StackEvent, ResourceStatus; without imports. */
export type ResourceStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED'
  | 'DELETE_SKIPPED';

/** One physical resource: what it is, and how it was last applied. */
export interface PhysicalResource {
  readonly logicalId: string;
  readonly type: string;
  readonly model: 'modelled' | 'inert';
  /** Which of the resources made for its logical id it is: another number is another physical resource. */
  generation: number;
  /** What Ref answers; not set while, or because, it is not there. */
  physicalId?: string;
  attributes: Readonly<Record<string, unknown>>;
  dependsOn: readonly string[];
  /** Blob: JSON of a ResourceSnapshot, as it was last applied or attempted. */
  snapshot?: string;
  /** Blob: JSON of the properties with secrets that the snapshot hides; only where it hides any. Not to be shown. */
  sealed?: string;
}

export interface ResourceRecord extends PhysicalResource {
  /** While an update of it has not succeeded: how it was applied before, which may still be in force. */
  doubts?: Pick<PhysicalResource, 'snapshot' | 'sealed'>[];
  status: ResourceStatus;
  reason?: string;
  /** Milliseconds since the epoch: when the status was set. */
  updatedAt: number;
}

/** A physical resource that a clean-up deletes: replaced, left out of the template, or made by what is rolled back. */
export interface Leftover extends PhysicalResource {
  /** What becomes of it. */
  readonly policy: DeletionPolicy;
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'Snapshot';

/** A resource as it was last applied, for comparison with later templates. */
export interface ResourceSnapshot {
  /** Evaluated; dynamic references are kept as references, NoEcho values are '****'. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Of the stack and the resource, merged. */
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata?: unknown;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
  readonly updatePolicy?: unknown;
}

export interface StackEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The stack's own events have its name here. */
  readonly logicalId: string;
  readonly type: string;
  readonly status: ResourceStatus | StackStatus;
  readonly physicalId?: string;
  readonly reason?: string;
  /** Blob: the ResourceSnapshot in force. */
  readonly snapshot?: string;
  /** ClientRequestToken of the operation. */
  readonly token?: string;
}

/** A template with everything that decides what it comes to. */
export interface StackVersion {
  /** Blob: the template's text. */
  readonly template: string;
  /** Blob: JSON of SealedParameters. Not to be shown. */
  readonly sealedParameters: string;
  /** As described: NoEcho values are '****', SSM parameters are shown by the name of the parameter. */
  readonly parameters: Readonly<Record<string, string>>;
  /** As described: the values of SSM parameters. */
  readonly resolvedParameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly description?: string;
}

export interface SealedParameters {
  /** Texts as given, or the defaults. */
  readonly given: Readonly<Record<string, string>>;
  /** What Ref answers. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
}

/** How a stack was before the update that is under way or has failed: what a rollback restores. */
export interface StableStack extends StackVersion {
  readonly outputs: Readonly<Record<string, StackOutput>>;
  readonly resources: Readonly<Record<string, ResourceRecord>>;
}

export interface StackOutput {
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

export interface StackRecord extends StackVersion {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly createdAt: number;
  updatedAt?: number;
  deletedAt?: number;
  status: StackStatus;
  reason?: string;
  template: string;
  sealedParameters: string;
  parameters: Readonly<Record<string, string>>;
  resolvedParameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  description?: string;
  roleArn?: string;
  terminationProtection: boolean;
  disableRollback: boolean;
  retainExceptOnCreate: boolean;
  timeoutMinutes?: number;
  outputs: Record<string, StackOutput>;
  /** Names of the exports that its resources and outputs read. */
  imports: string[];
  /** By logical id; a resource that failed to be created stays until the stack is rolled back or deleted. */
  resources: Record<string, ResourceRecord>;
  readonly events: StackEvent[];
  /** Set from the start of an update until it is complete or rolled back. */
  stable?: StableStack;
  leftovers: Leftover[];
  /** How many stacks of this name were deleted before; part of physical names. */
  readonly incarnation: number;
  /** Logical id → the number of the last resource made for it, from 0; part of physical names. */
  readonly generations: Record<string, number>;
}

/** A custom resource that has not answered yet. Who waits for it is no data: see pending-responses.ts. */
export interface PendingResponse {
  readonly stackId: string;
  readonly logicalId: string;
  /** Part of the URL: who knows it may answer. */
  readonly signature: string;
  readonly timer: number;
}

export interface CloudFormationState {
  /** By name. */
  readonly stacks: Record<string, StackRecord>;
  /** By stack id: described only by it, as AWS does for 90 days. */
  readonly deleted: Record<string, StackRecord>;
  /** Export name → its value and the stack it comes from. */
  readonly exports: Record<string, { readonly value: string; readonly stackName: string; readonly stackId: string }>;
  /** By request id. */
  readonly pending: Record<string, PendingResponse>;
}

/** Where it is kept; service.ts adds what happens later. */
export const cloudFormationState = {
  name: 'cloudformation',
  initialState: (): CloudFormationState => ({ stacks: {}, deleted: {}, exports: {}, pending: {} }),
  operations: {},
  access: {},
} satisfies ServiceDefinition<object, CloudFormationState>;

/** CloudFormation's state in a region. */
export const stacksIn = (cloud: Cloud, region: string): CloudFormationState =>
  cloud.stateOf<CloudFormationState>(cloudFormationState, region);

/** Every stack of the cloud that is not deleted, region by region, in the order of creation. */
export const allStacks = (cloud: Cloud): StackRecord[] =>
  cloud.state.regions.flatMap((region) => Object.values(stacksIn(cloud, region).stacks));

/** A stack by its name, or by its id even when it is deleted. */
export function findStack(cloud: Cloud, region: string, nameOrId: string): StackRecord | undefined {
  const { stacks, deleted } = stacksIn(cloud, region);
  if (Object.hasOwn(stacks, nameOrId)) return stacks[nameOrId];
  return Object.values(stacks).find(({ stackId }) => stackId === nameOrId) ?? deleted[nameOrId];
}
