/** The tables of a region's router, as every handler that reads or changes alerts holds them. */
import { dynamoItems } from '../shared/aws/items.ts';
import type { Clock } from '../shared/clock.ts';
import type { Items } from '../shared/items.ts';
import type { RouterConfig } from './config.ts';
import { type ItemStore, itemStore } from './item-store.ts';
import { itemPeers, type Peers } from './peers.ts';
import { sharedStore } from './shared-store.ts';

export interface SharedItems {
  /** The region's own table. */
  readonly items: Items;
  /** What the regions tell each other. */
  readonly peers: Peers;
  /** The store on both: this region's alerts, with what the other one knows of them. */
  readonly store: ItemStore;
}

export function sharedItems(
  config: Pick<RouterConfig, 'region' | 'table' | 'peersTable'>,
  { now }: Pick<Clock, 'now'>,
): SharedItems {
  const items = dynamoItems(config);
  const peers = itemPeers(dynamoItems({ ...config, table: config.peersTable }), config.region, now);
  return { items, peers, store: sharedStore(itemStore(items), peers) };
}
