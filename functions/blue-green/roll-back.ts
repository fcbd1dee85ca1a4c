/**
 * Sends everybody back to the old release. Started by: the state "Roll back", after a verdict, a person, a freeze, or an
 * error of any step since the first user was sent; repeated every few seconds until it is seen.
 */
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import { fetchWeb } from '../shared/web.ts';
import { PlanInput } from './plan.ts';
import { type Retreated, type RetreatPorts, retreat } from './retreat.ts';

export const makeRollBack =
  (ports: RetreatPorts & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<Retreated> => {
    const { plan } = parse(PlanInput, input);
    return retreat(ports, plan);
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
  make: makeRollBack,
});
