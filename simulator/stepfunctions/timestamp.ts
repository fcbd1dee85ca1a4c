/** Timestamps of Wait states. Source: Amazon States Language specification, "Timestamps": RFC 3339, 'T' and 'Z' or an offset. */

const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch, or undefined when the text is not such a time. Smaller fractions are cut off. */
export function parseTimestamp(text: string): number | undefined {
  const parts = TIMESTAMP.exec(text);
  if (!parts) return undefined;
  const [year, month, day] = [1, 2, 3].map((i) => Number(parts[i])) as [number, number, number];
  // Date.parse lets the 31st of a short month run over into the next one.
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  if (Number(parts[4]) > 23) return undefined;
  const fraction = (parts[7] ?? '').slice(0, 4);
  const atMs = Date.parse(`${text.slice(0, 19)}${fraction}${parts[8]}`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
