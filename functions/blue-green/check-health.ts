/**
 * Looks several times in a row: every machine of the new colour is in service and healthy, and whatever answers there
 * reports the digest. One passed check makes a new target healthy for the load balancer, so a single look proves little.
 * Users whom somebody sent there meanwhile end the release (blue-green/I6). Started by: the state "Check health", repeated
 * until it holds or the limit is over. Changes nothing.
 */
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Web } from '../shared/ports.ts';
import type { ComputeEnvironment, ForwardWeights, Releases } from '../shared/release-ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { HealthNotReady } from './errors.ts';
import { requireIdle } from './idle.ts';
import { PlanInput } from './plan.ts';
import { probe, probes } from './probe.ts';

const BETWEEN_LOOKS_MS = 5_000;

interface Ports {
  readonly releases: Pick<Releases, 'read'>;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: Pick<ComputeEnvironment, 'describe'>;
  readonly web: Web;
}

export const makeCheckHealth =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ looks: number }> => {
    const { compute, web, config, clock } = ports;
    const { plan } = parse(PlanInput, input);
    const { to, size, digest } = plan;
    await requireIdle(ports, plan);
    const { healthyLooks } = config.policy;
    for (let look = 1; look <= healthyLooks; look++) {
      if (look > 1) await clock.sleep(BETWEEN_LOOKS_MS);
      const view = await compute.describe(to);
      if (view.inService < size || view.healthyTargets < size) {
        const seen = `${view.inService} in service, ${view.healthyTargets} healthy`;
        throw new HealthNotReady(`look ${look} of ${healthyLooks}: ${seen} of ${size}`);
      }
      // Twice as many as machines, so that hardly one is missed.
      const answers = await probes(size * 2, () => probe(web, config.endpoint, '/health', to));
      const foreign = answers.find((answer) => answer.digest !== digest);
      if (foreign) throw new HealthNotReady(`look ${look}: ${to} answered ${foreign.status} with ${foreign.digest}`);
    }
    return { looks: healthyLooks };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    web: fetchWeb(clock),
  }),
  make: makeCheckHealth,
});
