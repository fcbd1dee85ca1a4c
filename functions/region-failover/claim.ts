/**
 * Takes the application for one execution, so that nothing else moves it, and stops the lease from being renewed.
 * Started by: the states "Claim" and "Take over the claim". Reversible: clean-up restores what it found.
 */
import * as z from 'zod';
import { dynamoAuthority, dynamoMoves } from '../shared/aws/authority.ts';
import { isoOf } from '../shared/clock.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Claim, Move, Moves } from '../shared/ports.ts';
import { AssessmentNotReady } from './errors.ts';
import { ensure, isTooOld } from './move.ts';

const Impaired = z.object({ byTarget: z.string().nullable(), byWitness: z.string().nullable() });

const ClaimInput = z.object({
  executionArn: z.string(),
  request: z.object({
    target: z.string(),
    from: z.string(),
    by: z.string(),
    reason: z.string(),
    declaredAt: z.string(),
    resume: z.string().optional(),
  }),
  /** Of the assessment, as the next; absent when a dead execution's claim is taken over. */
  epoch: z.number().optional(),
  assessedAt: z.string().optional(),
  impaired: Impaired.optional(),
});

export const makeClaim =
  ({ authority, moves, clock }: { authority: Authority; moves: Moves } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ move: Move; impaired: z.infer<typeof Impaired>; claimedAt: string | null }> => {
    const { executionArn, request, epoch, assessedAt, impaired } = parse(ClaimInput, input);
    const { resume, ...who } = request;
    const claim: Claim = {
      ...who,
      executionArn,
      at: isoOf(clock.now()),
      impairedAt: impaired?.byWitness ?? null,
      seenAt: impaired?.byTarget ?? null,
      shiftedAt: null,
    };
    const item = await ensure({
      what: 'claiming',
      describe: authority.read,
      done: (state) => state.claim?.executionArn === executionArn,
      async act() {
        if (resume) return moves.takeOver(resume, executionArn);
        if (isTooOld(assessedAt, clock.now())) throw new AssessmentNotReady(`the decision of ${assessedAt} is too old`);
        return moves.take(claim, epoch ?? 0);
      },
    });
    // While fencing the old epoch still stands; later it is already ours.
    const next = item.phase === 'fencing' ? item.epoch + 1 : item.epoch;
    return {
      move: { executionArn, target: request.target, from: request.from, epoch: next },
      impaired: { byTarget: item.claim?.seenAt ?? null, byWitness: item.claim?.impairedAt ?? null },
      claimedAt: item.claim?.at ?? null,
    };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ authority: dynamoAuthority(config), moves: dynamoMoves(config) }),
  make: makeClaim,
});
