/**
 * Gathers the facts and decides. Started by: the states "Assess" (nothing claimed yet) and "Confirm" (right before the
 * one-way step). Changes nothing.
 */
import * as z from 'zod';
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { awsCapacity } from '../shared/aws/capacity.ts';
import { docdbDatabase } from '../shared/aws/docdb.ts';
import { dynamoRecords } from '../shared/aws/failover-table.ts';
import { isoOf } from '../shared/clock.ts';
import { type Policy, ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import { fetchWeb } from '../shared/web.ts';
import { decide, type Facts, type Finding, freshVotes, type Verdict } from './decide.ts';
import { type FactPorts, gatherFacts } from './facts.ts';

const AssessInput = z.object({
  purpose: z.enum(['first', 'confirm']),
  executionArn: z.string(),
  request: z.object({
    trigger: z.enum(['alarm', 'reconcile', 'person']),
    target: z.string(),
    from: z.string(),
    by: z.string(),
    acceptLossSeconds: z.number().optional(),
  }),
  approvals: z.array(z.object({ guards: z.array(z.string()), by: z.string() })),
});

export interface Assessment {
  /** When the look at the world began; a step that acts on it later than it may looks again. */
  readonly at: string;
  readonly verdict: Verdict;
  readonly findings: Finding[];
  /** The sentences of the findings that did not pass; of all, when all passed. */
  readonly reasons: string[];
  /** The guards that ask a person. */
  readonly asks: string[];
  /** Another execution moves the application, or it is already here: without a person who asks, nothing is left to say. */
  readonly superseded: boolean;
  /** The epoch that was judged; a claim must find it unchanged. */
  readonly epoch: number;
  /** Since when the region fails, by the target's clock and by the witness's. */
  readonly impaired: { readonly byTarget: string | null; readonly byWitness: string | null };
  readonly answerWithinSeconds: number;
}

export const makeAssess =
  (ports: FactPorts & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<Assessment> => {
    const { config, clock, log } = ports;
    const asked = parse(AssessInput, input);
    const now = clock.now();
    const facts = await gatherFacts(ports, { ...asked, now });
    const { verdict, findings } = decide(facts, config.policy);
    const open = findings.filter((finding) => finding.verdict !== 'pass');
    log.info(`assessed: ${verdict}`, { findings });
    return {
      at: isoOf(now),
      verdict,
      findings,
      reasons: (verdict === 'go' ? findings : open).map(({ sentence }) => sentence),
      asks: findings.filter((finding) => finding.verdict === 'ask').map(({ guard }) => guard),
      superseded: isSuperseded(facts),
      epoch: facts.application.epoch,
      impaired: {
        byTarget: failingSince(facts, config.region, config.policy),
        byWitness: failingSince(facts, config.witnessRegion, config.policy),
      },
      answerWithinSeconds: config.policy.decisionSecondsMax,
    };
  };

function isSuperseded({ application, executionArn, request }: Facts): boolean {
  const claimant = application.claim?.executionArn ?? executionArn;
  return request.trigger !== 'person' && (claimant !== executionArn || application.holder === request.target);
}

/** Null also for a vote from before a silence: nobody knows what was in between. */
function failingSince(facts: Facts, observer: string, policy: Policy): string | null {
  const vote = freshVotes(facts, policy).find(({ from }) => from === observer)?.vote;
  return vote?.state === 'failing' ? isoOf(vote.since * 1000) : null;
}

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config, clock) => ({
    authority: dynamoAuthority(config),
    records: dynamoRecords(config),
    database: docdbDatabase(config),
    capacity: awsCapacity(config),
    web: fetchWeb(clock),
  }),
  make: makeAssess,
});
