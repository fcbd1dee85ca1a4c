/** Items under two keys, read consistently and written together: the port that stores of slugs are built on. Types only. */

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** What an attribute may hold; a set of numbers can be added to without being read. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Set<number>
  | readonly Value[]
  | { readonly [name: string]: Value };

/** Attributes as they must be; null: not there. */
type Only = { readonly only?: Readonly<Record<string, string | number | null>> };

export type Write = Only &
  (
    | { readonly put: ItemKey & Readonly<Record<string, Value>> }
    | {
        readonly update: ItemKey;
        readonly set?: Readonly<Record<string, Value>>;
        /** Where nothing is. */
        readonly setFirst?: Readonly<Record<string, Value>>;
        /** Counts up a number, or puts members into a set. */
        readonly add?: Readonly<Record<string, number | Set<number>>>;
        readonly unset?: readonly string[];
      }
    | { readonly remove: ItemKey }
  );

/** At most so many writes are one (TransactWriteItems API Reference). */
export const WRITES_MAX = 100;

export interface Items {
  get(key: ItemKey): Promise<Readonly<Record<string, unknown>> | null>;
  /** In the order of `sk`; with `upTo` only those up to it. */
  query(pk: string, upTo?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** All or nothing. @throws WriteConflict, DependencyNotReady */
  write(writes: readonly Write[]): Promise<void>;
}
