/**
 * Decides each call by the calling role's policies; the cloud asks before every operation. The administrator may do
 * everything; for a service principal the target's own resource policy decides, which is the target's business.
 */
import type { Cloud, Request } from '../cloud.ts';
import type { Access, AnyService, Caller, Context } from '../service.ts';
import { denial } from './denial.ts';
import { lookupIn } from './evaluate.ts';
import type { ContextLookup } from './pattern.ts';
import { roleNameOf, sessionArn } from './principal.ts';
import { decideForRole } from './role-decision.ts';
import { iam } from './service.ts';
import type { IamState } from './state.ts';

/**
 * Throws AwsError 'AccessDenied…' naming role, action and resource when the caller may not do this.
 * A resource policy alone cannot let a role in: that is not modelled, and shows as a denial here.
 */
export function authorize(cloud: Cloud, service: AnyService, request: Request, context: Context<unknown>): void {
  const { caller } = request;
  if (caller.kind !== 'role') return;
  const state = cloud.stateOf<IamState>(iam, request.region);
  const roleName = roleNameOf(caller.arn);
  for (const access of accessOf(service, request, context)) {
    const action = access.action ?? `${service.name}:${request.operation}`;
    for (const resource of access.resources) {
      const lookup = requestContext(cloud, service, request, resource, lookupIn(access.conditions));
      const decision = decideForRole(state, roleName, { action, resource, context: lookup });
      if (!decision.allowed) {
        const user = sessionArn(cloud.state.account, caller.arn, caller.session);
        throw denial(service.name, { user, action, resource, why: decision.why });
      }
      state.usage[roleName] ??= {};
      const used = state.usage[roleName];
      used[decision.by] = (used[decision.by] ?? 0) + 1;
    }
  }
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

type RoleCaller = Extract<Caller, { kind: 'role' }>;

/** Condition keys that every request has (IAM User Guide, "AWS global condition context keys"), after its own. */
function requestContext(
  cloud: Cloud,
  service: AnyService,
  request: Request,
  resource: string,
  own: ContextLookup,
): ContextLookup {
  const caller = request.caller as RoleCaller;
  return (key) => {
    const given = own(key);
    if (given !== undefined) return given;
    const value = globalKey(key, cloud, service.homeRegion ?? request.region, resource, caller);
    return value === undefined ? undefined : [value];
  };
}

function globalKey(
  key: string,
  cloud: Cloud,
  region: string,
  resource: string,
  caller: RoleCaller,
): string | undefined {
  const role = () => cloud.stateOf<IamState>(iam, region).roles[roleNameOf(caller.arn)];
  switch (key) {
    case 'aws:principalarn':
      return caller.arn;
    case 'aws:principalaccount':
      return cloud.state.account;
    case 'aws:principaltype':
      return 'AssumedRole';
    case 'aws:userid':
      return `${role()?.id}:${caller.session}`;
    case 'aws:requestedregion':
      return region;
    case 'aws:resourceaccount':
      return resource.split(':')[4] || cloud.state.account;
    case 'aws:currenttime':
      return new Date(cloud.now).toISOString();
    case 'aws:epochtime':
      return String(Math.floor(cloud.now / 1000));
    case 'aws:securetransport':
      return 'true';
    case 'aws:viaawsservice':
    case 'aws:principalisawsservice':
      return 'false';
    default:
      return key.startsWith('aws:principaltag/')
        ? tagOf(role()?.tags, key.slice('aws:principaltag/'.length))
        : undefined;
  }
}

/** Tag keys in condition keys are not case-sensitive. */
function tagOf(tags: Readonly<Record<string, string>> | undefined, lowerCaseKey: string): string | undefined {
  return Object.entries(tags ?? {}).find(([key]) => key.toLowerCase() === lowerCaseKey)?.[1];
}
