/**
 * How long it took and what it cost. Pure. What is not known is null, never 0. Asked by `record`.
 *
 * Times of two regions are never subtracted. RTO is by the witness's clock, which is outside both serving regions:
 * from its first failing probe to the last of the verifying writes. Detection, decision and steps are by the target's.
 */

export interface Known {
  /** First failing probe of the region being left, as its observers stamped it. */
  readonly impaired: { readonly byTarget: string | null; readonly byWitness: string | null };
  /** The alarm's state change, or the person's request. */
  readonly declaredAt: string | null;
  /** End of each step of the machine, in order; the first is the decision, or a successor's taking over. */
  readonly steps: readonly { readonly step: string; readonly at: string }[];
  readonly verifiedAt: string | null;
  /** The same moment by two clocks: lets a time of the target be said in the witness's. */
  readonly witness: { readonly at: string; readonly localAt: string } | null;
  /** The last acknowledged heartbeat, and the newest one found after promotion. Both by the lost region's clock. */
  readonly loss: { readonly acked: string | null; readonly newestHeartbeat: string | null } | null;
}

export interface Measures {
  /** From the first failing probe to the declaration. */
  readonly detectSeconds: number | null;
  /** From the declaration to the decision. */
  readonly decideSeconds: number | null;
  readonly rtoSeconds: number | null;
  readonly rpoSeconds: number | null;
  /** Probes come every ten seconds, so RTO and detection are known no better. */
  readonly precisionSeconds: number;
  readonly steps: readonly { readonly step: string; readonly seconds: number | null }[];
  /** Sum of detection and steps over RTO; 1 when every second of it is accounted for. */
  readonly explainedShare: number | null;
}

const PROBE_PERIOD_SECONDS = 10;

export function measure(known: Known): Measures {
  const steps = known.steps.map(({ step, at }, index) => ({
    step,
    seconds: between(index === 0 ? known.declaredAt : (known.steps[index - 1]?.at ?? null), at),
  }));
  const detectSeconds = between(known.impaired.byTarget, known.declaredAt);
  const rtoSeconds = rto(known);
  const explained = [detectSeconds, ...steps.map(({ seconds }) => seconds)].reduce(plus);
  return {
    detectSeconds,
    decideSeconds: known.steps[0]?.step === 'Decide' ? (steps[0]?.seconds ?? null) : null,
    rtoSeconds,
    rpoSeconds: rpo(known),
    precisionSeconds: PROBE_PERIOD_SECONDS,
    steps,
    explainedShare: explained === null || !rtoSeconds ? null : round(explained / rtoSeconds),
  };
}

function rto({ impaired, verifiedAt, witness }: Known): number | null {
  if (!witness) return null;
  const sinceVerified = between(verifiedAt, witness.localAt);
  const sinceImpaired = between(impaired.byWitness, witness.at);
  return sinceVerified === null || sinceImpaired === null ? null : round(sinceImpaired - sinceVerified);
}

function rpo({ loss }: Known): number | null {
  const seconds = between(loss?.newestHeartbeat ?? null, loss?.acked ?? null);
  return seconds === null ? null : Math.max(0, seconds);
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
