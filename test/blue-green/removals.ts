/** Where a guard of blue/green can be taken out: a handler, a source that several share, the machine. */
import type { Removal, States } from '../without-guard.ts';

/** A handler's own source. */
export const step = (handler: string, edit: (text: string) => string): Removal => ({
  source: `functions/blue-green/${handler}.ts`,
  bundles: [`blue-green/${handler}`],
  edit,
});
/** A source that several handlers share, in these of them. */
export const shared = (source: string, handlers: readonly string[], edit: (text: string) => string): Removal => ({
  source: `functions/${source}.ts`,
  bundles: handlers.map((handler) => `blue-green/${handler}`),
  edit,
});
/** Lets a state be followed by another one than it should. */
export const skipping = (state: string, next: string): Removal => ({
  slug: 'blue-green',
  machine: 'ReleaseMachine',
  edit(states: States) {
    const from = states[state];
    if (!from?.Next || !states[next]) throw new Error(`no state '${state}' that could be followed by '${next}'`);
    from.Next = next;
  },
});

export const decide = (handlers: readonly string[], edit: (text: string) => string) =>
  shared('blue-green/decide', handlers, edit);
