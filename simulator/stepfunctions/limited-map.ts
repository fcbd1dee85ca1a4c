/** A memory of things that are costly to make and never change: compiled expressions, parsed definitions. */

/** Keeps at most `limit` entries, forgetting the one put in first. */
export class LimitedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value kept for the key, made now if there is none. What `make` throws is thrown and nothing is kept. */
  get(key: Key, make: () => Value): Value {
    const kept = this.#entries.get(key);
    if (kept !== undefined) return kept;
    const value = make();
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.#limit && !oldest.done) this.#entries.delete(oldest.value);
    this.#entries.set(key, value);
    return value;
  }
}
