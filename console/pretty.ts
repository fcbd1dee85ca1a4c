/** One event of a trace as a line that a person can read: when, where, what, by whom, about what. */
import type { TraceEntry } from '../simulator/trace.ts';
import type { PlainNames } from './plain-names.ts';

const WORDS_MAX = 160;
const WHAT_WIDTH = 36;

/** Members that say nothing a reader looks for. */
const SILENT = new Set(['by', 'requestId', 'ConsistentRead', 'ReturnConsumedCapacity']);

export function prettyLine({ t, region, source, what, detail }: TraceEntry, names: PlainNames): string {
  const told = (detail ?? {}) as Readonly<Record<string, unknown>>;
  const by = typeof told.by === 'string' ? names.actor(told.by) : '';
  const { input, ...rest } = told;
  const about = { ...(typeof input === 'object' && input !== null ? input : {}), ...rest };
  const words = Object.entries(about)
    .filter(([name]) => !SILENT.has(name))
    .map(([name, value]) => `${name}=${valueText(value, names)}`)
    .join(' ');
  const cut = words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX - 1)}…` : words;
  return `${clock(t)}  ${region.padEnd(10)}  ${`${source}:${what}`.padEnd(WHAT_WIDTH)}  ${by.padEnd(15)}  ${cut}`.trimEnd();
}

/** ARNs are said by their last part, lines of a log by their message; text of several lines stays on one. */
function valueText(value: unknown, names: PlainNames): string {
  const { level, message } = (value ?? {}) as { level?: unknown; message?: unknown };
  const logged = typeof level === 'string' && typeof message === 'string' ? `${level} ${message}` : undefined;
  const text = logged ?? (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  const short = text.startsWith('arn:') ? text.split(':').slice(5).join(':') : text;
  return names.text(short).replaceAll(/\s+/g, ' ');
}

/** Minutes, seconds and milliseconds since the run began. */
function clock(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const seconds = Math.floor((milliseconds % 60_000) / 1000);
  const rest = Math.floor(milliseconds % 1000);
  return `${String(minutes).padStart(3)}:${String(seconds).padStart(2, '0')}.${String(rest).padStart(3, '0')}`;
}
