/** Succeed: ends the machine or the branch. */
import { leave, type StateType } from './step.ts';

export const succeed: StateType = {
  run: (step) => leave(step, step.state, null, step.scope(), step.input),
};
