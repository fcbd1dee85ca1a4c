/** Ending a freeze of deployments, but only the one that this execution began. Used by `record`, `clean-up`, `reconcile`. */
import type { Settings } from '../shared/ports.ts';
import { ensure } from './move.ts';

export async function thaw(settings: Settings, executionArn: string, epoch = 0): Promise<boolean> {
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
