/** That what Mainstay says it took and cost is what the users and the databases saw: region-failover/I16. */
import { type Authority, at, type Evidence, type Execution, type Promotion } from './evidence.ts';
import { succeeded } from './invariants-steps.ts';
import { provedAt, requestsTruth } from './truth.ts';

/** How far a measured RTO may be off: a probe slot, or the rest of a lease where the region was healthy. */
const RTO_TOLERANCE_SECONDS = 30;
/** TTL of the public name: so much later or sooner than the prober's may the users' resolvers ask again. */
const DNS_SECONDS = 60;
/** A heartbeat period and a renewal period. */
const RPO_TOLERANCE_SECONDS = 8;
/** Users who lost nothing for so long are taken for served; what failed before that was another outage. */
const SERVED_SECONDS = 30;

/**
 * I16: RTO and RPO are those the users saw; the steps explain at least 95 % of it; unknown is not 0. What a region that is
 * cut off but alive still stores nobody outside can know, so RPO is two figures, a lease apart, and the truth is between.
 * Under random faults users fail for other reasons too, and a step that died takes what it knew with it: there a figure
 * may be unknown, and RTO is held to what it may begin and end with.
 */
export function figuresAreTrue(evidence: Evidence): string[] {
  // A move that ended before the fault was for something else.
  const moves = evidence.executions.filter((each) => succeeded(each) && (each.until ?? 0) > evidence.faultAt);
  return moves.flatMap((execution) => {
    const figures = (execution.output?.measures ?? {}) as Figures;
    const problems = [
      ...(evidence.disturbedUntil === null
        ? rtoProblems(evidence, execution, figures)
        : disturbedRtoProblems(evidence, execution, figures)),
      ...rpoProblems(evidence, execution, figures),
    ];
    return problems.map((problem) => `${execution.arn.split(':').at(-1)}: ${problem}`);
  });
}

type Figures = Readonly<
  Partial<Record<'rtoSeconds' | 'rpoSeconds' | 'rpoSecondsMax' | 'explainedShare', number | null>>
>;

function rtoProblems(evidence: Evidence, { input }: Execution, { rtoSeconds, explainedShare }: Figures): string[] {
  const { recoverySeconds, firstFailedAt } = requestsTruth(evidence);
  const proved = provedAt(evidence, String(input.target));
  const problems: string[] = [];
  if (firstFailedAt !== null && proved !== null) {
    const actual = proved - firstFailedAt;
    if (typeof rtoSeconds !== 'number') problems.push(unknown('RTO', rtoSeconds, actual));
    else {
      problems.push(...compared(rtoSeconds, actual, RTO_TOLERANCE_SECONDS));
      if (recoverySeconds !== null) {
        problems.push(...compared(rtoSeconds, recoverySeconds, RTO_TOLERANCE_SECONDS + DNS_SECONDS));
      }
    }
  }
  if (!(Number(explainedShare) >= 0.95)) {
    problems.push(`the steps explain ${explainedShare} of the RTO; at least 0.95 is needed`);
  }
  return problems;
}

function compared(measured: number, actual: number, tolerance: number): string[] {
  if (Math.abs(measured - actual) <= tolerance) return [];
  return [`RTO is given as ${measured} s; the ledger says ${Math.round(actual * 10) / 10} s`];
}

const unknown = (name: string, measured: number | null | undefined, actual: number): string =>
  measured === undefined ? `${name} is missing` : `${name} is unknown although the ledger knows ${actual} s`;

/** At least from the claim to the proof; at most from the outage that the claim ended to the end of the execution. */
function disturbedRtoProblems(evidence: Evidence, execution: Execution, { rtoSeconds }: Figures): string[] {
  const move = moveOf(evidence, execution);
  if (!move) return [];
  if (rtoSeconds === undefined) return ['RTO is missing'];
  if (rtoSeconds === null) return [];
  const proved = provedAt(evidence, move.target, move.committedAt) ?? move.committedAt;
  const least = proved - move.claimedAt - RTO_TOLERANCE_SECONDS;
  const most = move.endedAt - outageBefore(evidence, move) + RTO_TOLERANCE_SECONDS;
  if (rtoSeconds >= least && rtoSeconds <= most) return [];
  return [`RTO is given as ${rtoSeconds} s; the ledger says ${Math.round(least)} to ${Math.round(most)} s`];
}

interface Move {
  readonly target: string;
  readonly claimedAt: number;
  /** When its epoch began. */
  readonly committedAt: number;
  readonly endedAt: number;
}

function moveOf({ authority, endedAt: end }: Evidence, { input, until }: Execution): Move | undefined {
  const endedAt = until ?? end;
  const epoch = at(authority, endedAt)?.epoch;
  const committed = authority.findIndex((version) => version.epoch === epoch);
  const claimed = authority.findLastIndex((_, index) => index < committed && isClaim(authority, index));
  const commit = authority[committed];
  const claim = authority[claimed];
  return commit && claim && { target: String(input.target), claimedAt: claim.t, committedAt: commit.t, endedAt };
}

const isClaim = (authority: readonly Authority[], index: number): boolean =>
  authority[index]?.phase === 'fencing' && authority[index - 1]?.phase !== 'fencing';

/** The first sign of the outage that the claim was about: of the users' failures or of the observers' failing probes. */
function outageBefore({ requests, policy }: Evidence, { target, claimedAt }: Move): number {
  const failing = policy.serving.find((region) => region !== target) as string;
  const first = (failures: readonly { readonly t: number; readonly ok: boolean }[]): number => {
    let since = claimedAt;
    for (const { t, ok } of failures.toReversed()) {
      if (ok) continue;
      if (since - t > SERVED_SECONDS) break;
      since = t;
    }
    return since;
  };
  const before = requests.filter(({ t }) => t <= claimedAt);
  const users = before.filter(({ who, host, kind }) => who === 'user' && host === policy.domain && kind === 'write');
  const probes = [target, policy.witness].map((observer) =>
    before.filter(({ who, from, host }) => who === 'probe' && from === observer && host.startsWith(`${failing}.`)),
  );
  return Math.min(...[users, ...probes].map(first));
}

function rpoProblems(
  { promotions, policy, disturbedUntil, endedAt }: Evidence,
  { input, until }: Execution,
  { rpoSeconds, rpoSecondsMax }: Figures,
): string[] {
  const promotion = promotions.findLast(
    ({ t, region, tookEffect }: Promotion) => tookEffect && region === input.target && t <= (until ?? endedAt),
  );
  const loss = promotion?.lagSeconds ?? null;
  if (loss === null) return [];
  if (rpoSeconds === undefined) return ['RPO is missing'];
  if (typeof rpoSeconds !== 'number' || typeof rpoSecondsMax !== 'number') {
    return disturbedUntil === null ? [unknown('RPO', rpoSeconds, loss)] : [];
  }
  const least = rpoSeconds - RPO_TOLERANCE_SECONDS;
  const most = rpoSecondsMax + RPO_TOLERANCE_SECONDS;
  const width = rpoSecondsMax - rpoSeconds;
  if (disturbedUntil === null && width > policy.leaseSeconds + 2 * RPO_TOLERANCE_SECONDS) {
    return [
      `RPO is given as ${rpoSeconds} to ${rpoSecondsMax} s, wider than a lease of ${policy.leaseSeconds} s explains`,
    ];
  }
  if (loss >= least && loss <= most) return [];
  return [`RPO is given as ${rpoSeconds} to ${rpoSecondsMax} s; the ledger says ${loss} s`];
}
