/** What the fake driver does not have: refused by name, in the program and, because that may swallow it, in the run. */
import type { Cloud } from '../cloud.ts';
import { NotModelled } from '../errors.ts';
import { later } from './place.ts';

/** Throws NotModelled for an option that is not in the list. */
export function onlyKnown(cloud: Cloud, what: string, options: object, known: readonly string[]): void {
  const other = Object.keys(options).find((name) => !known.includes(name));
  if (other) notModelled(cloud, `the option '${other}' of ${what}`);
}

/** The object, throwing NotModelled where the real one would have a member that this one has not. */
export function refusing<T extends object>(cloud: Cloud, what: string, object: T): T {
  return new Proxy(object, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || name in target || PROBED_NAMES.has(name)) {
        return Reflect.get(target, name, receiver);
      }
      return notModelled(cloud, `${what}.${name}`);
    },
  });
}

/** What bundlers and `await` look for on any object. */
const PROBED_NAMES: ReadonlySet<string> = new Set(['then', '__esModule', 'default']);

/** Throws NotModelled, and lets the clock's run end with it as well. */
export function notModelled(cloud: Cloud, what: string): never {
  const gap = new NotModelled(`${what} of the mongodb package is not modelled`);
  later(cloud, 0, () => {
    throw gap;
  });
  throw gap;
}
