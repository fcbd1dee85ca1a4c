/**
 * Looks at the state of things each minute and starts what an event should have started: pushes may be lost, evidence
 * comes late, executions die, somebody else changes the weights, and what is kept for a rollback may be lost. Started by:
 * the schedule "reconcile", in both serving regions. When nothing is to be done and nothing is kept it makes two calls.
 */
import * as z from 'zod';
import { admissionPorts } from '../shared/aws/admission.ts';
import { sfnExecutions } from '../shared/aws/sfn.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { powertoolsMeter } from '../shared/meter.ts';
import { parse } from '../shared/parse.ts';
import type { Executions } from '../shared/ports.ts';
import type { Candidate, Lease, ReleaseState } from '../shared/release-ports.ts';
import { type AdmissionPorts, consider } from './admission.ts';
import { type DriftPorts, watchRule } from './drift.ts';
import { type KeptPorts, watchKept } from './kept.ts';
import { isJob } from './lease.ts';
import { cleanUpName } from './request.ts';

const ScheduledInput = z.object({ scheduledAt: z.iso.datetime() });

export interface ReconcilePorts extends AdmissionPorts, KeptPorts, DriftPorts {
  readonly releases: AdmissionPorts['releases'];
  readonly compute: KeptPorts['compute'];
  readonly machine: Pick<Executions, 'describe'>;
  readonly cleanUps: Pick<Executions, 'start' | 'running'>;
}
type Ports = ReconcilePorts & Surroundings<ReleaseConfig>;

/** Looking through the repository each minute would be many calls for an event that is hardly ever lost. */
const LOOK_FOR_PUSHES_EVERY_MINUTES = 5;
/** A lease that young may belong to an execution whose start is not visible yet. */
const LEASE_SECONDS_MIN = 60;

export const makeReconcile =
  (ports: Ports) =>
  async (input: unknown): Promise<{ action: string }> => {
    const { releases, clock } = ports;
    const { scheduledAt } = parse(ScheduledInput, input);
    const state = await releases.read();
    const { lease } = state;
    if (lease && clock.now() - Date.parse(lease.takenAt) > LEASE_SECONDS_MIN * 1000) {
      if (await mendLease(ports, lease)) return { action: 'clean up' };
    }
    const minute = Math.floor(Date.parse(scheduledAt) / 60_000);
    const found = minute % LOOK_FOR_PUSHES_EVERY_MINUTES === 0 ? await lostPush(ports, state) : null;
    const proposed = found !== null && (await releases.propose(found));
    const seen = proposed ? await releases.read() : state;
    // Known to be good, and somebody else's turn: nothing to look at.
    const action = seen.candidate?.ready && seen.lease ? 'none' : await consider(ports, seen, true);
    // After it: a pager that fails keeps no release out.
    await watchRule(ports, seen, scheduledAt);
    // A release that begins takes the colour that is kept; looking after it would take the lease from it.
    if (action !== 'go') await watchKept(ports, seen, scheduledAt);
    return { action };
  };

/** True when the lease's execution is dead, or the job that held it: what it left is cleaned up. */
async function mendLease({ machine, cleanUps, releases, clock, log }: Ports, lease: Lease): Promise<boolean> {
  const { executionArn, releaseId, fence } = lease;
  if (isJob(lease)) {
    log.warn('a job died with the lease', { releaseId });
    await releases.giveUp({ releaseId, executionArn, fence });
    return true;
  }
  const found = await machine.describe(executionArn);
  if (found?.status === 'RUNNING') return false;
  log.warn('an execution ended with the lease', { executionArn, status: found?.status });
  const since = found?.stoppedAt ?? Date.parse(lease.takenAt);
  const name = cleanUpName(executionArn.split(':').at(-1) ?? releaseId, since);
  const detail = { executionArn, status: found?.status ?? 'GONE', input: JSON.stringify(found?.input ?? null) };
  // The first one is also started by the execution's end. Two at once would each take the other's work for its own.
  if ((await cleanUps.start(name, { detail })) === 'known' && (await cleanUps.running()).length === 0) {
    await cleanUps.start(`${name}-${Math.floor((clock.now() - since) / 60_000)}`, { detail });
  }
  return true;
}

/** An event's time has no milliseconds, and may come a little after the push. */
const wholeSecond = (time: string): string => isoOf(Math.floor(Date.parse(time) / 1000) * 1000);

/** The newest release of the repository, when no event told of it. */
async function lostPush({ images, log }: Ports, { newest }: ReleaseState): Promise<Candidate | null> {
  const image = await images.newest().catch((error: unknown) => {
    log.warn('the repository cannot be read', { error: String(error) });
    return null;
  });
  if (!image || (newest !== null && newest >= wholeSecond(image.pushedAt))) return null;
  const { digest, tag, pushedAt: requestedAt } = image;
  const id = `found-${digest.slice('sha256:'.length, 19)}`;
  return {
    id,
    kind: 'push',
    digest,
    tag,
    by: 'reconcile',
    reason: `${tag} is in the repository`,
    requestedAt,
    ready: false,
  };
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({
    ...admissionPorts(config, clock),
    meter: powertoolsMeter('blue-green'),
    machine: sfnExecutions(config),
    cleanUps: sfnExecutions({ ...config, stateMachineArn: config.cleanUpMachineArn }),
  }),
  make: makeReconcile,
});
