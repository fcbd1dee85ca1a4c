/**
 * The router's store on a table of items: one collection per group, with the group and its alerts, so that both are read
 * together; one for what is due, one for the outbox, spread over shards. Every write is one transaction.
 */
import type { Items, Write } from '../shared/items.ts';
import type { Alert } from './alert.ts';
import { emptyGroup, type Group } from './incident.ts';
import {
  groupKeyOf,
  intoOutbox,
  META,
  openKeyOf,
  outboxKeyOf,
  shardsOf,
  stored,
  timeKey,
  wakeKeyOf,
} from './item-keys.ts';
import { itemLists, type Lists } from './item-lists.ts';
import { itemOutbox } from './item-outbox.ts';
import type { AlertChange, AlertStore, Bucket, Commit } from './ports.ts';
import { Silence } from './silence.ts';

/** Each at most nine writes, with the group that it leaves: fits one transaction of 100. */
const CHANGES_AT_ONCE = 11;

export interface ItemStore extends AlertStore, Lists {}

export function itemStore(items: Items): ItemStore {
  const write = (writes: readonly Write[]) => stored(items.write(writes));
  return {
    ...itemOutbox(items),
    ...itemLists(items),
    async alerts(keys) {
      const found = await stored(Promise.all(keys.map((key) => items.get({ pk: `alert#${key}`, sk: META }))));
      return found.map((item) => item && { value: parsed<Alert>(item.alert), version: Number(item.version) });
    },
    async keep(changes) {
      for (let from = 0; from < changes.length; from += CHANGES_AT_ONCE) {
        await write(changesOf(changes.slice(from, from + CHANGES_AT_ONCE)));
      }
    },
    async group(key) {
      const collection = await stored(items.query(`group#${key}`));
      const meta = collection.find(({ sk }) => sk === META);
      return {
        group: meta?.group === undefined ? emptyGroup(key) : parsed<Group>(meta.group),
        version: Number(meta?.version ?? 0),
        alerts: collection.filter(({ sk }) => sk !== META).map(({ alert }) => parsed<Alert>(alert)),
      };
    },
    async commit(commit) {
      const meta = await stored(items.get(groupKeyOf(commit.group.key)));
      const wakes = [...((meta?.wakes as Set<number> | undefined) ?? [])];
      const before = meta?.group === undefined ? null : parsed<Group>(meta.group).incident;
      await write(commitOf(commit, wakes, before));
    },
    async due(now, limit) {
      const upTo = `${timeKey(now)}#~`;
      const found = await stored(Promise.all(shardsOf('due').map((pk) => items.query(pk, upTo))));
      const keys = found
        .flat()
        .map(({ sk }) => String(sk))
        .sort();
      return [...new Set(keys.map((key) => key.slice(key.indexOf('#') + 1)))].slice(0, limit);
    },
    async bucket(channel) {
      const item = await stored(items.get({ pk: `bucket#${channel}`, sk: META }));
      return item && { value: parsed<Bucket>(item.bucket), version: Number(item.version) };
    },
    async putBucket(channel, bucket, version) {
      const put = { pk: `bucket#${channel}`, sk: META, bucket: JSON.stringify(bucket), version: (version ?? 0) + 1 };
      await write([{ put, only: { version } }]);
    },
    async silences(now) {
      const all = (await stored(items.query('silences'))).map(({ silence }) => Silence.parse(parsed(silence)));
      return all.filter(({ endsAt }) => endsAt > now);
    },
    async putSilence(silence) {
      const key = { pk: 'silences', sk: silence.id };
      const known = await stored(items.get(key));
      if (known && Number(known.at) >= silence.at) return;
      const only = { at: known ? Number(known.at) : null };
      await write([{ put: { ...key, silence: JSON.stringify(silence), at: silence.at }, only }]);
    },
  };
}

const parsed = <T>(text: unknown): T => JSON.parse(String(text)) as T;

/** Each alert under its key and in its group's collection; each group's version counts up, and its wake times get one more. */
function changesOf(changes: readonly AlertChange[]): Write[] {
  const groups = new Map<string, { count: number; wakes: Set<number> }>();
  const writes = changes.flatMap(({ alert, version, wakes }): Write[] => {
    const { key, group, inhibits, evidence } = alert;
    const text = JSON.stringify(alert);
    for (const wake of wakes) {
      const known = groups.get(wake.group) ?? { count: 0, wakes: new Set() };
      groups.set(wake.group, { count: known.count + 1, wakes: known.wakes.add(wake.at) });
    }
    const left = wakes.filter((wake) => wake.group !== group);
    return [
      { put: { pk: `alert#${key}`, sk: META, alert: text, version: (version ?? 0) + 1 }, only: { version } },
      ...(group === null ? [] : [{ put: { pk: `group#${group}`, sk: `alert#${key}`, alert: text } }]),
      ...left.map((wake): Write => ({ remove: { pk: `group#${wake.group}`, sk: `alert#${key}` } })),
      ...(inhibits ? [{ put: { pk: 'inhibitors', sk: key, alert: text } }] : []),
      ...(evidence ? [{ put: { pk: 'evidence', sk: key, alert: text } }] : []),
    ];
  });
  for (const [group, { count, wakes }] of groups) {
    writes.push({ update: groupKeyOf(group), add: { version: count, wakes } });
    for (const at of wakes) writes.push({ put: { ...wakeKeyOf(group, at), group } });
  }
  return writes;
}

/** The wake times known before are taken away: whoever adds one meanwhile changes the version, and this is refused. */
function commitOf(
  { group, version, wakeAt, intents, done }: Commit,
  wakes: readonly number[],
  before: Group['incident'],
): Write[] {
  const set = { group: JSON.stringify(group), version: version + 1 };
  const only = { version: version === 0 ? null : version };
  const meta: Write =
    wakeAt === null
      ? { update: groupKeyOf(group.key), set, unset: ['wakes'], only }
      : { update: groupKeyOf(group.key), set: { ...set, wakes: new Set([wakeAt]) }, only };
  const { incident } = group;
  return [
    meta,
    ...wakes.filter((at) => at !== wakeAt).map((at): Write => ({ remove: wakeKeyOf(group.key, at) })),
    ...(wakeAt === null ? [] : [{ put: { ...wakeKeyOf(group.key, wakeAt), group: group.key } }]),
    ...intents.map((intent): Write => intoOutbox(intent)),
    ...done.map((key): Write => ({ remove: outboxKeyOf(key) })),
    ...(incident ? [{ put: { pk: `incident#${incident.key}`, sk: META, group: group.key } }] : []),
    ...openOf(group, before),
  ];
}

/** The list of what is open, changed only where that changes. */
function openOf({ key, incident }: Group, before: Group['incident']): Write[] {
  if (incident?.key === before?.key) return [];
  const item = openKeyOf(key);
  return [incident ? { put: { ...item, incident: incident.key } } : { remove: item }];
}
