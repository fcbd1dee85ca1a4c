/** Tells people how it ended. Started by: the last states of both machines. Decides nothing. */
import * as z from 'zod';
import { snsPager } from '../shared/aws/sns.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Pager } from '../shared/ports.ts';
import type { Measures } from './measure.ts';
import { outcomeMessage } from './messages.ts';

const NotifyInput = z.object({
  outcome: z.enum(['moved', 'held', 'declined', 'aborted', 'incomplete']),
  request: z.object({ target: z.string(), from: z.string(), by: z.string(), reason: z.string() }),
  reasons: z.array(z.string()),
  measures: z.custom<Measures>((value) => typeof value === 'object').nullish(),
});

export const makeNotify =
  ({ config, pager }: { pager: Pager } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ subject: string }> => {
    const { outcome, request, reasons, measures } = parse(NotifyInput, input);
    const { subject, message } = outcomeMessage({ config, request, outcome, reasons, measures: measures ?? null });
    await pager.tell(subject, message);
    return { subject };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ pager: snsPager(config) }),
  make: makeNotify,
});
