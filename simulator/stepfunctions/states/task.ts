/** Task: one call of an integration, with its time limits, and the wait for a token where the resource asks for it. */
import { DATA_BYTES_MAX, jsonBytes, limitResult, StateFailure } from '../failure.ts';
import { integrationOf } from '../integrations.ts';
import { evaluate, evaluateTyped, INTEGER, queryFailure, type Scope } from '../jsonata.ts';
import { leave, nextOf, type StateType } from './step.ts';

/** Source: Developer Guide, "Task workflow state": TimeoutSeconds and HeartbeatSeconds from 1 to 99999999. */
const SECONDS_MAX = 99_999_999;

export const task: StateType = {
  async run(step) {
    const { state } = step;
    const token = integrationOf(state.Resource ?? '')?.waitsForToken ? step.newToken() : undefined;
    const scope = step.scope(token === undefined ? {} : { token });
    const parameters = 'Arguments' in state ? await evaluate(state.Arguments, 'Arguments', scope) : step.input;
    if (jsonBytes(parameters) > DATA_BYTES_MAX) {
      // Guess: the words; that Arguments count is documented ("States.DataLimitExceeded").
      throw new StateFailure(
        'States.DataLimitExceeded',
        `The state/task '${step.name}' supplied Arguments with a size exceeding the maximum number of bytes service limit.`,
      );
    }
    const timeoutSeconds = await seconds(state.TimeoutSeconds, 'TimeoutSeconds', scope);
    const heartbeatSeconds = await seconds(state.HeartbeatSeconds, 'HeartbeatSeconds', scope);
    return {
      kind: 'task',
      parameters,
      ...(token !== undefined && { token }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
    };
  },
  resume(step, result) {
    limitResult(step.name, result);
    return leave(step, step.state, nextOf(step.state), step.scope({ result }), result);
  },
};

async function seconds(value: unknown, field: string, scope: Scope): Promise<number | undefined> {
  if (value === undefined) return undefined;
  const result = await evaluateTyped<number>(value, field, INTEGER, scope);
  if (result >= 1 && result <= SECONDS_MAX) return result;
  // Guess: the words; "value out of range" is documented as a cause of States.QueryEvaluationError.
  throw queryFailure(field, scope, `The ${field} field must be between 1 and ${SECONDS_MAX} but was ${result}.`);
}
