/**
 * Looks at listener, colours, alarms and the freeze, and says who is live, who gets the release and how large, or why not.
 * Started by: the state "Look". Changes nothing. A return to the retained colour is planned here too.
 */
import * as z from 'zod';
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { cloudWatchReleaseMetrics } from '../shared/aws/release-metrics.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Settings } from '../shared/ports.ts';
import {
  type ComputeEnvironment,
  type ForwardWeights,
  otherColour,
  type ReleaseMetrics,
  type Releases,
} from '../shared/release-ports.ts';
import { decideSnapshot, weightsFor } from './decide.ts';
import { ReleaseSchema, requireLease } from './lease.ts';
import type { Plan } from './plan.ts';

const SnapshotInput = z.object({
  release: ReleaseSchema,
  request: z.object({ kind: z.enum(['push', 'redeploy', 'hotfix', 'roll-back']), digest: z.string() }),
});

export type Looked =
  | { readonly action: 'go' | 'return'; readonly plan: Plan; readonly reasons: readonly string[] }
  | { readonly action: 'hold' | 'halt'; readonly plan: null; readonly reasons: readonly string[] };

interface Ports {
  readonly releases: Pick<Releases, 'read'>;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: Pick<ComputeEnvironment, 'describe' | 'declared'>;
  readonly metrics: Pick<ReleaseMetrics, 'alarms'>;
  readonly settings: Pick<Settings, 'read'>;
  readonly authority: Pick<Authority, 'read'>;
}

export const makeSnapshot =
  ({
    releases,
    weights,
    compute,
    metrics,
    settings,
    authority,
    config,
    clock,
    log,
  }: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<Looked> => {
    const { release, request } = parse(SnapshotInput, input);
    const { policy } = config;
    const state = await requireLease(releases, release);
    const [rule, blue, green, alarms, deployments, role] = await Promise.all([
      weights.read(),
      compute.describe('blue'),
      compute.describe('green'),
      metrics.alarms(policy.alarms),
      settings.read('deployments'),
      roleOf(authority, config.region),
    ]);
    const facts = { state, weights: rule, views: { blue, green }, alarms, kind: request.kind, policy };
    const frozen = deployments?.frozen === true;
    const decided = decideSnapshot({ ...facts, frozen: frozen && request.kind !== 'roll-back' });
    log.info(`look: ${decided.action}`, { decided });
    if (decided.action !== 'go') return { action: decided.action, plan: null, reasons: decided.reasons };
    const { from, to, size } = decided;
    const base = {
      release,
      kind: request.kind,
      size,
      role,
      startedAt: isoOf(clock.now()),
      redAlarms: alarms.filter((alarm) => alarm.state !== 'OK').map(({ name }) => name),
    };
    if (request.kind !== 'roll-back') {
      const oldDigest = await compute.declared(from);
      const lastGood = { blue: 0, green: 0, [from]: 100, stickySeconds: policy.stickySeconds };
      return { action: 'go', plan: { ...base, digest: request.digest, from, to, oldDigest, lastGood }, reasons: [] };
    }
    const { retained, live } = state;
    if (!retained || retained.colour !== to || !live) {
      return { action: 'hold', plan: null, reasons: ['no release is kept that could be returned to'] };
    }
    if (live.digest !== request.digest) {
      return { action: 'hold', plan: null, reasons: [`${live.releaseId} is live by now, with ${live.digest}`] };
    }
    // Seen from the retained colour the live one is the newcomer that has all the users.
    const lastGood = weightsFor(to, 100, 0);
    const plan = { ...base, digest: live.digest, from: to, to: otherColour(to), oldDigest: retained.digest, lastGood };
    return { action: 'return', plan: { ...plan, size: retained.size }, reasons: [] };
  };

/** Unknown counts as active, where more proof is asked for. */
async function roleOf(authority: Pick<Authority, 'read'>, region: string): Promise<Plan['role']> {
  try {
    return (await authority.read()).holder === region ? 'active' : 'standby';
  } catch {
    return 'active';
  }
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    metrics: cloudWatchReleaseMetrics(config),
    settings: ssmSettings(config),
    authority: dynamoAuthority(config),
  }),
  make: makeSnapshot,
});
