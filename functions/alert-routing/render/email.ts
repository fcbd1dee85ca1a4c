/** An email, as SES takes it (SendEmail, Content.Simple): one subject per incident, so that mail programs thread it. */
import type { Intent } from '../incident.ts';
import { type Actions, cut, facts, isEnd } from './request.ts';

export interface Email {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Deterministic, so that a mail that comes twice is seen as one by what honours it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A subject of one line, without characters that could begin a header. */
const SUBJECT_MAX = 200;
const oneLine = (text: string): string => text.replaceAll(/[\r\n\t\0]+/g, ' ').trim();

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

export function renderEmail(
  intent: Intent,
  { to, domain, actions }: { to: string; domain: string; actions: Actions },
): Email {
  const { content, incident, key, reason } = intent;
  const thread = `<${incident}@${domain}>`;
  const acts = isEnd(intent)
    ? []
    : [
        ...(actions.acknowledgeUrl ? [['Acknowledge', actions.acknowledgeUrl]] : []),
        ...(actions.silenceUrl ? [['Silence', actions.silenceUrl]] : []),
      ];
  const rows = [...facts(content), ...acts] as [string, string][];
  const alerts = content.alerts.map(({ name, region, resource, summary, status }) => {
    return oneLine(`${status} ${name} ${region} ${resource}: ${summary}`);
  });
  const hidden = content.counts.firing + content.counts.resolved - content.alerts.length;
  if (hidden > 0) alerts.push(`and ${hidden} more`);
  const shown = ([name, value]: [string, string]) =>
    `<li><b>${name}</b> ${/^https?:/.test(value) ? `<a href="${escapeHtml(value)}">${escapeHtml(value)}</a>` : escapeHtml(value)}</li>`;
  return {
    to,
    subject: cut(oneLine(content.title), SUBJECT_MAX),
    text: [
      content.title,
      '',
      ...alerts,
      '',
      ...rows.map(([name, value]) => `${name}: ${oneLine(value)}`),
      '',
      reason,
    ].join('\n'),
    html: [
      `<h3>${escapeHtml(content.title)}</h3>`,
      `<ul>${alerts.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`,
      `<ul>${rows.map(shown).join('')}</ul>`,
      `<p>${escapeHtml(reason)}</p>`,
    ].join('\n'),
    headers: { 'X-Mainstay-Key': key, References: thread, 'In-Reply-To': thread },
  };
}
