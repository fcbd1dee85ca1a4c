/** The server's side of the fake driver: carries out one command on a cluster, or refuses it as a real server does. */
import type { Cloud } from '../cloud.ts';
import { addedMs } from '../faults/databases.ts';
import { clusterView } from '../services/rds/view.ts';
import { type ClusterId, contentsOf, write } from './database.ts';
import { type Document, findOne, idOf, updated } from './documents.ts';
import type { LedgerWrite } from './ledger.ts';
import { duplicateKey, maxTimeExpired, notReadable, notWritablePrimary } from './mongodb-errors.ts';

export interface Filter {
  readonly [field: string]: unknown;
}

export type Command =
  | { readonly do: 'find'; readonly collection: string; readonly filter: Filter; readonly sort?: Filter }
  | { readonly do: 'insert'; readonly collection: string; readonly document: Document }
  | { readonly do: 'delete'; readonly collection: string; readonly filter: Filter }
  | {
      readonly do: 'replace' | 'update';
      readonly collection: string;
      readonly filter: Filter;
      readonly change: Record<string, unknown>;
      readonly upsert: boolean;
    };

export interface ServerAnswer {
  readonly document?: Document | null;
  readonly matched?: number;
  readonly upserted?: boolean;
  /** The write in the ledger, to be marked when its acknowledgement arrives. */
  readonly entry?: LedgerWrite;
}

export interface By {
  readonly instance: string;
  readonly colour: string;
}

/** Milliseconds that the server works on a command. Guess: 1 to 6, a faulty server's delay on top. */
export function workMs(cloud: Cloud, region: string): number {
  return Math.round(cloud.random('world.database').uniform(1, 6)) + addedMs(cloud, 'slow-database', region);
}

/** Throws the server's error; a command that takes longer than its own limit does nothing. */
export function execute(
  cloud: Cloud,
  cluster: ClusterId,
  command: Command,
  limits: { readonly tookMs: number; readonly maxTimeMs: number },
  by: By,
): ServerAnswer {
  const view = clusterView(cloud, cluster.region, cluster.clusterId);
  if (limits.tookMs > limits.maxTimeMs) throw maxTimeExpired();
  if (command.do === 'find') {
    if (!view.readable) throw notReadable();
    const { collections } = contentsOf(cloud, cluster);
    return { document: findOne(collections, command.collection, command.filter, command.sort) };
  }
  if (!view.writable) throw notWritablePrimary();
  return change(cloud, cluster, command, by);
}

function change(cloud: Cloud, cluster: ClusterId, command: Exclude<Command, { do: 'find' }>, by: By): ServerAnswer {
  const { collection } = command;
  const documents = contentsOf(cloud, cluster).collections[collection] ?? {};
  if (command.do === 'insert') {
    const { document } = command;
    if (documents[document._id]) throw duplicateKey(collection, document._id);
    const entry = write(cloud, cluster, { collection, id: document._id, document, epoch: Number(document.epoch) }, by);
    return { entry };
  }
  const { id, epochMax } = parts(command.filter);
  const before = documents[id];
  const matches = before !== undefined && (epochMax === undefined || Number(before.epoch) <= epochMax);
  if (command.do === 'delete') {
    if (!matches) return { matched: 0 };
    const epoch = epochMax ?? Number(before.epoch);
    return { matched: 1, entry: write(cloud, cluster, { collection, id, document: null, epoch }, by) };
  }
  if (!matches && !command.upsert) return { matched: 0 };
  // An upsert whose filter passes over the document inserts the same id again.
  if (!matches && before) throw duplicateKey(collection, id);
  const document =
    command.do === 'replace' ? { ...command.change, _id: id } : updated(before ?? { _id: id }, command.change);
  const entry = write(cloud, cluster, { collection, id, document, epoch: Number(document.epoch) }, by);
  return { matched: matches ? 1 : 0, upserted: !matches, entry };
}

/** `{_id}` with, at most, `epoch: {$lte: n}`; anything else throws NotModelled. */
function parts(filter: Filter): { id: string; epochMax: number | undefined } {
  const { epoch, ...rest } = filter;
  const limit = epoch as { $lte?: unknown } | undefined;
  const isLimit = limit !== undefined && Object.keys(limit).length === 1 && typeof limit.$lte === 'number';
  const id = idOf(limit === undefined || isLimit ? rest : filter);
  if (id === undefined) throw new TypeError('a write names its document by _id');
  return { id, epochMax: isLimit ? (limit.$lte as number) : undefined };
}
