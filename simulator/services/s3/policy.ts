/**
 * What a bucket's policy says: to callers with an identity it can only deny here (their own policies must allow), to AWS
 * services and anonymous readers it must allow. Also whether a policy is public, as Block Public Access means it.
 */
import { AwsError } from '../../errors.ts';
import { type Decision, evaluate } from '../../iam/evaluate.ts';
import { principalOf } from '../../iam/principal.ts';
import type { Bucket, S3Context } from './state.ts';

/** Throws AccessDenied when the bucket's policy does not let the caller through. */
export function checkPolicy(context: S3Context, bucket: Bucket, action: string, resource: string): void {
  const { caller } = context;
  if (caller.kind === 'account' && !bucket.policy) return;
  const decision: Decision = bucket.policy
    ? evaluate([bucket.policy], {
        action,
        resource,
        principal: principalOf(context.account, caller),
        context: {
          'aws:SecureTransport': 'true',
          'aws:PrincipalAccount': context.account,
          'aws:SourceAccount': context.account,
          ...(caller.kind === 'role' && { 'aws:PrincipalArn': caller.arn }),
          ...(caller.kind === 'service' && caller.sourceArn && { 'aws:SourceArn': caller.sourceArn }),
        },
      })
    : 'implicitDeny';
  const allowed = caller.kind === 'service' ? decision === 'allow' : decision !== 'explicitDeny';
  if (!allowed) throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
}

/** What an anonymous reader with this address may do. */
export function anonymousDecision(bucket: Bucket, action: string, resource: string, sourceIp: string): Decision {
  if (!bucket.policy) return 'implicitDeny';
  if (bucket.publicAccessBlock.restrictPublicBuckets && isPublic(bucket.policy)) return 'implicitDeny';
  const context = { 'aws:SourceIp': sourceIp, 'aws:SecureTransport': 'true' };
  return evaluate([bucket.policy], { action, resource, context });
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Condition keys whose fixed values make a policy for everyone not public (S3 user guide, "The meaning of public"). */
const fixingKeys: readonly string[] = [
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
];
/** The same page: address ranges broader than these count as public. */
const PREFIX_BITS_MIN = { v4: 8, v6: 32 };

/** S3 user guide, "Blocking public access": it grants something to everyone without pinning who that is. */
export function isPublic(policy: string): boolean {
  const { Statement: given = [] } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  return [given].flat().some((each) => each.Effect === 'Allow' && forEveryone(each.Principal) && !pinned(each));
}

function forEveryone(principal: Statement['Principal']): boolean {
  if (principal === undefined || typeof principal === 'string') return principal === '*';
  return [principal.AWS ?? []].flat().includes('*');
}

function pinned({ Condition: condition = {} }: Statement): boolean {
  return Object.entries(condition).some(([operator, keys]) =>
    Object.entries(keys).some(([key, given]) => {
      const values = [given].flat();
      if (/^Not|NotEquals|NotLike|NotIpAddress|IfExists$/.test(operator)) return false;
      if (key.toLowerCase() === 'aws:sourceip') return operator === 'IpAddress' && values.every(narrow);
      return fixingKeys.includes(key.toLowerCase()) && values.every((value) => !/[*?]/.test(value));
    }),
  );
}

function narrow(range: string): boolean {
  const [address = '', bits] = range.split('/');
  const least = address.includes(':') ? PREFIX_BITS_MIN.v6 : PREFIX_BITS_MIN.v4;
  return bits === undefined || Number(bits) >= least;
}
