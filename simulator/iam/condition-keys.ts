/**
 * The condition keys of one request: its own, and the global ones that AWS adds. A key is given, known to be absent, or
 * not known here; asking for the last kind throws, because neither true nor false would be honest. Source: IAM User
 * Guide, "AWS global condition context keys", part "Availability" of each key.
 */
import type { Cloud, Request } from '../cloud.ts';
import { NotModelled } from '../errors.ts';
import type { Access, AnyService, Caller } from '../service.ts';
import { byLowerCaseKey } from './evaluate.ts';
import type { ContextLookup } from './pattern.ts';
import { roleNameOf } from './principal.ts';
import { iam } from './service.ts';
import type { IamState } from './state.ts';

interface Asked {
  readonly cloud: Cloud;
  readonly service: AnyService;
  readonly request: Request;
  readonly action: string;
  readonly resource: string;
}

/** Looks keys up. Throws NotModelled for a key whose value the simulator does not know. */
export function requestContext(asked: Asked, conditions: Access['conditions']): ContextLookup {
  let own: Map<string, readonly string[] | undefined> | undefined;
  return (key) => {
    own ??= byLowerCaseKey(conditions ?? {});
    if (own.has(key)) return own.get(key);
    if (key.startsWith('aws:')) return globalKey(key, asked);
    if (hasFamily(own, key)) return undefined;
    if (isForeign(key, asked.action)) return undefined;
    // S3's older name for it, in every request of its own (Service Authorization Reference, Amazon S3).
    if (key === 's3:resourceaccount') return globalKey('aws:resourceaccount', asked);
    throw unknown(key, asked);
  };
}

/** A row of `access` that names 'kms:EncryptionContext:' says that it gives all keys that begin so. */
function hasFamily(own: ReadonlyMap<string, unknown>, key: string): boolean {
  const end = Math.max(key.lastIndexOf(':'), key.lastIndexOf('/')) + 1;
  return own.has(key.slice(0, end));
}

/** Keys of one service that come with requests to any: the credentials carry them. */
const CARRIED =
  /^(ec2:(roledelivery|sourceinstancearn)|lambda:sourcefunctionarn|ssm:sourceinstancearn|glue:|identitystore:)/;

/** A service's own keys are in its own requests only. */
const isForeign = (key: string, action: string): boolean =>
  !CARRIED.test(key) && key.slice(0, key.indexOf(':')) !== action.slice(0, action.indexOf(':')).toLowerCase();

const unknown = (key: string, { action, request }: Asked): NotModelled =>
  new NotModelled(
    `condition key ${key}: its value for ${action} called by a ${request.caller.kind} is not known to the simulator`,
  );

const one = (value: string): readonly string[] => [value];
type Values = readonly string[] | undefined;

function globalKey(key: string, asked: Asked): Values {
  const { cloud, service, request, resource } = asked;
  switch (key) {
    case 'aws:requestedregion':
      return one(service.homeRegion ?? request.region);
    case 'aws:resourceaccount':
      return one(resource.split(':')[4] || cloud.state.account);
    case 'aws:currenttime':
      return one(new Date(cloud.now).toISOString());
    case 'aws:epochtime':
      return one(String(Math.floor(cloud.now / 1000)));
    case 'aws:securetransport':
      return one('true');
    // The account is in no organization.
    case 'aws:principalorgid':
    case 'aws:principalorgpaths':
    case 'aws:resourceorgid':
    case 'aws:resourceorgpaths':
    case 'aws:sourceorgid':
    case 'aws:sourceorgpaths':
      return undefined;
    default:
      return request.caller.kind === 'service'
        ? serviceKey(key, request.caller, asked)
        : identityKey(key, request.caller, asked);
  }
}

/** Keys of a call that an AWS service makes in its own name. */
function serviceKey(key: string, caller: Extract<Caller, { kind: 'service' }>, asked: Asked): Values {
  switch (key) {
    case 'aws:principalisawsservice':
      return one('true');
    case 'aws:principalservicename':
    case 'aws:principalservicenameslist':
      return one(caller.principal);
    case 'aws:sourceaccount':
      return one(asked.cloud.state.account);
    case 'aws:sourcearn':
      if (caller.sourceArn === undefined) throw unknown(key, asked);
      return one(caller.sourceArn);
    // Deprecated, and sent by few services; a topic's default policy lives on it (SNS Developer Guide, "Source account
    // versus source owner"). Guess: of those modelled here, CloudWatch alone sends it.
    case 'aws:sourceowner':
      return caller.principal === 'cloudwatch.amazonaws.com' ? one(asked.cloud.state.account) : undefined;
    case 'aws:viaawsservice':
      return one('false');
    case 'aws:calledvia':
    case 'aws:calledviafirst':
    case 'aws:calledvialast':
    case 'aws:principalarn':
    case 'aws:principalaccount':
    case 'aws:principaltype':
    case 'aws:username':
      return undefined;
    default:
      if (key.startsWith('aws:principaltag/')) return undefined;
      throw unknown(key, asked);
  }
}

/** Keys of a call made with credentials, by a session of a role or by the administrator. */
function identityKey(key: string, caller: Exclude<Caller, { kind: 'service' }>, asked: Asked): Values {
  const { cloud, request } = asked;
  const { account } = cloud.state;
  const role = (): IamState['roles'][string] | undefined =>
    caller.kind === 'role' ? cloud.stateOf<IamState>(iam, request.region).roles[roleNameOf(caller.arn)] : undefined;
  switch (key) {
    case 'aws:principalarn':
      return one(caller.kind === 'role' ? caller.arn : `arn:aws:iam::${account}:root`);
    case 'aws:principalaccount':
      return one(account);
    case 'aws:principaltype':
      return one(caller.kind === 'role' ? 'AssumedRole' : 'Account');
    case 'aws:userid':
      return one(caller.kind === 'role' ? `${role()?.id}:${caller.session}` : account);
    case 'aws:sourceip':
      return one(addressOf(asked));
    case 'aws:principalisawsservice':
      return one('false');
    case 'aws:viaawsservice':
      return one(String(caller.via !== undefined));
    case 'aws:calledvia':
    case 'aws:calledviafirst':
    case 'aws:calledvialast':
      return caller.via === undefined ? undefined : one(caller.via);
    // Only services that call in their own name, users and federated sessions have these.
    case 'aws:username':
    case 'aws:sourcearn':
    case 'aws:sourceaccount':
    case 'aws:sourceowner':
    case 'aws:principalservicename':
    case 'aws:principalservicenameslist':
    case 'aws:federatedprovider':
    case 'aws:sourceidentity':
      return undefined;
    default: {
      if (!key.startsWith('aws:principaltag/')) throw unknown(key, asked);
      const value = tagOf(role()?.tags, key.slice('aws:principaltag/'.length));
      return value === undefined ? undefined : one(value);
    }
  }
}

/**
 * Guess: an address of the ranges that are kept free for documentation (RFC 5737), one per region. No policy in earnest
 * names one, so a condition on addresses decides as it would for any address that it does not list.
 */
function addressOf({ cloud, request }: Asked): string {
  const region = cloud.state.regions.indexOf(request.from);
  return region < 0 ? '198.51.100.1' : `203.0.113.${region + 1}`;
}

/** Tag keys in condition keys are not case-sensitive. */
function tagOf(tags: Readonly<Record<string, string>> | undefined, lowerCaseKey: string): string | undefined {
  return Object.entries(tags ?? {}).find(([key]) => key.toLowerCase() === lowerCaseKey)?.[1];
}
