/**
 * Sends what was decided. Started by: the delivery function, and `mainstay route`. The key of a message is the same
 * whenever and wherever it is sent, so that a provider that knows it already takes it once; what became of it goes into
 * the group's ledger, which decides about other channels.
 */
import { StoreConflict } from './errors.ts';
import type { Intent } from './incident.ts';
import { withOutcome } from './ledger.ts';
import { digestOf, type Merged, merge } from './outbox.ts';
import type { AlertStore, Batch, Channel, Delivery } from './ports.ts';
import { type Asking, plan } from './rate.ts';
import type { Routing } from './routing.ts';
import { type Settling, settle } from './settle.ts';
import { type Sharing, sayTold, takeTurns } from './sharing.ts';
import type { Signal } from './signal.ts';

export interface Delivering extends Settling {
  readonly store: AlertStore;
  readonly channels: Readonly<Record<string, Channel>>;
  /** Our clock: an answer is of when it came. */
  readonly now: () => number;
  readonly leaseMs: number;
  /** How many at once. */
  readonly limit: number;
  /** A message that a provider refused for good: somebody has to hear of that by another way. */
  readonly onRefused?: (intent: Intent, detail: string) => Promise<void>;
  /** The other region that may hear of the same; left out where there is none. */
  readonly sharing?: Sharing | undefined;
}

export interface Report {
  readonly sent: number;
  readonly folded: number;
  readonly postponed: number;
  readonly refused: number;
  /** Said by the other region. */
  readonly spared: number;
  /** When a message is this region's to say after all; null when none waits for that. */
  readonly againAt: number | null;
}

const NOTHING: Report = { sent: 0, folded: 0, postponed: 0, refused: 0, spared: 0, againAt: null };

/** After so long a message is given up, loudly: whoever it was for has heard otherwise, or never will. */
const GIVE_UP_MS = 24 * 3_600_000;

/** Takes what is due once. @throws StoreNotReady */
export async function deliver(delivering: Delivering): Promise<Report> {
  const { store, table, sharing, limit, leaseMs, now } = delivering;
  const batches = await store.claim(now(), limit, leaseMs);
  const { ours, told, waiting } = await takeTurns(batches, sharing, table.routing.channels, now());
  await Promise.all(told.map(({ item, outcome }) => finish(item.intent, [item.intent.key], delivering, outcome)));
  await Promise.all(
    waiting.map(({ items, from }) =>
      store.postpone(
        items.map(({ intent }) => intent.key),
        from,
        false,
      ),
    ),
  );
  const againAt = waiting.length > 0 ? Math.min(...waiting.map(({ from }) => from)) : null;
  const merged = ours.map((batch) => ({ batch, merged: merge(batch) }));
  const reports = await Promise.all(
    [...Map.groupBy(merged, ({ batch }) => batch.channel)].map(([channel, messages]) =>
      deliverTo(channel, messages, delivering),
    ),
  );
  return reports.reduce(sum, { ...NOTHING, spared: told.length, againAt });
}

interface Message {
  readonly batch: Batch;
  readonly merged: Merged;
}

async function deliverTo(channel: string, messages: readonly Message[], delivering: Delivering): Promise<Report> {
  const { store, table, now } = delivering;
  const config = table.routing.channels[channel];
  const untold = messages.filter(({ merged }) => merged.send === null);
  await Promise.all(untold.map(({ batch, merged }) => finish(batch.items[0]!.intent, merged.keys, delivering)));
  const wanted = messages.flatMap(({ batch, merged }) =>
    merged.send === null ? [] : [asking(batch, merged.keys, merged.send)],
  );
  if (wanted.length === 0) return NOTHING;
  const planned = await withinRate(channel, wanted, config, delivering);
  const waiting = planned.wait.flatMap(({ keys }) => keys);
  if (waiting.length > 0) await store.postpone(waiting, planned.againAt, false);
  const folded = planned.fold.flatMap(({ keys }) => keys);
  const intents = planned.fold.map(({ intent }) => intent);
  if (folded.length > 0) await store.fold(digestOf(intents, channel, now()), folded);
  const reports = await Promise.all(planned.send.map((message) => sendOne(message, delivering)));
  return reports.reduce(sum, { ...NOTHING, folded: planned.fold.length, postponed: planned.wait.length });
}

const asking = (batch: Batch, keys: readonly string[], intent: Intent) => ({
  batch,
  keys,
  intent,
  severity: intent.severity,
  isDigest: intent.action === 'digest',
});

