/**
 * Stale reads: what a service's state was some seconds ago, and which reads may see it. While a fault needs it, the state
 * is kept as it was before each change; otherwise nothing is kept and nothing is done.
 *
 * Guess: changes that another service makes to this one's state by itself (Auto Scaling's to instances and targets) show
 * at once, so such reads are less stale than they could be.
 */
import type { Cloud } from '../cloud.ts';
import type { AnyService } from '../service.ts';
import type { StaleReadFault } from './kinds.ts';

/**
 * Reads that AWS documents as eventually consistent ("eventual consistency" in the guides of EC2, IAM, KMS, Auto Scaling,
 * and in the API references of DynamoDB and Step Functions). Guess: Elastic Load Balancing, RDS, Lambda, Secrets Manager,
 * Systems Manager and EventBridge, whose references promise neither.
 */
const READS: Readonly<Record<string, RegExp>> = {
  autoscaling: /^Describe/,
  dynamodb: /^(GetItem|BatchGetItem|Query|Scan|DescribeTable|ListTables)$/,
  ec2: /^Describe/,
  elasticloadbalancing: /^Describe/,
  events: /^(Describe|List)/,
  iam: /^(Get|List)/,
  kms: /^(Describe|Get|List)/,
  lambda: /^(Get|List)/,
  rds: /^Describe/,
  scheduler: /^(Get|List)/,
  secretsmanager: /^(Describe|GetSecretValue|List)/,
  ssm: /^(Describe|GetParameter)/,
  states: /^(Describe|List)/,
};

/** Services whose reads never lag: S3 is strongly consistent; the others have nothing to read here. */
export const consistentAlways = (service: string): boolean => READS[service] === undefined;

/** Whether this read may be answered late: by its operation, and never when it asks for consistency. */
export function isEventuallyConsistent(service: string, operation: string, input: unknown): boolean {
  if (READS[service]?.test(operation) !== true) return false;
  const { ConsistentRead, RequestItems } = (input ?? {}) as { ConsistentRead?: boolean; RequestItems?: object };
  if (ConsistentRead === true) return false;
  return !Object.values(RequestItems ?? {}).some(
    (table: { ConsistentRead?: boolean }) => table.ConsistentRead === true,
  );
}

/** To be called before anything changes a service's state: an operation, a timer. Costs one look without such faults. */
export function keepPast(cloud: Cloud, service: AnyService, by?: { operation: string; input: unknown }): void {
  const faults = cloud.state.faults.calls[service.name];
  if (faults === undefined) return;
  // What only reads changes nothing.
  if (by && isEventuallyConsistent(service.name, by.operation, by.input)) return;
  const needed = faults.filter((fault): fault is typeof fault & StaleReadFault => fault.kind === 'stale-read');
  if (needed.length === 0) return;
  const longestMs = Math.max(...needed.map(({ staleMs }) => staleMs));
  for (const region of cloud.state.regions) {
    if (service.homeRegion !== undefined && service.homeRegion !== region) continue;
    if (!needed.some((fault) => fault.region === undefined || fault.region === region)) continue;
    keep(cloud, service, region, longestMs);
  }
}

/** Changes closer together than this become visible together, the later ones so much too early: copies cost time. */
const GRAIN_MS = 200;

function keep(cloud: Cloud, service: AnyService, region: string, longestMs: number): void {
  const { past } = cloud.state.faults;
  const key = `${service.name}@${region}`;
  past[key] ??= [];
  const kept = past[key].filter(({ at }) => at > cloud.now - longestMs);
  const newest = kept.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  if (newest + GRAIN_MS <= cloud.now) {
    kept.push({ at: cloud.now, state: structuredClone(cloud.stateOf(service, region)) });
  }
  past[key] = kept;
}

/** A service's state as it was so long ago, as far back as it is known; undefined when it has not changed since. */
export function pastState(cloud: Cloud, service: AnyService, region: string, staleMs: number): unknown {
  const known = cloud.state.faults.past[`${service.name}@${service.homeRegion ?? region}`] ?? [];
  return known.find(({ at }) => at > cloud.now - staleMs)?.state;
}
