/** Everything that people were told in a run, from the world's ledger and the mailboxes; never from Mainstay's own records. */
import type { Cloud } from '../../../simulator/cloud.ts';
import { type SesState, ses } from '../../../simulator/services/ses/index.ts';
import { type SnsState, sns } from '../../../simulator/services/sns.ts';
import { ledgerOf } from '../../../simulator/world/index.ts';
import type { Want } from './scenario.ts';
import { HEARTBEAT, HEARTBEAT_MAILBOX } from './scene.ts';

export interface Notification {
  /** Seconds since the scenario began. */
  readonly t: number;
  readonly says: string;
  readonly about: string;
  /** What else it shows, where the ledger has it. */
  readonly details?: string;
  /** By which the provider tells it from others. */
  readonly key: string;
  /** Taken, and nothing came of it. */
  readonly lost: boolean;
}

/** In the order of time; heartbeats are not among them, what their monitor says is. */
export function notificationsIn(cloud: Cloud, since: number): Notification[] {
  const from = since - cloud.state.startedAt;
  const { messages, people } = ledgerOf(cloud);
  const told = messages
    .filter(({ t, provider, to }) => t >= from && provider !== 'heartbeat' && to !== HEARTBEAT)
    .map(({ t, provider, to, what, key, summary, details, lost }) => {
      return { t: (t - from) / 1000, says: `${provider} ${to} ${what}`, about: summary, details, key, lost };
    });
  const monitored = people
    .filter(({ t, by }) => t >= from && by === 'heartbeat')
    .map(({ t, key }) => ({ t: (t - from) / 1000, says: `monitor ${key}`, about: 'silence', key, lost: false }));
  const mailed = cloud.state.regions.flatMap((region) => {
    const topics = cloud.stateOf<SnsState>(sns, region).outbox.flatMap(({ t, topicArn, subject }) => {
      if (topicArn.includes('Heartbeat')) return [];
      const says = topicArn.includes('LastResort') ? 'last-resort' : 'phones';
      return [{ at: t, says, about: subject ?? '', key: topicArn }];
    });
    const mails = cloud.stateOf<SesState>(ses, region).outbox.flatMap(({ t, to, subject, messageId }) => {
      return to === HEARTBEAT_MAILBOX ? [] : [{ at: t, says: 'email', about: subject, key: messageId }];
    });
    return [...topics, ...mails].filter(({ at }) => at >= since);
  });
  const posted = mailed.map(({ at, ...rest }) => ({ t: (at - since) / 1000, ...rest, lost: false }));
  return [...told, ...monitored, ...posted, ...askedFor(cloud, from)].sort((a, b) => a.t - b.t);
}

/** What was asked of others on a bus: as good as a notification, since somebody acts on each. */
const ASKED = new Set(['Region failover requested', 'Release decided']);

function askedFor(cloud: Cloud, from: number): Notification[] {
  return cloud.trace.entries.flatMap(({ t, source, what, region, detail }) => {
    if (source !== 'events' || what !== 'event' || t < from) return [];
    const { id, detailType } = detail as { id: string; detailType: string };
    if (!ASKED.has(detailType)) return [];
    return [{ t: (t - from) / 1000, says: `bus ${region}`, about: detailType, key: id, lost: false }];
  });
}

/** A sentence for each want that did not come, and for each notification that nobody wanted. */
export function unwantedAndMissing(wants: readonly Want[], all: readonly Notification[]): string[] {
  const left = [...all];
  const missing = wants.flatMap((want) => {
    const times = want.times ?? 1;
    const found = left.filter((one) => isIt(want, one)).slice(0, times);
    for (const one of found) left.splice(left.indexOf(one), 1);
    if (found.length === times) return [];
    const { says, from, to, details } = want;
    const about = details === undefined ? want.about : `${want.about} ${details}`;
    return [`wanted ${times} '${says}' about '${about}' between ${from} and ${to} s, came ${found.length}`];
  });
  const unwanted = left.map(({ t, says, about }) => `not wanted: '${says}' about '${about}' at ${t.toFixed(1)} s`);
  return [...missing, ...unwanted];
}

const isIt = ({ says, about, details = '', from, to }: Want, one: Notification): boolean =>
  one.says === says &&
  one.about.includes(about) &&
  (one.details ?? '').includes(details) &&
  one.t >= from &&
  one.t <= to;
