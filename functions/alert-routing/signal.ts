/** What every source is turned into: one statement about one thing at one moment of the source's own clock. Types only. */

/** P0 complete outage, P1 critical feature, P2 degraded, P3 minor (req O1). */
export type Severity = 'P0' | 'P1' | 'P2' | 'P3';

export type Labels = Readonly<Record<string, string>>;

export interface Links {
  readonly runbook: string | null;
  readonly graph: string | null;
  /** Where the source shows it. */
  readonly source: string | null;
}

/** The source itself keeps the alert quiet, such as a CloudWatch mute rule. */
export interface SourceMute {
  readonly by: string;
  /** Milliseconds since the epoch; null when the source does not say. */
  readonly until: number | null;
}

export interface Signal {
  /** The file in events/ that read it; 'unknown' when none did. */
  readonly kind: string;
  /** Who says it: aws.cloudwatch, alertmanager, sentry. With account, region and resource the identity of the alert. */
  readonly source: string;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  /** What family of alerts it belongs to: the alarm's name, the type of finding. */
  readonly name: string;
  /** unknown: the source cannot tell (INSUFFICIENT_DATA). It neither opens nor resolves anything. */
  readonly state: 'firing' | 'resolved' | 'unknown';
  /** When it became so, by the source's clock, in milliseconds since the epoch. Order is by this, never by arrival. */
  readonly at: number;
  /** A firing that is not said again until then is over (Alertmanager's endsAt). Null: until resolved. */
  readonly until: number | null;
  /** What the source says or its tags do; the severity table may overrule it. */
  readonly severity: Severity | null;
  readonly labels: Labels;
  readonly summary: string;
  readonly description: string;
  readonly links: Links;
  readonly muted: SourceMute | null;
  /** The input, redacted, where it could not be understood; else null. */
  readonly raw: string | null;
}
