/** What people were told about a group of alerts, and what they said: the ledger that decisions read. */
import type { Alert } from './alert.ts';
import type { Labels, Links, Severity } from './signal.ts';

/** Somebody takes care of one episode. It never counts for the next one. */
export interface Acknowledgement {
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  /** When it no longer counts and escalation goes on. */
  readonly until: number;
  /** The severity it was given at; a later rise is not covered by it. */
  readonly severity: Severity;
}

/** pending: not known. accepted: the provider took it. confirmed: it shows. refused: it never will (a permanent error). */
export type Outcome = 'pending' | 'accepted' | 'confirmed' | 'refused';

/** What one channel was asked to say about one incident. */
export interface Told {
  /** Of the last message that is to reach a person: anything but an update. */
  readonly askedAt: number;
  readonly outcome: Outcome;
  /** That message's number. */
  readonly page: number;
  /** How many messages it got, so that the next one has a key of its own. */
  readonly messages: number;
}

/** One episode of a group: from the first alert that fires until all have been quiet for the route's time. */
export interface Incident {
  /** hash(group, after): the deduplication key that every provider gets, in every region. */
  readonly key: string;
  /** Source time at which the group's previous episode ended; 0 for the first. What makes the key one per episode. */
  readonly after: number;
  /** Source time of its first firing. */
  readonly startedAt: number;
  /** Our time of the first notification; escalation counts from `countedFrom`. */
  readonly openedAt: number;
  /** The highest it had. */
  readonly severity: Severity;
  readonly told: Readonly<Record<string, Told>>;
  readonly acknowledged: Acknowledgement | null;
  /** Since when nobody took care although they could: opened, a suppression or an acknowledgement ended. */
  readonly countedFrom: number;
  /** Escalation steps taken since `countedFrom`. */
  readonly steps: number;
  /** Whether all of it was suppressed when last looked at. */
  readonly suppressed: boolean;
  /** When a message about it was last decided. */
  readonly notifiedAt: number;
  /** Fingerprint of the alerts that the last message counted. */
  readonly said: string;
}

export interface Group {
  readonly key: string;
  /** The open incident; null while there is none. */
  readonly incident: Incident | null;
  /** The last closed incident, so that an episode that comes back is told from one that never ended. */
  readonly closed: {
    readonly key: string;
    readonly after: number;
    readonly at: number;
    /** Channels that were told of it. */
    readonly told: readonly string[];
  } | null;
  /** How often a closed episode came back: part of the key then. */
  readonly reopened: number;
  /** Silences whose coming end somebody was told of. */
  readonly noticed: readonly string[];
  /** What Mainstay does about it by itself, or why it does not, in a sentence; null when there is nothing to say. */
  readonly doing: string | null;
}

export const emptyGroup = (key: string): Group => ({
  key,
  incident: null,
  closed: null,
  reopened: 0,
  noticed: [],
  doing: null,
});

export type IntentAction =
  | 'open'
  | 'update'
  | 'raise'
  | 'escalate'
  | 'failover'
  | 'repeat'
  | 'resolve'
  | 'notice'
  | 'digest';

/** A message that is to be sent, durable from the moment the decision is. */
export interface Intent {
  /** `<incident>/<channel>/<number>`: the same decision taken twice makes the same key. */
  readonly key: string;
  readonly incident: string;
  readonly group: string;
  readonly channel: string;
  readonly action: IntentAction;
  readonly severity: Severity;
  /** When it was decided, by our clock. */
  readonly at: number;
  /** Why, in a sentence. */
  readonly reason: string;
  /** How many steps of the escalation were taken then. */
  readonly step?: number;
  /** What it tells of the episode, the same in every region that decided the same (turns.ts). */
  readonly transition?: string;
  readonly content: Content;
  /** Of a digest: the messages it stands for. */
  readonly folds?: readonly Folded[];
}

/** One message that a digest stands for. */
export interface Folded {
  readonly key: string;
  readonly group: string;
  readonly action: IntentAction;
  readonly severity: Severity;
  readonly title: string;
  readonly transition?: string;
  readonly at?: number;
}

/** What a message says; renderers turn it into each provider's form. */
export interface Content {
  readonly title: string;
  readonly status: 'firing' | 'resolved';
  readonly route: string;
  readonly owner: string;
  readonly groupLabels: Labels;
  readonly links: Links;
  /** What Mainstay does about it; null when nothing. */
  readonly doing: string | null;
  readonly startedAt: number;
  readonly counts: { readonly firing: number; readonly resolved: number; readonly suppressed: number };
  /** The gravest first, at most ALERTS_SHOWN; the counts say how many there are. */
  readonly alerts: readonly ShownAlert[];
}

export interface ShownAlert {
  readonly name: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: Severity;
  readonly source: string;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  readonly summary: string;
  readonly labels: Labels;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly links: Links;
  readonly fingerprint: string;
}

/** A group with what belongs to it, read together. */
export interface GroupSnapshot {
  readonly group: Group;
  /** Counts up with every change of the group or of one of its alerts. */
  readonly version: number;
  readonly alerts: readonly Alert[];
}
