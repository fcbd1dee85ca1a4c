/**
 * Lets a cloud's virtual time follow real time: what is due happens, in between the process sleeps. Started by
 * `mainstay local`; the server asks for the present before each request.
 */
import type { Cloud } from '../cloud.ts';

export interface WallClockOptions {
  /** Virtual seconds for each real one; 1 by default. */
  readonly speed?: number;
  /**
   * Told of an error that escaped a timer, a defect of the simulator; time goes on afterwards. Without it the error is
   * thrown out of the event loop, which ends the process.
   */
  readonly onError?: (error: unknown) => void;
  /** Real time that virtual time may be behind before the rest is given up; 5 seconds by default. */
  readonly lagMsMax?: number;
  /** Told once when this machine is too slow for the speed, and virtual time falls behind. */
  readonly onSlow?: () => void;
}

export interface WallClock {
  /** Resolves when everything that is due by now has happened, or as much as fits into a moment. */
  present(): Promise<void>;
  /** Resolves when virtual time has come there, when `done` says so, or when the clock is stopped. */
  until(virtual: number, done?: () => boolean): Promise<void>;
  /** Virtual time stands still once this resolves. */
  stop(): Promise<void>;
}

/** Requests are answered in between even when more is due than this machine can do. */
const SLICE_MS = 50;
/** What is given up is gone for good: virtual time then goes on from where it stands. */
const LAG_MS_MAX_DEFAULT = 5_000;
/** How often a waiting driver looks whether it is done. */
const LOOK_MS = 5;
/** The longest that setTimeout takes. */
const SLEEP_MS_MAX = 2_147_483_647;

const key = 'wall clock';

/** The clock that drives this cloud; undefined when somebody else runs it. */
export const wallClockOf = (cloud: Cloud): WallClock | undefined => cloud.running.get(key) as WallClock | undefined;

/** Throws when the cloud's time follows a wall clock already. */
export function runOnWallClock(cloud: Cloud, options: WallClockOptions = {}): WallClock {
  if (cloud.running.has(key)) throw new Error('the time of this cloud follows a wall clock already');
  const driver = new Driver(cloud, options);
  cloud.running.set(key, driver);
  cloud.clock.onTimer = () => driver.wake();
  void driver.run();
  return driver;
}

class Driver implements WallClock {
  readonly #cloud: Cloud;
  readonly #speed: number;
  readonly #options: WallClockOptions;
  #anchor: { readonly real: number; readonly virtual: number };
  #stopping = false;
  #slowTold = false;
  /** Ends the present sleep. */
  #wakeUp: (() => void) | undefined;
  #waiting: (() => void)[] = [];
  readonly #ended = Promise.withResolvers<void>();

  constructor(cloud: Cloud, options: WallClockOptions) {
    this.#cloud = cloud;
    this.#options = options;
    this.#speed = options.speed ?? 1;
    this.#anchor = { real: performance.now(), virtual: cloud.now };
  }

  async run(): Promise<void> {
    while (!this.#stopping) {
      const waiting = this.#waiting;
      this.#waiting = [];
      const sliceEnd = performance.now() + SLICE_MS;
      const target = this.#due();
      try {
        await this.#cloud.clock.run(target, () => this.#stopping || performance.now() > sliceEnd);
      } catch (error) {
        this.#report(error);
      }
      for (const resolve of waiting) resolve();
      this.#giveUpLag();
      await this.#sleep();
    }
    for (const resolve of this.#waiting) resolve();
    this.#cloud.clock.onTimer = undefined;
    this.#cloud.running.delete(key);
    this.#ended.resolve();
  }

  present(): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.wake();
    });
  }

  async until(virtual: number, done?: () => boolean): Promise<void> {
    for (;;) {
      await this.present();
      if (this.#stopping || done?.() || this.#cloud.now >= virtual) return;
      const milliseconds = (virtual - this.#cloud.now) / this.#speed;
      await new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, LOOK_MS)));
    }
  }

  stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    return this.#ended.promise;
  }

  wake(): void {
    this.#wakeUp?.();
  }

  /** Virtual time as it should be now. */
  #due(): number {
    const { real, virtual } = this.#anchor;
    return Math.floor(virtual + (performance.now() - real) * this.#speed);
  }

  #giveUpLag(): void {
    const lagMs = (this.#due() - this.#cloud.now) / this.#speed;
    if (lagMs < (this.#options.lagMsMax ?? LAG_MS_MAX_DEFAULT)) return;
    this.#anchor = { real: performance.now(), virtual: this.#cloud.now };
    if (!this.#slowTold) this.#options.onSlow?.();
    this.#slowTold = true;
  }

  #sleep(): Promise<void> {
    if (this.#stopping || this.#waiting.length > 0) return Promise.resolve();
    const next = this.#cloud.clock.nextAt;
    const milliseconds = next === undefined ? SLEEP_MS_MAX : (next - this.#due()) / this.#speed;
    return new Promise((resolve) => {
      const timeout = setTimeout(() => this.wake(), Math.max(0, Math.min(milliseconds, SLEEP_MS_MAX)));
      this.#wakeUp = () => {
        clearTimeout(timeout);
        this.#wakeUp = undefined;
        resolve();
      };
    });
  }

  #report(error: unknown): void {
    if (this.#options.onError) this.#options.onError(error);
    else
      queueMicrotask(() => {
        throw error;
      });
  }
}
