/**
 * What the regions tell each other, by a table that each reads and writes at home and that is replicated: what was told to
 * whom, what people and providers said of an incident, silences, where a Slack message is. Nothing waits for it, and
 * without it each region goes on alone.
 */
import type { Items, Value } from '../shared/items.ts';
import type { Mend, Mended } from './agreement.ts';
import type { Posts } from './channels.ts';
import { stored } from './item-keys.ts';
import { itemStore } from './item-store.ts';
import type { AlertStore } from './ports.ts';
import type { Telling } from './turns.ts';

/** Said of an incident from outside. */
export type Heard =
  | { readonly what: 'shown'; readonly channel: string }
  | {
      readonly what: 'acknowledged';
      readonly by: string;
      readonly reason: string;
      readonly at: number;
      readonly until: number;
    };

export interface Peers extends Pick<AlertStore, 'silences' | 'putSilence'> {
  readonly posts: Posts;
  /** Of every region, this one included. */
  tellings(incident: string, channel: string): Promise<readonly Telling[]>;
  told(incident: string, channel: string, tellings: readonly Omit<Telling, 'region'>[]): Promise<void>;
  heard(incident: string): Promise<readonly Heard[]>;
  hear(incident: string, heard: Heard): Promise<void>;
  /** How sweeps mended what a provider showed of an incident: the last of each region. */
  mends(incident: string): Promise<readonly Mended[]>;
  mended(incident: string, as: Mend): Promise<void>;
  /** When each region last swept. */
  sweeps(): Promise<ReadonlyMap<string, number>>;
  swept(): Promise<void>;
}

/** Longer than any incident should last; then DynamoDB forgets. */
const KEPT_SECONDS = 30 * 86_400;

export function itemPeers(items: Items, region: string, now: () => number): Peers {
  const { silences, putSilence } = itemStore(items);
  const put = (pk: string, sk: string, facts: Readonly<Record<string, Value>>) => {
    const expiresAt = Math.floor(now() / 1000) + KEPT_SECONDS;
    return { put: { pk, sk, ...facts, expiresAt } };
  };
  const write = (...writes: Parameters<Items['write']>[0][number][]) => stored(items.write(writes));
  const placeOf = (incident: string, channel: string): string => `post#${incident}#${channel}`;
  return {
    silences,
    putSilence,
    posts: {
      /** This region's own, else another's. */
      async find(incident, channel) {
        const found = await stored(items.query(placeOf(incident, channel)));
        const post = found.find(({ sk }) => sk === region) ?? found[0];
        return post ? String(post.ts) : null;
      },
      note: (incident, channel, ts) => write(put(placeOf(incident, channel), region, { ts })),
    },
    async tellings(incident, channel) {
      const found = await stored(items.query(`told#${incident}#${channel}`));
      return found.map((item) => JSON.parse(String(item.telling)) as Telling);
    },
    told: (incident, channel, tellings) =>
      write(
        ...tellings.map((telling) =>
          put(`told#${incident}#${channel}`, `${telling.transition}#${region}`, {
            telling: JSON.stringify({ ...telling, region }),
          }),
        ),
      ),
    async heard(incident) {
      const found = await stored(items.query(`heard#${incident}`));
      return found.map((item) => JSON.parse(String(item.heard)) as Heard);
    },
    hear: (incident, heard) =>
      write(
        put(`heard#${incident}`, heard.what === 'shown' ? `shown#${heard.channel}` : `acknowledged#${region}`, {
          heard: JSON.stringify(heard),
        }),
      ),
    async mends(incident) {
      const found = await stored(items.query(`mended#${incident}`));
      return found.map(({ sk, as }) => ({ region: String(sk), as: as as Mend }));
    },
    mended: (incident, as) => write(put(`mended#${incident}`, region, { as })),
    async sweeps() {
      const found = await stored(items.query('sweeps'));
      return new Map(found.map(({ sk, at }) => [String(sk), Number(at)]));
    },
    swept: () => write(put('sweeps', region, { at: now() })),
  };
}
