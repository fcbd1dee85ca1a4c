/** Fail: ends the machine or the branch with an error that the definition names. */
import { StateFailure } from '../failure.ts';
import { evaluateTyped, STRING } from '../jsonata.ts';
import type { StateType } from './step.ts';

export const fail: StateType = {
  async run(step) {
    const { Error: error, Cause: cause } = step.state;
    const scope = step.scope();
    throw new StateFailure(
      error === undefined ? undefined : await evaluateTyped<string>(error, 'Error', STRING, scope),
      cause === undefined ? undefined : await evaluateTyped<string>(cause, 'Cause', STRING, scope),
    );
  },
};
