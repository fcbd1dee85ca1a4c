/**
 * Makes Mainstay the only one that sizes the two colours: the live one stays as large as it is, the other is not started
 * by a schedule. Started by: the state "Pin both colours". Undone by `finish` and `reap`, from the bounds noted here.
 */
import { environmentOf } from '../shared/aws/environment.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { isoOf } from '../shared/clock.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { ensure } from '../shared/ensure.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import {
  BEFORE_MAINSTAY,
  type Colour,
  type ComputeEnvironment,
  type Releases,
  type Served,
  UNKNOWN_DIGEST,
} from '../shared/release-ports.ts';
import { requireLease } from './lease.ts';
import { type Plan, PlanInput } from './plan.ts';

type Ports = { readonly releases: Releases; readonly compute: ComputeEnvironment } & Surroundings<ReleaseConfig>;

export const makePin =
  (ports: Ports) =>
  async (input: unknown): Promise<{ size: number }> => {
    const { plan } = parse(PlanInput, input);
    await requireLease(ports.releases, plan.release);
    await adopt(ports, plan);
    await pinOne(ports, plan, plan.to);
    await pinOne(ports, plan, plan.from);
    // As its least too, so that nothing shrinks the way back (blue-green/I17). Never fewer than it has now.
    const { desired } = await ports.compute.describe(plan.from);
    await ensure({
      what: `holding ${plan.from} at its size`,
      describe: () => ports.compute.describe(plan.from),
      done: (view) => view.min >= plan.size && view.desired >= plan.size,
      act: () => ports.compute.sizeTo(plan.from, Math.max(plan.size, desired)),
    });
    return { size: plan.size };
  };

/** So that whoever cleans up after this release knows where the users belong. */
async function adopt({ releases, clock }: Ports, { release, from, oldDigest }: Plan): Promise<void> {
  const live: Served = {
    colour: from,
    digest: oldDigest ?? UNKNOWN_DIGEST,
    releaseId: BEFORE_MAINSTAY,
    schema: null,
    committedAt: isoOf(clock.now()),
  };
  await releases.adopt(release, live);
}

async function pinOne({ releases, compute, config }: Ports, { release }: Plan, colour: Colour): Promise<void> {
  const before = await compute.describe(colour);
  // A colour that is pinned already gets what the configuration says when it is let go.
  const { capacityMin, capacityMax } = config.policy;
  const bounds = before.pinned ? { min: capacityMin, max: capacityMax } : { min: before.min, max: before.max };
  await releases.notePin(release, colour, bounds);
  await ensure({
    what: `pinning ${colour}`,
    describe: () => compute.describe(colour),
    done: ({ pinned }) => pinned,
    act: () => compute.pin(colour),
  });
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({ releases: dynamoReleases(config), compute: environmentOf(config) }),
  make: makePin,
});
