/** Every decision of a release that is not the judge's. Pure: facts in, an action and its reasons out. */
import type { ReleasePolicy } from '../shared/config.ts';
import type {
  AlarmView,
  Candidate,
  Colour,
  ColourView,
  ImageView,
  ReleaseState,
  ScanView,
  SigningView,
  Steering,
  Weights,
} from '../shared/release-ports.ts';
import type { Verdict } from './judge.ts';
import type { Verification } from './verify-signature.ts';

/** What the registry says of signing it with a profile, and whether the policy trusts that one. */
export interface Signed extends SigningView {
  readonly trusted: boolean;
}

/** May this digest be released, and now? Unknown is "wait", and at the deadline "refuse". */
export interface AdmissionFacts {
  readonly now: number;
  readonly candidate: Candidate;
  readonly state: ReleaseState;
  readonly platform: string;
  readonly image: ImageView | null;
  readonly scan: ScanView | null;
  readonly signing: readonly Signed[] | null;
  /** Of the signatures that lie beside it. */
  readonly signatures: readonly Verification[] | null;
  /** What the live machines run, also before the first release was made here. */
  readonly liveDigest: string | null;
  readonly quarantined: { readonly releaseId: string; readonly reason: string } | null;
  readonly frozen: boolean | null;
  /** The image's tag that a release's tag looks like; null when it has none. */
  readonly releaseTag: string | null;
  /** Why it does not fit the database and the live release (schema.ts); null when it does. */
  readonly schemaObjection: string | null;
  readonly policy: Pick<ReleasePolicy, 'evidenceSecondsMax' | 'secondPush'>;
}

export type Admission =
  | { readonly action: 'go'; readonly digest: string; readonly reasons: readonly string[] }
  /** ready: the digest is admitted and only waits for its turn. */
  | {
      readonly action: 'wait';
      readonly until: string | null;
      readonly ready: boolean;
      readonly reasons: readonly string[];
    }
  | { readonly action: 'refuse'; readonly reasons: readonly string[]; readonly quietly: boolean };

type Row = { readonly is: 'ok' | 'missing' | 'wrong' | 'known'; readonly says: string };

export function decideAdmission(facts: AdmissionFacts): Admission {
  const { candidate, image, now, policy } = facts;
  const digest = image && platformDigest(image, facts.platform);
  const rows =
    digest === null
      ? [imageRow(facts)]
      : [tagRow(facts), scanRow(facts), signatureRow(facts), schemaRow(facts), againRow(facts, digest)];
  const saying = (...kinds: Row['is'][]) => rows.filter(({ is }) => kinds.includes(is)).map(({ says }) => says);
  const wrong = saying('wrong', 'known');
  if (wrong.length > 0) return { action: 'refuse', reasons: wrong, quietly: saying('wrong').length === 0 };
  const missing = saying('missing');
  if (missing.length > 0 || digest === null) {
    const deadline = Date.parse(candidate.requestedAt) + policy.evidenceSecondsMax * 1000;
    const until = new Date(deadline).toISOString();
    if (now < deadline) return { action: 'wait', until, ready: false, reasons: missing };
    const reasons = missing.map((says) => `${says}, and it was to be there by ${until}`);
    return { action: 'refuse', reasons, quietly: false };
  }
  const turn = turnRows(facts);
  if (turn.length > 0) return { action: 'wait', until: null, ready: true, reasons: turn };
  return { action: 'go', digest, reasons: saying('ok') };
}

export const platformDigest = (image: ImageView, platform: string): string | null =>
  image.kind === 'image' ? image.digest : (image.platforms[platform] ?? null);

function imageRow({ image, platform, candidate, liveDigest }: AdmissionFacts): Row {
  if (candidate.digest === liveDigest) return { is: 'known', says: 'it is live already' };
  if (image === null) return { is: 'missing', says: `${candidate.digest} is not in the repository` };
  if (image.kind === 'index') {
    const has = Object.keys(image.platforms).join(', ') || 'none';
    return { is: 'wrong', says: `the index has no image for ${platform}, only ${has}` };
  }
  return { is: 'wrong', says: `${candidate.digest} is no image` };
}

/** Of ScanStatus only these say that findings are complete (ECR API Reference, ImageScanStatus). */
const SCANNED = ['COMPLETE', 'ACTIVE'];
const SCAN_COMES = ['NONE', 'PENDING', 'IN_PROGRESS'];
const BLOCKING = ['CRITICAL', 'HIGH'];

