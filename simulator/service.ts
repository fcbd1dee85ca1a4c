/**
 * How a service is written: its state in one region, its operations by their AWS names, and its timers. An operation is
 * a function of (input, context); nothing else changes state.
 */

import type { Clients, Input, OperationName, Output, ServiceName } from './clients.ts';
import type { Cloud } from './cloud.ts';
import type { ResourcePolicy } from './iam/resource-policy.ts';
import type { Random } from './random.ts';

/** Who calls. */
export type Caller =
  /** A session of a role: Lambda functions, state machines, event targets, instances. IAM decides. */
  | {
      readonly kind: 'role';
      readonly arn: string;
      readonly session: string;
      /** Policy documents given when the role was assumed; the session may no more than they allow. */
      readonly sessionPolicies?: readonly string[];
      /** The service that passes the call on in the caller's name, e.g. 'secretsmanager.amazonaws.com'. */
      readonly via?: string;
    }
  /** An AWS service by itself, e.g. 'lambda.amazonaws.com'; the target's resource policy decides. */
  | { readonly kind: 'service'; readonly principal: string; readonly sourceArn?: string }
  /** The account's administrator: an operator, a deployment. */
  | { readonly kind: 'account'; readonly via?: string };

/** What an operation or timer may use. */
export interface Context<State> {
  readonly cloud: Cloud;
  readonly region: string;
  readonly account: string;
  /** Milliseconds since the epoch, virtual. */
  readonly now: number;
  /** This service's own stream of randomness in this region. */
  readonly random: Random;
  readonly caller: Caller;
  /** This service's state in this region; plain data. */
  readonly state: State;
  /** This service's state in another region (replication); check `cloud.reaches` first. */
  stateIn(region: string): State;
  /** Calls this service's timer `name` later. Returns an id for `cancel`. */
  schedule(name: string, afterMs: number, data: unknown): number;
  cancel(timerId: number): void;
  /** Calls another service as a client would: permissions and faults apply. Default: this region, as this service. */
  call<S extends ServiceName, O extends OperationName<Clients[S]>>(
    service: S,
    operation: O,
    input: Input<Clients[S], O>,
    options?: CallOptions,
  ): Promise<Output<Clients[S], O>>;
  trace(what: string, detail?: unknown): void;
}

export interface CallOptions {
  readonly region?: string;
  readonly caller?: Caller;
}

/** One request that IAM must allow. */
export interface Access {
  /** Default '<service>:<operation>'. */
  readonly action?: string;
  readonly resources: readonly string[];
  /**
   * Condition keys with their values in this request. Undefined: the key is known to be absent; 'kms:EncryptionContext:'
   * with undefined says so of every key that begins like this and is not given. A key of the service that is not named
   * at all is not known, and a policy that asks for it ends the call with NotModelled.
   */
  readonly conditions?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

type Handler<I, O, State> = (input: I, context: Context<State>) => O | Promise<O>;

export type Operations<C, State> = {
  [K in OperationName<C>]?: Handler<Input<C, K>, Output<C, K>, State>;
};

/** Per operation, what IAM is asked. An operation without a row asks for '<service>:<operation>' on '*'. */
export type AccessRules<C, State> = {
  [K in OperationName<C>]?: (input: Input<C, K>, context: Context<State>) => Access | Access[];
};

/** Per operation, the members of its input whose values the trace must not show. */
export type Redactions<C, State> = {
  [K in OperationName<C>]?: (input: Input<C, K>, context: Context<State>) => readonly (keyof Input<C, K> & string)[];
};

export interface ServiceDefinition<C, State> {
  /** IAM prefix ('states'), or 'world.<part>' for parts of the world, which have no operations. */
  readonly name: string;
  /** Set for global services: the one region that holds their control plane. */
  readonly homeRegion?: string;
  initialState(region: string, account: string): State;
  readonly operations: Operations<C, State>;
  readonly access: AccessRules<C, State>;
  /**
   * The policy of a resource that a row of `access` names, for services whose resources have one; undefined when there is
   * no such resource. Without it no AWS service may call in its own name.
   */
  resourcePolicy?(resource: string, context: Context<State>): ResourcePolicy | undefined;
  /** Secrets and bulk data in inputs; outputs are never traced. */
  readonly redact?: Redactions<C, State>;
  /** Called when a timer of this service comes due. */
  readonly timers?: Readonly<Record<string, (data: never, context: Context<State>) => void | Promise<void>>>;
  /** Called once when a new (not forked) cloud is made, for each region: first timers. */
  start?(context: Context<State>): void;
}

/** Any service, for lists. */
// biome-ignore lint/suspicious/noExplicitAny: a list of services cannot name each one's own types
export type AnyService = ServiceDefinition<any, any>;

/** Keeps inference of operations and state in a service's file. */
export function defineService<C, State>(definition: ServiceDefinition<C, State>): ServiceDefinition<C, State> {
  return definition;
}
