/** Pass: hands its input on, or its Output. */
import { leave, nextOf, type StateType } from './step.ts';

export const pass: StateType = {
  run: (step) => leave(step, step.state, nextOf(step.state), step.scope(), step.input),
};
