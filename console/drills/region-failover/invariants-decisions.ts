/** That Mainstay acts only when it may: region-failover/I4, I6, I7, I9, I10. */
import {
  at,
  type Evidence,
  type Promotion,
  type RegionSample,
  type Sample,
  type UserRequest,
  wasCarriedOut,
} from './evidence.ts';

/**
 * From looking to acting: what a step looked at may be 15 s old (functions/region-failover/move.ts), and its calls, with
 * their repetitions, take as long again.
 */
const REACTION_SECONDS = 30;

/** How far apart the drill samples the world (drill.ts). */
const SAMPLE_SECONDS = 1;

/** How long an observer waits for an answer (functions/region-failover/probe.ts). */
const PROBE_SECONDS_MAX = 5;

/** A probe takes up to 5 s, and so may the writing of its vote. */
const VOTE_SECONDS = 10;

/** An observation older than this is silence (configuration `recovery.observationAgeSecondsMax`). */
const FRESH_SECONDS = 30;

/** I4: users are sent to a region only when it can write, has the capacity and knows the current epoch. */
export function trafficFollowsReadiness(evidence: Evidence): string[] {
  const { samples, authority, policy } = evidence;
  return trafficMoves(evidence).flatMap(({ t, region, decidedAt }) => {
    const sample = at(samples, t)?.regions[region];
    const epoch = at(authority, t)?.epoch;
    if (!sample) return [`nothing is known of ${region} when traffic was sent there at ${t} s`];
    const problems: string[] = [];
    if (!sample.writable) problems.push('its database takes no writes');
    const healthy = Math.max(...ofLate(samples, region, decidedAt).map(({ healthyTargets }) => healthyTargets));
    if (healthy < policy.capacityFloor) problems.push(`${healthy} of ${policy.capacityFloor} targets are healthy`);
    if (sample.databaseEpoch !== epoch)
      problems.push(`its configuration is of epoch ${sample.databaseEpoch}, not ${epoch}`);
    return problems.map((problem) => `traffic was sent to ${region} at ${t} s although ${problem}`);
  });
}

/**
 * How a region was since Mainstay can last have looked: nobody can act on what happens after that. Samples are a second
 * apart, so what came true between two of them shows in the later one only, which is why it counts too.
 */
function ofLate(samples: readonly Sample[], region: string, t: number): RegionSample[] {
  const newest = at(samples, t)?.t ?? t;
  const oldest = newest - REACTION_SECONDS;
  const recent = samples.filter((sample) => sample.t > oldest && sample.t < newest + SAMPLE_SECONDS + 0.001);
  return recent.map(({ regions }) => regions[region]).filter((sample) => sample !== undefined);
}

interface TrafficMove {
  readonly t: number;
  readonly region: string;
  /** When its first object was laid: the last is laid by whoever can, and then there is nothing more to decide. */
  readonly decidedAt: number;
}

/**
 * When traffic was sent to the other region: it belongs to the second one while two of the three latch objects are
 * there (DESIGN decision 4). The third object follows later and sends nobody anywhere.
 */
function trafficMoves({ calls, policy, authority }: Evidence): TrafficMove[] {
  const moved = new Set<string>();
  const moves: TrafficMove[] = [];
  const firstOf = new Map<number | undefined, number>();
  let before: string = policy.serving[0];
  for (const call of calls.filter((each) => isLatch(each) && wasCarriedOut(each))) {
    if (call.operation === 'PutObject') moved.add(call.region);
    else moved.delete(call.region);
    const epoch = at(authority, call.t)?.epoch;
    if (!firstOf.has(epoch)) firstOf.set(epoch, call.t);
    const region = policy.serving[moved.size >= 2 ? 1 : 0];
    if (region !== before) moves.push({ t: call.t, region, decidedAt: firstOf.get(epoch) ?? call.t });
    before = region;
  }
  return moves;
}

/** I6: never no serving region by our own action: the writer is stopped only for a target that is ready. */
export function targetReadyBeforeFencing({ authority, samples, policy }: Evidence): string[] {
  return authority.flatMap((version, index) => {
    if (version.phase !== 'fencing' || authority[index - 1]?.phase === 'fencing' || !version.claim) return [];
    const { target } = version.claim;
    const problems: string[] = [];
    const seen = ofLate(samples, target, version.t);
    if (seen.every(({ lost }) => lost)) problems.push('was lost');
    else {
      const healthy = Math.max(...seen.map(({ healthyTargets }) => healthyTargets));
      if (healthy < policy.capacityFloor) {
        problems.push(`had ${healthy} of ${policy.capacityFloor} healthy targets`);
      }
      if (seen.every(({ clusterStatus }) => clusterStatus !== 'available')) {
        problems.push(`had a database in state ${seen.at(-1)?.clusterStatus}`);
      }
    }
    return problems.map((problem) => `writes were fenced at ${version.t} s for ${target}, which ${problem}`);
  });
}

