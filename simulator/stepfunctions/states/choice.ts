/** Choice: the first rule whose Condition holds decides where to go. */
import { StateFailure, whileExecuting } from '../failure.ts';
import { BOOLEAN, evaluateTyped } from '../jsonata.ts';
import { leave, type StateType } from './step.ts';

export const choice: StateType = {
  async run(step) {
    const scope = step.scope();
    for (const [i, rule] of (step.state.Choices ?? []).entries()) {
      const holds = await evaluateTyped<boolean>(rule.Condition, `Choices[${i}]/Condition`, BOOLEAN, scope);
      if (holds) return leave(step, rule, rule.Next, scope, step.input);
    }
    if (step.state.Default !== undefined) return leave(step, step.state, step.state.Default, scope, step.input);
    // The name is documented ("Handling errors"); Guess: the words.
    throw new StateFailure(
      'States.NoChoiceMatched',
      `${whileExecuting(step.name, scope.enteredEventId)} No choice matched and the state has no Default.`,
    );
  },
};
