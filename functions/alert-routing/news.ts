/**
 * News of an incident from outside: a provider shows it, a person takes it. Comes by the events queue, put there by the
 * webhook function, so that it is as durable as an alert.
 */
import * as z from 'zod';
import type { Queue } from '../shared/ports.ts';
import type { Group } from './incident.ts';
import type { ItemStore } from './item-store.ts';
import { withAcknowledgement, withShown } from './ledger.ts';
import type { Heard, Peers } from './peers.ts';
import type { RecordDecision } from './record.ts';
import { settle } from './settle.ts';
import type { Table } from './table.ts';
import { askToFollow } from './wakes.ts';

export const News = z.object({
  mainstayNews: z.enum(['shown', 'acknowledged']),
  incident: z.string().min(1),
  /** Whose news it is; all channels of it that were told. */
  provider: z.string(),
  by: z.string(),
  at: z.number(),
});
export type News = z.infer<typeof News>;

/** Null when the body is an alert. */
export function newsIn(body: string): News | null {
  if (!body.startsWith('{"mainstayNews"')) return null;
  return News.safeParse(JSON.parse(body)).data ?? null;
}

interface Applying {
  readonly store: ItemStore;
  readonly table: Table;
  readonly escalations: Queue;
  readonly record?: RecordDecision;
  readonly peers?: Pick<Peers, 'hear'>;
}

/** When to look at its group again. News of an incident that is not ours, or over, changes nothing. */
export async function applyNews(news: News, applying: Applying, now: number): Promise<number[]> {
  const { store, table, peers, escalations } = applying;
  const group = await store.groupOf(news.incident);
  if (group === null) return [];
  let heard: readonly Heard[] = [];
  const rounds: string[] = [];
  const onRound = (incident: string) => void rounds.push(incident);
  const { wakeAt } = await settle({ ...applying, onRound }, group, now, {
    change(ledger) {
      const after = changed(ledger, news, table);
      heard = heardIn(after, news, table);
      return after;
    },
  });
  // The other region may come to know of the incident only now.
  await Promise.all(heard.map((one) => peers?.hear(news.incident, one).catch(() => {})));
  await askToFollow(escalations, rounds);
  return wakeAt === null ? [now] : [now, wakeAt];
}

const toldOf = (group: Group, { provider }: News, { routing }: Table): string[] =>
  Object.keys(group.incident?.told ?? {}).filter((id) => routing.channels[id]?.provider === provider);

function changed(group: Group, news: News, table: Table): Group {
  const { mainstayNews, incident, provider, by, at } = news;
  const shown = withShown(group, incident, toldOf(group, news, table));
  if (mainstayNews === 'shown' || !shown.incident) return shown;
  const { acknowledgedSeconds } = table.routing.policies[shown.incident.severity];
  const until = at + acknowledgedSeconds * 1000;
  return withAcknowledgement(shown, incident, { by, reason: `taken in ${provider}`, at, until }).group;
}

/** What of it the other region should know. */
function heardIn(group: Group, news: News, table: Table): Heard[] {
  const { incident } = group;
  if (!incident || incident.key !== news.incident) return [];
  const shown = toldOf(group, news, table).map((channel): Heard => ({ what: 'shown', channel }));
  const { acknowledged } = incident;
  return news.mainstayNews === 'acknowledged' && acknowledged
    ? [...shown, { what: 'acknowledged', ...acknowledged }]
    : shown;
}
