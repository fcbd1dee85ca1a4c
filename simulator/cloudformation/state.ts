/** What CloudFormation keeps about stacks, as plain data; large, unchanging parts are blobs so that forks share them. */
import type { Cloud } from '../cloud.ts';
import type { ServiceDefinition } from '../service.ts';

export type StackStatus = 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'CREATE_FAILED';
export type ResourceStatus = StackStatus;

export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  readonly model: 'modelled' | 'inert';
  status: ResourceStatus;
  reason?: string;
  /** What Ref answers; set when it is there. */
  physicalId?: string;
  attributes: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  /** Blob: JSON of a ResourceSnapshot. */
  snapshot?: string;
}

/** A resource as it was made, for comparison with later templates. */
export interface ResourceSnapshot {
  /** Evaluated; dynamic references are kept as references. */
  readonly properties: unknown;
  readonly metadata?: unknown;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
  readonly updatePolicy?: unknown;
}

export interface StackEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly logicalId: string;
  readonly type: string;
  readonly status: ResourceStatus;
  readonly physicalId?: string;
  readonly reason?: string;
}

export interface StackRecord {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly createdAt: number;
  status: StackStatus;
  reason?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As described: NoEcho values are '****'. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Record<string, string>;
  readonly resources: Record<string, ResourceRecord>;
  readonly events: StackEvent[];
  /** Blob: the template's text. */
  readonly template: string;
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
  /** Export name → its value and the stack it comes from. */
  readonly exports: Record<string, { readonly value: string; readonly stackName: string }>;
  /** By request id. */
  readonly pending: Record<string, PendingResponse>;
}

/** Where it is kept; service.ts adds what happens later. */
export const cloudFormationState = {
  name: 'cloudformation',
  initialState: (): CloudFormationState => ({ stacks: {}, exports: {}, pending: {} }),
  operations: {},
  access: {},
} satisfies ServiceDefinition<object, CloudFormationState>;

/** CloudFormation's state in a region. */
export const stacksIn = (cloud: Cloud, region: string): CloudFormationState =>
  cloud.stateOf<CloudFormationState>(cloudFormationState, region);

/** Every stack of the cloud, region by region, in the order of creation. */
export const allStacks = (cloud: Cloud): StackRecord[] =>
  cloud.state.regions.flatMap((region) => Object.values(stacksIn(cloud, region).stacks));
