/**
 * Watches the listener between releases: the weights are Mainstay's alone, and whoever else changes them is told of, with
 * what users get now (blue-green/I6). Nothing is written back: a person may have done it in need, and the next release
 * halts until the listener says again what was committed. Used by `reconcile`; while a release runs, it looks by itself.
 */
import type { ReleaseConfig } from '../shared/config.ts';
import type { Surroundings } from '../shared/lambda.ts';
import type { Pager } from '../shared/ports.ts';
import {
  BEFORE_MAINSTAY,
  type Chronicle,
  type ForwardWeights,
  type ReleaseState,
  type Releases,
  UNKNOWN_DIGEST,
} from '../shared/release-ports.ts';
import { decideDrift } from './decide-between.ts';
import { endMessage } from './messages.ts';
import { note } from './note.ts';

export interface DriftPorts {
  readonly releases: Pick<Releases, 'read' | 'noteDrift'>;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly chronicle: Chronicle;
  readonly pager: Pager;
}
type Ports = DriftPorts & Surroundings<ReleaseConfig>;

export async function watchRule(ports: Ports, state: ReleaseState, scheduledAt: string): Promise<void> {
  const { releases, weights, config, log } = ports;
  const { live, lease, drift } = state;
  if (lease) return;
  const rule = await weights.read().catch((error: unknown) => {
    log.warn('the listener cannot be read', { error: String(error) });
    return null;
  });
  const found = decideDrift(live, rule);
  if (found === null || found.says === drift) return;
  // Whoever took the lease meanwhile may have written it.
  const now = await releases.read();
  if (now.lease || now.fence !== state.fence) return;
  const { releaseId, digest, colour } = live ?? { releaseId: BEFORE_MAINSTAY, digest: UNKNOWN_DIGEST, colour: null };
  if (found.says === null) await note(ports, releaseId, 'drift-over', { was: drift }, scheduledAt);
  else {
    await note(ports, releaseId, 'drifted', { rule: found.says, live: colour }, scheduledAt);
    const end = endMessage(config, { outcome: 'drifted', releaseId, digest, reasons: [found.says] });
    await ports.pager.tell(end.subject, end.message);
  }
  // Noted last, so that a message that was not sent comes with the next look.
  await releases.noteDrift(found.says);
}
