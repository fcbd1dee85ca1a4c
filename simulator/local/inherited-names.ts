/**
 * Names that every JavaScript object inherits ('constructor', '__proto__'). The services keep what they are told under its
 * name, and such a name would find, or change, the program itself; so it is refused before it gets there.
 */
import type { Client } from '../wire/clients.ts';
import { refusal } from './refusals.ts';

const inherited: ReadonlySet<unknown> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Throws AwsError 'NotImplemented' when a text or a member's name anywhere in the input is one of them. */
export function refuseInheritedNames(client: Client, input: unknown): void {
  const left = [input];
  while (left.length > 0) {
    const value = left.pop();
    if (inherited.has(value)) {
      const message = `the simulator cannot keep anything that is called '${String(value)}'; see simulator/KNOWN-GAPS.md`;
      throw refusal(client, 'notImplemented', message);
    }
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) continue;
    if (Array.isArray(value)) left.push(...value);
    else for (const [name, member] of Object.entries(value)) left.push(name, member);
  }
}
