/**
 * The store of a region with what the other one knows: an incident that is open here counts as acknowledged or shown when
 * that was said there, and silences are the same everywhere. What cannot be read changes nothing.
 */
import type { Group, Incident } from './incident.ts';
import type { ItemStore } from './item-store.ts';
import { withAcknowledgement, withShown } from './ledger.ts';
import type { Heard, Peers } from './peers.ts';

export function sharedStore(store: ItemStore, peers: Peers): ItemStore {
  const { silences, putSilence } = peers;
  return {
    ...store,
    silences,
    putSilence,
    async group(key) {
      const snapshot = await store.group(key);
      const { incident } = snapshot.group;
      if (!incident) return snapshot;
      const heard: readonly Heard[] = await peers.heard(incident.key).catch(() => []);
      return {
        ...snapshot,
        group: heard.reduce((group, one) => withHeard(group, incident.key, one), snapshot.group),
      };
    },
  };
}

function withHeard(group: Group, incident: string, heard: Heard): Group {
  const { told, countedFrom, openedAt } = group.incident as Incident;
  if (heard.what === 'shown') {
    // What was shown there is the first page; that a later one shows has to be said again.
    return told[heard.channel]?.page === 0 ? withShown(group, incident, [heard.channel]) : group;
  }
  const { by, reason, at, until } = heard;
  // One that ran out, or was overtaken by a rise, must not come back.
  if (at <= countedFrom && countedFrom !== openedAt) return group;
  return withAcknowledgement(group, incident, { by, reason, at, until }).group;
}