/** I7: automatic promotion needs two of three observers, one outside both serving regions, for the whole dwell, to the end. */
export function quorumBeforePromotion(evidence: Evidence): string[] {
  const { policy } = evidence;
  return automatic(evidence).flatMap((promotion) => {
    const { region: target } = promotion;
    const failing = policy.serving.find((region) => region !== target) as string;
    const look = lastLook(evidence, promotion);
    if (look.until < look.committedAt - REACTION_SECONDS) {
      return [`${target} was promoted at ${look.committedAt} s on a look that ended at ${look.until} s`];
    }
    const problemOf = (observer: string): string[] => {
      const probes = evidence.requests.filter(
        (request) => request.who === 'probe' && request.from === observer && request.host.startsWith(`${failing}.`),
      );
      const problem = doubt(probes, look, evidence);
      return problem ? [`${target} was promoted at ${look.committedAt} s although ${observer} ${problem}`] : [];
    };
    // Beside the witness either of the others: a region may see itself fail, as behind a resolver that lost its name.
    const byOther = problemOf(failing).length > 0 ? problemOf(target) : [];
    return [...problemOf(policy.witness), ...byOther];
  });
}

/** Why these probes do not show a failure over the whole dwell before the look; undefined when they do. */
function doubt(
  probes: readonly UserRequest[],
  { from, until }: Look,
  { policy, disturbedUntil }: Evidence,
): string | undefined {
  // A vote is written some seconds after its probe; where that fails, the one before stands for as long as it is fresh.
  const heardSeconds = from === until ? 0 : disturbedUntil === null ? VOTE_SECONDS : FRESH_SECONDS;
  const since = probes.filter((probe) => probe.t > until - policy.dwellSeconds && probe.t <= until);
  // An answer for which nobody waited any longer, as from a machine that wakes, was not seen.
  const seen = since.filter(({ ok, seconds }) => ok && seconds < PROBE_SECONDS_MAX);
  const healthy = seen.find(({ t }) => t < from - heardSeconds);
  if (healthy) return `saw ${healthy.host} healthy at ${healthy.t} s`;
  const last = since.at(-1);
  if (!last) return 'saw nothing at all';
  if (from - last.t - last.seconds > FRESH_SECONDS) return `last looked at ${last.t} s`;
  return undefined;
}

/** When the world was looked at for the last time before the one-way step; nobody can act on what happens after that. */
interface Look {
  readonly from: number;
  readonly until: number;
  /** The one-way step: from there Mainstay may only roll forward. */
  readonly committedAt: number;
}

/** By the history of the execution that took the step. One that never confirmed is judged by the step itself. */
function lastLook({ authority, executions }: Evidence, { t }: Promotion): Look {
  const epoch = at(authority, t)?.epoch;
  const commit = authority.find((version) => version.epoch === epoch);
  const committedAt = Math.min(t, commit?.t ?? t);
  const mover = executions.find(({ arn }) => arn === commit?.claim?.executionArn);
  const look = mover?.steps.findLast(({ name, until }) => name === 'Confirm' && until <= committedAt);
  return { from: look?.from ?? committedAt, until: look?.until ?? committedAt, committedAt };
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
  return automatic(evidence).flatMap((promotion) => {
    const { from, until, committedAt: t } = lastLook(evidence, promotion);
    const seen = [from, until].map((look) => at(evidence.authority, look));
    const problems: string[] = [];
    if (seen.every((version) => version?.automation === 'off')) problems.push('while automation was switched off');
    const movedAt = seen[0]?.movedAt ?? null;
    if (movedAt !== null && from - movedAt < evidence.policy.cooldownSeconds) {
      problems.push(`${Math.round(t - movedAt)} s after the last failover`);
    }
    return problems.map((problem) => `${promotion.region} was promoted at ${t} s ${problem}`);
  });
}

/** Promotions that no person asked for or accepted. */
const automatic = ({ promotions, authority }: Evidence): Promotion[] =>
  promotions.filter((promotion) => at(authority, promotion.t)?.claim?.person !== true);

export const isLatch = (call: Evidence['calls'][number]): boolean =>
  call.service === 's3' &&
  (call.operation === 'PutObject' || call.operation === 'DeleteObject') &&
  call.input.Key === 'moved';
