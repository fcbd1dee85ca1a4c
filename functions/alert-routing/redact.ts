/** Takes secrets out of what is kept, logged or shown. Pure. */

const NAMES =
  /token|secret|password|passwd|authorization|cookie|signature|credential|api[-_]?key|access[-_]?key|private/i;

const PATTERNS: readonly RegExp[] = [
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g,
  /\b(Bearer|Basic)\s+[\w.+/=-]{8,}/gi,
  /\bxox[abprs]-[\w-]{8,}/g,
  // The path of a webhook is its credential.
  /https:\/\/hooks\.slack\.com\/\S+/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=:\/\/)[^\s/:@]+:[^\s/@]+(?=@)/g,
  /(?<=[?&](?:[\w-]*(?:token|secret|key|signature|password)[\w-]*)=)[^&\s"']+/gi,
];

const HIDDEN = '[redacted]';

/** Deeper than any source goes; what is below is not kept. */
const DEPTH_MAX = 20;

/** What each of the patterns begins with: most text has none of it, and is passed on after one look. */
const MAYBE = /AKIA|ASIA|eyJ|bearer|basic|xox|hooks\.slack|PRIVATE KEY|:\/\/|[?&]/i;

export const redactText = (text: string): string =>
  MAYBE.test(text) ? PATTERNS.reduce((clean, pattern) => clean.replace(pattern, HIDDEN), text) : text;

/** The value as text of at most `lengthMax` characters, with the members whose names promise secrets hidden. */
export function redacted(value: unknown, lengthMax: number): string {
  const clean = typeof value === 'string' ? value : (JSON.stringify(hide(value, 0)) ?? String(value));
  return redactText(clean).slice(0, lengthMax);
}

function hide(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (Array.isArray(value)) return value.map((member) => hide(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, NAMES.test(name) ? HIDDEN : hide(member, depth + 1)]),
  );
}
