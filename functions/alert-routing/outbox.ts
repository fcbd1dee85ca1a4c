/**
 * From messages decided to messages sent: what is overtaken is not sent, what was never sent needs no end, and what goes
 * beyond a channel's rate is folded into one digest whose counts add up. Pure.
 */
import type { Content, Folded, Intent, IntentAction } from './incident.ts';
import { digest } from './keys.ts';
import type { Batch } from './ports.ts';

/** Gravest first: what a message that overtakes unsent ones has to count as. */
const PAGES: readonly IntentAction[] = ['open', 'raise', 'failover', 'escalate', 'repeat'];

export type Merged =
  | { readonly send: Intent; readonly keys: readonly string[] }
  /** It was over before anybody was told. */
  | { readonly send: null; readonly keys: readonly string[] };

/** One message for all that is still to be said: the newest, as what the oldest unsent would have been. */
export function merge({ items }: Batch): Merged {
  const keys = items.map(({ intent }) => intent.key);
  const newest = items.at(-1)?.intent as Intent;
  if (newest.action === 'resolve') {
    const isUntold = items.some(({ intent, attempts }) => isFirst(intent) && attempts <= 1);
    return items.length > 1 && isUntold ? { send: null, keys } : { send: newest, keys };
  }
  const actions = items.map(({ intent }) => intent.action);
  const action = PAGES.find((page) => actions.includes(page)) ?? newest.action;
  return { send: action === newest.action ? newest : { ...newest, action }, keys };
}

const isFirst = ({ key, action }: Intent): boolean => key.endsWith('/0') && action !== 'resolve';

/** At most this many titles are in a digest; the counts are of all. */
const TITLES_MAX = 20;

/** One message that stands for many, under a key that the same many always give. */
export function digestOf(messages: readonly Intent[], channel: string, at: number): Intent {
  const folds = messages.map(({ key, group, action, severity, content, transition, at: decidedAt }): Folded => {
    return { key, group, action, severity, title: content.title, transition, at: decidedAt };
  });
  const key = digest('digest', channel, ...folds.map((fold) => fold.key).sort());
  const severity = folds.map((fold) => fold.severity).sort()[0] ?? 'P3';
  const title = `${folds.length} messages in one: ${tally(folds)}`;
  return {
    key: `${key}/${channel}/0`,
    incident: key,
    group: folds[0]?.group ?? '',
    channel,
    action: 'digest',
    severity,
    at,
    reason: `more than ${channel} takes at once`,
    content: digestContent(messages, title),
    folds,
  };
}

/** `7 open, 2 resolve`; the numbers add up to all messages. */
function tally(folds: readonly Folded[]): string {
  const counts = new Map<string, number>();
  for (const { action, severity } of folds) {
    const name = `${severity} ${action}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function digestContent(messages: readonly Intent[], title: string): Content {
  const first = messages[0]?.content as Content;
  const sum = (of: (content: Content) => number) => messages.reduce((total, { content }) => total + of(content), 0);
  const owners = new Set(messages.map(({ content }) => content.owner));
  return {
    title,
    status: messages.every(({ content }) => content.status === 'resolved') ? 'resolved' : 'firing',
    route: 'digest',
    owner: [...owners].join(', '),
    groupLabels: {},
    links: { runbook: null, graph: null, source: null },
    doing: null,
    startedAt: messages.reduce((least, { content }) => Math.min(least, content.startedAt), first.startedAt),
    counts: {
      firing: sum(({ counts }) => counts.firing),
      resolved: sum(({ counts }) => counts.resolved),
      suppressed: sum(({ counts }) => counts.suppressed),
    },
    alerts: messages.flatMap(({ content }) => content.alerts.slice(0, 1)).slice(0, TITLES_MAX),
  };
}
