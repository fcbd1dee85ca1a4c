/** Callbacks by task token. Source of rules and errors: Step Functions API reference, SendTaskSuccess and its siblings. */
import type { SFN } from '@aws-sdk/client-sfn';
import { AwsError } from '../errors.ts';
import type { Operations } from '../service.ts';
import { DATA_BYTES_MAX, StateFailure } from './failure.ts';
import { findTurn, type StatesContext } from './flows.ts';
import type { Execution, Flow, StatesState, TurnRef } from './model.ts';
import { beat, completeAttempt, failAttempt } from './tasks.ts';

export const tokenOperations: Operations<SFN, StatesState> = {
  async SendTaskSuccess(input, context) {
    const { ref } = findAttempt(context, input.taskToken);
    await completeAttempt(ref, context, parseOutput(input.output ?? ''));
    return {};
  },

  async SendTaskFailure(input, context) {
    const { ref } = findAttempt(context, input.taskToken);
    await failAttempt(ref, context, new StateFailure(input.error, input.cause));
    return {};
  },

  SendTaskHeartbeat(input, context) {
    const { execution, flow } = findAttempt(context, input.taskToken);
    beat(context, execution, flow);
    return {};
  },
};

/** The state machine a token belongs to, for permissions; '*' for a token nobody gave out. */
export function machineOfToken({ state }: StatesContext, token: string | undefined): string {
  const owner = state.tokens[token ?? ''];
  return (owner && state.executions[owner.execution]?.machineArn) ?? '*';
}

/** Throws InvalidToken for a token nobody gave out, TaskTimedOut for one whose attempt is over. */
function findAttempt(
  context: StatesContext,
  token: string | undefined,
): { ref: TurnRef; execution: Execution; flow: Flow } {
  const ref = context.state.tokens[token ?? ''];
  if (!ref) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  const found = findTurn(context.state, ref);
  if (!found?.flow.task) {
    throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  }
  return { ref, ...found };
}

/** Throws InvalidOutput. */
function parseOutput(text: string): unknown {
  const invalid = (why: string) => new AwsError('InvalidOutput', `Invalid Output: '${why}'`);
  if (Buffer.byteLength(text) > DATA_BYTES_MAX) throw invalid('Output exceeds the maximum number of bytes');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}
