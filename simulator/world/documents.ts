/** Documents of one cluster and the few things that the fake server can do with them. Plain data. */
import { NotModelled } from '../errors.ts';

export interface Document {
  readonly _id: string;
  readonly [field: string]: unknown;
}

/** collection → id → document */
export type Collections = Record<string, Record<string, Document>>;

/** One change, as the log and the replication carry it; `document` is null for a deletion. */
export interface Change {
  readonly collection: string;
  readonly id: string;
  readonly document: Document | null;
}

export function apply(collections: Collections, { collection, id, document }: Change): void {
  collections[collection] ??= {};
  const documents = collections[collection];
  if (document) documents[id] = document;
  else delete documents[id];
}

/** A filter is `{}` or `{_id}`; a sort is one field, descending. Anything else throws NotModelled. */
export function findOne(
  collections: Collections,
  collection: string,
  filter: Readonly<Record<string, unknown>>,
  sort?: Readonly<Record<string, unknown>>,
): Document | null {
  const documents = collections[collection] ?? {};
  const id = idOf(filter);
  if (id !== undefined) return documents[id] ?? null;
  const [field, direction, ...more] = Object.entries(sort ?? {}).flat();
  if (more.length > 0 || (sort && direction !== -1)) {
    throw new NotModelled(`mongodb: sort ${JSON.stringify(sort)} is not modelled; one field descending is`);
  }
  const all = Object.values(documents);
  if (typeof field !== 'string') return all[0] ?? null;
  return all.reduce<Document | null>((best, one) => (!best || isAfter(one[field], best[field]) ? one : best), null);
}

const isAfter = (a: unknown, b: unknown): boolean => String(a) > String(b);

/** The id that a filter asks for; undefined for `{}`. */
export function idOf(filter: Readonly<Record<string, unknown>>): string | undefined {
  const keys = Object.keys(filter);
  if (keys.length === 0) return undefined;
  if (keys.length === 1 && typeof filter._id === 'string') return filter._id;
  throw new NotModelled(`mongodb: filter ${JSON.stringify(filter)} is not modelled; {} and {_id: string} are`);
}

/** The document after an update; only `$set` is modelled. */
export function updated(before: Document, update: Readonly<Record<string, unknown>>): Document {
  const operators = Object.keys(update);
  if (operators.length !== 1 || operators[0] !== '$set') {
    throw new NotModelled(`mongodb: update operators ${operators.join(', ')} are not modelled; $set is`);
  }
  return { ...before, ...(update.$set as Record<string, unknown>) };
}
