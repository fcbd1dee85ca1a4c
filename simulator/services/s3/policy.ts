/**
 * A bucket's policy: for IAM, which decides calls by it, and for anonymous readers. Also whether a policy is public, as
 * Block Public Access means it.
 */
import { type Decision, evaluate } from '../../iam/evaluate.ts';
import type { ResourcePolicy } from '../../iam/resource-policy.ts';
import { type Bucket, bucketArn, type S3Context } from './state.ts';

/** The bucket's policy, for a bucket or an object of it; undefined when there is no such bucket in this region. */
export function bucketPolicy(resource: string, context: S3Context): ResourcePolicy | undefined {
  const [name = ''] = resource.slice(BUCKETS.length).split('/');
  const bucket = resource.startsWith(BUCKETS) ? context.state.buckets[name] : undefined;
  return bucket && { documents: bucket.policy === undefined ? [] : [bucket.policy] };
}

const BUCKETS = bucketArn('');

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

/** By text: eight health checkers ask for the same few policies every ten seconds. */
const verdicts = new Map<string, boolean>();
const VERDICTS_MAX = 100;

/** S3 user guide, "Blocking public access": it grants something to everyone without pinning who that is. */
export function isPublic(policy: string): boolean {
  const known = verdicts.get(policy);
  if (known !== undefined) return known;
  if (verdicts.size >= VERDICTS_MAX) verdicts.clear();
  const verdict = grantsToEveryone(policy);
  verdicts.set(policy, verdict);
  return verdict;
}

function grantsToEveryone(policy: string): boolean {
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
