/**
 * Whose freeze of deployments it is, and ending it: never one that a person or another workflow set. Used by `freeze`,
 * `record`, `clean-up`, `reconcile`.
 */
import type { Move, Settings } from '../shared/ports.ts';
import { ensure } from './move.ts';

/** Whether a freeze is by another execution of this machine. It must be dead: only one at a time holds the claim. */
export const byPredecessor = (by: string | null, executionArn: string): by is string =>
  by !== null && by !== executionArn && machineOf(by) === machineOf(executionArn);

const machineOf = (executionArn: string): string => executionArn.slice(0, executionArn.lastIndexOf(':'));

/** Ends the freeze of a move that is over, also when a dead predecessor began it. Only for whoever holds the claim. */
export async function thawMove(settings: Settings, { executionArn, epoch }: Move): Promise<void> {
  const by = (await settings.read('deployments'))?.by ?? null;
  await thaw(settings, byPredecessor(by, executionArn) ? by : executionArn, epoch);
}

/** Ends the freeze that this very execution began. `epoch` is the authority's: what is read here may be old, and must not take it back. */
export async function thaw(settings: Settings, executionArn: string, epoch: number): Promise<boolean> {
  const before = await settings.read('deployments');
  if (!before?.frozen || before.by !== executionArn) return false;
  await ensure({
    what: 'ending the freeze',
    describe: () => settings.read('deployments'),
    done: (state) => state?.frozen === false,
    act: () => settings.write('deployments', { epoch: Math.max(before.epoch, epoch), frozen: false, by: null }),
  });
  return true;
}
