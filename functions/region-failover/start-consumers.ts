/**
 * Switches the consumers on in the region that now writes. Started by: the state "Start consumers". The lost region's
 * consumers need no order: theirs is of an older epoch, and they obey the lease.
 */
import { dynamoAuthority } from '../shared/aws/authority.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Authority, Settings } from '../shared/ports.ts';
import { ensure, MoveInput, requireClaim } from './move.ts';

export const makeStartConsumers =
  ({ authority, settings }: { authority: Authority; settings: Settings }) =>
  async (input: unknown): Promise<{ epoch: number }> => {
    const { move } = parse(MoveInput, input);
    await requireClaim(authority, move, 'active');
    await ensure({
      what: 'starting consumers',
      describe: () => settings.read('consumers'),
      done: (state) => state?.epoch === move.epoch && state.enabled,
      act: () => settings.write('consumers', { epoch: move.epoch, enabled: true }),
    });
    return { epoch: move.epoch };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ authority: dynamoAuthority(config), settings: ssmSettings(config) }),
  make: makeStartConsumers,
});
