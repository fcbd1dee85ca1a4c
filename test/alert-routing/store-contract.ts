/** What every store of the router has to do, whatever it is made of: run over each of them. */
import { describe, expect, it } from 'vitest';
import { absorb } from '../../functions/alert-routing/alert.ts';
import { StoreConflict } from '../../functions/alert-routing/errors.ts';
import { emptyGroup, type Intent, type IntentAction } from '../../functions/alert-routing/incident.ts';
import { alertKey } from '../../functions/alert-routing/keys.ts';
import type { AlertStore } from '../../functions/alert-routing/ports.ts';
import type { Severity } from '../../functions/alert-routing/signal.ts';
import { tableOf } from '../../functions/alert-routing/table.ts';
import { MINUTE, routing, START, signal } from './world.ts';

const table = tableOf(routing());

const alertOf = (resource: string) => {
  const one = signal({ resource });
  return absorb(null, one, { key: alertKey(one), now: START, place: table.place });
};

const intent = (
  number: number,
  change: { incident?: string; channel?: string; action?: IntentAction; severity?: Severity } = {},
): Intent => {
  const { incident = 'i', channel = 'chat', action = 'open', severity = 'P2' } = change;
  return {
    key: `${incident}/${channel}/${number}`,
    incident,
    group: 'g',
    channel,
    action,
    severity,
    at: START + number,
    reason: 'because',
    content: {
      title: 't',
      status: 'firing',
      route: 'default',
      owner: 'Platform',
      groupLabels: {},
      links: { runbook: null, graph: null, source: null },
      doing: null,
      startedAt: START,
      counts: { firing: 1, resolved: 0, suppressed: 0 },
      alerts: [],
    },
  };
};

export interface Opened {
  readonly store: AlertStore;
  /** The same data by another process, after the first one is gone. */
  readonly reopen: () => Promise<AlertStore>;
}

