/** Everything that happened, in order: what replay prints, what two runs of one seed must share byte for byte. */
export interface TraceEntry {
  /** Milliseconds since the run began. */
  readonly t: number;
  readonly region: string;
  /** Who: a service ('states'), a part of the world ('world.dns'), the driver ('drill'). */
  readonly source: string;
  /** What, in the source's own words: 'StartExecution', 'TaskStateEntered', 'instance.inService'. */
  readonly what: string;
  readonly detail?: unknown;
}

export class Trace {
  readonly entries: TraceEntry[] = [];
  readonly #listeners: ((entry: TraceEntry) => void)[] = [];

  /** How many of the latest entries are kept at least; all of them unless it is set. */
  entriesMax = Number.POSITIVE_INFINITY;
  /** How many entries there were so far, also those no longer kept. */
  total = 0;

  add(entry: TraceEntry): void {
    this.entries.push(entry);
    this.total++;
    // Seldom and many at once: moving the rest costs as much as there is of it.
    if (this.entries.length > this.entriesMax * 2) this.entries.splice(0, this.entries.length - this.entriesMax);
    for (const listener of this.#listeners) listener(entry);
  }

  /** Calls the listener for each later entry; for live display only, it must not touch the cloud. */
  onEntry(listener: (entry: TraceEntry) => void): void {
    this.#listeners.push(listener);
  }

  /** One JSON object a line. */
  toJsonLines(): string {
    return this.entries.map((entry) => JSON.stringify(entry)).join('\n');
  }
}
