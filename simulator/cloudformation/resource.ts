/** How a resource type is modelled: what creating it does, and what Ref and Fn::GetAtt answer afterwards. */

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
  /** Calls a service as the deploying administrator, in this stack's region unless told. */
  call<S extends ServiceName, O extends OperationName<Clients[S]>>(
    service: S,
    operation: O,
    input: Input<Clients[S], O>,
    region?: string,
  ): Promise<Output<Clients[S], O>>;
}

export interface Created {
  /** What Ref answers. */
  readonly physicalId: string;
  /** What Fn::GetAtt answers, by attribute name ('Arn', 'Endpoint.Address'). */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Properties arrive with every intrinsic function already answered. */
export interface Modelled {
  create(properties: Record<string, unknown>, context: ResourceContext): Promise<Created> | Created;
}

/** Stored and answered for Ref and GetAtt, but nothing acts on it: listed by name as inert. */
export interface Inert {
  readonly inert: true;
  /** Why nothing here needs it to act. */
  readonly reason: string;
  readonly create?: (properties: Record<string, unknown>, context: ResourceContext) => Created;
}

/** CloudFormation type name → how it is modelled. A type in no table is refused by name. */
export type ResourceTable = Readonly<Record<string, Modelled | Inert>>;
