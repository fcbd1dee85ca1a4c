/**
 * Lets the target's application take the write lease in the new epoch, and waits until one write was kept. Started by:
 * the state "Open writes", repeated until it holds. Traffic still goes elsewhere: the probe uses the region's own name.
 */
import { dynamoAuthority, dynamoMoves } from '../shared/aws/authority.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Moves, Web } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { WritesNotReady } from './errors.ts';
import { ensure, MoveInput, requireClaim } from './move.ts';
import { writeReadDelete } from './probe.ts';

export const makeOpenWrites =
  ({
    authority,
    moves,
    web,
    config,
    clock,
  }: { authority: Authority; moves: Moves; web: Web } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ detail: string }> => {
    const { move } = parse(MoveInput, input);
    await requireClaim(authority, move, 'promoting', 'active');
    await ensure({
      what: 'opening writes',
      describe: authority.read,
      done: ({ epoch, phase }) => epoch === move.epoch && phase === 'active',
      act: () => moves.open(move),
    });
    const { ok, detail } = await writeReadDelete(web, {
      origin: `https://${config.region}.${config.domain}`,
      id: `probe-${move.epoch}-${clock.now()}`,
      region: move.target,
      epoch: move.epoch,
    });
    if (!ok) throw new WritesNotReady(`the target does not keep a write yet: ${detail}`);
    return { detail };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config, clock) => ({
    authority: dynamoAuthority(config),
    moves: dynamoMoves(config),
    web: fetchWeb(clock),
  }),
  make: makeOpenWrites,
});
