/** Tells people how a release ended. Started by: the last states of both machines. Decides nothing. */
import * as z from 'zod';
import { snsPager } from '../shared/aws/sns.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Pager } from '../shared/ports.ts';
import { endMessage } from './messages.ts';

const NotifyInput = z.object({
  outcome: z.string(),
  releaseId: z.string(),
  digest: z.string(),
  reasons: z.array(z.string()),
});

export const makeNotify =
  ({ config, pager }: { pager: Pager } & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ subject: string }> => {
    const { subject, message } = endMessage(config, parse(NotifyInput, input));
    await pager.tell(subject, message);
    return { subject };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({ pager: snsPager(config) }),
  make: makeNotify,
});
