/**
 * Gives the new release its next share of the users. Started by: the state "Shift". Refuses while the new colour could
 * not carry it or the old one not take everything back, gives the new one what the old one was given meanwhile, and makes
 * way for a newer candidate as long as nobody was sent (blue-green/I1, I5, I10, I17). An alarm that rings, although the judge
 * or the first look did not hear it yet, ends the release. A shift counts only once `prove` has seen it.
 */
import * as z from 'zod';
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { cloudWatchReleaseMetrics } from '../shared/aws/release-metrics.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Settings } from '../shared/ports.ts';
import type {
  Chronicle,
  ComputeEnvironment,
  ForwardWeights,
  ReleaseMetrics,
  ReleaseState,
  Releases,
} from '../shared/release-ports.ts';
import { kindNow, objectionsToShift, sameShares, weightsFor } from './decide.ts';
import { CapacityNotReady, FrozenUnsafe, ListenerUnsafe } from './errors.ts';
import { requireLease, requireWanted } from './lease.ts';
import { note } from './note.ts';
import { Plan } from './plan.ts';
import { requireQuiet } from './quiet.ts';

const ShiftInput = z.object({
  plan: Plan,
  percent: z.number().int().min(1).max(100),
  /** What the new release has by now, as this execution wrote it; 0 before the first step. */
  before: z.number().int().min(0).max(100),
});

interface Ports {
  readonly releases: Pick<Releases, 'read'>;
  readonly weights: ForwardWeights;
  readonly compute: Pick<ComputeEnvironment, 'describe' | 'sizeTo'>;
  readonly metrics: Pick<ReleaseMetrics, 'alarms'>;
  readonly settings: Pick<Settings, 'read'>;
  readonly chronicle: Chronicle;
}

export interface Shifted {
  readonly action: 'shifted' | 'superseded';
  readonly at: string;
  readonly reasons: readonly string[];
}

export const makeShift =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<Shifted> => {
    const { releases, weights, compute, settings, clock } = ports;
    const { plan, percent, before } = parse(ShiftInput, input);
    const { from, to, release } = plan;
    const { stickySeconds } = plan.lastGood;
    const state = await requireLease(releases, release);
    requireWanted(state);
    const newer = before === 0 ? newerThan(state, plan) : null;
    if (newer) return { action: 'superseded', at: isoOf(clock.now()), reasons: [newer] };
    if ((await settings.read('deployments'))?.frozen) throw new FrozenUnsafe('deployments are frozen');
    await requireQuiet(ports, plan);
    const [old, fresh] = await Promise.all([compute.describe(from), compute.describe(to)]);
    const sizeNow = Math.max(plan.size, old.desired);
    if (fresh.desired < sizeNow) await keepUp(ports, plan, sizeNow);
    const objections = objectionsToShift({
      size: sizeNow,
      old,
      fresh,
      oldColour: from,
      kind: kindNow(plan, state.candidate),
    });
    if (objections.length > 0) throw new CapacityNotReady(objections.join('; '));
    const wanted = weightsFor(to, percent, stickySeconds);
    const now = await weights.read();
    if (![before, percent].some((share) => sameShares(now, weightsFor(to, share, stickySeconds)))) {
      throw new ListenerUnsafe(`${to} should have ${before} %, but the rule is ${JSON.stringify(now)}`);
    }
    await note(ports, release.releaseId, 'shifting', { from: now, to: wanted }, `${release.fence}-${percent}`);
    // Right before the write: a function that was stopped above for long must not wake up into somebody else's release.
    requireWanted(await requireLease(releases, release));
    const seen = await ensure({
      what: `giving ${to} ${percent} %`,
      describe: weights.read,
      done: (rule) => sameShares(rule, wanted),
      act: () => weights.write(wanted),
    });
    await note(ports, release.releaseId, 'shifted', { seen, percent }, `${release.fence}-${percent}`);
    return { action: 'shifted', at: isoOf(clock.now()), reasons: [] };
  };

/**
 * Whoever gave the old colour more machines since it was looked at did so for the users.
 * @throws CapacityNotReady always: the repetition sees whether it was done, and waits until they are healthy
 */
async function keepUp({ releases, compute }: Ports, { to, release }: Plan, sizeNow: number): Promise<never> {
  requireWanted(await requireLease(releases, release));
  await compute.sizeTo(to, sizeNow);
  throw new CapacityNotReady(`${to} is to have ${sizeNow} machines now`);
}

/** Another wish for the same digest is this release's own. */
const newerThan = ({ candidate }: ReleaseState, { release, digest }: Plan): string | null =>
  candidate?.ready && candidate.id !== release.releaseId && candidate.digest !== digest
    ? `${candidate.id} is newer and admitted`
    : null;

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    metrics: cloudWatchReleaseMetrics(config),
    settings: ssmSettings(config),
    chronicle: dynamoChronicle(config),
  }),
  make: makeShift,
});
