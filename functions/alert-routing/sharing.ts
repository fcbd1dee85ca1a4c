/** Takes turns with the other region before a message is sent, and says to it afterwards what was. Used by deliver.ts. */
import type { Intent } from './incident.ts';
import type { Peers } from './peers.ts';
import type { Batch, OutboxItem } from './ports.ts';
import type { Routing } from './routing.ts';
import { knowsKeys, type Place, type Telling, type Turns, turnsOf } from './turns.ts';

export interface Sharing {
  readonly peers: Pick<Peers, 'tellings' | 'told'>;
  readonly place: Place;
}

export interface Taken {
  /** To be sent now. */
  readonly ours: readonly Batch[];
  readonly told: Turns['told'];
  /** The other region's to say; ours from then on. */
  readonly waiting: readonly { readonly items: readonly OutboxItem[]; readonly from: number }[];
}

/** Whom nobody can be asked about is told: twice rather than not at all. */
export async function takeTurns(
  batches: readonly Batch[],
  sharing: Sharing | undefined,
  channels: Routing['channels'],
  now: number,
): Promise<Taken> {
  const divided = await Promise.all(
    batches.map(async (batch) => ({ batch, ...(await turnsIn(batch, sharing, channels)) })),
  );
  const left = divided.filter(({ rest }) => rest.length > 0);
  return {
    ours: left.filter(({ from }) => from <= now).map(({ batch, rest }) => ({ ...batch, items: rest })),
    told: divided.flatMap(({ told }) => told),
    waiting: left.filter(({ from }) => from > now).map(({ rest, from }) => ({ items: rest, from })),
  };
}

async function turnsIn(
  { incident, channel, items }: Batch,
  sharing: Sharing | undefined,
  channels: Routing['channels'],
): Promise<Turns> {
  const all = { told: [], rest: items, from: Number.NEGATIVE_INFINITY };
  const config = channels[channel];
  if (!sharing || !config || knowsKeys(config)) return all;
  const tellings = await sharing.peers.tellings(incident, channel).catch(() => null);
  return tellings ? turnsOf(items, tellings, sharing.place) : all;
}

/** What a digest folded was told with it. Not to be heard by the other region is to be told twice, not to be lost. */
export async function sayTold(
  intents: readonly Intent[],
  outcome: Telling['outcome'],
  sharing: Sharing | undefined,
  channels: Routing['channels'],
): Promise<void> {
  const [first] = intents;
  const config = first && channels[first.channel];
  if (!sharing || !config || knowsKeys(config)) return;
  const said = intents.flatMap(({ action, folds, incident, transition = action, at }) =>
    folds
      ? folds.map((fold) => ({
          incident: fold.key.slice(0, fold.key.indexOf('/')),
          transition: fold.transition ?? fold.action,
          at: fold.at ?? at,
        }))
      : [{ incident, transition, at }],
  );
  const byIncident = Map.groupBy(said, ({ incident }) => incident);
  await Promise.all(
    [...byIncident].map(([incident, all]) =>
      sharing.peers
        .told(
          incident,
          first.channel,
          all.map(({ transition, at }) => ({ transition, at, outcome })),
        )
        .catch(() => {}),
    ),
  );
}
