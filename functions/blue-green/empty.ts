/**
 * Takes what an earlier release left in the idle colour away, so that no colour ever runs two digests. Started by: the
 * state "Empty the idle colour", repeated until no machine is left. When that was the release kept for a rollback, its
 * retention ends here, on the record (blue-green/I19). Nobody is sent there any more by the rule, and by the answers: some
 * nodes of the load balancer may be late after a rollback (blue-green/I3).
 */
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Web } from '../shared/ports.ts';
import type { Chronicle, ComputeEnvironment, ForwardWeights, Releases } from '../shared/release-ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { CapacityNotReady } from './errors.ts';
import { requireIdle } from './idle.ts';
import { note } from './note.ts';
import { type Plan, PlanInput } from './plan.ts';
import { probe } from './probe.ts';
import { ALL_EACH, steadily } from './steadily.ts';

interface Ports {
  readonly releases: Releases;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: ComputeEnvironment;
  readonly chronicle: Chronicle;
  readonly web: Web;
}

export const makeEmpty =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ machines: number }> => {
    const { releases, compute, clock } = ports;
    const { plan } = parse(PlanInput, input);
    const { retained } = await requireIdle(ports, plan);
    if (retained?.colour === plan.to) {
      const early = Date.parse(retained.until) > clock.now();
      const facts = { by: plan.release.releaseId, cause: early ? 'superseded' : 'expired', until: retained.until };
      await note(ports, retained.releaseId, 'retention-ended', facts);
      await releases.endRetention(retained.releaseId);
    }
    await requireIdle(ports, plan);
    if ((await compute.describe(plan.to)).desired > 0) await requireUnused(ports, plan);
    const { machines } = await ensure({
      what: `emptying ${plan.to}`,
      describe: () => compute.describe(plan.to),
      done: ({ desired, min }) => desired === 0 && min === 0,
      act: () => compute.sizeTo(plan.to, 0),
    });
    if (machines > 0) throw new CapacityNotReady(`${plan.to} still has ${machines} machines of an earlier release`);
    return { machines };
  };

/**
 * Where nobody answers nobody is served, and a fix waits for nothing.
 * @throws ProofNotReady while somebody else answers users
 */
async function requireUnused({ web, config, clock }: Ports & Surroundings<ReleaseConfig>, { kind, oldDigest }: Plan) {
  if (kind === 'hotfix' || oldDigest === null) return;
  const ask = () => probe(web, config.endpoint, '/health');
  if ((await ask()).status === null) return;
  await steadily(ask, (digest) => digest === null || digest === oldDigest, clock, ALL_EACH);
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    chronicle: dynamoChronicle(config),
    web: fetchWeb(clock),
  }),
  make: makeEmpty,
});
