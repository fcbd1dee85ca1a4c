/** Parallel: every branch gets the same input; the result is the array of their outputs in the branches' order. */
import { limitResult } from '../failure.ts';
import { evaluate } from '../jsonata.ts';
import { leave, nextOf, type StateType } from './step.ts';

export const parallel: StateType = {
  async run(step) {
    const { state } = step;
    const input = 'Arguments' in state ? await evaluate(state.Arguments, 'Arguments', step.scope()) : step.input;
    limitResult(step.name, input);
    return { kind: 'branches', input };
  },
  resume(step, result) {
    limitResult(step.name, result);
    return leave(step, step.state, nextOf(step.state), step.scope({ result }), result);
  },
};
