/**
 * What the router keeps and reaches, in our words. Adapters: DynamoDB (functions/shared/aws), SQLite (console/route),
 * memory (tests). Every write is conditional or idempotent; none is acknowledged before it is durable.
 */
import type { Alert } from './alert.ts';
import type { Group, GroupSnapshot, Intent, Outcome } from './incident.ts';
import type { Silence } from './silence.ts';

export interface Stored<T> {
  readonly value: T;
  readonly version: number;
}

export interface AlertChange {
  readonly alert: Alert;
  /** As read; null when it was not there. */
  readonly version: number | null;
  /** Groups to be looked at, at the latest then (our clock): its own, and the one it leaves. */
  readonly wakes: readonly { readonly group: string; readonly at: number }[];
}

/** A message that is not yet delivered. */
export interface OutboxItem {
  readonly intent: Intent;
  /** Deliveries begun, this one included: above 1, the provider may have it already. */
  readonly attempts: number;
}

/** All that is still to be said about one incident to one channel, the oldest first: outbox.ts makes one message of it. */
export interface Batch {
  readonly incident: string;
  readonly channel: string;
  readonly items: readonly OutboxItem[];
}

/** Tokens left of a channel's rate, as of a moment. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export interface Commit {
  readonly group: Group;
  /** As read. */
  readonly version: number;
  /** When the group is to be looked at again; null: only when something changes. */
  readonly wakeAt: number | null;
  /** Put into the outbox; one that is or was there under its key stays as it is. */
  readonly intents: readonly Intent[];
  /** Taken from the outbox: delivered, refused for good, or overtaken before it was begun. */
  readonly done: readonly string[];
}

export interface AlertStore {
  /** In the order of the keys. Strongly consistent. */
  alerts(keys: readonly string[]): Promise<readonly (Stored<Alert> | null)[]>;
  /**
   * Keeps alerts, counts up their groups' versions and lowers the groups' wake times: each change whole, and all durable
   * when it resolves. @throws StoreConflict when a version is not as read; what is kept already stays kept
   */
  keep(changes: readonly AlertChange[]): Promise<void>;
  /** An empty group when there is none. */
  group(key: string): Promise<GroupSnapshot>;
  /** All or nothing. @throws StoreConflict when the group or one of its alerts changed since it was read */
  commit(commit: Commit): Promise<void>;
  /** Groups whose time has come, the longest overdue first. */
  due(now: number, limit: number): Promise<readonly string[]>;
  /**
   * Messages whose time has come and that nobody is delivering, those of a P0 first, then the oldest: at most `limit`
   * batches, each with all messages of its incident and channel. They are durably counted as begun when it resolves, and
   * nobody else gets them, nor later ones of the same incident and channel, until `leaseMs` are over.
   */
  claim(now: number, limit: number, leaseMs: number): Promise<readonly Batch[]>;
  /** Not delivered: free again at `at`. With `begun` false they were never sent and are not counted as begun. */
  postpone(keys: readonly string[], at: number, begun: boolean): Promise<void>;
  /** Replaces messages (those it folds, and what they overtook) by the digest, free at once: all or nothing. */
  fold(digest: Intent, keys: readonly string[]): Promise<void>;
  /** Full when there is none. */
  bucket(channel: string): Promise<Stored<Bucket> | null>;
  /** @throws StoreConflict */
  putBucket(channel: string, bucket: Bucket, version: number | null): Promise<void>;
  /** All that may still be in force at `now`. */
  silences(now: number): Promise<readonly Silence[]>;
  /** The newest by `at` under its id stays. */
  putSilence(silence: Silence): Promise<void>;
  /** Alerts with `inhibits` that are not known to be over. */
  inhibitors(): Promise<readonly Alert[]>;
}

/** One provider's answer to one message. */
export type Delivery =
  | { readonly outcome: Exclude<Outcome, 'pending'>; readonly detail: string }
  /** Worth trying again, at the earliest after so many seconds where the provider said so. */
  | { readonly outcome: 'pending'; readonly detail: string; readonly retryAfterSeconds: number | null };

export interface Channel {
  /** Never throws: what went wrong is a `pending` or `refused`. */
  send(intent: Intent): Promise<Delivery>;
}
