/** What the store can list across groups, on a table of items: kept by the writes of item-store.ts, read by reconcilers. */
import type { Items } from '../shared/items.ts';
import type { Alert } from './alert.ts';
import { META, shardsOf, stored } from './item-keys.ts';

export interface Lists {
  /** Alerts with `inhibits` that are not known to be over. */
  inhibitors(): Promise<readonly Alert[]>;
  /** Alerts with `evidence`, also those that are over. */
  evidence(): Promise<readonly Alert[]>;
  /** The group that an incident is of; null when it was never open here. */
  groupOf(incident: string): Promise<string | null>;
  /** Keys of all incidents that are open. */
  openIncidents(): Promise<readonly string[]>;
}

export function itemLists(items: Items): Lists {
  const alerts = async (pk: string): Promise<Alert[]> =>
    (await stored(items.query(pk))).map(({ alert }) => JSON.parse(String(alert)) as Alert);
  return {
    inhibitors: () => alerts('inhibitors'),
    evidence: () => alerts('evidence'),
    async groupOf(incident) {
      const item = await stored(items.get({ pk: `incident#${incident}`, sk: META }));
      return item ? String(item.group) : null;
    },
    async openIncidents() {
      const open = await stored(Promise.all(shardsOf('open').map((pk) => items.query(pk))));
      return open.flat().map(({ incident }) => String(incident));
    },
  };
}