/** The repository keeps what has a release's tag; anything else would go while it serves or is kept for a rollback. */
function tagRow({ image, releaseTag }: AdmissionFacts): Row {
  if (releaseTag !== null) return { is: 'ok', says: `it is ${releaseTag}` };
  const has = image?.tags.join(', ') || 'none';
  return { is: 'wrong', says: `it has no release's tag, only ${has}: the repository would not keep it` };
}

function scanRow({ scan }: AdmissionFacts): Row {
  const blocking = BLOCKING.filter((severity) => (scan?.findings[severity] ?? 0) > 0);
  const found = blocking.map((severity) => `${scan?.findings[severity]} ${severity}`).join(' and ');
  if (scan === null || SCAN_COMES.includes(scan.status))
    return { is: 'missing', says: `the scan is ${scan?.status ?? 'not known'}` };
  if (!SCANNED.includes(scan.status)) return { is: 'wrong', says: `the scan ended ${scan.status}` };
  if (blocking.length > 0) return { is: 'wrong', says: `the scan found ${found}` };
  return { is: 'ok', says: 'the scan found nothing critical or high' };
}

/**
 * One signature that proves itself is enough. The registry's word only says whether one is still to come: what does not
 * prove itself is no evidence, whatever the registry says of it (Notation, "Trust policy").
 */
function signatureRow({ signing, signatures }: AdmissionFacts): Row {
  const reasonsOf = (action: Verification['action']) =>
    (signatures ?? []).filter((each) => each.action === action).map(({ reason }) => reason);
  const [verified] = reasonsOf('verified');
  if (verified !== undefined) return { is: 'ok', says: verified };
  if (signatures === null || signing === null) return { is: 'missing', says: 'the signature is not known' };
  const [unknown, wrong] = [reasonsOf('unknown'), reasonsOf('wrong')];
  if (unknown.length > 0) return { is: 'missing', says: unknown.join('; ') };
  const trusted = signing.filter((each) => each.trusted);
  if (trusted.some(({ status }) => status === 'IN_PROGRESS')) {
    return { is: 'missing', says: 'the signature is IN_PROGRESS' };
  }
  if (wrong.length > 0) return { is: 'wrong', says: wrong.join('; ') };
  if (signing.length === 0) return { is: 'missing', says: 'the signature is NONE' };
  const [first] = trusted;
  if (!first) {
    const signers = signing.map(({ profileArn }) => profileArn).join(', ');
    return { is: 'wrong', says: `it is signed with ${signers}, which is not trusted` };
  }
  if (trusted.some(({ status }) => status === 'COMPLETE')) {
    return { is: 'missing', says: 'the registry says that it is signed, and no signature lies beside it' };
  }
  return { is: 'wrong', says: `signing ended ${first.status}` };
}

/** There must be a schema that both colours work with, or a rollback breaks (blue-green F1). */
const schemaRow = ({ schemaObjection }: AdmissionFacts): Row =>
  schemaObjection === null
    ? { is: 'ok', says: 'its schema is one that the live release and the database have' }
    : { is: 'wrong', says: schemaObjection };

function againRow({ candidate, state, liveDigest, quarantined }: AdmissionFacts, digest: string): Row {
  const { lease, live } = state;
  const fix = candidate.kind === 'hotfix';
  // A fix waits: what is under way may yet fail for the very reason that makes a fix urgent.
  if (lease && lease.releaseId !== candidate.id && lease.digest === digest && !fix) {
    return { is: 'known', says: `${lease.releaseId} is releasing this digest` };
  }
  if (fix && live?.digest === digest && live.committedAt >= candidate.requestedAt) {
    return { is: 'known', says: `${live.releaseId} has made it live since` };
  }
  if (candidate.kind !== 'push') return { is: 'ok', says: `${candidate.by} asks for it: ${candidate.reason}` };
  if (digest === liveDigest) return { is: 'known', says: 'it is live already' };
  if (quarantined) return { is: 'wrong', says: `it failed in ${quarantined.releaseId}: ${quarantined.reason}` };
  return { is: 'ok', says: 'it is new' };
}

/** Why it must wait although nothing is wrong with it. */
function turnRows({ state, now, frozen, candidate, policy }: AdmissionFacts): string[] {
  const { lease, retained } = state;
  const keeps = retained !== null && Date.parse(retained.until) > now;
  return [
    lease ? `${lease.releaseId} is under way` : null,
    frozen === null ? 'whether deployments are frozen is not known' : null,
    frozen ? 'deployments are frozen' : null,
    keeps && policy.secondPush === 'hold' && candidate.kind !== 'hotfix'
      ? `${retained.releaseId} is kept for a rollback until ${retained.until}`
      : null,
  ].filter((reason) => reason !== null);
}

