/** That the workflow's steps are sound and its figures true: region-failover/I11, I12, I13, I15, I16. */
import { type Authority, at, type Evidence, type Execution, type Sample } from './evidence.ts';
import { requestsTruth } from './truth.ts';

/** Global control planes, by IAM prefix (reference: AWS Fault Isolation Boundaries, appendix A). */
const GLOBAL_CONTROL_PLANES = new Set([
  'route53',
  'iam',
  'cloudfront',
  'globalaccelerator',
  'organizations',
  'account',
]);

/** How far a measured RTO may be off: one probe slot before, one verification round after. */
const RTO_TOLERANCE_SECONDS = 30;
/** A heartbeat period and a renewal period. */
const RPO_TOLERANCE_SECONDS = 8;

/** I11: no recovery step depends on the failing region or on a global control plane. */
export function noForbiddenPlane({ calls, authority, policy }: Evidence): string[] {
  return calls.flatMap((call) => {
    const version = at(authority, call.t);
    if (!version?.claim || version.phase === 'active') return [];
    if (GLOBAL_CONTROL_PLANES.has(call.service) || /^(Put|Create|Delete)Bucket/.test(call.operation)) {
      return [`${call.by} called ${call.service}:${call.operation}, a global control plane, at ${call.t} s`];
    }
    const failing = policy.serving.find((region) => region !== version.claim?.target);
    return call.region === failing
      ? [`${call.by} changed ${call.service} in the region being left, ${failing}, at ${call.t} s`]
      : [];
  });
}

/** I12: each step can be repeated: the one-way call is made once, and whatever crashed, no claim is left behind. */
export function stepsAreRepeatable({ calls, authority, endedAt }: Evidence): string[] {
  const problems: string[] = [];
  const perEpoch = new Map<string, number>();
  for (const call of calls) {
    if (call.operation !== 'FailoverGlobalCluster' && call.operation !== 'SwitchoverGlobalCluster') continue;
    const key = `epoch ${at(authority, call.t)?.epoch}`;
    perEpoch.set(key, (perEpoch.get(key) ?? 0) + 1);
  }
  for (const [epoch, count] of perEpoch)
    if (count > 1) problems.push(`promotion was asked for ${count} times in ${epoch}`);
  const last = authority.at(-1);
  if (last && last.phase !== 'active') problems.push(`phase '${last.phase}' was left behind at ${endedAt} s`);
  return problems;
}

/** I13: after the one-way step only roll forward; before it an abort restores the original state exactly. */
export function forwardOrExactlyBack({ authority, samples, promotions }: Evidence): string[] {
  const problems: string[] = [];
  for (const promotion of promotions) {
    const back = authority.find(
      (version, index) =>
        version.t > promotion.t &&
        version.holder !== promotion.region &&
        authority[index - 1]?.holder === promotion.region &&
        version.phase === 'active',
    );
    if (back) problems.push(`${back.holder} became holder again at ${back.t} s after ${promotion.region} was promoted`);
  }
  for (const { claimed, released } of claimsWithoutPromotion(authority)) {
    const before = { ...state(claimed.before), ...runtime(at(samples, claimed.t)) };
    const after = { ...state(released), ...runtime(at(samples, released.t + 60)) };
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (before[key] !== after[key]) {
        problems.push(`the abort at ${released.t} s left ${key} at ${after[key]}, before it was ${before[key]}`);
      }
    }
  }
  return problems;
}

/** I15: success means N consecutive synthetic writes through public DNS; anything less is incomplete. */
export function successIsProved({ executions, requests, policy }: Evidence): string[] {
  return executions.filter(succeeded).flatMap((execution) => {
    const target = String(execution.input.target);
    const probes = requests.filter(
      (request) =>
        request.who === 'probe' &&
        request.from === target &&
        request.host === policy.domain &&
        request.t <= (execution.until ?? 0),
    );
    const writes = probes.filter((probe) => probe.kind === 'write').slice(-policy.probes);
    if (writes.length < policy.probes)
      return [`${execution.arn} claims success after ${writes.length} of ${policy.probes} probes`];
    const since = writes[0]?.t ?? 0;
    const bad = probes.find((probe) => probe.t >= since && (!probe.ok || probe.region !== target));
    return bad ? [`${execution.arn} claims success although the probe at ${bad.t} s failed`] : [];
  });
}

/** I16: RTO and RPO are those the users saw; the steps explain at least 95 % of it; unknown is not 0. */
export function figuresAreTrue(evidence: Evidence): string[] {
  const truth = requestsTruth(evidence);
  return evidence.executions.filter(succeeded).flatMap(({ arn, output }) => {
    const problems: string[] = [];
    const measures = (output?.measures ?? {}) as Record<string, number | null | undefined>;
    const { rtoSeconds, rpoSeconds, explainedShare } = measures;
    const compare = (name: string, measured: number | null | undefined, actual: number | null, tolerance: number) => {
      if (measured === undefined) problems.push(`${name} is missing`);
      else if (measured === null) problems.push(`${name} is unknown although the ledger knows ${actual} s`);
      else if (actual !== null && Math.abs(measured - actual) > tolerance) {
        problems.push(`${name} is given as ${measured} s; the ledger says ${actual} s`);
      }
    };
    if (truth.recoverySeconds !== null) compare('RTO', rtoSeconds, truth.recoverySeconds, RTO_TOLERANCE_SECONDS);
    if (truth.lossSeconds !== null) compare('RPO', rpoSeconds, truth.lossSeconds, RPO_TOLERANCE_SECONDS);
    if (!(Number(explainedShare) >= 0.95))
      problems.push(`the steps explain ${explainedShare} of the RTO; at least 0.95 is needed`);
    return problems.map((problem) => `${arn.split(':').at(-1)}: ${problem}`);
  });
}

export const succeeded = (execution: Execution): boolean =>
  execution.status === 'SUCCEEDED' && execution.output?.outcome === 'moved';

/** Claims that ended without a promotion, with the version before and the one that released it. */
function claimsWithoutPromotion(
  authority: readonly Authority[],
): { claimed: { t: number; before: Authority }; released: Authority }[] {
  const found: { claimed: { t: number; before: Authority }; released: Authority }[] = [];
  let open: { t: number; before: Authority } | undefined;
  authority.forEach((version, index) => {
    const before = authority[index - 1];
    if (!before) return;
    if (version.phase === 'fencing' && before.phase === 'active') open = { t: version.t, before };
    if (version.phase === 'promoting') open = undefined;
    if (version.phase === 'active' && before.phase === 'fencing' && open) {
      found.push({ claimed: open, released: version });
      open = undefined;
    }
  });
  return found;
}

const state = ({ epoch, holder, phase, automation }: Authority): Record<string, unknown> => ({
  epoch,
  holder,
  phase,
  automation,
});

/** The runtime data that an abort must leave as it was, in the regions that can be seen. */
function runtime(sample: Sample | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(sample?.regions ?? {}).flatMap(
      ([region, { databaseEpoch, consumersEpoch, deploymentsFrozen, moved }]) =>
        Object.entries({ databaseEpoch, consumersEpoch, deploymentsFrozen, moved }).map(([key, value]) => [
          `${region} ${key}`,
          value,
        ]),
    ),
  );
}
