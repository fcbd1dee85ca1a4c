/**
 * Looks at a release that has users, and says whether to wait, to go on or to go back. Started by: the state "Watch",
 * every 20 seconds of a step and of the bake. It only observes; what it judged by is recorded with each verdict that
 * changes anything (blue-green/I16).
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
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Settings, Web } from '../shared/ports.ts';
import type {
  Chronicle,
  ComputeEnvironment,
  ForwardWeights,
  ReleaseMetrics,
  Releases,
} from '../shared/release-ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { decideWatch, kindNow, objectionsToShift, sameShares, type Watched, weightsFor } from './decide.ts';
import { type JudgeInput, judge } from './judge.ts';
import { requireLease } from './lease.ts';
import { note } from './note.ts';
import { alarmsOf, Plan } from './plan.ts';
import { probe, probes } from './probe.ts';

const WatchInput = z.object({
  plan: Plan,
  percent: z.number().int().min(1).max(100),
  /** When the new release got its first user, and when this stage began. */
  shiftedAt: z.iso.datetime(),
  stageAt: z.iso.datetime(),
});
type Watching = z.infer<typeof WatchInput>;

interface WatchPorts {
  readonly releases: Pick<Releases, 'read'>;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: Pick<ComputeEnvironment, 'describe'>;
  readonly metrics: ReleaseMetrics;
  readonly settings: Pick<Settings, 'read'>;
  readonly chronicle: Chronicle;
  readonly web: Web;
}
type Ports = WatchPorts & Surroundings<ReleaseConfig>;

/** A standby has no users: what little is counted there are these. */
const STANDBY_PROBES = 5;

export const makeWatch =
  (ports: Ports) =>
  async (input: unknown): Promise<Watched & { decidedAt: string }> => {
    const { releases, weights, compute, settings, config, clock } = ports;
    const { policy } = config;
    const watching = parse(WatchInput, input);
    const { plan, percent } = watching;
    const { steering, candidate } = await requireLease(releases, plan.release);
    const kind = kindNow(plan, candidate);
    if (plan.role === 'standby') await probes(STANDBY_PROBES, () => probe(ports.web, config.endpoint, '/ready'));
    const [rule, old, fresh, deployments, seen] = await Promise.all([
      weights.read(),
      compute.describe(plan.from),
      compute.describe(plan.to),
      orNull(ports, 'the freeze', settings.read('deployments')),
      look(ports, watching, kind),
    ]);
    const verdict = judge(seen);
    const bake = percent === 100;
    const now = clock.now();
    const watched = decideWatch({
      now,
      stageAt: Date.parse(watching.stageAt),
      secondsMin: bake ? policy.bakeSeconds : policy.stepSeconds,
      secondsMax: bake ? policy.bakeSecondsMax : policy.stepSecondsMax,
      pauseSecondsMax: policy.pauseSecondsMax,
      verdict,
      steering,
      frozen: deployments === null ? null : deployments.frozen,
      undisturbed: sameShares(rule, weightsFor(plan.to, percent, 0)),
      objections: objectionsToShift({ size: plan.size, old, fresh, oldColour: plan.from, kind }),
      collapsed: fresh.healthyTargets * 2 < plan.size,
      oldCollapsed: kind !== 'hotfix' && old.healthyTargets * 2 < plan.size,
    });
    const decidedAt = isoOf(now);
    ports.log.info(`watch: ${watched.action}`, { percent, verdict: verdict.verdict, reasons: watched.reasons });
    // Going back does not wait for the record: `finish` writes it (blue-green/I18).
    if (watched.action === 'advance') {
      const which = `${plan.release.fence}-${percent}`;
      await note(ports, plan.release.releaseId, 'judged', { percent, decidedAt, ...watched, verdict, seen }, which);
    }
    return { ...watched, decidedAt };
  };

const MINUTE_MS = 60_000;
/** ALB metrics of a minute are there after two more (reference: CloudWatch publishes them within a few minutes). */
const PUBLISHED_AFTER_MS = 3 * MINUTE_MS;

/** What the judge gets. What cannot be read is missing in it, and missing is never good. */
async function look(
  ports: Ports,
  { plan, percent, shiftedAt, stageAt }: Watching,
  kind: Plan['kind'],
): Promise<JudgeInput> {
  const { metrics, config, clock } = ports;
  const { policy } = config;
  const now = clock.now();
  const first = Date.parse(shiftedAt);
  const from = Math.floor(first / MINUTE_MS) * MINUTE_MS;
  // The first whole minute is warm-up: cold caches, connections that open.
  const warmFrom = Math.ceil(first / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const to = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const none = { blue: [], green: [], balancer: [] };
  const wanted = alarmsOf(config, plan);
  const [minutes, alarms] = await Promise.all([
    from < to ? orNull(ports, 'the metrics', metrics.minutes(isoOf(from), isoOf(to))) : none,
    orNull(ports, 'the alarms', metrics.alarms(wanted)),
  ]);
  return {
    stage: percent === 100 ? 'bake' : 'step',
    role: plan.role,
    percent,
    ours: (minutes ?? none)[plan.to],
    other: (minutes ?? none)[plan.from],
    balancer: (minutes ?? none).balancer,
    stageAt,
    warmFrom: isoOf(warmFrom),
    publishedTo: isoOf(now - PUBLISHED_AFTER_MS),
    alarms: alarms ?? [],
    alarmsWanted: wanted,
    hotfix: kind === 'hotfix',
    limits: {
      errorRateMax: policy.errorRateMax,
      p95SecondsMax: policy.p95SecondsMax,
      requestsMin: policy.requestsMin,
    },
  };
}

async function orNull<T>({ log }: Ports, what: string, answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    log.warn(`${what} cannot be read`, { error: String(error) });
    return null;
  }
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    metrics: cloudWatchReleaseMetrics(config),
    settings: ssmSettings(config),
    chronicle: dynamoChronicle(config),
    web: fetchWeb(clock),
  }),
  make: makeWatch,
});
