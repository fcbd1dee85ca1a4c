/** What people were told about a group of alerts, and what they said: the ledger that decisions read. Types only. */
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
  readonly askedAt: number;
  readonly severity: Severity;
  readonly outcome: Outcome;
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
  /** Escalation steps taken since `countedFrom`, and ever; the latter makes keys. */
  readonly steps: number;
  readonly stepsEver: number;
  /** Whether all of it was suppressed when last looked at. */
  readonly suppressed: boolean;
  /** When it was last opened, updated or repeated. */
  readonly notifiedAt: number;
  /** Keys of the alerts that the last message counted, as a fingerprint. */
  readonly said: string;
}

export interface Group {
  readonly key: string;
  /** The open incident; null while there is none. */
  readonly incident: Incident | null;
  /** The last closed incident, so that an episode that comes back is told from one that never ended. */
  readonly closed: { readonly key: string; readonly after: number; readonly at: number } | null;
  /** How often a closed episode came back: part of the key then. */
  readonly reopened: number;
}

/** What a group is called and how it is kept: made from the route and the labels it groups by. */
export interface GroupName {
  readonly route: string;
  readonly labels: Labels;
}

export type IntentAction = 'open' | 'update' | 'raise' | 'escalate' | 'failover' | 'repeat' | 'resolve' | 'notice';

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
  readonly content: Content;
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
