/** That the workflow's steps are sound: region-failover/I11, I12, I13, I15. */
import {
  type Authority,
  at,
  type Evidence,
  type Execution,
  type RegionSample,
  type Sample,
  wasCarriedOut,
} from './evidence.ts';

/** Global control planes, by IAM prefix (reference: AWS Fault Isolation Boundaries, appendix A). */
const GLOBAL_CONTROL_PLANES = new Set([
  'route53',
  'iam',
  'cloudfront',
  'globalaccelerator',
  'organizations',
  'account',
]);

/** The clean-up machine needs some seconds for all of it; the next move may begin sooner. */
const RESTORED_SECONDS = 30;
/** Reconcile runs each minute. */
const RECONCILED_SECONDS = 90;

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

/** So long a drill goes on watching when the world has come to rest; what begins then is not left behind. */
export const WATCHED_SECONDS = 5;

/**
 * I12: each step can be repeated: the one-way call is made once, and whatever crashed, no claim is left behind. Who was
 * shown the past may ask again, and AWS must have refused it; where the region to be finished is lost, nobody can.
 */
export function stepsAreRepeatable({ calls, authority, executions, samples, endedAt }: Evidence): string[] {
  const problems: string[] = [];
  const promotedIn = new Set<number | undefined>();
  for (const call of calls) {
    if (call.operation !== 'FailoverGlobalCluster' && call.operation !== 'SwitchoverGlobalCluster') continue;
    const epoch = at(authority, call.t)?.epoch;
    const excused = call.resent || (call.misled && !wasCarriedOut(call));
    if (promotedIn.has(epoch) && !excused)
      problems.push(`promotion was asked for again in epoch ${epoch} at ${call.t} s`);
    // One that was refused may be asked for again; one whose answer was lost may not.
    if (wasCarriedOut(call)) promotedIn.add(epoch);
  }
  const last = authority.at(-1);
  const unreachable = last?.claim && at(samples, endedAt)?.regions[last.claim.target]?.lost;
  const { executionArn } = last?.claim ?? {};
  const claimedAt = authority.find(({ claim }) => claim && claim.executionArn === executionArn)?.t ?? 0;
  const running = executions.some(({ arn, until }) => arn === executionArn && until === null);
  const begun = running && claimedAt > endedAt - WATCHED_SECONDS;
  if (last && last.phase !== 'active' && !unreachable && !begun)
    problems.push(`phase '${last.phase}' was left behind at ${endedAt} s`);
  return problems;
}

/** I13: after the one-way step only roll forward; before it an abort restores the original state exactly. */
export function forwardOrExactlyBack({ authority, samples, promotions, policy, disturbedUntil }: Evidence): string[] {
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
  // What an aborted move left to put in order is taken over by one that is claimed before that was due: judged after it.
  let since: number | undefined;
  for (const { claimed, released } of claimsWithoutPromotion(authority)) {
    const next = authority.find(({ t, phase }) => t > released.t && phase === 'fencing')?.t ?? Number.POSITIVE_INFINITY;
    const due = restoredBy(released.t, disturbedUntil);
    const from = since ?? claimed.t;
    since = next < due ? from : undefined;
    const before: Values = state(claimed.before);
    const after: Values = state(released);
    const wanted: Values = {};
    for (const region of since === undefined ? policy.serving : []) {
      const then = at(samples, from)?.regions[region];
      const later = whenVisible(samples, region, due, next);
      if (!then || !later) continue;
      Object.assign(before, runtime(region, then));
      Object.assign(after, runtime(region, later));
      Object.assign(wanted, wantedIn(region, released, policy));
    }
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      // What a region that had just returned still lacked before the claim was put in order meanwhile.
      if (before[key] !== after[key] && after[key] !== wanted[key]) {
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
      // The switch is a person's, who may turn it during a claim: it must stay as it stood right before the release.
      const { automation } = before;
      found.push({ claimed: { ...open, before: { ...open.before, automation } }, released: version });
      open = undefined;
    }
  });
  return found;
}

type Values = Record<string, unknown>;

const state = ({ epoch, holder, phase, automation }: Authority): Values => ({ epoch, holder, phase, automation });

/** Under random faults a thaw may have to wait for their end, and for reconcile. */
const restoredBy = (releasedAt: number, disturbedUntil: number | null): number =>
  Math.max(releasedAt + RESTORED_SECONDS, disturbedUntil === null ? 0 : disturbedUntil + RECONCILED_SECONDS);

/** What reconcile and mend-latch put in order in a region by themselves. */
const wantedIn = (region: string, { epoch, holder }: Authority, { serving }: Evidence['policy']): Values => ({
  [`${region} consumersEpoch`]: epoch,
  [`${region} moved`]: holder === serving[1],
});

/** A lost region can be put in order only when it is back; undefined when it does not come back before the next claim. */
function whenVisible(samples: readonly Sample[], region: string, t: number, next: number): RegionSample | undefined {
  const then = at(samples, t)?.regions[region];
  if (!then?.lost) return then;
  const back = samples.find((sample) => sample.t > t && sample.regions[region]?.lost === false);
  if (!back || back.t + RECONCILED_SECONDS > next) return undefined;
  return at(samples, back.t + RECONCILED_SECONDS)?.regions[region];
}

/** The runtime data that an abort must leave as it was. */
function runtime(region: string, sample: RegionSample): Values {
  const { databaseEpoch, consumersEpoch, deploymentsFrozen, moved } = sample;
  const values = Object.entries({ databaseEpoch, consumersEpoch, deploymentsFrozen, moved });
  return Object.fromEntries(values.map(([key, value]) => [`${region} ${key}`, value]));
}
