/**
 * Watches the release that is kept for a rollback: whether users could be sent back to it this moment, as a metric each
 * minute; people hear of it when it is lost, and when it is whole again; machines that somebody took are started again
 * (blue-green/I19). Used by `reconcile`. What cannot be read counts as not ready and tells nobody: the metric's alarm does.
 */
import { isoOf } from '../shared/clock.ts';
import type { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { LeaseConflict } from '../shared/errors.ts';
import type { Surroundings } from '../shared/lambda.ts';
import type { Meter, Pager } from '../shared/ports.ts';
import {
  type Chronicle,
  type ComputeEnvironment,
  type ReleaseState,
  type Releases,
  type Retained,
  UNKNOWN_DIGEST,
} from '../shared/release-ports.ts';
import { decideKept, type Kept } from './decide-between.ts';
import { asJob } from './lease.ts';
import { endMessage } from './messages.ts';
import { note } from './note.ts';

export interface KeptPorts {
  readonly releases: Releases;
  readonly compute: Pick<ComputeEnvironment, 'describe' | 'declared' | 'sizeTo'>;
  readonly chronicle: Chronicle;
  readonly pager: Pager;
  readonly meter: Meter;
}
type Ports = KeptPorts & Surroundings<ReleaseConfig>;

/** Nothing is looked at while nothing is kept, or while a release works on the colours. */
export async function watchKept(ports: Ports, state: ReleaseState, scheduledAt: string): Promise<void> {
  const { meter, config, clock } = ports;
  const { retained, lease } = state;
  if (!retained || lease || Date.parse(retained.until) <= clock.now()) return;
  const kept = await lookAt(ports, retained);
  meter.put('RollbackReady', kept?.is === 'ready' ? 1 : 0, { application: config.application });
  if (kept?.is === 'lost') await lost(ports, retained, kept, scheduledAt);
  if (kept?.is === 'lost' && kept.mendable) await mend(ports, state, scheduledAt);
  if (kept?.is === 'ready' && retained.unreadySince) await wholeAgain(ports, retained, retained.unreadySince);
}

async function lookAt({ compute, log }: Ports, retained: Retained): Promise<Kept | null> {
  const { colour } = retained;
  try {
    const [view, declared] = await Promise.all([compute.describe(colour), compute.declared(colour)]);
    return decideKept({ retained, view, declared: declared ?? UNKNOWN_DIGEST });
  } catch (error) {
    log.warn(`${colour}, which is kept, cannot be looked at`, { error: String(error) });
    return null;
  }
}

/** On the record and to people, once: noted last, so that a message that was not sent comes with the next look. */
async function lost(ports: Ports, retained: Retained, { reasons }: Kept, scheduledAt: string): Promise<void> {
  if (retained.unreadySince) return;
  const { releaseId, until } = retained;
  await note(ports, releaseId, 'rollback-unready', { reasons, until }, scheduledAt);
  await tell(ports, 'rollback-unready', retained, reasons);
  await ports.releases.noteUnready(releaseId, isoOf(ports.clock.now()));
}

async function wholeAgain(ports: Ports, retained: Retained, since: string): Promise<void> {
  await note(ports, retained.releaseId, 'rollback-ready', { since }, since);
  await tell(ports, 'rollback-ready', retained, [`since ${since} it could not`]);
  await ports.releases.noteUnready(retained.releaseId, null);
}

async function tell({ pager, config }: Ports, outcome: string, about: Retained, reasons: readonly string[]) {
  const { releaseId, digest } = about;
  const { subject, message } = endMessage(config, { outcome, releaseId, digest, reasons });
  await pager.tell(subject, message);
}

/** The same size again, with what its machines start with by themselves. Somebody who is at work has the precedence. */
async function mend({ releases, compute, log }: Ports, { fence }: ReleaseState, scheduledAt: string): Promise<void> {
  const again = async (): Promise<void> => {
    const { retained } = await releases.read();
    if (!retained) return;
    const { colour, size } = retained;
    await ensure({
      what: `keeping ${colour} ready`,
      describe: () => compute.describe(colour),
      done: ({ min, desired }) => min >= size && desired >= size,
      act: () => compute.sizeTo(colour, size),
    });
  };
  try {
    await asJob(releases, { name: 'keep', scheduledAt, fence }, again);
  } catch (error) {
    if (!(error instanceof LeaseConflict)) throw error;
    log.info('somebody else has the lease', { error: error.message });
  }
}