async function withinRate<T extends Asking>(
  channel: string,
  wanted: readonly T[],
  config: Routing['channels'][string] | undefined,
  { store, now }: Delivering,
) {
  if (!config) return { send: wanted, fold: [] as T[], wait: [] as T[], againAt: now() };
  for (;;) {
    const bucket = await store.bucket(channel);
    const planned = plan(wanted, config, bucket?.value ?? null, now());
    try {
      await store.putBucket(channel, planned.bucket, bucket?.version ?? null);
      return planned;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
}

async function sendOne(
  { batch, keys, intent }: { batch: Batch; keys: readonly string[]; intent: Intent },
  delivering: Delivering,
): Promise<Report> {
  const { store, table, channels, now, onRefused } = delivering;
  const delivery = (await channels[intent.channel]?.send(intent)) ?? noChannel(intent.channel);
  const attempts = Math.max(...batch.items.map((item) => item.attempts));
  if (delivery.outcome === 'pending' && now() - intent.at < GIVE_UP_MS) {
    await store.postpone(keys, now() + backoffMs(attempts, delivery), true);
    return { ...NOTHING, postponed: 1 };
  }
  const outcome = delivery.outcome === 'pending' ? 'refused' : delivery.outcome;
  if (outcome !== 'refused') await sayTold(saidBy(batch, intent), outcome, delivering.sharing, table.routing.channels);
  await finish(intent, keys, delivering, outcome);
  if (outcome !== 'refused') return { ...NOTHING, sent: 1 };
  await onRefused?.(intent, delivery.detail);
  return { ...NOTHING, refused: 1 };
}

/** Everything that one message told: itself and what it overtook. */
const saidBy = ({ items }: Batch, intent: Intent): Intent[] =>
  intent.folds ? [intent] : items.map((item) => item.intent);

/** Takes messages from the outbox and writes the answer into the ledgers of the groups they are about. */
async function finish(
  intent: Intent,
  keys: readonly string[],
  delivering: Delivering,
  outcome?: Exclude<Delivery['outcome'], 'pending'>,
): Promise<void> {
  const now = delivering.now();
  const { channel, folds = [{ key: intent.key, group: intent.group }] } = intent;
  for (const [index, { key, group }] of folds.entries()) {
    const about = { key, incident: key.slice(0, key.indexOf('/')), channel };
    await settle(delivering, group, now, {
      change: (ledger) => (outcome ? withOutcome(ledger, about, outcome) : ledger),
      // With the last of them: who dies before goes on from the first, which changes nothing twice.
      done: index === folds.length - 1 ? keys : [],
    });
  }
}

const REFUSES = 'Channel refuses messages';
const REFUSAL_LASTS_MS = 3_600_000;

/**
 * What somebody has to hear by another way when a provider refuses a message for good: a wrong key, a channel that is
 * gone. Null for a refusal of this very alert, which would only go round.
 */
export function refusalSignal({ channel, content }: Intent, detail: string, now: number): Signal | null {
  if (content.alerts.some(({ name }) => name === REFUSES)) return null;
  return {
    kind: 'operations-alert',
    source: 'mainstay',
    account: '',
    region: '',
    resource: `alert-routing/channel/${channel}`,
    name: REFUSES,
    state: 'firing',
    at: now,
    until: now + REFUSAL_LASTS_MS,
    severity: 'P1',
    labels: { slug: 'alert-routing', channel },
    summary: `${channel} refuses messages for good: ${detail}`,
    description: '',
    links: { runbook: null, graph: null, source: null },
    muted: null,
    raw: null,
  };
}

const BACKOFF_MS = [1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000] as const;

/** No jitter: the channel's rate spreads what comes back at once. */
const backoffMs = (attempts: number, delivery: Delivery): number => {
  const own = BACKOFF_MS[Math.min(attempts, BACKOFF_MS.length) - 1] ?? 1000;
  return delivery.outcome === 'pending' && delivery.retryAfterSeconds !== null
    ? Math.max(own, delivery.retryAfterSeconds * 1000)
    : own;
};

const noChannel = (channel: string): Delivery => ({ outcome: 'refused', detail: `no channel ${channel} is set up` });

const sum = (a: Report, b: Report): Report => ({
  sent: a.sent + b.sent,
  folded: a.folded + b.folded,
  postponed: a.postponed + b.postponed,
  refused: a.refused + b.refused,
  spared: a.spared + b.spared,
  againAt: a.againAt ?? b.againAt,
});
