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

/** What happens to messages already decided. */
export interface OutboxItem {
  readonly intent: Intent;
  /** Deliveries begun, this one included: above 1, the provider may have it already. */
  readonly attempts: number;
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
   * Messages that nobody is delivering, the gravest and then the oldest first, at most one per incident and channel:
   * the newest; what it overtakes comes in `overtaken`. Durably counted as begun, and nobody else's until `leaseMs` are over.
   */
  claim(now: number, limit: number, leaseMs: number): Promise<readonly OutboxItem[]>;
  /** Not delivered yet: free again at `at`. */
  postpone(key: string, at: number): Promise<void>;
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
