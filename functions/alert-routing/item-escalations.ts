/** Which machine follows an incident's escalation, and the token by which it waits: on the table of items. */
import { WriteConflict } from '../shared/errors.ts';
import type { Items, Write } from '../shared/items.ts';
import type { Round } from './escalation.ts';
import { META, stored } from './item-keys.ts';

export interface Follower extends Round {
  /** Counts the machines of one round, from 0. */
  readonly attempt: number;
  /** Of the task that waits; null while none does. Never in a log. */
  readonly token: string | null;
}

export interface Followers {
  of(incident: string): Promise<Follower | null>;
  /** False when another one was put there since `before` was read. */
  appoint(next: Omit<Follower, 'token'>, before: Follower | null): Promise<boolean>;
  /** Null: it waits no more. False when the machine is not the appointed one any more. */
  waits(follower: Omit<Follower, 'token'>, token: string | null): Promise<boolean>;
}

const keyOf = (incident: string) => ({ pk: `escalation#${incident}`, sk: META });

export function itemFollowers(items: Items): Followers {
  const unless = async (write: Write): Promise<boolean> => {
    try {
      await items.write([write]);
      return true;
    } catch (error) {
      if (error instanceof WriteConflict) return false;
      return stored(Promise.reject(error));
    }
  };
  return {
    async of(incident) {
      const item = await stored(items.get(keyOf(incident)));
      if (!item) return null;
      const { countedFrom, attempt, token } = item;
      return {
        incident,
        countedFrom: Number(countedFrom),
        attempt: Number(attempt),
        token: typeof token === 'string' ? token : null,
      };
    },
    appoint({ incident, countedFrom, attempt }, before) {
      const only = { countedFrom: before?.countedFrom ?? null, attempt: before?.attempt ?? null };
      return unless({ put: { ...keyOf(incident), countedFrom, attempt, token: null }, only });
    },
    waits({ incident, countedFrom, attempt }, token) {
      return unless({ update: keyOf(incident), set: { token }, only: { countedFrom, attempt } });
    },
  };
}
