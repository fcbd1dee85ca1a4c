/** Who may write, and that it is never two: region-failover/I1, I2, I3, I5, I8. */
import { at, type Evidence } from './evidence.ts';

/** I1: at most one writable region per epoch, at every instant. */
export const oneWriter = (evidence: Evidence): string[] => outranked(evidence.writes, 'took a write');

/** I2: the epoch strictly increases with each new holder; every write and configuration carries it; a lower one is rejected. */
export function epochsIncrease({ authority, writes, calls }: Evidence): string[] {
  const problems: string[] = [];
  authority.forEach((version, index) => {
    const before = authority[index - 1];
    if (!before) return;
    if (version.epoch < before.epoch)
      problems.push(`the epoch fell from ${before.epoch} to ${version.epoch} at ${version.t} s`);
    if (version.holder !== before.holder && version.epoch <= before.epoch) {
      problems.push(`${version.holder} became holder at ${version.t} s without a new epoch (${version.epoch})`);
    }
  });
  for (const write of writes) {
    if (!Number.isInteger(write.epoch)) problems.push(`write ${write.id} at ${write.t} s carries no epoch`);
  }
  const newest = new Map<string, number>();
  for (const call of calls) {
    if (call.operation !== 'PutParameter' || call.error) continue;
    const key = `${call.region} ${call.input.Name}`;
    const epoch = epochOf(call.input.Value);
    if (epoch < (newest.get(key) ?? 0)) problems.push(`${key} went back to epoch ${epoch} at ${call.t} s`);
    newest.set(key, Math.max(epoch, newest.get(key) ?? 0));
  }
  return problems;
}

/** I3: promote only after the lease, the clocks' drift and the longest write have passed since the last renewal. */
export function fencedBeforePromotion({ promotions, authority, writes, policy }: Evidence): string[] {
  const wait = policy.leaseSeconds + policy.driftSeconds + policy.longestWriteSeconds;
  return promotions.flatMap((promotion) => {
    const problems: string[] = [];
    const renewed = lastRenewal(authority, promotion.t);
    if (renewed !== undefined && promotion.t - renewed < wait) {
      problems.push(
        `${promotion.region} was promoted at ${promotion.t} s, ${seconds(promotion.t - renewed)} after the last renewal; ${wait} s are needed`,
      );
    }
    const late = writes.find(
      (write) =>
        write.t > promotion.t && write.region !== promotion.region && write.epoch < current(authority, promotion.t),
    );
    if (late)
      problems.push(`${late.region} took write ${late.id} at ${late.t} s, after ${promotion.region} was promoted`);
    return problems;
  });
}

/** I5: consumers work only where the writer is, and never in two regions. */
export function consumersFollowWriter({ jobs, authority }: Evidence): string[] {
  const strangers = jobs.flatMap((job) => {
    const version = at(authority, job.t);
    if (!version || (version.holder === job.region && version.epoch === job.epoch)) return [];
    return [
      `${job.region} did a job of epoch ${job.epoch} at ${job.t} s while ${version.holder} held epoch ${version.epoch}`,
    ];
  });
  return [...outranked(jobs, 'did a job'), ...strangers];
}

/**
 * I8: what is lost stays within the RPO, or a named person accepted it: so many seconds in the request, or the question
 * about the lag. Who only asks for the move has accepted no loss.
 */
export function lagWithinRpo({ promotions, authority, policy }: Evidence): string[] {
  return promotions.flatMap(({ t, region, lagSeconds, tookEffect }) => {
    if (!tookEffect) return [];
    const claim = at(authority, t)?.claim;
    if (claim?.approved.includes('lag')) return [];
    if (lagSeconds === null) return [`${region} was promoted at ${t} s with unknown lag and nobody accepted that`];
    const accepted = Math.max(policy.lagSecondsMax, claim?.acceptedLossSeconds ?? 0);
    if (lagSeconds <= accepted) return [];
    return [`${region} was promoted at ${t} s, ${seconds(lagSeconds)} behind; nobody accepted more than ${accepted} s`];
  });
}

/** Everything done under an epoch that another region had already outranked, or shared. */
function outranked(deeds: readonly { t: number; region: string; epoch: number }[], verb: string): string[] {
  const problems: string[] = [];
  let highest: { t: number; region: string; epoch: number } | undefined;
  for (const deed of [...deeds].sort((a, b) => a.t - b.t)) {
    if (highest && deed.epoch < highest.epoch) {
      problems.push(
        `${deed.region} ${verb} of epoch ${deed.epoch} at ${deed.t} s, after ${highest.region} did under epoch ${highest.epoch}`,
      );
    } else if (highest && deed.epoch === highest.epoch && deed.region !== highest.region) {
      problems.push(`${deed.region} and ${highest.region} both ${verb} under epoch ${deed.epoch} (${deed.t} s)`);
    } else highest = deed;
  }
  return problems.slice(0, 3);
}

/** When the counter last moved before `t`. */
function lastRenewal(authority: Evidence['authority'], t: number): number | undefined {
  let moved: number | undefined;
  authority.forEach((version, index) => {
    if (version.t <= t && version.counter > (authority[index - 1]?.counter ?? version.counter)) moved = version.t;
  });
  return moved;
}

const current = (authority: Evidence['authority'], t: number): number => at(authority, t)?.epoch ?? 0;

function epochOf(value: unknown): number {
  try {
    return Number((JSON.parse(String(value)) as { epoch?: unknown }).epoch);
  } catch {
    return Number.NaN;
  }
}

const seconds = (value: number): string => `${Math.round(value * 10) / 10} s`;
