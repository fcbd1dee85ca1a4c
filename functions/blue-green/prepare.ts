/**
 * Names the release of the idle colour and starts as many machines as the live one has. Started by: the state "Prepare
 * the idle colour", repeated until they are in service. Partial capacity goes no further (blue-green/I3, I11).
 */
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Chronicle, ComputeEnvironment, ForwardWeights, Releases } from '../shared/release-ports.ts';
import { CapacityNotReady } from './errors.ts';
import { requireIdle } from './idle.ts';
import { note } from './note.ts';
import { PlanInput } from './plan.ts';

interface Ports {
  readonly releases: Releases;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: ComputeEnvironment;
  readonly chronicle: Chronicle;
}

export const makePrepare =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ inService: number }> => {
    const { compute } = ports;
    const { plan } = parse(PlanInput, input);
    const { to, digest, size, release } = plan;
    await requireIdle(ports, plan);
    await ensure({
      what: `naming the release of ${to}`,
      describe: () => compute.declared(to),
      done: (declared) => declared === digest,
      act: () => compute.prepare(to, digest),
    });
    await requireIdle(ports, plan);
    // Whoever gave it more machines loses none of them.
    const { desired: now } = await compute.describe(to);
    const { inService } = await ensure({
      what: `sizing ${to}`,
      describe: () => compute.describe(to),
      done: ({ desired, min }) => desired >= size && min >= size,
      act: () => compute.sizeTo(to, Math.max(size, now)),
    });
    if (inService < size) throw new CapacityNotReady(`${to} has ${inService} of ${size} machines`);
    await note(ports, release.releaseId, 'prepared', { colour: to, digest, size }, release.fence);
    return { inService };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    chronicle: dynamoChronicle(config),
  }),
  make: makePrepare,
});
