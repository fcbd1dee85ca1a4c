/**
 * Stops deployments into the target region while the move lasts. Started by: the state "Freeze deployments".
 * Reversible. A freeze that somebody else set before is left as it is; that of a dead predecessor, which its clean-up
 * would end in the middle of this move, is taken over.
 */
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Settings } from '../shared/ports.ts';
import { byPredecessor } from './deployments.ts';
import { ensure, MoveInput, requireClaim } from './move.ts';

export const makeFreeze =
  ({ authority, settings }: { authority: Authority; settings: Settings }) =>
  async (input: unknown): Promise<{ by: string | null }> => {
    const { move } = parse(MoveInput, input);
    await requireClaim(authority, move, 'fencing');
    const frozen = await ensure({
      what: 'freezing deployments',
      describe: () => settings.read('deployments'),
      done: (state) => state?.frozen === true && !byPredecessor(state.by, move.executionArn),
      act: () => settings.write('deployments', { epoch: move.epoch - 1, frozen: true, by: move.executionArn }),
    });
    return { by: frozen?.by ?? null };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ authority: dynamoAuthority(config), settings: ssmSettings(config) }),
  make: makeFreeze,
});
