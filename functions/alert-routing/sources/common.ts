/** What all readers of sources share. Pure. */
import { msOf } from '../../shared/clock.ts';
import type { Links, Severity, Signal } from '../signal.ts';

/** When it was read, for what carries no time of its own, and where the reader runs. */
export interface Context {
  readonly now: number;
}

export const DAY_MS = 86_400_000;

/** A signal with everything that most sources do not say left empty. */
export const signal = (
  said: Pick<Signal, 'kind' | 'source' | 'account' | 'region' | 'resource' | 'name' | 'state' | 'at' | 'summary'> &
    Partial<Signal>,
): Signal => ({
  until: null,
  severity: null,
  labels: {},
  description: '',
  links: NO_LINKS,
  muted: null,
  raw: null,
  ...said,
});

export const NO_LINKS: Links = { runbook: null, graph: null, source: null };

/** Only web links are ever shown: a javascript: or file: URL in an annotation is none. */
export function webLink(text: string | null | undefined): string | null {
  if (!text || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  return text.length <= 2000 ? text : null;
}

/** A time that the schema has checked. */
export const moment = (iso: string, fallback: number): number => msOf(iso) ?? fallback;

/** The words that monitoring uses for severity, as ours. Null for what it is none of. */
export function severityOf(text: string | null | undefined): Severity | null {
  switch (text?.trim().toLowerCase()) {
    case 'p0':
    case 'outage':
      return 'P0';
    case 'p1':
    case 'critical':
    case 'page':
    case 'fatal':
      return 'P1';
    case 'p2':
    case 'high':
    case 'error':
    case 'warning':
    case 'medium':
      return 'P2';
    case 'p3':
    case 'low':
    case 'info':
    case 'informational':
    case 'none':
    case 'debug':
      return 'P3';
    default:
      return null;
  }
}

/** ARN parts: arn:partition:service:region:account:resource. */
export function arnParts(arn: string): { region: string; account: string; resource: string } {
  const parts = arn.split(':');
  return { region: parts[3] ?? '', account: parts[4] ?? '', resource: parts.slice(5).join(':') };
}
