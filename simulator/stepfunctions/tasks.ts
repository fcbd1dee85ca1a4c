/** A task's course: called, answered, waiting for its token, timed out. Its limits and its lateness are decided here. */
import { AnswerLost } from '../errors.ts';
import type { Caller } from '../service.ts';
import { failState } from './failing.ts';
import { limitResult, StateFailure } from './failure.ts';
import { clearAttempt, findTurn, refTo, type StatesContext, stateOf } from './flows.ts';
import { recordIn } from './history.ts';
import { type Integration, integrationOf } from './integrations.ts';
import { resume } from './interpreter.ts';
import type { Execution, Flow, TurnRef } from './model.ts';
import type { StartTask } from './states/step.ts';

/** Guess: from TaskScheduled to TaskStarted, 5 to 20 ms; AWS documents none. */
const DISPATCH_MS = { min: 5, max: 20 } as const;

/** Guess: how long Step Functions' own client waits for an answer that was lost, 10 to 70 s; AWS documents none. */
const LOST_ANSWER_MS = { min: 10_000, max: 70_000 } as const;

/** Schedules the call and its time limits. */
export function startAttempt(context: StatesContext, execution: Execution, flow: Flow, task: StartTask): void {
  const { parameters, token, timeoutSeconds, heartbeatSeconds } = task;
  const ref = refTo(execution, flow);
  const { region } = context;
  const event = integrationFor(execution, flow).events.scheduled({
    parameters,
    region,
    timeoutSeconds,
    heartbeatSeconds,
  });
  recordIn(execution, flow, context.now, ...event);
  flow.task = { parameters, submitted: false };
  if (token !== undefined) {
    context.state.tokens[token] = ref;
    flow.task = { ...flow.task, token };
    // Guess: heartbeats limit only tasks that can send them; a plain lambda:invoke has no worker.
    if (heartbeatSeconds !== undefined) flow.task = { ...flow.task, heartbeatSeconds };
    beat(context, execution, flow);
  }
  if (timeoutSeconds !== undefined) {
    flow.task.timeoutTimer = context.schedule('taskTimeout', timeoutSeconds * 1_000, ref);
  }
  context.schedule('callTask', Math.round(context.random.uniform(DISPATCH_MS.min, DISPATCH_MS.max)), ref);
}

/** Timer: the integration is called, and the answer, when it comes, ends the attempt if it is still waited for. */
export async function callTask(ref: TurnRef, context: StatesContext): Promise<void> {
  const found = findTurn(context.state, ref);
  if (!found?.flow.task) return;
  const { execution, flow } = found;
  const integration = integrationFor(execution, flow);
  recordIn(execution, flow, context.now, ...integration.events.started());
  try {
    const caller: Caller = { kind: 'role', arn: execution.roleArn, session: execution.name.slice(0, 64) };
    const answer = await integration.call(found.flow.task.parameters, context, caller);
    await answered(ref, context, answer);
  } catch (error) {
    if (error instanceof AnswerLost) {
      context.schedule('answerLost', Math.round(context.random.uniform(LOST_ANSWER_MS.min, LOST_ANSWER_MS.max)), ref);
    } else if (error instanceof StateFailure) {
      await failAttempt(ref, context, error);
    } else {
      throw error;
    }
  }
}

async function answered(ref: TurnRef, context: StatesContext, answer: unknown): Promise<void> {
  const found = findTurn(context.state, ref);
  if (!found?.flow.task) return;
  const { execution, flow } = found;
  const integration = integrationFor(execution, flow);
  if (!integration.waitsForToken) {
    await completeAttempt(ref, context, answer);
    return;
  }
  limitResult(flow.stateName, answer);
  found.flow.task.submitted = true;
  recordIn(execution, flow, context.now, ...integration.events.submitted(JSON.stringify(answer)));
}

/** The task has its result: from the call, or by SendTaskSuccess. */
export async function completeAttempt(ref: TurnRef, context: StatesContext, result: unknown): Promise<void> {
  const found = findTurn(context.state, ref);
  if (!found?.flow.task) return;
  const { execution, flow } = found;
  limitResult(flow.stateName, result);
  clearAttempt(context, flow);
  const event = integrationFor(execution, flow).events.succeeded(JSON.stringify(result));
  recordIn(execution, flow, context.now, ...event);
  flow.turn += 1;
  await resume(refTo(execution, flow), context, result);
}

/** The task has failed: the call did, or SendTaskFailure came. */
export async function failAttempt(ref: TurnRef, context: StatesContext, failure: StateFailure): Promise<void> {
  const found = findTurn(context.state, ref);
  if (!found?.flow.task) return;
  const { execution, flow } = found;
  recordIn(execution, flow, context.now, ...integrationFor(execution, flow).events.failed(failure));
  await failState(ref, context, failure);
}

/** Timer: an answer that never came is given up. */
export function answerLost(ref: TurnRef, context: StatesContext): Promise<void> {
  const reason = 'Unable to execute HTTP request: Read timed out';
  return failAttempt(ref, context, new StateFailure('Lambda.SdkClientException', reason));
}

/** Timer: TimeoutSeconds have passed. */
export function taskTimeout(ref: TurnRef, context: StatesContext): Promise<void> {
  return timeOut(ref, context, new StateFailure('States.Timeout'));
}

/** Timer: no heartbeat for HeartbeatSeconds. AWS records States.Timeout; Retry and Catch may name it more closely. */
export function heartbeatTimeout(ref: TurnRef, context: StatesContext): Promise<void> {
  return timeOut(ref, context, new StateFailure('States.Timeout', undefined, { alias: 'States.HeartbeatTimeout' }));
}

async function timeOut(ref: TurnRef, context: StatesContext, failure: StateFailure): Promise<void> {
  const found = findTurn(context.state, ref);
  if (!found?.flow.task) return;
  const { execution, flow } = found;
  recordIn(execution, flow, context.now, ...integrationFor(execution, flow).events.timedOut(failure));
  await failState(ref, context, failure);
}

/** Starts the heartbeat's time anew, if the attempt has one. */
export function beat(context: StatesContext, execution: Execution, flow: Flow): void {
  const attempt = flow.task;
  if (attempt?.heartbeatSeconds === undefined) return;
  if (attempt.heartbeatTimer !== undefined) context.cancel(attempt.heartbeatTimer);
  const ref = refTo(execution, flow);
  attempt.heartbeatTimer = context.schedule('heartbeatTimeout', attempt.heartbeatSeconds * 1_000, ref);
}

function integrationFor(execution: Execution, flow: Flow): Integration {
  const { Resource } = stateOf(execution, flow);
  const integration = integrationOf(Resource ?? '');
  if (!integration) throw new Error(`resource ${Resource} passed the checks but is not modelled`);
  return integration;
}
