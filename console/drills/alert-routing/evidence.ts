/** What invariants of alert routing are judged from: what happened, what providers received, whom they called. */
import type { Configuration } from '../../../infra/config/index.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { ledgerOf } from '../../../simulator/world/index.ts';
import type { Happened } from './history.ts';
import type { Notification } from './notifications.ts';
import type { Scenario } from './scenario.ts';

export interface Evidence {
  readonly cloud: Cloud;
  readonly configuration: Configuration;
  /** When the scenario began. Milliseconds since the epoch. */
  readonly since: number;
  readonly scenario: Scenario;
  readonly notifications: readonly Notification[];
  readonly history: readonly Happened[];
}

export interface Invariant {
  readonly says: string;
  /** A sentence for each breach. */
  readonly check: (evidence: Evidence) => readonly string[];
}

/** Number → what it says and how it is judged. */
export type Invariants = Readonly<Record<number, Invariant>>;

/** Told of an alert by its very name: Storm1 is not in 'P1: Storm12 and 99 more'. */
export function isAbout({ about }: Pick<Notification, 'about'>, name: string): boolean {
  const at = about.indexOf(name);
  if (at < 0) return false;
  const isPart = (letter: string | undefined) => letter !== undefined && /[\w-]/.test(letter);
  return !isPart(about[at - 1]) && !isPart(about[at + name.length]);
}

export const toldOf = ({ notifications }: Evidence, name: string): Notification[] =>
  notifications.filter((one) => isAbout(one, name));

export const isPage = ({ says }: Notification): boolean => says.startsWith('pagerduty') && says.endsWith('trigger');

/** Under which PagerDuty was told of an alert. */
export const keysOf = (evidence: Evidence, name: string): Set<string> =>
  new Set(
    toldOf(evidence, name)
      .filter(isPage)
      .map(({ key }) => key),
  );

/** Calls and answers of people since the scenario began, in its seconds. */
export function peopleIn({ cloud, since }: Evidence) {
  const from = since - cloud.state.startedAt;
  return ledgerOf(cloud)
    .people.filter(({ t }) => t >= from)
    .map((person) => ({ ...person, t: (person.t - from) / 1000 }));
}
