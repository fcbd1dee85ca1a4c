/**
 * Smoke checks of the new colour before any user is sent there, through its preview rule. Started by: the state
 * "Validate", repeated a few times. Changes nothing.
 */
import { dynamoChronicle } from '../shared/aws/chronicle.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Web } from '../shared/ports.ts';
import type { Chronicle, Releases } from '../shared/release-ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { ValidationNotReady } from './errors.ts';
import { requireLease } from './lease.ts';
import { note } from './note.ts';
import { PlanInput } from './plan.ts';
import { probe } from './probe.ts';

/** Each path is asked so often that a machine which fails it is hardly missed. */
const ROUNDS = 3;

interface Ports {
  readonly releases: Pick<Releases, 'read'>;
  readonly chronicle: Chronicle;
  readonly web: Web;
}

export const makeValidate =
  (ports: Ports & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ checks: number }> => {
    const { releases, web, config } = ports;
    const { plan } = parse(PlanInput, input);
    await requireLease(releases, plan.release);
    const { smokePaths } = config.policy;
    const paths = Array.from({ length: ROUNDS * plan.size }, () => smokePaths).flat();
    for (const path of paths) {
      const { status, digest, body } = await probe(web, config.endpoint, path, plan.to);
      if (status !== 200)
        throw new ValidationNotReady(`${path} of ${plan.to}: ${status ?? 'no answer'} ${body.slice(0, 80)}`);
      if (digest !== plan.digest) throw new ValidationNotReady(`${path} of ${plan.to} was answered by ${digest}`);
    }
    await note(
      ports,
      plan.release.releaseId,
      'validated',
      { paths: smokePaths, checks: paths.length },
      plan.release.fence,
    );
    return { checks: paths.length };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({
    releases: dynamoReleases(config),
    chronicle: dynamoChronicle(config),
    web: fetchWeb(clock),
  }),
  make: makeValidate,
});
