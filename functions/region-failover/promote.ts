/**
 * Makes the target's database the writer. Started by: the state "Promote database", repeated until done. ONE-WAY: from
 * the moment the next epoch is written, Mainstay only rolls forward.
 */
import * as z from 'zod';
import { dynamoAuthority, dynamoMoves } from '../shared/aws/authority.ts';
import { docdbDatabase } from '../shared/aws/docdb.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, ClusterView, Database, Moves } from '../shared/ports.ts';
import { AssessmentNotReady, PromotionNotReady, PromotionUnsafe } from './errors.ts';
import { ensure, isTooOld, MoveSchema, requireClaim } from './move.ts';

/** `confirmedAt`: when the world was last looked at; null for a move that is past the one-way step. */
const PromoteInput = z.object({ move: MoveSchema, confirmedAt: z.string().nullish() });

const isWriter = ({ role, status, moving }: ClusterView): boolean =>
  role === 'writer' && status === 'available' && moving === null;

export const makePromote =
  ({
    authority,
    moves,
    database,
    clock,
  }: { authority: Authority; moves: Moves; database: Database } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ endpoint: string }> => {
    const { move, confirmedAt } = parse(PromoteInput, input);
    await ensure({
      what: 'advancing the epoch',
      describe: authority.read,
      done: ({ epoch, phase }) => epoch === move.epoch && phase !== 'fencing',
      async act() {
        if (isTooOld(confirmedAt, clock.now())) {
          throw new AssessmentNotReady(`the confirmation of ${confirmedAt} is too old`);
        }
        await moves.advance(move);
      },
    });
    await requireClaim(authority, move, 'promoting', 'active');
    const before = await database.describe();
    if (before.moving && before.moving.to !== database.clusterArn) {
      throw new PromotionUnsafe(`the global cluster is ${before.moving.status} to ${before.moving.to}`);
    }
    // There is no client token on this call (DocumentDB API reference): only what is described makes it idempotent.
    if (before.role !== 'writer' && !before.moving) await database.failOver();
    const after = await database.describe();
    if (!isWriter(after)) {
      const doing = after.moving ? `, ${after.moving.status}` : '';
      throw new PromotionNotReady(`the cluster is ${after.role} and ${after.status}${doing}; needed writer, available`);
    }
    return { endpoint: after.endpoint };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({
    authority: dynamoAuthority(config),
    moves: dynamoMoves(config),
    database: docdbDatabase(config),
  }),
  make: makePromote,
});
