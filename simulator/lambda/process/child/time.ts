/**
 * Virtual time in a child process: Date, Intl's default date, performance, process.hrtime and timers follow the cloud's
 * clock at its speed. Installed by `main.ts` before the function loads.
 *
 * Not exact: the real clock ticks in whole milliseconds, so a timer may be late by one of them times the speed; marks
 * and measures of `performance`, and files' times, stay real.
 */

import { Socket } from 'node:net';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ClockReading, Settings } from './settings.ts';

const realHrtime = process.hrtime.bigint.bind(process.hrtime);
const realMs = (): number => Number(realHrtime()) / 1e6;

let reading: ClockReading;
let speed = 1;
let startedAtMs = 0;

/** From now on it is this time. */
export function setClock(next: ClockReading): void {
  reading = next;
}

export const wallNow = (): number => Math.floor(reading.virtualMs + (realMs() - reading.atMs) * speed);

/** Since the process started, virtual. */
const monotonicNow = (): number => (realMs() - startedAtMs) * speed;

/** Virtual milliseconds as real ones; never early. */
export const realMilliseconds = (virtual: number | undefined): number => Math.ceil((virtual ?? 1) / speed);

export function installTime(settings: Pick<Settings, 'clock' | 'speed'>): void {
  speed = settings.speed;
  startedAtMs = realMs();
  setClock(settings.clock);
  installDate();
  installPerformance();
  installTimers();
}

function installDate(): void {
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [wallNow()] : args, newTarget),
    apply: () => new RealDate(wallNow()).toString(),
    get: (target, name, receiver) => (name === 'now' ? wallNow : Reflect.get(target, name, receiver)),
  });
  RealDate.prototype.constructor = globalThis.Date;
  const formats = Intl.DateTimeFormat.prototype;
  const { formatToParts } = formats;
  const format = Object.getOwnPropertyDescriptor(formats, 'format')?.get as () => Intl.DateTimeFormat['format'];
  Object.defineProperties(formats, {
    format: {
      get(this: Intl.DateTimeFormat) {
        const bound = format.call(this);
        return (date?: Date | number) => bound(date ?? wallNow());
      },
    },
    formatToParts: {
      value(this: Intl.DateTimeFormat, date?: Date | number) {
        return formatToParts.call(this, date ?? wallNow());
      },
    },
  });
}

function installPerformance(): void {
  const timeOrigin = wallNow();
  Object.defineProperties(performance, {
    now: { value: monotonicNow },
    timeOrigin: { value: timeOrigin },
    toJSON: { value: () => ({ timeOrigin }) },
  });
  const nanoseconds = (): bigint => BigInt(Math.floor(monotonicNow() * 1e6));
  const hrtime = (previous?: [number, number]): [number, number] => {
    const passed = nanoseconds() - (previous ? BigInt(previous[0]) * 1_000_000_000n + BigInt(previous[1]) : 0n);
    return [Number(passed / 1_000_000_000n), Number(passed % 1_000_000_000n)];
  };
  process.hrtime = Object.assign(hrtime, { bigint: nanoseconds });
  process.uptime = () => monotonicNow() / 1000;
}

type Callback = (...args: unknown[]) => void;

function installTimers(): void {
  const real = { setTimeout: timers.setTimeout, setInterval: timers.setInterval };
  const wait = timersPromises.setTimeout;
  const every = timersPromises.setInterval;
  const setTimeout = (run: Callback, milliseconds?: number, ...args: unknown[]) =>
    real.setTimeout(run, realMilliseconds(milliseconds), ...args);
  const setInterval = (run: Callback, milliseconds?: number, ...args: unknown[]) =>
    real.setInterval(run, realMilliseconds(milliseconds), ...args);
  const scaledWait: typeof wait = (milliseconds, ...rest) => wait(realMilliseconds(milliseconds), ...rest);
  Object.defineProperty(setTimeout, promisify.custom, { value: scaledWait });
  Object.assign(timers, { setTimeout, setInterval });
  Object.assign(globalThis, { setTimeout, setInterval });
  Object.assign(timersPromises, {
    setTimeout: scaledWait,
    setInterval: ((milliseconds, ...rest) => every(realMilliseconds(milliseconds), ...rest)) as typeof every,
  });
  timersPromises.scheduler.wait = (milliseconds, options) => scaledWait(milliseconds, undefined, options);
  const abortAfter = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (milliseconds) => abortAfter(realMilliseconds(milliseconds));
  // Inactivity of connections: what http's own timeouts come down to.
  const setSocketTimeout = Socket.prototype.setTimeout;
  Socket.prototype.setTimeout = function (this: Socket, milliseconds, ...rest) {
    return setSocketTimeout.call(this, milliseconds === 0 ? 0 : realMilliseconds(milliseconds), ...rest);
  };
}
