/** The router as a process: takes signals in, settles what is due, delivers what was decided. All by the core's functions. */
import { deliver, refusalSignal } from '../../functions/alert-routing/deliver.ts';
import { StoreConflict } from '../../functions/alert-routing/errors.ts';
import { withAcknowledgement } from '../../functions/alert-routing/ledger.ts';
import type { Channel } from '../../functions/alert-routing/ports.ts';
import { type Received, receive } from '../../functions/alert-routing/receive.ts';
import { settle, suppressorsOf } from '../../functions/alert-routing/settle.ts';
import type { Signal } from '../../functions/alert-routing/signal.ts';
import type { Silence } from '../../functions/alert-routing/silence.ts';
import type { Table } from '../../functions/alert-routing/table.ts';
import type { Point, SqliteStore } from './store.ts';

export interface RouterOptions {
  readonly store: SqliteStore;
  readonly table: Table;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly now: () => number;
  readonly log: (text: string) => void;
  readonly onPoint?: (point: Point) => void;
}

/** Groups settled in one go, and messages on their way at once. */
const SETTLE_MAX = 500;
const DELIVER_MAX = 100;
const DELIVERIES_MAX = 4;
/** Longer than any answer may take. */
const LEASE_MS = 60_000;
const FORGET_EVERY_MS = 60_000;
/** A signal later than this is no longer recognised as stale. */
const REMEMBER_MS = 24 * 3_600_000;
/** Timers of Node take 31 bits. */
const SLEEP_MS_MAX = 60_000;

export class Router {
  readonly #options: RouterOptions;
  readonly #channels: Readonly<Record<string, Channel>>;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #settling: Promise<void> | null = null;
  readonly #deliveries = new Set<Promise<void>>();
  readonly #forgetting: NodeJS.Timeout;
  #stopped = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#channels = options.onPoint ? pointed(options.channels, options.onPoint) : options.channels;
    this.#forgetting = setInterval(() => void this.#forget(), FORGET_EVERY_MS);
    this.wake(0);
  }

  /** @throws StoreConflict, or what the disk throws: then nothing was taken */
  async take(signals: readonly Signal[]): Promise<Received[]> {
    return receive(this.#options, signals, this.#options.now());
  }

  async silence(silence: Silence): Promise<void> {
    await this.#options.store.putSilence(silence);
  }

  /** Null when it counts; else why not. */
  async acknowledge(
    group: string,
    incident: string,
    by: string,
    reason: string,
    until: number,
  ): Promise<string | null> {
    const at = this.#options.now();
    let refused: string | null = null;
    await settle(this.#options, group, at, {
      change: (ledger) => {
        const done = withAcknowledgement(ledger, incident, { by, reason, at, until });
        refused = done.refused;
        return done.group;
      },
    });
    return refused;
  }

  /** Something is to be done, at the latest then. */
  wake(at: number): void {
    if (this.#stopped || at >= this.#timerAt) return;
    this.#timerAt = at;
    clearTimeout(this.#timer);
    const inMs = Math.min(Math.max(0, at - this.#options.now()), SLEEP_MS_MAX);
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#work();
    }, inMs);
  }

  /** Waits for what is on its way; what is not stays in the store. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#forgetting);
    await Promise.allSettled([this.#settling, ...this.#deliveries]);
  }

  #work(): void {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = null;
      this.#next();
    });
    if (this.#deliveries.size < DELIVERIES_MAX) this.#deliver();
  }

  #next(): void {
    const at = this.#options.store.nextAt();
    if (at !== null) this.wake(at);
  }

  async #settle(): Promise<void> {
    const { store, now, log } = this.#options;
    const due = await store.due(now(), SETTLE_MAX);
    if (due.length === 0) return;
    const suppressors = await suppressorsOf(store, now());
    // Together, so that they go to the disk together.
    await Promise.all(
      due.map(async (key) => {
        try {
          await settle(this.#options, key, now(), {}, suppressors);
        } catch (error) {
          if (!(error instanceof StoreConflict)) log(`group ${key} could not be settled: ${(error as Error).message}`);
          store.retry(key, now() + 1000);
        }
      }),
    );
  }

  #deliver(): void {
    const { store, table, now, log } = this.#options;
    const delivering = { store, table, channels: this.#channels, now, leaseMs: LEASE_MS, limit: DELIVER_MAX };
    const delivery = deliver({
      ...delivering,
      onRefused: async (intent, detail) => {
        log(`${intent.channel} refused message ${intent.key} for good: ${detail}`);
        const refusal = refusalSignal(intent, detail, now());
        if (refusal) await this.take([refusal]);
      },
    }).then(
      ({ sent, folded, refused }) => {
        this.#deliveries.delete(delivery);
        // Where one batch was full there may be more.
        if (sent + folded + refused > 0) this.wake(0);
        else this.#next();
      },
      (error) => {
        this.#deliveries.delete(delivery);
        log(`delivery failed: ${(error as Error).message}`);
        this.wake(now() + 1000);
      },
    );
    this.#deliveries.add(delivery);
  }

  async #forget(): Promise<void> {
    await this.#options.store.forget(this.#options.now() - REMEMBER_MS).catch(() => 0);
  }
}

const pointed = (channels: RouterOptions['channels'], onPoint: (point: Point) => void): RouterOptions['channels'] =>
  Object.fromEntries(
    Object.entries(channels).map(([name, channel]) => [
      name,
      {
        async send(intent) {
          onPoint('before-send');
          const delivery = await channel.send(intent);
          onPoint('after-send');
          return delivery;
        },
      } satisfies Channel,
    ]),
  );
