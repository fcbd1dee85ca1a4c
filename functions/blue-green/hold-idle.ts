/**
 * Suspends what would size the idle colour before there was any release: from then on each release leaves the colour that
 * it took the users from suspended. Started by: CloudFormation, as a custom resource, when the stack is made. Later
 * deployments and a deletion change nothing: who is idle is runtime data.
 */
import { environmentOf } from '../shared/aws/environment.ts';
import { elbForwardWeights } from '../shared/aws/forward-weights.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { answering } from '../shared/custom-resource.ts';
import { ensure } from '../shared/ensure.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { Web } from '../shared/ports.ts';
import { type ComputeEnvironment, type ForwardWeights, otherColour, type Releases } from '../shared/release-ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { liveColour } from './decide.ts';

interface Ports {
  readonly releases: Pick<Releases, 'read'>;
  readonly weights: Pick<ForwardWeights, 'read'>;
  readonly compute: Pick<ComputeEnvironment, 'describe' | 'pin'>;
  readonly web: Web;
}

/** The function has half a minute; the rest is for the answer. */
const WORK_MS_MAX = 18_000;

export const makeHoldIdle = (ports: Ports & Surroundings<ReleaseConfig>) =>
  answering(ports, WORK_MS_MAX, async ({ requestType, physicalId }) => ({
    physicalId: physicalId ?? `${ports.config.application}-idle`,
    said: requestType === 'Create' ? await hold(ports) : 'left as it is',
  }));

async function hold({ releases, weights, compute }: Ports): Promise<string> {
  const { lease } = await releases.read();
  if (lease) return `${lease.releaseId} is under way, and pins both colours itself`;
  const live = liveColour(await weights.read());
  if (live === null) return 'no one colour is live: the first release will halt for that';
  const idle = otherColour(live);
  await ensure({
    what: `pinning ${idle}`,
    describe: () => compute.describe(idle),
    done: ({ pinned }) => pinned,
    act: () => compute.pin(idle),
  });
  return `nobody but Mainstay sizes ${idle}`;
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({
    releases: dynamoReleases(config),
    weights: elbForwardWeights(config),
    compute: environmentOf(config),
    web: fetchWeb(clock),
  }),
  make: makeHoldIdle,
});
