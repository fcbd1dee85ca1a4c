/** How a resource type is modelled: what making, changing, deleting and reading it does, and what Ref and GetAtt answer. */

import type { Clients, Input, OperationName, Output, ServiceName } from '../clients.ts';
import type { Cloud } from '../cloud.ts';

export interface ResourceContext {
  readonly cloud: Cloud;
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  /** Tags of the stack and the resource, merged. */
  readonly tags: Readonly<Record<string, string>>;
  /** A physical name as CloudFormation makes one: stack-logicalId-random, at most `lengthMax`. */
  physicalName(lengthMax?: number): string;
  /** Calls a service as the stack's role or the deploying administrator, in this stack's region unless told. */
  call<S extends ServiceName, O extends OperationName<Clients[S]>>(
    service: S,
    operation: O,
    input: Input<Clients[S], O>,
    region?: string,
  ): Promise<Output<Clients[S], O>>;
  /** Says that the resource is there from now on: if the rest of its creation fails, it is deleted by this id. */
  exists?(physicalId: string): void;
}

export interface Created {
  /** What Ref answers. */
  readonly physicalId: string;
  /** What Fn::GetAtt answers, by attribute name ('Arn', 'Endpoint.Address'). */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

type Properties = Record<string, unknown>;

/** A resource that is there, with the properties it was last applied with. */
export interface Existing {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly properties: Properties;
}

/** A change in place. A rollback is one too: `properties` are then what the failed update may have applied. */
export interface Change extends Existing {
  readonly wanted: Properties;
  /** Names of the top-level properties that differ. */
  readonly changed: ReadonlySet<string>;
  /** The resource's UpdatePolicy attribute, for the types that have one. */
  readonly updatePolicy?: unknown;
}

/** Properties arrive with every intrinsic function already answered. */
export interface Modelled {
  /** Without it every update of the type is refused by name. */
  readonly updates?: UpdateBehaviour;
  create(properties: Properties, context: ResourceContext): Promise<Created> | Created;
  /**
   * Carries out what differs, and may be repeated. Returns what Ref and GetAtt answer from now on, where that changed;
   * another physical id means that a new resource was made and the old one is to be deleted.
   */
  update?(change: Change, context: ResourceContext): Promise<Created | undefined> | Created | undefined;
  /** Succeeds when there is nothing to delete any more. */
  delete?(existing: Existing, context: ResourceContext): Promise<void> | void;
  /** Live values of those properties that the services can tell, written as a template writes them; undefined: gone. */
  read?(existing: Existing, context: ResourceContext): Promise<Properties | undefined> | Properties | undefined;
  /** Keeps a copy before deletion, for DeletionPolicy Snapshot; types without it refuse that policy. */
  snapshot?(existing: Existing, context: ResourceContext): Promise<void>;
}

/** Stored and answered for Ref and GetAtt, but nothing acts on it: listed by name as inert. */
export interface Inert {
  readonly inert: true;
  /** Why nothing here needs it to act. */
  readonly reason: string;
  readonly updates?: UpdateBehaviour;
  readonly create?: (properties: Properties, context: ResourceContext) => Created;
}

/** What an update of each property means. A property in no list is refused by name. */
export interface UpdateBehaviour {
  /** Its change needs a new physical resource. */
  readonly replacement: readonly string[];
  /**
   * It is changed without replacement; "some interruptions" are not told apart from none. 'others' are all that are in
   * no other list: a custom resource's own properties.
   */
  readonly inPlace: readonly string[] | 'others';
  /** It depends on the values. */
  readonly conditional?: Readonly<Record<string, (before: unknown, after: unknown) => 'replacement' | 'inPlace'>>;
  /** The property with the resource's own name: where it is given, a replacement cannot be made beside the old one. */
  readonly name?: string;
  /** The property that holds its tags, where stack tags reach the type. */
  readonly tags?: string;
  /** Attributes whose value an update in place may change; 'all': the id too. */
  readonly volatile?: readonly string[] | 'all';
}

/** CloudFormation type name → how it is modelled. A type in no table is refused by name. */
export type ResourceTable = Readonly<Record<string, Modelled | Inert>>;
