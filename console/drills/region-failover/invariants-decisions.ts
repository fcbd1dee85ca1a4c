/** That Mainstay acts only when it may: region-failover/I4, I6, I7, I9, I10. */
import { at, type Evidence, type Promotion, type UserRequest, wasCarriedOut } from './evidence.ts';

/** An observation older than this is silence (configuration `recovery.observationAgeSecondsMax`). */
const FRESH_SECONDS = 30;

/** I4: users are sent to a region only when it can write, has the capacity and knows the current epoch. */
export function trafficFollowsReadiness(evidence: Evidence): string[] {
  const { samples, authority, policy } = evidence;
  return trafficMoves(evidence).flatMap(({ t, region }) => {
    const sample = at(samples, t)?.regions[region];
    const epoch = at(authority, t)?.epoch;
    if (!sample) return [`nothing is known of ${region} when traffic was sent there at ${t} s`];
    const problems: string[] = [];
    if (!sample.writable) problems.push('its database takes no writes');
    if (sample.healthyTargets < policy.capacityFloor) {
      problems.push(`${sample.healthyTargets} of ${policy.capacityFloor} targets are healthy`);
    }
    if (sample.databaseEpoch !== epoch)
      problems.push(`its configuration is of epoch ${sample.databaseEpoch}, not ${epoch}`);
    return problems.map((problem) => `traffic was sent to ${region} at ${t} s although ${problem}`);
  });
}

/**
 * When traffic was sent to the other region: it belongs to the second one while two of the three latch objects are
 * there (DESIGN decision 4). The third object follows later and sends nobody anywhere.
 */
function trafficMoves({ calls, policy }: Evidence): { readonly t: number; readonly region: string }[] {
  const moved = new Set<string>();
  const moves: { t: number; region: string }[] = [];
  let before: string = policy.serving[0];
  for (const call of calls.filter((each) => isLatch(each) && wasCarriedOut(each))) {
    if (call.operation === 'PutObject') moved.add(call.region);
    else moved.delete(call.region);
    const region = policy.serving[moved.size >= 2 ? 1 : 0];
    if (region !== before) moves.push({ t: call.t, region });
    before = region;
  }
  return moves;
}

/** I6: never no serving region by our own action: the writer is stopped only for a target that is ready. */
export function targetReadyBeforeFencing({ authority, samples, policy }: Evidence): string[] {
  return authority.flatMap((version, index) => {
    if (version.phase !== 'fencing' || authority[index - 1]?.phase === 'fencing' || !version.claim) return [];
    const { target } = version.claim;
    const sample = at(samples, version.t)?.regions[target];
    const problems: string[] = [];
    if (!sample || sample.dark) problems.push('was dark');
    else {
      if (sample.healthyTargets < policy.capacityFloor) {
        problems.push(`had ${sample.healthyTargets} of ${policy.capacityFloor} healthy targets`);
      }
      if (sample.clusterStatus !== 'available') problems.push(`had a database in state ${sample.clusterStatus}`);
    }
    return problems.map((problem) => `writes were fenced at ${version.t} s for ${target}, which ${problem}`);
  });
}

/** I7: automatic promotion needs two observers, one outside both serving regions, for the whole dwell, to the end. */
export function quorumBeforePromotion(evidence: Evidence): string[] {
  const { policy } = evidence;
  return automatic(evidence).flatMap(({ t, region: target }) => {
    const failing = policy.serving.find((region) => region !== target) as string;
    return [target, policy.witness].flatMap((observer) => {
      const probes = evidence.requests.filter(
        (request) => request.who === 'probe' && request.from === observer && request.host.startsWith(`${failing}.`),
      );
      const problem = doubt(probes, t, policy.dwellSeconds);
      return problem ? [`${target} was promoted at ${t} s although ${observer} ${problem}`] : [];
    });
  });
}

/** Why these probes do not show a failure over the whole dwell before `t`; undefined when they do. */
function doubt(probes: readonly UserRequest[], t: number, dwellSeconds: number): string | undefined {
  const since = probes.filter((probe) => probe.t > t - dwellSeconds && probe.t <= t);
  const healthy = since.find((probe) => probe.ok);
  if (healthy) return `saw ${healthy.host} healthy at ${healthy.t} s`;
  const last = since.at(-1);
  if (!last) return 'saw nothing at all';
  if (t - last.t - last.seconds > FRESH_SECONDS) return `last looked at ${last.t} s`;
  return undefined;
}

/** I9: one active execution per application; a duplicate joins or stops; opposite directions never overlap. */
export function singleFlight({ authority, executions, promotions }: Evidence): string[] {
  const problems: string[] = [];
  authority.forEach((version, index) => {
    const before = authority[index - 1];
    if (!before?.claim || !version.claim || before.phase === 'active') return;
    if (before.claim.executionArn === version.claim.executionArn) return;
    const owner = executions.find((execution) => execution.arn === before.claim?.executionArn);
    if (owner && (owner.until === null || owner.until > version.t)) {
      problems.push(`${version.claim.executionArn} took the claim at ${version.t} s while ${owner.arn} was running`);
    }
  });
  promotions.forEach((promotion, index) => {
    const next = promotions[index + 1];
    if (next && at(authority, next.t)?.epoch === at(authority, promotion.t)?.epoch) {
      problems.push(
        `${promotion.region} and ${next.region} were both promoted in one epoch (${promotion.t} s, ${next.t} s)`,
      );
    }
  });
  return problems;
}

/** I10: no automatic failover within the cooldown, nor while the kill switch is off. */
export function cooldownAndKillSwitch(evidence: Evidence): string[] {
  return automatic(evidence).flatMap(({ t, region }) => {
    const version = at(evidence.authority, t);
    const problems: string[] = [];
    if (version?.automation === 'off') problems.push('while automation was switched off');
    const movedAt = version?.movedAt ?? null;
    if (movedAt !== null && t - movedAt < evidence.policy.cooldownSeconds) {
      problems.push(`${Math.round(t - movedAt)} s after the last failover`);
    }
    return problems.map((problem) => `${region} was promoted at ${t} s ${problem}`);
  });
}

/** Promotions that no person asked for or accepted. */
const automatic = ({ promotions, authority }: Evidence): Promotion[] =>
  promotions.filter((promotion) => at(authority, promotion.t)?.claim?.person !== true);

export const isLatch = (call: Evidence['calls'][number]): boolean =>
  call.service === 's3' &&
  (call.operation === 'PutObject' || call.operation === 'DeleteObject') &&
  call.input.Key === 'moved';
