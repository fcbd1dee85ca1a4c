/** A message as a provider takes it, and what its answer means. Types, and what all renderers share. Pure. */
import type { Content, Intent } from '../incident.ts';
import type { Delivery } from '../ports.ts';

export interface ProviderRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Null: no answer within the time. */
export type ProviderAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} | null;

/** Where people act on an incident; null where links are not set up. */
export interface Actions {
  readonly acknowledgeUrl: string | null;
  readonly silenceUrl: string | null;
}

export const isEnd = ({ action, content }: Intent): boolean =>
  action === 'resolve' || (action === 'digest' && content.status === 'resolved');

/** Cut at a length in characters that people see as such, never in the middle of one. */
export function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const points = [...text.slice(0, lengthMax)];
  const last = points.at(-1) ?? '';
  // A lone surrogate at the end is half a character.
  if (/^[\uD800-\uDBFF]$/.test(last)) points.pop();
  return `${points.slice(0, -1).join('')}…`;
}

export const iso = (at: number): string => new Date(at).toISOString();

/** Lines that every provider shows, in this order: what, who, what is being done, where to look. */
export function facts({ owner, counts, doing, links, startedAt }: Content): [name: string, value: string][] {
  const { firing, resolved, suppressed } = counts;
  return [
    ['Owner', owner],
    ['Since', iso(startedAt)],
    ['Alerts', `${firing} firing, ${resolved} resolved${suppressed > 0 ? `, ${suppressed} suppressed` : ''}`],
    ['Mainstay', doing ?? 'does nothing about it by itself'],
    ...(links.runbook ? [['Runbook', links.runbook] as [string, string]] : []),
    ...(links.graph ? [['Graph', links.graph] as [string, string]] : []),
    ...(links.source ? [['Source', links.source] as [string, string]] : []),
  ];
}

/** By HTTP alone: taken, refused for good, or worth another try. */
export function interpretStatus(answer: ProviderAnswer, taken: 'accepted' | 'confirmed'): Delivery {
  if (!answer) return { outcome: 'pending', detail: 'no answer', retryAfterSeconds: null };
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { outcome: taken, detail: String(status) };
  // Too early, too many, and what is the provider's own trouble.
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { outcome: 'pending', detail: String(status), retryAfterSeconds: retryAfter(headers) };
  }
  return { outcome: 'refused', detail: String(status) };
}

const RETRY_AFTER_SECONDS_MAX = 600;

/** In seconds; a date is not honoured, since it would need the provider's clock. */
function retryAfter(headers: Readonly<Record<string, string>>): number | null {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds, RETRY_AFTER_SECONDS_MAX) : null;
}