export function describeStore(name: string, open: () => Promise<Opened>): void {
  describe(name, () => {
    const put = async (store: AlertStore, ...intents: Intent[]) => {
      const { version } = await store.group('g');
      await store.commit({ group: emptyGroup('g'), version, wakeAt: null, intents, done: [] });
    };

    it('keeps alerts with their group, and refuses what was read before another change', async () => {
      const { store } = await open();
      const alert = alertOf('a');
      const group = alert.group as string;
      const wakes = [{ group, at: START + MINUTE }];
      await store.keep([{ alert, version: null, wakes }]);
      await expect(store.keep([{ alert, version: null, wakes }])).rejects.toThrow(StoreConflict);
      const [stored, none] = await store.alerts([alert.key, 'none']);
      expect(stored?.value).toEqual(alert);
      expect(none).toBeNull();
      expect((await store.group(group)).alerts).toEqual([alert]);
      await store.keep([{ alert: { ...alert, unknownAt: START }, version: stored!.version, wakes: [] }]);
    });

    it('says which groups are due, the soonest time of each, until a commit says otherwise', async () => {
      const { store } = await open();
      const [a, b] = [alertOf('a'), alertOf('b')];
      const group = a.group as string;
      await store.keep([{ alert: a, version: null, wakes: [{ group, at: START + 2 * MINUTE }] }]);
      await store.keep([{ alert: b, version: null, wakes: [{ group, at: START + MINUTE }] }]);
      expect(await store.due(START + MINUTE - 1, 10)).toEqual([]);
      expect(await store.due(START + MINUTE, 10)).toEqual([group]);
      const { version } = await store.group(group);
      await store.commit({ group: emptyGroup(group), version, wakeAt: START + 5 * MINUTE, intents: [], done: [] });
      expect(await store.due(START + 4 * MINUTE, 10)).toEqual([]);
      expect(await store.due(START + 5 * MINUTE, 10)).toEqual([group]);
    });

    it('takes a commit whole or not at all: not after an alert of the group has changed', async () => {
      const { store } = await open();
      const alert = alertOf('a');
      const group = alert.group as string;
      const { version } = await store.group(group);
      await store.keep([{ alert, version: null, wakes: [{ group, at: START }] }]);
      const late = {
        group: { ...emptyGroup(group), reopened: 7 },
        version,
        wakeAt: null,
        intents: [intent(0)],
        done: [],
      };
      await expect(store.commit(late)).rejects.toThrow(StoreConflict);
      expect((await store.group(group)).group.reopened).toBe(0);
      expect(await store.claim(START + MINUTE, 10, 1000)).toEqual([]);
    });

    it('gives messages to one at a time, all of an incident and channel together, a P0 first', async () => {
      const { store } = await open();
      await put(store, intent(0), intent(1, { action: 'update' }), intent(5, { incident: 'p', severity: 'P0' }));
      const [first, second, ...rest] = await store.claim(START + MINUTE, 10, 1000);
      expect(rest).toEqual([]);
      expect(first).toMatchObject({ incident: 'p', items: [{ attempts: 1 }] });
      expect(second?.items.map(({ intent: { key }, attempts }) => [key, attempts])).toEqual([
        ['i/chat/0', 1],
        ['i/chat/1', 1],
      ]);
      await put(store, intent(2, { action: 'resolve' }));
      expect(await store.claim(START + MINUTE, 10, 1000)).toEqual([]);
      const again = await store.claim(START + MINUTE + 1000, 10, 1000);
      expect(again.find(({ incident }) => incident === 'i')?.items.map(({ attempts }) => attempts)).toEqual([2, 2, 1]);
    });

    it('frees what is postponed at its time, and forgets what is done', async () => {
      const { store } = await open();
      await put(store, intent(0));
      await store.claim(START, 10, 1000);
      await store.postpone(['i/chat/0'], START + MINUTE, false);
      expect(await store.claim(START + MINUTE - 1, 10, 1000)).toEqual([]);
      const [batch] = await store.claim(START + MINUTE, 10, 1000);
      expect(batch?.items[0]?.attempts).toBe(1);
      const { version } = await store.group('g');
      await store.commit({ group: emptyGroup('g'), version, wakeAt: null, intents: [], done: ['i/chat/0'] });
      expect(await store.claim(START + 10 * MINUTE, 10, 1000)).toEqual([]);
    });

    it('puts a digest in the place of what it folds', async () => {
      const { store } = await open();
      await put(store, intent(0), intent(1, { incident: 'j' }));
      const digest = { ...intent(0, { incident: 'd', action: 'digest' }), folds: [] };
      await store.fold(digest, ['i/chat/0', 'j/chat/1']);
      const batches = await store.claim(START + MINUTE, 10, 1000);
      expect(batches.map(({ items }) => items[0]?.intent.key)).toEqual([digest.key]);
    });

    it('keeps the newest of a silence, and a bucket by its version', async () => {
      const { store } = await open();
      const silence = { id: 's', matchers: { a: 'b' }, startsAt: 0, endsAt: START, by: 'ada', reason: 'known', at: 2 };
      await store.putSilence(silence);
      await store.putSilence({ ...silence, endsAt: START + MINUTE, at: 1 });
      expect(await store.silences(START - 1)).toEqual([silence]);
      expect(await store.silences(START)).toEqual([]);
      await store.putBucket('chat', { tokens: 1, at: START }, null);
      await expect(store.putBucket('chat', { tokens: 2, at: START }, null)).rejects.toThrow(StoreConflict);
      expect((await store.bucket('chat'))?.value.tokens).toBe(1);
    });

    it('has after its process is gone all that it acknowledged before', async () => {
      const { store, reopen } = await open();
      const alert = alertOf('a');
      const group = alert.group as string;
      await store.keep([{ alert, version: null, wakes: [{ group, at: START }] }]);
      await put(store, intent(0));
      await store.claim(START, 10, 10 * MINUTE);
      const other = await reopen();
      expect((await other.group(group)).alerts).toEqual([alert]);
      expect(await other.due(START, 10)).toEqual([group]);
      const [batch] = await other.claim(START + 10 * MINUTE, 10, 1000);
      // Begun by the one that is gone: the provider may have it.
      expect(batch?.items[0]?.attempts).toBe(2);
    });
  });
}
