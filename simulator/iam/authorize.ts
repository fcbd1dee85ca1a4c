/**
 * Decides each call: by the calling role's policies and the policy of the resource it is about. The cloud asks before
 * every operation. The administrator may do everything that no resource's policy forbids; an AWS service that calls in
 * its own name may do what the resource's policy lets it.
 */
import type { Cloud, Request } from '../cloud.ts';
import type { Access, AnyService, Context } from '../service.ts';
import { requestContext } from './condition-keys.ts';
import { denial } from './denial.ts';
import type { ContextLookup } from './pattern.ts';
import { principalOf, roleNameOf, userOf } from './principal.ts';
import { deniedByResource, grantedByResource, type ResourcePolicy } from './resource-policy.ts';
import { type Denial, decideForRole } from './role-decision.ts';
import { iam } from './service.ts';
import type { IamState } from './state.ts';
import { countUse } from './usage.ts';

interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: ContextLookup;
  readonly resourcePolicy: ResourcePolicy | undefined;
}

/**
 * Throws AwsError 'AccessDenied…' naming caller, action and resource when the caller may not do this, and NotModelled when
 * a policy asks for a condition key that the simulator does not know.
 */
export function authorize(cloud: Cloud, service: AnyService, request: Request, context: Context<unknown>): void {
  if (request.caller.kind === 'account' && service.resourcePolicy === undefined) return;
  for (const access of accessOf(service, request, context)) demand(cloud, service, request, context, access);
}

/** For an operation that finds out on its way that its caller needs a further permission. Throws as `authorize` does. */
export function authorizeFurther(context: Context<unknown>, serviceName: string, access: Access): void {
  const { cloud, region, caller } = context;
  const service = cloud.services.get(serviceName);
  if (service === undefined) throw new Error(`this cloud has no service ${serviceName}`);
  const request = { service: serviceName, operation: '', input: {}, region, caller, from: region };
  demand(cloud, service, request, context, access);
}

function demand(cloud: Cloud, service: AnyService, request: Request, context: Context<unknown>, access: Access): void {
  const { caller } = request;
  const closed = caller.kind === 'service' && service.resourcePolicy === undefined;
  const action = access.action ?? `${service.name}:${request.operation}`;
  // Some services also ask for iam:PassRole; that a role has a trust policy is no answer to it.
  const own = action.startsWith(`${service.name}:`);
  for (const resource of access.resources) {
    const question: Question = {
      action,
      resource,
      context: requestContext({ cloud, service, request, action, resource }, access.conditions),
      resourcePolicy: own ? service.resourcePolicy?.(resource, context) : undefined,
    };
    const why = closed ? 'resourceImplicit' : refusal(cloud, request, question);
    if (why === undefined) continue;
    throw denial(service.name, { user: userOf(cloud.state.account, caller), action, resource, why });
  }
}

/** Why not; undefined when the caller may. Counts which permission of a role it was. */
function refusal(cloud: Cloud, { caller, region }: Request, question: Question): Denial | undefined {
  const { account } = cloud.state;
  if (caller.kind === 'service')
    return refusalOfService(question, { ...question, principal: principalOf(account, caller) });
  if (caller.kind === 'account') {
    return refusalOfAdministrator(question, { ...question, principal: principalOf(account, caller) });
  }
  const state = cloud.stateOf<IamState>(iam, region);
  const roleName = roleNameOf(caller.arn);
  const principal = principalOf(account, caller, state.roles[roleName]?.boundary !== undefined);
  const { sessionPolicies } = caller;
  const decision = decideForRole(state, roleName, { ...question, principal, sessionPolicies });
  if (!decision.allowed) return decision.why;
  if (decision.by !== undefined) countUse(state, roleName, decision.by);
  return undefined;
}

type Judged = Parameters<typeof deniedByResource>[1];

function refusalOfService({ resourcePolicy }: Question, judged: Judged): Denial | undefined {
  // There is no such resource: that is for the operation to say.
  if (resourcePolicy === undefined) return undefined;
  if (deniedByResource(resourcePolicy, judged)) return 'resourceDeny';
  const grant = grantedByResource(resourcePolicy, judged);
  return grant === 'service' || grant === 'everyone' ? undefined : 'resourceImplicit';
}

function refusalOfAdministrator({ resourcePolicy, action }: Question, judged: Judged): Denial | undefined {
  // S3 User Guide, "Bucket policies": the account's root user can always take a policy away again.
  if (resourcePolicy === undefined || /^s3:(Get|Put|Delete)BucketPolicy$/.test(action)) return undefined;
  const kind = resourcePolicy.mustAllow === 'trust' ? 'trust' : 'resource';
  if (deniedByResource(resourcePolicy, judged)) return `${kind}Deny`;
  if (resourcePolicy.mustAllow === undefined) return undefined;
  return grantedByResource(resourcePolicy, judged) === undefined ? `${kind}Implicit` : undefined;
}

type AccessRule = (input: unknown, context: Context<unknown>) => Access | Access[];

const EVERYTHING: readonly Access[] = [{ resources: ['*'] }];

function accessOf(service: AnyService, request: Request, context: Context<unknown>): readonly Access[] {
  const rules: Readonly<Record<string, AccessRule | undefined>> = service.access;
  const rule = rules[request.operation];
  if (rule === undefined) return EVERYTHING;
  const access = rule(request.input, context);
  return Array.isArray(access) ? access : [access];
}
