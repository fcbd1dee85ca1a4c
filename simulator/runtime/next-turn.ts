/** Calls back into a process in its next turn, whichever process that is when the turn comes. Used by the fake modules. */
import type { Machine } from './machine.ts';

export function inNextTurn(machine: Machine, run: () => void): void {
  const here = machine.self();
  process.nextTick(() => here.enter(run));
}
