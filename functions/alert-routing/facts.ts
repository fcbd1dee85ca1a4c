/** What the decision about a group is made from, computed from what is stored, the tables and the moment. Pure. */
import { type Alert, isFiring } from './alert.ts';
import { nextBusinessDay, nextOpening } from './calendar.ts';
import type { Facts, Member, SilenceFact } from './decide.ts';
import { type Episode, episodeOf, isHeld } from './episode.ts';
import type { Group, GroupSnapshot } from './incident.ts';
import { digest, incidentKey } from './keys.ts';
import type { Policy, Route } from './routing.ts';
import type { Severity } from './signal.ts';
import { type Suppressors, silencesOf, suppressionOf } from './suppression.ts';
import { compareSeverity, type Table } from './table.ts';

/** The route that a group's alerts are on; the last one known while it has none. */
export const routeOfGroup = ({ alerts }: GroupSnapshot, table: Table): Route => table.route(alerts[0]?.route ?? '');

export function factsOf(snapshot: GroupSnapshot, suppressors: Suppressors, table: Table, now: number): Facts {
  const { group, alerts } = snapshot;
  const { routing } = table;
  const route = routeOfGroup(snapshot, table);
  const quiet = { quietSeconds: route.quietSeconds, flap: routing.flap };
  const firing = alerts.filter((alert) => isFiring(alert, now));
  const members = firing.map((alert): Member => {
    const suppression = suppressionOf(alert, suppressors, table, now);
    return { key: alert.key, severity: alert.severity, seenAt: alert.seenAt, suppression };
  });
  const heard = members.filter(({ suppression }) => suppression === null);
  const severity = gravestOf(heard);
  const episode = episodeOf(alerts, quiet, now);
  return {
    now,
    group,
    episode,
    members,
    severity,
    ...identityOf(group, episode),
    // Of ten thousand alerts it takes a while, and most decisions never ask.
    get saying() {
      const hushed = new Set(members.filter(({ suppression }) => suppression).map(({ key }) => key));
      const held = alerts.filter((alert) => !hushed.has(alert.key) && isHeld(alert, quiet, now));
      return digest(...held.map(({ key }) => key).sort(), group.doing ?? '');
    },
    nextEndAt: nextEnd(firing, now),
    firstAt: severity ? firstAt(heard, severity, route, table, firing) : now,
    policies: table.policies(route),
    opensAt: openings(route, table, now),
    escalations: routing.escalations,
    lastChannels: routing.owners[routing.defaultOwner]?.channels ?? [],
    silences: silenceFacts(firing, suppressors, table, now),
    noticeChannel: table.policy(route, 'P3').channels[0] as string,
    recheckMs: routing.recheckSeconds * 1000,
  };
}

/** Asked for one or two severities only. */
function openings(route: Route, table: Table, now: number): Facts['opensAt'] {
  const at = (severity: Severity) => opening(table.policy(route, severity), table, now);
  return {
    get P0() {
      return at('P0');
    },
    get P1() {
      return at('P1');
    },
    get P2() {
      return at('P2');
    },
    get P3() {
      return at('P3');
    },
  };
}

const gravestOf = (members: readonly Member[]): Severity | null =>
  members.reduce<Severity | null>(
    (gravest, { severity }) => (gravest && compareSeverity(gravest, severity) <= 0 ? gravest : severity),
    null,
  );

/** The key that an incident opened now would get; a closed episode that comes back gets a new one. */
function identityOf(group: Group, episode: Episode | null): Pick<Facts, 'nextKey' | 'nextAfter' | 'nextReopened'> {
  const after = episode?.after ?? 0;
  const { closed } = group;
  const comesBack = closed !== null && after <= closed.after;
  const nextAfter = comesBack ? closed.after : after;
  const nextReopened = comesBack ? group.reopened + 1 : 0;
  return { nextKey: incidentKey(group.key, nextAfter, nextReopened), nextAfter, nextReopened };
}

/** When something that fires will be over by itself. */
function nextEnd(firing: readonly Alert[], now: number): number | null {
  let soonest: number | null = null;
  for (const { signal } of firing) {
    const { until } = signal;
    if (until !== null && until > now && (soonest === null || until < soonest)) soonest = until;
  }
  return soonest;
}

/** When the first message may go: after the wait for others and, by the policy, on a later business day. */
function firstAt(heard: readonly Member[], severity: Severity, route: Route, table: Table, firing: readonly Alert[]) {
  const policy = table.policy(route, severity);
  const seenAt = heard.reduce((first, member) => Math.min(first, member.seenAt), Number.POSITIVE_INFINITY);
  const isTarget = severity !== 'P0' && firing.some(({ signal, severity: own }) => mayBeInhibited(signal, own, table));
  const waitSeconds = Math.max(policy.waitSeconds, isTarget ? table.routing.inhibitHoldSeconds : 0);
  const due = seenAt + waitSeconds * 1000;
  if (policy.hours === 'always' || policy.starts === 'opening') return due;
  return nextBusinessDay(table.routing.calendars[policy.hours], due);
}

const mayBeInhibited = (signal: Alert['signal'], severity: Severity, table: Table): boolean =>
  table.inhibitions.some(({ target }) => target(signal, severity));

/** Now, when the policy's hours hold; else when they do next. */
function opening(policy: Policy, { routing }: Table, now: number): number {
  if (policy.hours === 'always') return now;
  return nextOpening(routing.calendars[policy.hours], now);
}

/** Silences that cover something that fires, and when somebody is to hear that they end. */
function silenceFacts(
  firing: readonly Alert[],
  { silences }: Suppressors,
  { routing }: Table,
  now: number,
): SilenceFact[] {
  if (silences.length === 0) return [];
  const covering = new Set(firing.flatMap((alert) => silencesOf(alert, silences, now)));
  return [...covering].map(({ id, endsAt, by }) => ({
    id: `${id}@${endsAt}`,
    by,
    endsAt,
    noticeAt: endsAt - routing.silence.noticeSeconds * 1000,
  }));
}
