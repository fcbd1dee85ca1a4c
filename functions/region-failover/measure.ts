/**
 * How long it took and what it cost. Pure. What is not known is null, never 0. Asked by `record`.
 *
 * Times of two regions are never subtracted. RTO is by the witness's clock, which is outside both serving regions: from
 * its first failing probe to the last of the verifying writes. Where the witness saw nothing it is by the target's. A
 * region that nobody saw fail was moved by a person: then users are without writes from the claim on. Detection,
 * decision and steps are by the target's clock.
 */

export interface Known {
  /** First failing probe of the region being left, as its observers stamped it. */
  readonly impaired: { readonly byTarget: string | null; readonly byWitness: string | null };
  /** The alarm's state change, or the person's request. */
  readonly declaredAt: string | null;
  /** End of each step of the machine, in order; the first is the decision, or a successor's taking over. */
  readonly steps: readonly { readonly step: string; readonly at: string }[];
  /** When renewals of the lease began to be refused. By the target's clock, as the next. */
  readonly claimedAt: string | null;
  readonly verifiedAt: string | null;
  /** The same moment by two clocks: lets a time of the target be said in the witness's. */
  readonly witness: { readonly at: string; readonly localAt: string } | null;
  /** The last acknowledged heartbeat and renewal, and the newest heartbeat found after promotion. All by the lost region's clock. */
  readonly loss: {
    readonly acked: string | null;
    readonly renewedAt: string | null;
    readonly newestHeartbeat: string | null;
  } | null;
}

export interface Measures {
  /** From the first failing probe to the declaration. */
  readonly detectSeconds: number | null;
  /** From the declaration to the decision. */
  readonly decideSeconds: number | null;
  readonly rtoSeconds: number | null;
  /** Whose clock RTO is by. */
  readonly rtoBy: 'witness' | 'target' | null;
  /** Of what the world outside was told: the least that is lost. */
  readonly rpoSeconds: number | null;
  /** The most: a region that is cut off but alive may store writes, told to nobody, until its lease ends. */
  readonly rpoSecondsMax: number | null;
  /** Probes come every ten seconds, so RTO and detection are known no better. */
  readonly precisionSeconds: number;
  readonly steps: readonly { readonly step: string; readonly seconds: number | null }[];
  /** Sum of detection and steps over RTO; 1 when every second of it is accounted for. */
  readonly explainedShare: number | null;
}

const PROBE_PERIOD_SECONDS = 10;

export function measure(known: Known, leaseSeconds: number): Measures {
  const steps = known.steps.map(({ step, at }, index) => ({
    step,
    seconds: between(index === 0 ? known.declaredAt : (known.steps[index - 1]?.at ?? null), at),
  }));
  const detectSeconds = between(known.impaired.byTarget, known.declaredAt);
  const { rtoSeconds, rtoBy } = rto(known);
  return {
    detectSeconds,
    decideSeconds: known.steps[0]?.step === 'Decide' ? (steps[0]?.seconds ?? null) : null,
    rtoSeconds,
    rtoBy,
    ...rpo(known, leaseSeconds),
    precisionSeconds: PROBE_PERIOD_SECONDS,
    steps,
    explainedShare: share(explained(known, detectSeconds, steps), rtoSeconds),
  };
}

function rto({ impaired, claimedAt, verifiedAt, witness }: Known): Pick<Measures, 'rtoSeconds' | 'rtoBy'> {
  const sinceVerified = between(verifiedAt, witness?.localAt ?? null);
  const sinceImpaired = between(impaired.byWitness, witness?.at ?? null);
  if (sinceVerified !== null && sinceImpaired !== null) {
    return { rtoSeconds: round(sinceImpaired - sinceVerified), rtoBy: 'witness' };
  }
  const rtoSeconds = between(impaired.byTarget ?? claimedAt, verifiedAt);
  return { rtoSeconds, rtoBy: rtoSeconds === null ? null : 'target' };
}

/**
 * Seconds of the RTO that detection and steps account for. Without a detection it began with the claim. It ended with the
 * verification: what a successor did after the first one is no part of it.
 */
function explained(
  { impaired, claimedAt, verifiedAt, steps: ends }: Known,
  detectSeconds: number | null,
  steps: Measures['steps'],
): number | null {
  const seen = impaired.byTarget !== null;
  const counted = steps.filter((_, index) => seen || (ends[index]?.at ?? '') > (claimedAt ?? ''));
  const sum = [seen ? detectSeconds : 0, ...counted.map(({ seconds }) => seconds)].reduce(plus);
  const after = between(verifiedAt, ends.at(-1)?.at ?? null);
  return sum === null ? null : sum - Math.max(0, after ?? 0);
}

const share = (part: number | null, whole: number | null): number | null =>
  part === null || !whole ? null : round(part / whole);

function rpo({ loss }: Known, leaseSeconds: number): Pick<Measures, 'rpoSeconds' | 'rpoSecondsMax'> {
  const told = between(loss?.newestHeartbeat ?? null, loss?.acked ?? null);
  const renewed = between(loss?.newestHeartbeat ?? null, loss?.renewedAt ?? null);
  if (told === null) return { rpoSeconds: null, rpoSecondsMax: null };
  const rpoSeconds = Math.max(0, told);
  return { rpoSeconds, rpoSecondsMax: renewed === null ? null : Math.max(rpoSeconds, round(renewed + leaseSeconds)) };
}

/** Seconds from one time to another of the same clock; null when one is unknown. */
function between(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isNaN(seconds) ? null : round(seconds);
}

/** A sum with something unknown in it is unknown. */
const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

const round = (value: number): number => Math.round(value * 1000) / 1000;
