/** That the workflow's steps are sound and its figures true: region-failover/I11, I12, I13, I15, I16. */
import {
  type Authority,
  at,
  type Evidence,
  type Execution,
  type RegionSample,
  type Sample,
  wasCarriedOut,
} from './evidence.ts';
import { provedAt, requestsTruth } from './truth.ts';

/** Global control planes, by IAM prefix (reference: AWS Fault Isolation Boundaries, appendix A). */
const GLOBAL_CONTROL_PLANES = new Set([
  'route53',
  'iam',
  'cloudfront',
  'globalaccelerator',
  'organizations',
  'account',
]);

/** How far a measured RTO may be off: a probe slot, or the rest of a lease where the region was healthy. */
const RTO_TOLERANCE_SECONDS = 30;
/** TTL of the public name: so much later or sooner than the prober's may the users' resolvers ask again. */
const DNS_SECONDS = 60;
/** The clean-up machine needs some seconds for all of it; the next move may begin sooner. */
const RESTORED_SECONDS = 30;
/** Reconcile runs each minute. */
const RECONCILED_SECONDS = 90;
/** A heartbeat period and a renewal period. */
const RPO_TOLERANCE_SECONDS = 8;

/**
 * I11: no recovery step depends on the failing region or on a global control plane. What that region's own observer,
 * reconciler and schedules do at home meanwhile is no step of the recovery.
 */
export function noForbiddenPlane({ calls, authority, policy }: Evidence): string[] {
  return calls.flatMap((call) => {
    const version = at(authority, call.t);
    if (!version?.claim) return [];
    if (GLOBAL_CONTROL_PLANES.has(call.service) || /^(Put|Create|Delete)Bucket/.test(call.operation)) {
      return [`${call.by} called ${call.service}:${call.operation}, a global control plane, at ${call.t} s`];
    }
    const failing = policy.serving.find((region) => region !== version.claim?.target);
    return call.region === failing && call.from !== failing
      ? [`${call.by} changed ${call.service} in the region being left, ${failing}, at ${call.t} s`]
      : [];
  });
}

/** I12: each step can be repeated: the one-way call is made once, and whatever crashed, no claim is left behind. */
export function stepsAreRepeatable({ calls, authority, endedAt }: Evidence): string[] {
  const problems: string[] = [];
  const promotedIn = new Set<number | undefined>();
  for (const call of calls) {
    if (call.operation !== 'FailoverGlobalCluster' && call.operation !== 'SwitchoverGlobalCluster') continue;
    const epoch = at(authority, call.t)?.epoch;
    if (promotedIn.has(epoch)) problems.push(`promotion was asked for again in epoch ${epoch} at ${call.t} s`);
    // One that was refused may be asked for again; one whose answer was lost may not.
    if (wasCarriedOut(call)) promotedIn.add(epoch);
  }
  const last = authority.at(-1);
  if (last && last.phase !== 'active') problems.push(`phase '${last.phase}' was left behind at ${endedAt} s`);
  return problems;
}

/** I13: after the one-way step only roll forward; before it an abort restores the original state exactly. */
export function forwardOrExactlyBack({ authority, samples, promotions, policy }: Evidence): string[] {
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
    const next = authority.find(({ t, phase }) => t > released.t && phase === 'fencing')?.t ?? Number.POSITIVE_INFINITY;
    const before: Values = state(claimed.before);
    const after: Values = state(released);
    for (const region of policy.serving) {
      const then = at(samples, claimed.t)?.regions[region];
      const later = whenVisible(samples, region, Math.min(released.t + RESTORED_SECONDS, next));
      if (!then || !later) continue;
      Object.assign(before, runtime(region, then));
      Object.assign(after, runtime(region, later));
    }
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

/**
 * I16: RTO and RPO are those the users saw; the steps explain at least 95 % of it; unknown is not 0. What a region that is
 * cut off but alive still stores nobody outside can know, so RPO is two figures, a lease apart, and the truth is between.
 */
export function figuresAreTrue(evidence: Evidence): string[] {
  const truth = requestsTruth(evidence);
  const { leaseSeconds } = evidence.policy;
  // A move that ended before the fault was for something else.
  const moves = evidence.executions.filter((each) => succeeded(each) && (each.until ?? 0) > evidence.faultAt);
  return moves.flatMap(({ arn, input, output }) => {
    const problems: string[] = [];
    const measures = (output?.measures ?? {}) as Measured;
    const { rtoSeconds, rpoSeconds, rpoSecondsMax, explainedShare } = measures;
    const known = (name: string, measured: number | null | undefined, actual: number): measured is number => {
      if (measured === undefined) problems.push(`${name} is missing`);
      else if (measured === null) problems.push(`${name} is unknown although the ledger knows ${actual} s`);
      return typeof measured === 'number';
    };
    const compare = (name: string, measured: number, actual: number, tolerance: number) => {
      if (Math.abs(measured - actual) <= tolerance) return;
      problems.push(`${name} is given as ${measured} s; the ledger says ${Math.round(actual * 10) / 10} s`);
    };
    const { recoverySeconds: recovery, firstFailedAt, lossSeconds: loss } = truth;
    const proved = provedAt(evidence, String(input.target));
    if (firstFailedAt !== null && proved !== null && known('RTO', rtoSeconds, proved - firstFailedAt)) {
      compare('RTO', rtoSeconds, proved - firstFailedAt, RTO_TOLERANCE_SECONDS);
      if (recovery !== null) compare('RTO', rtoSeconds, recovery, RTO_TOLERANCE_SECONDS + DNS_SECONDS);
    }
    if (loss !== null && known('RPO', rpoSeconds, loss) && known('the most of RPO', rpoSecondsMax, loss)) {
      const least = rpoSeconds - RPO_TOLERANCE_SECONDS;
      const most = Math.min(rpoSecondsMax, rpoSeconds + leaseSeconds) + RPO_TOLERANCE_SECONDS;
      if (loss < least || loss > most) {
        problems.push(`RPO is given as ${rpoSeconds} to ${rpoSecondsMax} s; the ledger says ${loss} s`);
      }
    }
    if (!(Number(explainedShare) >= 0.95))
      problems.push(`the steps explain ${explainedShare} of the RTO; at least 0.95 is needed`);
    return problems.map((problem) => `${arn.split(':').at(-1)}: ${problem}`);
  });
}

type Measured = Readonly<
  Partial<Record<'rtoSeconds' | 'rpoSeconds' | 'rpoSecondsMax' | 'explainedShare', number | null>>
>;

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

type Values = Record<string, unknown>;

const state = ({ epoch, holder, phase, automation }: Authority): Values => ({ epoch, holder, phase, automation });

/** A dark region can be put in order only when it is back; undefined when it does not come back. */
function whenVisible(samples: readonly Sample[], region: string, t: number): RegionSample | undefined {
  const then = at(samples, t)?.regions[region];
  if (!then?.dark) return then;
  const back = samples.find((sample) => sample.t > t && sample.regions[region]?.dark === false);
  return back && at(samples, back.t + RECONCILED_SECONDS)?.regions[region];
}

/** The runtime data that an abort must leave as it was. */
function runtime(region: string, sample: RegionSample): Values {
  const { databaseEpoch, consumersEpoch, deploymentsFrozen, moved } = sample;
  const values = Object.entries({ databaseEpoch, consumersEpoch, deploymentsFrozen, moved });
  return Object.fromEntries(values.map(([key, value]) => [`${region} ${key}`, value]));
}
