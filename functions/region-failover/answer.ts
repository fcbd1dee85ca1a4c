/**
 * Carries a person's answer to the execution that waits for it. Started by: infra/wiring.ts "decision". The first
 * answer counts; the same event twice, or an answer after the deadline, changes nothing.
 */
import { FailoverDecision } from '../../events/failover-decision.ts';
import { dynamoQuestions } from '../shared/aws/failover-table.ts';
import { sfnWaiters } from '../shared/aws/sfn.ts';
import { ServingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Questions, Waiters } from '../shared/ports.ts';

export type Answered = 'answered' | 'nobody waits' | 'no such question' | 'not ours';

export const makeAnswer =
  ({ config, questions, waiters, log }: { questions: Questions; waiters: Waiters } & Surroundings<ServingConfig>) =>
  async (input: unknown): Promise<{ result: Answered }> => {
    const { id, detail } = parse(FailoverDecision, input, 'event');
    const { application, question, decision, by, reason } = detail;
    if (application !== config.application) return { result: 'not ours' };
    const closed = await questions.close(question, { id, decision, by, reason });
    if (!closed) {
      log.warn('an answer to a question that was never asked here', { question, by });
      return { result: 'no such question' };
    }
    const { answer } = closed;
    const heard = await waiters.answer(closed.token, {
      decision: answer.decision,
      by: answer.by,
      reason: answer.reason,
    });
    log.info(heard ? 'answered' : 'nobody waits for the answer', {
      question,
      decision: answer.decision,
      by: answer.by,
    });
    return { result: heard ? 'answered' : 'nobody waits' };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: ServingConfig,
  ports: (config) => ({ questions: dynamoQuestions(config), waiters: sfnWaiters(config) }),
  make: makeAnswer,
});