/** Who is live, who gets the release, and may it begin? */
export interface SnapshotFacts {
  readonly state: ReleaseState;
  readonly weights: Weights | null;
  readonly views: Readonly<Record<Colour, ColourView>>;
  readonly alarms: readonly AlarmView[];
  readonly frozen: boolean;
  readonly kind: Candidate['kind'] | 'roll-back';
  readonly policy: Pick<ReleasePolicy, 'alarms' | 'capacityMin' | 'capacityMax'>;
}

export type Snapshot =
  | { readonly action: 'go'; readonly from: Colour; readonly to: Colour; readonly size: number }
  /** hold: not now. halt: things are not as they were left, which is for a person. */
  | { readonly action: 'hold' | 'halt'; readonly reasons: readonly string[] };

export function decideSnapshot({ state, weights, views, alarms, frozen, kind, policy }: SnapshotFacts): Snapshot {
  const from = liveColour(weights);
  if (from === null) {
    return { action: 'halt', reasons: [`the listener says no one colour is live: ${JSON.stringify(weights)}`] };
  }
  if (state.live && state.live.colour !== from) {
    return {
      action: 'halt',
      reasons: [`the listener says ${from} is live, the last release says ${state.live.colour}`],
    };
  }
  const to: Colour = from === 'blue' ? 'green' : 'blue';
  const view = views[from];
  const size = Math.max(view.inService, view.desired, policy.capacityMin);
  const stateOf = (name: string) => alarms.find((alarm) => alarm.name === name)?.state ?? 'not there';
  const urgent = kind !== 'push' && kind !== 'redeploy';
  const reasons = [
    frozen ? 'deployments are frozen' : null,
    ...(urgent ? [] : policy.alarms.filter((name) => stateOf(name) !== 'OK')).map(
      (name) => `alarm ${name} is ${stateOf(name)}`,
    ),
    !urgent && view.healthyTargets < size
      ? `${from} has ${view.healthyTargets} healthy of ${size}: nothing to return to`
      : null,
    size > policy.capacityMax ? `${size} machines are more than the ${policy.capacityMax} that are allowed` : null,
  ].filter((reason) => reason !== null);
  return reasons.length > 0 ? { action: 'hold', reasons } : { action: 'go', from, to, size };
}

/** The colour that has all of the weight; null when none has, or both have some (blue-green/I2). */
export function liveColour(weights: Weights | null): Colour | null {
  if (weights === null) return null;
  if (weights.blue > 0 && weights.green === 0) return 'blue';
  return weights.green > 0 && weights.blue === 0 ? 'green' : null;
}

export const weightsFor = (to: Colour, percent: number, stickySeconds: number): Weights => {
  const rest = 100 - percent;
  return to === 'green' ? { blue: rest, green: percent, stickySeconds } : { blue: percent, green: rest, stickySeconds };
};

export const sameShares = (one: Weights | null, other: Weights): boolean =>
  one !== null &&
  one.blue * (other.blue + other.green) === other.blue * (one.blue + one.green) &&
  one.blue + one.green > 0;

/** Whether the old colour could take everything back, and the new one carry what it has (blue-green/I1, I5, I17). */
export interface ShiftFacts {
  /** So many machines each of them needs for all users. */
  readonly size: number;
  readonly old: Pick<ColourView, 'healthyTargets' | 'pinned'>;
  readonly fresh: Pick<ColourView, 'healthyTargets'>;
  readonly oldColour: Colour;
  /** A hotfix may leave behind a colour that is sick already. */
  readonly kind: Candidate['kind'] | 'roll-back';
}

/** Reasons not to give the new colour more; empty when there are none. */
export function objectionsToShift({ size, old, fresh, oldColour, kind }: ShiftFacts): string[] {
  return [
    fresh.healthyTargets < size ? `the new colour has ${fresh.healthyTargets} healthy of ${size}` : null,
    kind !== 'hotfix' && old.healthyTargets < size
      ? `${oldColour} has ${old.healthyTargets} healthy of ${size}: it could not take everything back`
      : null,
    old.pinned ? null : `${oldColour} may be scaled by others`,
  ].filter((reason) => reason !== null);
}

/** As a hotfix from the moment that a person asks for one with the digest that is being released (blue-green/I23). */
export const kindNow = <K extends Candidate['kind'] | 'roll-back'>(
  { kind, digest }: { readonly kind: K; readonly digest: string },
  candidate: Candidate | null,
): K | 'hotfix' => (candidate?.kind === 'hotfix' && candidate.digest === digest ? 'hotfix' : kind);

