/**
 * Expand and contract. Both colours use one database, so at every moment its schema must be one that the live release works
 * with and, from the first user on until the retention is over, the other one too. Schemas are whole numbers that only grow;
 * a release says from which to which it works, in labels of its image. Pure.
 */
import type { SchemaRange } from '../shared/release-ports.ts';

/** The schema that a release works with, by its labels; null when they do not say. */
export function schemaOf(labels: Readonly<Record<string, string>>): SchemaRange | null {
  const [min, max] = [labels['mainstay.schema.min'], labels['mainstay.schema.max']].map(Number);
  return Number.isInteger(min) && Number.isInteger(max) ? { min: Number(min), max: Number(max) } : null;
}

/**
 * Where the database is brought before users are sent to `ours`: to the newest schema that both releases work with, never
 * back from where it is. Null where one of them does not say.
 */
export function expandedTo(ours: SchemaRange | null, live: SchemaRange | null, now: number | null): number | null {
  return ours && live ? Math.max(now ?? Number.NEGATIVE_INFINITY, Math.min(ours.max, live.max)) : null;
}

/** Where it is brought when only `live` is left. */
export function contractedTo(live: SchemaRange | null, now: number | null): number | null {
  return live && Math.max(now ?? Number.NEGATIVE_INFINITY, live.max);
}

/** Why `ours` cannot be released beside `live` on a database that is at `now`; null when nothing is against it. */
export function objectionToSchema(
  ours: SchemaRange | null,
  live: SchemaRange | null,
  now: number | null,
): string | null {
  if (!ours) return now === null ? null : `it does not say which schema it works with, and the database is at ${now}`;
  const works = `it works with schema ${ours.min} to ${ours.max}`;
  if (now !== null && now > ours.max) return `${works}, and the database is at ${now}`;
  if (!live) return now === null || ours.min <= now ? null : `${works}, and the database is at ${now}`;
  const both = expandedTo(ours, live, now) ?? Number.NaN;
  const fits = [ours, live].every(({ min, max }) => min <= both && both <= max);
  return fits ? null : `${works}, the live release with ${live.min} to ${live.max}`;
}
