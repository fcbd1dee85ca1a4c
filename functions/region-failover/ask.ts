/**
 * Puts an open question to a person and leaves the execution waiting. Started by: the state "Ask a person"
 * (waitForTaskToken); no answer in time means decline. The token stays in this region's table and in no log.
 */
import * as z from 'zod';
import { dynamoQuestions } from '../shared/aws/failover-table.ts';
import { snsPager } from '../shared/aws/sns.ts';
import { isoOf } from '../shared/clock.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Pager, Questions } from '../shared/ports.ts';
import { questionMessage } from './messages.ts';

const AskInput = z.object({
  token: z.string().min(1),
  question: z.string(),
  request: z.object({ target: z.string(), from: z.string(), by: z.string(), reason: z.string() }),
  reasons: z.array(z.string()),
  answerWithinSeconds: z.number(),
});

export const makeAsk =
  ({ config, clock, questions, pager }: { questions: Questions; pager: Pager } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ question: string }> => {
    const { token, question, request, reasons, answerWithinSeconds } = parse(AskInput, input);
    const now = clock.now();
    await questions.open({ id: question, token, askedAt: isoOf(now) });
    const { subject, message } = questionMessage({
      config,
      request,
      reasons,
      question,
      answerBy: isoOf(now + answerWithinSeconds * 1000),
    });
    await pager.tell(subject, message);
    return { question };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ questions: dynamoQuestions(config), pager: snsPager(config) }),
  make: makeAsk,
});