export interface WatchFacts {
  readonly now: number;
  readonly stageAt: number;
  readonly secondsMin: number;
  readonly secondsMax: number;
  readonly pauseSecondsMax: number;
  readonly verdict: Verdict;
  readonly steering: Steering | null;
  readonly frozen: boolean | null;
  /** The shares are as this release wrote them. */
  readonly undisturbed: boolean;
  readonly objections: readonly string[];
  /** Fewer than half of its machines are healthy. */
  readonly collapsed: boolean;
  /** The old colour's too, which was whole when the release began: it is the region that fails. */
  readonly oldCollapsed: boolean;
}

export interface Watched {
  readonly action: 'wait' | 'advance' | 'roll-back';
  /** verdict: the release is bad; its digest is quarantined. region, freeze and drift are not its fault. */
  readonly cause: 'verdict' | 'person' | 'region' | 'freeze' | 'drift' | 'deadline' | null;
  readonly reasons: readonly string[];
}

/** What follows from what was seen; the first row that applies. Every wait ends (blue-green/I22). */
export function decideWatch(facts: WatchFacts): Watched {
  const { now, stageAt, secondsMin, secondsMax, verdict, steering, objections } = facts;
  const said = verdict.findings
    .filter((finding) => finding.verdict !== 'pass')
    .map(({ check, says }) => `${check}: ${says}`);
  const back = (cause: Watched['cause'], ...reasons: string[]): Watched => ({ action: 'roll-back', cause, reasons });
  const wait = (...reasons: string[]): Watched => ({ action: 'wait', cause: null, reasons });
  const byPerson = steering && `${steering.by}: ${steering.reason}`;
  if (steering?.decision === 'roll-back') return back('person', `${byPerson}`);
  if (!facts.undisturbed) return back('drift', 'somebody else changed the weights');
  if (facts.collapsed && facts.oldCollapsed) {
    return back('region', 'fewer than half of the machines of both colours are healthy: it is not the release');
  }
  if (verdict.verdict === 'fail') return back('verdict', ...said);
  if (facts.collapsed) return back('verdict', 'fewer than half of its machines are healthy');
  if (facts.frozen) return back('freeze', 'deployments were frozen: the region is being moved');
  const seconds = (now - stageAt) / 1000;
  if (steering?.decision === 'pause') {
    const paused = (now - Date.parse(steering.at)) / 1000;
    if (paused >= facts.pauseSecondsMax) return back('deadline', `paused for ${Math.round(paused)} s: ${byPerson}`);
    return wait(`paused: ${byPerson}`);
  }
  // A person may do without proof, never against one.
  const promoted = steering?.decision === 'promote' && Date.parse(steering.at) >= stageAt;
  if (promoted && objections.length === 0) return { action: 'advance', cause: 'person', reasons: [`${byPerson}`] };
  const proved = verdict.verdict === 'pass' && objections.length === 0 && facts.frozen === false;
  if (seconds >= secondsMin && proved) return { action: 'advance', cause: null, reasons: [] };
  const frozen = facts.frozen === null ? ['whether deployments are frozen is not known'] : [];
  const missing = [...said, ...objections, ...frozen];
  if (seconds >= secondsMax) return back('deadline', `not proved in ${Math.round(seconds)} s`, ...missing);
  return wait(...missing);
}

/** Whether a colour may be let go: nobody is served there, nobody could need it (blue-green/I21). */
export interface ReapFacts {
  readonly now: number;
  readonly colour: Colour;
  readonly state: ReleaseState;
  readonly weights: Weights | null;
  /** Requests of the last minutes; null is not known. */
  readonly requests: number | null;
}

export function objectionsToReaping({ now, colour, state, weights, requests }: ReapFacts): string[] {
  const kept = state.retained?.colour === colour && Date.parse(state.retained.until) > now;
  return [
    weights === null ? 'the listener cannot be read' : null,
    (weights?.[colour] ?? 1) > 0 ? `${colour} has weight` : null,
    state.live?.colour === colour ? `${colour} is live by the last release` : null,
    kept ? `${colour} is kept until ${state.retained?.until}` : null,
    state.lease ? `${state.lease.releaseId} is under way` : null,
    requests === null ? 'whether it has requests is not known' : null,
    (requests ?? 0) > 0 ? `${requests} requests in the last minutes` : null,
  ].filter((reason) => reason !== null);
}
