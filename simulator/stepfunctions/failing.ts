/** What follows a state's failure: a retry, a catcher, or the end of the branch and everything above that does not take it. */

import type { Catcher } from './definition.ts';
import { StateFailure } from './failure.ts';
import { finish } from './finish.ts';
import { abortBranches, clearAttempt, findTurn, refTo, type StatesContext, scopeOf, stateOf } from './flows.ts';
import { recordIn } from './history.ts';
import { apply, limitVariables, stepFor } from './interpreter.ts';
import type { Execution, Flow, TurnRef } from './model.ts';
import { errorOutputOf, findCatcher, nextRetry } from './retry.ts';
import { type Exit, leave } from './states/step.ts';

/**
 * A state has failed: it is retried, caught, or takes its branch or the execution with it. Nothing happens when the flow
 * has gone on meanwhile.
 */
export async function failState(ref: TurnRef, context: StatesContext, failure: StateFailure): Promise<void> {
  const found = findTurn(context.state, ref);
  if (!found) return;
  const { execution, flow } = found;
  const state = stateOf(execution, flow);
  clearAttempt(context, flow);
  delete flow.branches;
  recordEvaluationFailure(context, execution, flow, failure);
  const retry = nextRetry(state.Retry, flow.retriesOf, failure, context.random);
  const catcher = retry ? undefined : findCatcher(state.Catch, failure);
  context.trace('state.failed', {
    execution: execution.arn,
    state: flow.stateName,
    error: failure.error,
    // Positions in the definition: what a soak counts as error edges.
    ...(retry && { retry: retry.position }),
    ...(catcher && { caught: state.Catch?.indexOf(catcher) }),
  });
  if (retry) {
    flow.turn += 1;
    flow.retryCount += 1;
    flow.retriesOf[retry.position] = (flow.retriesOf[retry.position] ?? 0) + 1;
    context.schedule('retry', retry.delayMs, refTo(execution, flow));
    return;
  }
  if (state.Type === 'Parallel') recordIn(execution, flow, context.now, 'ParallelStateFailed');
  const final = catcher ? await catchFailure(context, execution, flow, catcher, failure) : failure;
  if (!findTurn(context.state, ref)) return;
  if (!(final instanceof StateFailure)) {
    apply(context, execution, flow, final);
    return;
  }
  if (final !== failure) recordEvaluationFailure(context, execution, flow, final);
  await failFlow(context, execution, flow, final);
}

/** The way out through a catcher; or the catcher's own failure, which nobody in this state catches. */
async function catchFailure(
  context: StatesContext,
  execution: Execution,
  flow: Flow,
  catcher: Catcher,
  failure: StateFailure,
): Promise<Exit | StateFailure> {
  const errorOutput = errorOutputOf(failure);
  try {
    const scope = scopeOf(context, execution, flow, { errorOutput });
    const caught = await leave(stepFor(context, execution, flow), catcher, catcher.Next, scope, errorOutput);
    limitVariables(execution, flow, caught);
    return caught;
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    return error;
  }
}

function recordEvaluationFailure(
  context: StatesContext,
  execution: Execution,
  flow: Flow,
  failure: StateFailure,
): void {
  if (failure.location === undefined) return;
  const { stateName: state, enteredEventId } = flow;
  const { location, error, reason: cause } = failure;
  // As recorded on AWS: right after entering, the event names the one before the state was entered.
  const entered = execution.history[enteredEventId - 1];
  if (entered && flow.lastEventId === enteredEventId) flow.lastEventId = entered.previousEventId ?? 0;
  recordIn(execution, flow, context.now, 'EvaluationFailed', {
    evaluationFailedEventDetails: { state, location, error, cause },
  });
}

/** Nobody in the failed state takes the failure: it goes up. */
async function failFlow(
  context: StatesContext,
  execution: Execution,
  flow: Flow,
  failure: StateFailure,
): Promise<void> {
  const parent = flow.parent === null ? undefined : execution.flows[flow.parent];
  if (!parent) {
    finish(context, execution, 'FAILED', {
      error: failure.error,
      cause: failure.reason,
      previousEventId: flow.lastEventId,
    });
    return;
  }
  parent.lastEventId = flow.lastEventId;
  abortBranches(context, execution, parent, flow.lastEventId);
  // Without the location: the evaluation failed in the branch and is recorded there.
  const above = new StateFailure(
    failure.error,
    failure.reason,
    failure.alias === undefined ? {} : { alias: failure.alias },
  );
  await failState(refTo(execution, parent), context, above);
}
