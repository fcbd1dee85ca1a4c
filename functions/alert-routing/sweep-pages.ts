/** The sweep's look at a provider: what it has open against what is open here. Used by sweep.ts. */
import type { Log } from '../shared/ports.ts';
import { heldBy, type Mend, type Views } from './agreement.ts';
import type { ItemStore } from './item-store.ts';
import type { ProviderIncidents } from './pagerduty-incidents.ts';
import type { Peers } from './peers.ts';
import { endedAgain, reopened } from './provider-truth.ts';
import { recordTo } from './record.ts';
import { settle } from './settle.ts';
import type { Table } from './table.ts';

interface Looking {
  readonly store: ItemStore;
  readonly table: Table;
  readonly provider: ProviderIncidents;
  readonly peers: Pick<Peers, 'mends' | 'mended' | 'sweeps' | 'swept'>;
  readonly region: string;
  readonly log: Log;
}

export interface Compared {
  /** Incidents that fire here and that the provider did not show: told again. */
  readonly reopened: number;
  /** Incidents that are over here and that the provider still showed: ended again. */
  readonly ended: number;
  /** Incidents that are over here, and that another region says fire. */
  readonly held: number;
}

const PROVIDER = 'pagerduty';

/** Null when the provider could not be asked: nothing is concluded from that. `slot` is the sweep's own time. */
export async function comparePages(looking: Looking, now: number, slot: number): Promise<Compared | null> {
  const { store, table, provider, peers, log } = looking;
  const there = await provider.open();
  if ('unknown' in there) {
    log.warn('what is open at the provider is unknown', { provider: PROVIDER, why: there.unknown });
    return null;
  }
  const { routing } = table;
  const record = recordTo(log);
  const done = { reopened: 0, ended: 0, held: 0 };
  const sweeps = await peers.sweeps().catch(() => new Map<string, number>());
  await peers.swept().catch(() => {});
  for (const incident of await store.openIncidents()) {
    const group = await store.groupOf(incident);
    if (group === null || there.keys.has(incident)) continue;
    const ledger = (await store.group(group)).group;
    if (!reopened(ledger, false, routing, PROVIDER, now)) continue;
    if (!(await takesOn('reopened', incident, looking, sweeps, now))) {
      done.held += 1;
      continue;
    }
    const mend = (known: typeof ledger) => reopened(known, false, routing, PROVIDER, now);
    await settle({ store, table, record }, group, now, {
      change: (known) => mend(known)?.group ?? known,
      more: (known) => mend(known)?.drafts ?? [],
    });
    done.reopened += 1;
  }
  for (const incident of there.keys) {
    // A key that never was ours is another region's, or another system's.
    const group = await store.groupOf(incident);
    if (group === null) continue;
    const drafts = endedAgain((await store.group(group)).group, incident, routing, PROVIDER, slot);
    if (drafts.length === 0) continue;
    if (!(await takesOn('ended', incident, looking, sweeps, now))) {
      done.held += 1;
      continue;
    }
    const more = (known: Parameters<typeof endedAgain>[0]) => endedAgain(known, incident, routing, PROVIDER, slot);
    await settle({ store, table, record }, group, now, { more });
    done.ended += 1;
  }
  if (done.reopened + done.ended + done.held > 0)
    log.warn('the provider and the router did not agree', { provider: PROVIDER, ...done });
  return done;
}

/** Whether this region mends it; then it says so to the other one. What that one says and cannot be read holds nothing up. */
async function takesOn(
  as: Mend,
  incident: string,
  { peers, region, log }: Looking,
  sweeps: Views['sweeps'],
  now: number,
): Promise<boolean> {
  const mends = await peers.mends(incident).catch(() => []);
  const by = heldBy(as, { mends, sweeps }, region, now);
  if (by !== null) {
    log.warn('over here, and left open: it fires for another region', { incident, region: by });
    return false;
  }
  await peers.mended(incident, as).catch(() => {});
  return true;
}
