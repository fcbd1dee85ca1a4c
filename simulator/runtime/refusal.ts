/** Refusing by name what a sandbox does not offer: the program sees the refusal where it uses the thing. */
import { NotModelled } from '../errors.ts';

/** A function, also usable as a class, that throws NotModelled naming itself. */
export function refused(name: string): (...args: unknown[]) => never {
  return function refuse(): never {
    throw new NotModelled(`${name} is not offered to code in the simulator; see simulator/KNOWN-GAPS.md`);
  };
}

/** The real module with every function refused; constants stay. Loading it is harmless, using it is not. */
export function refusedModule(name: string, real: object): Record<string, unknown> {
  const entries = Object.entries(Object.getOwnPropertyDescriptors(real)).map(([key, { value }]) => {
    if (typeof value === 'function') return [key, refused(`${name}.${key}`)];
    if (typeof value === 'object' && value !== null && key === 'promises')
      return [key, refusedModule(`${name}.${key}`, value)];
    return [key, value];
  });
  return Object.fromEntries(entries);
}

/** The real module with only these members; any other real member throws when it is called. */
export function allowedModule(name: string, real: object, allowed: readonly string[]): Record<string, unknown> {
  const members = new Map(Object.entries(real));
  const entries = allowed.map((key) => [key, members.get(key)]);
  return { ...refusedModule(name, real), ...Object.fromEntries(entries) };
}
