/**
 * Sees by the answers that what was written to the listener is what users get: the API accepts a weight seconds before
 * the load balancer's nodes follow it (blue-green/I4). Started by: the state "Prove the shift", repeated until it shows.
 * Changes nothing.
 */
import * as z from 'zod';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import type { Clock } from '../shared/clock.ts';
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

/**
 * Each node of a load balancer learns of a rule by itself, within some seconds: one lucky burst of answers proves nothing.
 */
const ROUNDS = 5;
const BETWEEN_ROUNDS_MS = 2_000;
/** Answers of each round, when the other colour had half or more: 20 in all. */
const ALL_EACH = 4;
/** When it may have had a tenth: 60 in all, as above. */
export const TENTH_EACH = 12;

/** Asks in rounds. @throws ProofNotReady at the first answer that is not as wanted. */
export async function steadily(
  ask: () => Promise<{ status: number | null; digest: string | null }>,
  wanted: (digest: string | null) => boolean,
  clock: Pick<Clock, 'sleep'>,
  each: number,
): Promise<number> {
  for (let answers = 0; answers < ROUNDS * each; answers++) {
    if (answers > 0 && answers % each === 0) await clock.sleep(BETWEEN_ROUNDS_MS);
    const { status, digest } = await ask();
    if (!wanted(digest))
      throw new ProofNotReady(`after ${answers} answers as wanted, ${status} was given by ${digest}`);
  }
  return ROUNDS * each;
}

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config, clock) => ({ releases: dynamoReleases(config), web: fetchWeb(clock) }),
  make: makeProve,
});
