/** What a scenario of alert routing is: things that happen at times, and every notification that must follow. Types only. */
import type { Fault } from '../../../simulator/faults.ts';
import type { WorldEvent } from '../../../simulator/world/index.ts';
import type { OnCall } from './scene.ts';

/** Which of the two serving regions, in the configuration's order. */
export type Where = 'first' | 'second';

export type Act =
  /** A CloudWatch alarm changes its state; the first time it is made, with these tags. */
  | {
      readonly do: 'alarm';
      readonly name: string;
      readonly state: 'ALARM' | 'OK';
      readonly where?: Where;
      readonly tags?: Tags;
    }
  /** A metric of an alarm is deleted with it: no OK will ever come. */
  | { readonly do: 'delete-alarm'; readonly name: string; readonly where?: Where }
  /** Alertmanager posts alerts, signed, in one request; they fire unless they are `resolved`. */
  | {
      readonly do: 'alertmanager';
      readonly alerts: readonly Labels[];
      readonly resolved?: boolean;
      /** Both: the sender posts to either region's webhook. */
      readonly where?: Where | 'both';
    }
  /** Somebody posts, signed, what no reader knows, with a secret in it. */
  | { readonly do: 'unreadable'; readonly where?: Where }
  /** AWS Budgets publishes its plain text. */
  | { readonly do: 'budget'; readonly text: string; readonly where?: Where }
  /** Somebody opens the newest link of a page and sends its form. */
  | { readonly do: 'follow-link'; readonly act: 'acknowledge' | 'silence'; readonly where?: Where }
  /** Sentry posts an issue, signed. */
  | { readonly do: 'sentry'; readonly title: string; readonly where?: Where }
  /** Somebody turns the switch of remediation. */
  | { readonly do: 'automation'; readonly value: 'on' | 'off'; readonly where?: Where }
  /** Somebody stops every escalation's machine of a region. */
  | { readonly do: 'stop-escalations'; readonly where?: Where }
  | { readonly do: 'world'; readonly event: WorldEvent }
  | { readonly do: 'dark'; readonly where: Where }
  /** Nothing passes between the serving regions; each reaches everybody else. */
  | { readonly do: 'parted' | 'rejoined' }
  | { readonly do: 'fault'; readonly fault: Fault };

type Tags = Readonly<Record<string, string>>;
type Labels = Readonly<Record<string, string>>;

/** One notification that must come, in seconds since the scenario began. Any other one fails. */
export interface Want {
  /**
   * `pagerduty outage trigger`, `slack operations post`, `phones`, `email`, `last-resort`, `monitor us-west-2`, and
   * `bus us-west-2` for what is asked of others there.
   */
  readonly says: string;
  readonly about: string;
  /** What it must show besides, such as what Mainstay does about it. */
  readonly details?: string;
  readonly from: number;
  readonly to: number;
  /** How many of them. @default 1 */
  readonly times?: number;
}

export interface Scenario {
  /** What happens and what must follow, in a sentence. */
  readonly says: string;
  readonly onCall: OnCall;
  /** When its world begins. @default a morning in office hours */
  readonly startAt?: number;
  readonly acts: readonly (Act & { readonly at: number })[];
  readonly wants: readonly Want[];
  /** How long it is watched. */
  readonly seconds: number;
  /** Faults come beside it, drawn from a seed: no times are promised. */
  readonly disturbed?: boolean;
  /** How often people may be paged by PagerDuty for one key. @default 1 */
  readonly pagesMax?: number;
}
