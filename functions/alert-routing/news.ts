/**
 * News of an incident from outside: a provider shows it, a person takes it. Comes by the events queue, put there by the
 * webhook function, so that it is as durable as an alert.
 */
import * as z from 'zod';
import type { Queue } from '../shared/ports.ts';
import type { Group } from './incident.ts';
import type { ItemStore } from './item-store.ts';
import { withAcknowledgement, withOutcome } from './ledger.ts';
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
}

/** When to look at its group again. News of an incident that is not ours, or over, changes nothing. */
export async function applyNews(news: News, { store, table, escalations }: Applying, now: number): Promise<number[]> {
  const group = await store.groupOf(news.incident);
  if (group === null) return [];
  const rounds: string[] = [];
  const settling = { store, table, onRound: (incident: string) => void rounds.push(incident) };
  const { wakeAt } = await settle(settling, group, now, { change: (ledger) => changed(ledger, news, table) });
  await askToFollow(escalations, rounds);
  return wakeAt === null ? [now] : [now, wakeAt];
}

function changed(group: Group, { mainstayNews, incident, provider, by, at }: News, table: Table): Group {
  const { routing } = table;
  const told = Object.keys(group.incident?.told ?? {}).filter((id) => routing.channels[id]?.provider === provider);
  const shown = told.reduce((ledger, channel) => {
    const message = ledger.incident?.told[channel]?.messages ?? 0;
    return withOutcome(ledger, { key: `${incident}/${channel}/${message}`, incident, channel }, 'confirmed');
  }, group);
  if (mainstayNews === 'shown' || !shown.incident) return shown;
  const { acknowledgedSeconds } = routing.policies[shown.incident.severity];
  const until = at + acknowledgedSeconds * 1000;
  return withAcknowledgement(shown, incident, { by, reason: `taken in ${provider}`, at, until }).group;
}
