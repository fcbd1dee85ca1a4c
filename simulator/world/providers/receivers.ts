/** Plain receivers: hosts that take any POST, and a monitor that expects to be pinged and tells people when it is not. */
import type { Cloud } from '../../cloud.ts';
import { recordMessage, recordPerson } from '../ledger.ts';
import { type Answer, type Asked, json, text } from './exchange.ts';
import { afterwards, providersState, troubleOf } from './state.ts';

export function receiver(cloud: Cloud, asked: Asked): Answer {
  const { bearer } = providersState(cloud).receivers[asked.host] ?? { bearer: null };
  if (asked.method !== 'POST') return json(405, { message: 'POST only' });
  if (bearer !== null && asked.headers.authorization !== `Bearer ${bearer}`)
    return json(401, { message: 'Unauthorized' });
  const key = asked.headers['idempotency-key'] ?? '';
  const lost = troubleOf(cloud, 'webhook', 'forgets') !== undefined;
  const about = { provider: 'webhook', to: asked.host, what: asked.path, from: asked.from } as const;
  recordMessage(cloud, { ...about, key, summary: asked.body, lost });
  return json(200, {});
}

/** Any method counts as a ping. */
export function heartbeat(cloud: Cloud, { host, path, from }: Asked): Answer {
  const url = `${host}${path}`;
  const check = providersState(cloud).heartbeats[url];
  if (!check) return text(404, 'not found');
  const lost = troubleOf(cloud, 'heartbeat', 'forgets') !== undefined;
  recordMessage(cloud, { provider: 'heartbeat', to: check.name, what: 'ping', key: url, summary: '', from, lost });
  if (lost) return text(200, 'OK');
  check.lastAt = cloud.now;
  check.silentSince = null;
  afterwards(cloud, check.everyMs + check.graceMs, 'silence', { url, since: cloud.now });
  return text(200, 'OK');
}

/** The timer 'silence': nothing came since. */
export function noticeSilence({ url, since }: { readonly url: string; readonly since: number }, cloud: Cloud): void {
  const check = providersState(cloud).heartbeats[url];
  if (!check || check.lastAt !== since || check.silentSince !== null) return;
  check.silentSince = cloud.now;
  recordPerson(cloud, { who: 'the monitor’s people', what: 'paged', by: 'heartbeat', key: check.name });
}
