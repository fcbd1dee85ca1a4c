/**
 * Sees by the answers that what was written to the listener is what users get: the API accepts a weight seconds before
 * the load balancer's nodes follow it (blue-green/I4). Started by: the state "Prove the shift", repeated until it shows.
 * Changes nothing.
 */
import * as z from 'zod';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Web } from '../shared/ports.ts';
import type { Releases } from '../shared/release-ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { ProofNotReady } from './errors.ts';
import { requireLease } from './lease.ts';
import { Plan } from './plan.ts';
import { probe } from './probe.ts';
import { ALL_EACH, steadily } from './steadily.ts';

const ProveInput = z.object({ plan: Plan, percent: z.number().int().min(1).max(100) });

/** With a tenth of the requests, 60 that all miss it have a probability of 0.2 %; then it is asked again. */
const PARTIAL_MAX = 60;

export const makeProve =
  ({ releases, web, config, clock }: { releases: Pick<Releases, 'read'>; web: Web } & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ answers: number }> => {
    const { plan, percent } = parse(ProveInput, input);
    await requireLease(releases, plan.release);
    const ask = () => probe(web, config.endpoint, '/health');
    if (percent === 100) return { answers: await steadily(ask, (digest) => digest === plan.digest, clock, ALL_EACH) };
    for (let answers = 1; answers <= PARTIAL_MAX; answers++) {
      if ((await ask()).digest === plan.digest) return { answers };
    }
    throw new ProofNotReady(`none of ${PARTIAL_MAX} answers was given by the new release, which has ${percent} %`);
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({ releases: dynamoReleases(config), web: fetchWeb(clock) }),
  make: makeProve,
});
