/**
 * What the functions of blue-green can see and do, in our words; beside ports.ts, which all slugs share. Adapters are in
 * functions/shared/aws; tests use their own in memory.
 */

export type Colour = 'blue' | 'green';
export const otherColour = (colour: Colour): Colour => (colour === 'blue' ? 'green' : 'blue');

/** How the forward rule spreads requests over the two colours. */
export interface Weights {
  readonly blue: number;
  readonly green: number;
  /** How long a client keeps its colour; 0 is not at all. */
  readonly stickySeconds: number;
}

export interface ForwardWeights {
  /** Null when the rule is gone, or forwards to anything but the two colours. */
  read(): Promise<Weights | null>;
  write(weights: Weights): Promise<void>;
}

/** Machines (instances or tasks) of one colour. */
export interface ColourView {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  /** Machines that exist, on their way in and out included. */
  readonly machines: number;
  readonly inService: number;
  readonly healthyTargets: number;
  readonly registeredTargets: number;
  /** Whether nothing but Mainstay and people size it. */
  readonly pinned: boolean;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/**
 * Where the colours run. Each call may be repeated; none of them knows who is live: the functions ask the listener right
 * before every change (blue-green/I3).
 */
export interface ComputeEnvironment {
  describe(colour: Colour): Promise<ColourView>;
  /** What a machine that starts now would run; null when nothing was named yet. */
  declared(colour: Colour): Promise<string | null>;
  /** Machines that start from now on run this digest. */
  prepare(colour: Colour, digest: string): Promise<void>;
  /** Exactly so many machines, and as its least; `max` is raised when it is below. */
  sizeTo(colour: Colour, size: number): Promise<void>;
  /** Nobody else sizes the colour any more: policies and schedules are suspended. */
  pin(colour: Colour): Promise<void>;
  /** Gives the colour back to its policies and schedules, within these bounds. */
  unpin(colour: Colour, bounds: Bounds): Promise<void>;
}

/** One manifest of the repository. */
export interface ImageView {
  readonly digest: string;
  readonly kind: 'image' | 'index' | 'other';
  readonly tags: readonly string[];
  /** Of an index: the manifest for each platform, by its name such as linux/arm64. */
  readonly platforms: Readonly<Record<string, string>>;
  /** Annotations: org.opencontainers.image.revision and so on. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ScanView {
  /** A ScanStatus of ECR; NONE when the image was never scanned. */
  readonly status: string;
  readonly findings: Readonly<Record<string, number>>;
}

export interface SigningView {
  /** COMPLETE, IN_PROGRESS, FAILED. */
  readonly status: string;
  readonly profileArn: string;
}

/** One manifest as others name it (OCI Image Format Specification, "Content Descriptors"); size in bytes. */
export interface Artifact {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A signature as it was pushed: nothing of it is believed yet. */
export type SignatureView =
  /** digest is of its manifest, mediaType of the envelope. */
  | { readonly digest: string; readonly mediaType: string; readonly envelope: string }
  /** Why it could not be read. */
  | { readonly digest: string; readonly envelope: null; readonly problem: string };

export interface SignaturesView {
  /** The image, as its registry describes it. */
  readonly artifact: Artifact;
  readonly signatures: readonly SignatureView[];
}

/** Who made a signature that holds by itself, in the words in which Signer is asked about it. */
export interface SignedBy {
  readonly profileVersionArn: string;
  readonly jobArn: string;
  readonly signedAt: string;
  /** Leaf first; each with its issuer. */
  readonly certificateHashes: readonly string[];
}

export interface Revocations {
  /** What of it was revoked: ARNs of profile versions and jobs, hashes of certificates. */
  revoked(signature: SignedBy): Promise<readonly string[]>;
}

export interface Images {
  /** By digest or tag; null when there is none. */
  find(reference: string): Promise<ImageView | null>;
  /** The newest image whose tag is a release's, with the moment of its push; null when there is none. */
  newest(): Promise<{ readonly digest: string; readonly tag: string; readonly pushedAt: string } | null>;
  /** Where it was pushed: a copy in another region has no scan and no signature of its own. */
  scan(digest: string): Promise<ScanView>;
  /** How far the registry is with signing it, one for each profile that signs it; the same holds. */
  signing(digest: string): Promise<readonly SigningView[]>;
  /** What lies beside it; null when nothing does. The same holds. */
  signatures(digest: string): Promise<SignaturesView | null>;
}

/** One whole minute of one colour, as the load balancer counted it. Null is not known, never 0. */
export interface Minute {
  /** Its beginning. */
  readonly at: string;
  readonly requests: number | null;
  /** Answers 5xx of the targets and failed connections to them. */
  readonly errors: number | null;
  /** Requests for which one of its targets was chosen and that no target answered. */
  readonly unanswered: number | null;
  readonly p95Seconds: number | null;
}

/** The same of the load balancer as a whole. */
export interface BalancerMinute {
  readonly at: string;
  /** Requests for which a target was chosen. */
  readonly requests: number | null;
  /** Answers 5xx that it gave by itself, in a target's place or without one. */
  readonly errors: number | null;
  /** Of those, 502 and 504: a target had been chosen, and did not answer. */
  readonly gateway: number | null;
}

export interface AlarmView {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
}

export interface ReleaseMetrics {
  /** Minutes that began within [from, to), oldest first; a minute in which nothing was published is missing. */
  minutes(
    from: string,
    to: string,
  ): Promise<Readonly<Record<Colour, readonly Minute[]>> & { readonly balancer: readonly BalancerMinute[] }>;
  /** An alarm that does not exist is missing in the answer. */
  alarms(names: readonly string[]): Promise<readonly AlarmView[]>;
}

/** What the image's labels say about the database's schema: the oldest and newest that the release works with. */
export interface SchemaRange {
  readonly min: number;
  readonly max: number;
}

/** What is to be released, and who wants it. */
export interface Candidate {
  /** Of the event that asked for it; also the release's id. */
  readonly id: string;
  readonly kind: 'push' | 'redeploy' | 'hotfix';
  /** As it was asked for: an index or an image. */
  readonly digest: string;
  readonly tag: string | null;
  readonly by: string;
  readonly reason: string;
  readonly requestedAt: string;
  /** Nothing is missing but that it is its turn. A release that has no users yet makes way for it. */
  readonly ready: boolean;
}

/** Candidates are in this order, whatever order their events come in; of two of one second the ids decide. */
export const orderOf = ({ requestedAt, id }: Pick<Candidate, 'requestedAt' | 'id'>): string => `${requestedAt}/${id}`;

export interface Lease {
  readonly releaseId: string;
  /** Of the platform. */
  readonly digest: string;
  readonly executionArn: string;
  readonly fence: number;
  readonly takenAt: string;
}

/** Of what served before the first release, where nobody had named a digest. */
export const UNKNOWN_DIGEST = 'unknown';

/** In the place of a release's id, for what served before Mainstay released anything. */
export const BEFORE_MAINSTAY = 'before-mainstay';

/** A release that serves, or that could again. */
export interface Served {
  readonly colour: Colour;
  /** Of the platform: what the machines run. */
  readonly digest: string;
  readonly releaseId: string;
  readonly schema: SchemaRange | null;
  readonly committedAt: string;
}

/** The previous release, kept ready until an absolute moment. */
export type Retained = Served & {
  readonly until: string;
  readonly size: number;
  /** Since when people know that it could not be gone back to; null while it could. */
  readonly unreadySince?: string | null;
};

/** What a person wants of the release that runs, or of the one that was committed last. */
export interface Steering {
  readonly id: string;
  readonly decision: 'pause' | 'resume' | 'promote' | 'roll-back' | 'approve';
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/** The one item per application and region: sk `state` of the table of releases. */
export interface ReleaseState {
  /** The last number that was given with a lease; only grows. */
  readonly fence: number;
  readonly lease: Lease | null;
  readonly live: Served | null;
  readonly retained: Retained | null;
  /** The newest wish, until its release has ended or it was refused. */
  readonly candidate: Candidate | null;
  /** orderOf the newest wish there ever was: an older one, and the same one again, come to nothing. */
  readonly newest: string | null;
  readonly steering: Steering | null;
  /** Bounds that colours had before they were pinned. */
  readonly pins: Partial<Readonly<Record<Colour, Bounds>>>;
  /** Where a migration has brought the database, or was asked to; only grows. Null before the first. */
  readonly schema: number | null;
  /** Weights that somebody else set and people know of; null while the listener says what was committed. */
  readonly drift: string | null;
}

/** Who makes a release; every change is checked against it. */
export interface Release {
  readonly releaseId: string;
  readonly executionArn: string;
  readonly fence: number;
}

/** Each is one conditional write. @throws LeaseConflict when the condition does not hold */
export interface Releases {
  /** Strongly consistent; how things are before the first release, when nothing is there. */
  read(): Promise<ReleaseState>;
  /** False when there was a newer candidate, or this one before. */
  propose(candidate: Candidate): Promise<boolean>;
  ready(candidateId: string): Promise<void>;
  /** Forgets the candidate, if it is still this one. */
  drop(candidateId: string): Promise<void>;
  /** With the next fence; `before` is the last one that was given, as it was read. */
  take(lease: Omit<Lease, 'fence'>, before: number): Promise<void>;
  giveUp(release: Release): Promise<void>;
  /** The first bounds stay: a repetition would note the pinned ones. */
  notePin(release: Release, colour: Colour, bounds: Bounds): Promise<void>;
  forgetPin(colour: Colour): Promise<void>;
  /** Before a migration is asked for: where it may already be when the answer is lost. */
  noteSchema(release: Release, schema: number): Promise<void>;
  /** Notes who is live, where no release was made yet; what is there stays. */
  adopt(release: Release, live: Served): Promise<void>;
  commit(release: Release, live: Served, retained: Retained | null): Promise<void>;
  /** The retention ended: superseded, expired, lost or used. Only of this release. */
  endRetention(releaseId: string): Promise<void>;
  /** Notes since when the release that is kept could not be gone back to; null when it can be again. Only of this release. */
  noteUnready(releaseId: string, since: string | null): Promise<void>;
  /** Notes which foreign weights people know of; null when there are none any more. */
  noteDrift(weights: string | null): Promise<void>;
  /** For the release that runs. False when none does. */
  steer(steering: Steering, releaseId: string): Promise<boolean>;
  quarantine(
    digest: string,
    why: { readonly releaseId: string; readonly reason: string; readonly at: string },
  ): Promise<void>;
  /** Why a digest must not be released again; null when it may. */
  quarantined(digest: string): Promise<{ readonly releaseId: string; readonly reason: string } | null>;
}

/** What happened; the facts of each are in functions/blue-green/record.ts. */
export type EntryKind =
  | 'requested'
  | 'refused'
  | 'superseded'
  | 'started'
  | 'prepared'
  | 'validated'
  | 'migrated'
  | 'shifting'
  | 'shifted'
  | 'judged'
  | 'steered'
  | 'rolling-back'
  | 'rolled-back'
  | 'rollback-failed'
  | 'committed'
  | 'ended'
  | 'rollback-unready'
  | 'rollback-ready'
  | 'drifted'
  | 'drift-over'
  | 'retention-ended'
  | 'reaped';

/** One line of the record: sk `entry#` and its number with ten digits. Only ever added (blue-green/I24). */
export interface Entry {
  readonly sequence: number;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 of everything else in canonical JSON. */
  readonly hash: string;
  /** releaseId/what: the same transition twice is one entry. */
  readonly id: string;
  readonly at: string;
  readonly releaseId: string;
  readonly kind: EntryKind;
  readonly facts: Readonly<Record<string, unknown>>;
}

export type NewEntry = Pick<Entry, 'id' | 'at' | 'releaseId' | 'kind' | 'facts'>;

export interface Chronicle {
  /** Adds an entry, unless one of the last ones has the same id. */
  append(entry: NewEntry): Promise<void>;
  /** The newest entries, newest first, at most `limit`. */
  last(limit: number): Promise<readonly Entry[]>;
  /** Entries with a larger sequence, oldest first, at most `limit`. */
  after(sequence: number, limit: number): Promise<readonly Entry[]>;
  /** The last sequence that is in the archive. */
  exported(): Promise<number>;
  markExported(sequence: number): Promise<void>;
}

/** The bucket whose objects nobody can change: what was exported up to where. */
export interface Archive {
  put(entry: Entry): Promise<void>;
}

/** What a migration is asked for. */
export interface MigrationOrder {
  /** expand: only add, so that the live release goes on working. contract: take away what no release uses any more. */
  readonly phase: 'expand' | 'contract';
  readonly releaseId: string;
  readonly digest: string;
  /** The schema to bring the database to; null where the images' labels do not say. */
  readonly schema: number | null;
}

/** The customer's own function. It may be asked twice for the same. */
export interface Migration {
  /** @throws InvalidMigration when it refuses, DependencyNotReady when it did not come to an end */
  run(order: MigrationOrder): Promise<void>;
}
