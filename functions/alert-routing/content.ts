/** The words and figures of a message, from what is stored: what every renderer puts into its provider's form. Pure. */
import { type Alert, endedAt, isFiring } from './alert.ts';
import type { Draft } from './decide.ts';
import { isHeld } from './episode.ts';
import type { Content, GroupSnapshot, Intent, ShownAlert } from './incident.ts';
import { groupLabels } from './keys.ts';
import type { Links } from './signal.ts';
import { compareSeverity, type Table } from './table.ts';
import { transitionOf } from './turns.ts';

/** Of ten thousand alerts in a group nobody reads more; the counts say how many there are. */
export const ALERTS_SHOWN = 50;

export interface Telling {
  readonly snapshot: GroupSnapshot;
  readonly table: Table;
  readonly now: number;
  /** Keys of alerts that are not to be told of. */
  readonly suppressed: ReadonlySet<string>;
}

export const intentOf = (draft: Draft, content: Content, group: string, at: number): Intent => ({
  ...draft,
  transition: transitionOf(draft, content),
  group,
  at,
  content,
});

/** `ended`: the incident is over, so nothing is said to fire. */
export function contentOf(telling: Telling, ended: boolean): Content {
  const { snapshot, table, now, suppressed } = telling;
  const { alerts, group } = snapshot;
  const route = table.route(alerts[0]?.route ?? '');
  const quiet = { quietSeconds: route.quietSeconds, flap: table.routing.flap };
  const told = alerts.filter((alert) => !suppressed.has(alert.key) && (ended || isHeld(alert, quiet, now)));
  const isOn = new Set(ended ? [] : told.filter((alert) => isFiring(alert, now)));
  const firing = isOn.size;
  const shown = gravest(told, isOn);
  const first = shown[0] ?? alerts[0];
  const labels = first ? groupLabels(first.signal, route) : {};
  const severity = group.incident?.severity ?? first?.severity ?? 'P3';
  return {
    title: titleOf(firing, told.length, first, severity, ended),
    status: ended ? 'resolved' : 'firing',
    route: route.id,
    owner: table.routing.owners[route.owner ?? table.routing.defaultOwner]?.name ?? table.routing.defaultOwner,
    groupLabels: labels,
    links: linksOf(first, route),
    doing: group.doing ?? null,
    startedAt: Math.min(...shown.map(({ fired, seenAt }) => fired[0] ?? seenAt), group.incident?.startedAt ?? now),
    counts: { firing, resolved: told.length - firing, suppressed: suppressed.size },
    alerts: shown.map((alert) => shownOf(alert, now, ended)),
  };
}

/** The first of them, without sorting all ten thousand: those that fire, the gravest, the oldest. */
function gravest(told: readonly Alert[], isOn: ReadonlySet<Alert>): Alert[] {
  const before = (a: Alert, b: Alert): number =>
    Number(isOn.has(b)) - Number(isOn.has(a)) ||
    compareSeverity(a.severity, b.severity) ||
    (a.fired[0] ?? 0) - (b.fired[0] ?? 0) ||
    (a.key < b.key ? -1 : 1);
  const shown: Alert[] = [];
  for (const alert of told) {
    if (shown.length === ALERTS_SHOWN && before(shown[ALERTS_SHOWN - 1] as Alert, alert) < 0) continue;
    const place = shown.findIndex((other) => before(alert, other) < 0);
    shown.splice(place < 0 ? shown.length : place, 0, alert);
    if (shown.length > ALERTS_SHOWN) shown.pop();
  }
  return shown;
}

function titleOf(firing: number, all: number, first: Alert | undefined, severity: string, ended: boolean): string {
  const name = first?.signal.name ?? 'alerts that have moved elsewhere';
  const where = first ? [first.signal.region, first.signal.account].filter((part) => part !== '').join(' ') : '';
  const others = Math.max(ended ? all : firing, 1) - 1;
  const more = others > 0 ? ` and ${others} more` : '';
  return `${ended ? 'resolved' : severity}: ${name}${more}${where ? ` (${where})` : ''}`;
}

function linksOf(first: Alert | undefined, route: { runbookUrl: string | null; graphUrl: string | null }): Links {
  const own = first?.signal.links;
  return {
    runbook: own?.runbook ?? route.runbookUrl,
    graph: own?.graph ?? route.graphUrl,
    source: own?.source ?? null,
  };
}

function shownOf(alert: Alert, now: number, ended: boolean): ShownAlert {
  const { signal, fired, severity, key } = alert;
  const end = endedAt(alert, now);
  return {
    name: signal.name,
    status: ended || end !== null ? 'resolved' : 'firing',
    severity,
    source: signal.source,
    account: signal.account,
    region: signal.region,
    resource: signal.resource,
    summary: signal.summary,
    labels: signal.labels,
    startedAt: fired[0] ?? signal.at,
    endedAt: end,
    links: signal.links,
    fingerprint: key,
  };
}
