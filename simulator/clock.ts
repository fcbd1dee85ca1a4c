/**
 * Virtual time. What happens later is a record (service, timer name, plain data), so the cloud can be saved and forked;
 * the one exception is running code (a Lambda invocation, the application's process), whose own timers are closures
 * held apart in `live`, and which is why a cloud with running processes cannot be forked.
 */
import { Heap } from 'heap-js';

/** A timer of a service: which handler to call, where, with what. Plain data. */
export interface TimerRecord {
  readonly id: number;
  readonly at: number;
  readonly region: string;
  readonly service: string;
  readonly name: string;
  readonly data: unknown;
}

/** Running code that owns timers: they wait while its region is dark or the process is paused, and die with it. */
export interface Owner {
  readonly region: string;
  readonly label: string;
  /** Set for a process that faults can starve: an instance's id or a function's name. */
  readonly process?: string;
  paused: boolean;
  killed: boolean;
}

interface LiveTimer {
  readonly id: number;
  at: number;
  readonly owner: Owner;
  readonly run: () => void;
  cancelled: boolean;
}

type Entry = TimerRecord | LiveTimer;

/** The clock's part of the cloud's state. */
export interface ClockState {
  now: number;
  nextId: number;
  timers: TimerRecord[];
  cancelled: Record<number, true>;
  /** Records that came due while their region was dark, in order. */
  parked: TimerRecord[];
}

const earlier = (a: Entry, b: Entry): number => a.at - b.at || a.id - b.id;

/** How the clock runs a record and whether a region is frozen; given by the cloud. */
export interface ClockHost {
  fire(timer: TimerRecord): void | Promise<void>;
  isDark(region: string): boolean;
  /** How much later than it should this owner gets to run. */
  starvedMs(owner: Owner): number;
}

export class Clock {
  readonly #state: ClockState;
  readonly #host: ClockHost;
  readonly #live: LiveTimer[] = [];
  readonly #pendingLive = new Map<number, LiveTimer>();
  #parkedLive: LiveTimer[] = [];
  /** The first error that escaped a timer's handler: a defect of the simulator, so the run ends with it. */
  #failure: { error: unknown } | undefined;
  readonly #unfinished = new Set<TimerRecord>();
  /** Told of every timer that is set, for who runs the clock by real time and may have to get up earlier. */
  onTimer: (() => void) | undefined;

  constructor(state: ClockState, host: ClockHost) {
    this.#state = state;
    this.#host = host;
  }

  /** Milliseconds since the epoch, virtual; whole ones. */
  get now(): number {
    return this.#state.now;
  }

  schedule(timer: Omit<TimerRecord, 'id'>): number {
    const id = this.#state.nextId++;
    Heap.heappush(this.#state.timers, { ...timer, id, at: Math.max(Math.round(timer.at), this.now) }, earlier);
    this.onTimer?.();
    return id;
  }

  /** Cancelling twice, or after it fired, does nothing. */
  cancel(id: number): void {
    if (this.#state.timers.some((timer) => timer.id === id)) this.#state.cancelled[id] = true;
    this.#state.parked = this.#state.parked.filter((timer) => timer.id !== id);
  }

  /** A timer of running code. */
  after(milliseconds: number, owner: Owner, run: () => void): number {
    const timer = {
      id: this.#state.nextId++,
      at: this.now + Math.max(0, Math.round(milliseconds)) + this.#host.starvedMs(owner),
      owner,
      run,
      cancelled: false,
    };
    this.#pendingLive.set(timer.id, timer);
    Heap.heappush(this.#live, timer, earlier);
    this.onTimer?.();
    return timer.id;
  }

  cancelLive(id: number): void {
    const timer = this.#pendingLive.get(id);
    if (timer) timer.cancelled = true;
    this.#pendingLive.delete(id);
  }

  /** Running code that still has timers, by its label; a cloud with any cannot be forked. */
  get running(): string[] {
    const labels = [...this.#pendingLive.values()].filter(({ owner }) => !owner.killed).map(({ owner }) => owner.label);
    return [...new Set(labels)];
  }

  /** Records that came due and whose handlers still wait for something, such as a function's answer. */
  get unfinished(): TimerRecord[] {
    return [...this.#unfinished];
  }

  /** When the next thing happens; undefined when nothing is left to happen. */
  get nextAt(): number | undefined {
    return this.#peek()?.at;
  }

  /**
   * Runs everything due up to `until` (ms since the epoch), settling after each event, or until `done` says so.
   * Time then stands at `until`, unless `done` stopped it earlier.
   */
  async run(until: number, done?: () => boolean): Promise<void> {
    await settle();
    this.#throwFailure();
    while (!done?.()) {
      const next = this.#peek();
      if (next === undefined || next.at > until) {
        this.#state.now = Math.max(this.now, until);
        return;
      }
      this.#pop(next);
      this.#state.now = Math.max(this.now, next.at);
      this.#fire(next);
      await settle();
      this.#throwFailure();
    }
  }

  /** Forgotten once thrown: who runs the clock decides whether to go on. */
  #throwFailure(): void {
    if (!this.#failure) return;
    const { error } = this.#failure;
    this.#failure = undefined;
    throw error;
  }

  /** Puts everything that waited for a region or a process back, due now, in its first order. */
  unpark(): void {
    const records = this.#state.parked;
    this.#state.parked = [];
    for (const timer of records) Heap.heappush(this.#state.timers, { ...timer, at: this.now }, earlier);
    const live = this.#parkedLive;
    this.#parkedLive = [];
    for (const timer of live) {
      timer.at = this.now;
      Heap.heappush(this.#live, timer, earlier);
    }
    this.onTimer?.();
  }

  #follow(entry: TimerRecord, firing: Promise<void>): void {
    this.#unfinished.add(entry);
    firing
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#unfinished.delete(entry));
  }

  #peek(): Entry | undefined {
    this.#dropCancelled();
    const record = this.#state.timers[0];
    const live = this.#live[0];
    if (record === undefined || live === undefined) return record ?? live;
    return earlier(record, live) < 0 ? record : live;
  }

  #dropCancelled(): void {
    const { timers, cancelled } = this.#state;
    for (let top = timers[0]; top !== undefined && cancelled[top.id]; top = timers[0]) {
      delete cancelled[top.id];
      Heap.heappop(timers, earlier);
    }
    for (let top = this.#live[0]; top?.cancelled || top?.owner.killed; top = this.#live[0]) {
      this.#pendingLive.delete(top.id);
      Heap.heappop(this.#live, earlier);
    }
  }

  #pop(entry: Entry): void {
    if ('owner' in entry) Heap.heappop(this.#live, earlier);
    else Heap.heappop(this.#state.timers, earlier);
  }

  #fire(entry: Entry): void {
    if ('owner' in entry) {
      if (entry.owner.paused || this.#host.isDark(entry.owner.region)) {
        this.#parkedLive.push(entry);
        return;
      }
      this.#pendingLive.delete(entry.id);
      entry.run();
    } else if (this.#host.isDark(entry.region)) {
      this.#state.parked.push(entry);
    } else {
      // Not awaited: a handler may wait for something that happens later in virtual time.
      const firing = this.#host.fire(entry);
      if (firing) this.#follow(entry, firing);
    }
  }
}

/** Lets everything that was started in this instant finish: all microtasks and one turn of the event loop. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
