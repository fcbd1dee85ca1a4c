/** Virtual time as a program sees it: Date, Intl's dates, performance and timers. Made per sandbox. */
import { promisify } from 'node:util';
import type { Machine } from './machine.ts';
import { refused } from './refusal.ts';

// Functions and instances run in UTC. Without this the machine's own time zone would show in local getters.
process.env.TZ = 'UTC';

/** A Date whose 'now' is the machine's wall clock. */
export function createDate(machine: Machine): DateConstructor {
  const wallNow = () => Math.floor(machine.wallNow());
  function VirtualDate(...args: []): unknown {
    if (!new.target) return new Date(wallNow()).toString();
    return Reflect.construct(Date, args.length === 0 ? [wallNow()] : args, new.target);
  }
  VirtualDate.prototype = Object.create(Date.prototype, {
    constructor: { value: VirtualDate, writable: true, configurable: true },
  });
  // Dates that the platform itself made (structuredClone) are dates too.
  Object.defineProperty(VirtualDate, Symbol.hasInstance, { value: (each: unknown) => each instanceof Date });
  return Object.assign(VirtualDate, { now: wallNow, parse: Date.parse, UTC: Date.UTC }) as unknown as DateConstructor;
}

/** Intl with date formats whose default date is the machine's now. */
export function createIntl(machine: Machine): typeof Intl {
  function DateTimeFormat(...args: ConstructorParameters<typeof Intl.DateTimeFormat>): Intl.DateTimeFormat {
    const made = new Intl.DateTimeFormat(...args);
    const { format } = made;
    const formatToParts = made.formatToParts.bind(made);
    const now = () => machine.wallNow();
    return Object.defineProperties(made, {
      format: { value: (date?: Date | number) => format(date ?? now()) },
      formatToParts: { value: (date?: Date | number) => formatToParts(date ?? now()) },
    });
  }
  DateTimeFormat.prototype = Intl.DateTimeFormat.prototype;
  DateTimeFormat.supportedLocalesOf = Intl.DateTimeFormat.supportedLocalesOf;
  return Object.create(Intl, { DateTimeFormat: { value: DateTimeFormat } }) as typeof Intl;
}

/** The part of `performance` that reads the monotonic clock. */
export function createPerformance(machine: Machine) {
  const timeOrigin = () => Math.floor(machine.wallNow() - machine.monotonicNow());
  return {
    get timeOrigin() {
      return timeOrigin();
    },
    now: () => machine.monotonicNow(),
    toJSON: () => ({ timeOrigin: timeOrigin() }),
    mark: refused('performance.mark'),
    measure: refused('performance.measure'),
    timerify: refused('performance.timerify'),
  };
}

/** What setTimeout and setInterval return. */
export class Timer {
  readonly #machine: Machine;
  readonly #milliseconds: number;
  readonly #repeat: boolean;
  readonly #run: () => void;
  #id = 0;

  constructor(machine: Machine, run: () => void, milliseconds: number, repeat: boolean) {
    this.#machine = machine.self();
    this.#milliseconds = milliseconds;
    this.#repeat = repeat;
    this.#run = run;
    this.#start();
  }

  #start(): void {
    const { clock } = this.#machine.cloud;
    this.#id = clock.after(this.#milliseconds, this.#machine.owner, () => {
      if (this.#repeat) this.#start();
      this.#machine.enter(this.#run);
    });
  }

  refresh(): this {
    this.close();
    this.#start();
    return this;
  }

  close(): this {
    this.#machine.cloud.clock.cancelLive(this.#id);
    return this;
  }

  // A simulated process does not end by running out of timers, so these change nothing.
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return this.#id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Node's own bounds: below 1 and above 2^31-1 milliseconds count as 1. */
const bounded = (milliseconds: unknown): number => {
  const number = Number(milliseconds);
  return number >= 1 && number <= 2_147_483_647 ? Math.trunc(number) : 1;
};

type Callback = (...args: unknown[]) => void;

/** setTimeout and its kin on virtual time. */
export function createTimers(machine: Machine) {
  const setTimeout = (run: Callback, milliseconds?: number, ...args: unknown[]) =>
    new Timer(machine, () => run(...args), bounded(milliseconds), false);
  const setInterval = (run: Callback, milliseconds?: number, ...args: unknown[]) =>
    new Timer(machine, () => run(...args), bounded(milliseconds), true);
  const setImmediate = (run: Callback, ...args: unknown[]) => new Timer(machine, () => run(...args), 0, false);
  const clear = (timer: unknown): void => {
    if (timer instanceof Timer) timer.close();
    else if (timer !== undefined && timer !== null) machine.cloud.clock.cancelLive(Number(timer));
  };
  const wait = createWait(setTimeout, clear);
  Object.defineProperty(setTimeout, promisify.custom, { value: wait });
  Object.defineProperty(setImmediate, promisify.custom, { value: (value?: unknown) => wait(0, value) });
  return {
    functions: {
      setTimeout,
      setInterval,
      setImmediate,
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    },
    /** Of node:timers/promises. */
    promises: {
      setTimeout: wait,
      setImmediate: (value?: unknown) => wait(0, value),
      setInterval: refused('timers/promises.setInterval'),
      scheduler: { wait: (milliseconds: number) => wait(milliseconds), yield: () => wait(0) },
    },
  };
}

type Timers = ReturnType<typeof createTimers>['functions'];

function createWait(setTimeout: Timers['setTimeout'], clear: (timer: unknown) => void) {
  return <T>(milliseconds?: number, value?: T, options: { signal?: AbortSignal } = {}): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      const aborted = () =>
        reject(
          Object.assign(new Error('The operation was aborted'), {
            name: 'AbortError',
            code: 'ABORT_ERR',
            cause: signal?.reason,
          }),
        );
      if (signal?.aborted) return aborted();
      const onAbort = () => {
        clear(timer);
        aborted();
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve(value);
      }, milliseconds);
      signal?.addEventListener('abort', onAbort, { once: true });
      return undefined;
    });
}

/** AbortSignal whose `timeout` runs on virtual time; signals themselves are the platform's own. */
export function createAbortSignal(timers: Timers): typeof AbortSignal {
  const timeout = (milliseconds: number): AbortSignal => {
    const controller = new AbortController();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    timers.setTimeout(() => controller.abort(reason), milliseconds);
    return controller.signal;
  };
  return new Proxy(AbortSignal, {
    get: (target, name) => (name === 'timeout' ? timeout : Reflect.get(target, name, target)),
  });
}
