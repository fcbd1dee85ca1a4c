/**
 * What a Task's Resource may be: the table of integrations, and the history events of each kind. A resource that is not
 * here is refused by name when a machine is created.
 */
import type { Caller } from '../service.ts';
import type { StateFailure } from './failure.ts';
import type { StatesContext } from './flows.ts';
import { type Details, type EventType, failureDetails, outputOf } from './history.ts';
import { invokeFunction, lambdaInvoke } from './integrations/lambda.ts';

export interface Integration {
  /** The task ends by SendTaskSuccess or SendTaskFailure, not by the call's answer. */
  readonly waitsForToken: boolean;
  readonly events: TaskEvents;
  /** Members that Arguments must have when they are not one expression. */
  readonly requiredArguments: readonly string[];
  /** Calls the service as the machine's role. Throws StateFailure, or AnswerLost when no answer will come. */
  call(parameters: unknown, context: StatesContext, caller: Caller): Promise<unknown>;
}

type Event = readonly [EventType, Details?];

/** Which events a task's course writes; AWS has one set for integrations and another for plain function ARNs. */
export interface TaskEvents {
  scheduled(task: {
    parameters: unknown;
    region: string;
    timeoutSeconds: number | undefined;
    heartbeatSeconds: number | undefined;
  }): Event;
  started(): Event;
  submitted(output: string): Event;
  succeeded(output: string): Event;
  failed(failure: StateFailure): Event;
  timedOut(failure: StateFailure): Event;
}

const PLAIN_FUNCTION = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[^:]+(:[^:]+)?$/;

/** The integration of a Resource, or undefined when it is not modelled. */
export function integrationOf(resource: string): Integration | undefined {
  const named = integrations[resource];
  if (named || !PLAIN_FUNCTION.test(resource)) return named;
  return {
    waitsForToken: false,
    events: lambdaFunctionEvents(resource),
    requiredArguments: [],
    call: (parameters, context, caller) => invokeFunction(resource, parameters, context, caller),
  };
}

const integrations: Readonly<Record<string, Integration>> = {
  'arn:aws:states:::lambda:invoke': {
    waitsForToken: false,
    events: taskEvents('lambda', 'invoke'),
    requiredArguments: ['FunctionName'],
    call: lambdaInvoke,
  },
  'arn:aws:states:::lambda:invoke.waitForTaskToken': {
    waitsForToken: true,
    events: taskEvents('lambda', 'invoke.waitForTaskToken'),
    requiredArguments: ['FunctionName'],
    call: lambdaInvoke,
  },
};

function taskEvents(resourceType: string, resource: string): TaskEvents {
  const named = { resourceType, resource };
  return {
    scheduled: ({ parameters, region, timeoutSeconds, heartbeatSeconds }) => [
      'TaskScheduled',
      {
        taskScheduledEventDetails: {
          ...named,
          region,
          parameters: JSON.stringify(parameters),
          ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
          ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
        },
      },
    ],
    started: () => ['TaskStarted', { taskStartedEventDetails: named }],
    submitted: (output) => ['TaskSubmitted', { taskSubmittedEventDetails: { ...named, ...outputOf(output) } }],
    succeeded: (output) => ['TaskSucceeded', { taskSucceededEventDetails: { ...named, ...outputOf(output) } }],
    failed: (failure) => ['TaskFailed', { taskFailedEventDetails: { ...named, ...failureDetails(failure) } }],
    timedOut: (failure) => ['TaskTimedOut', { taskTimedOutEventDetails: { ...named, ...failureDetails(failure) } }],
  };
}

function lambdaFunctionEvents(resource: string): TaskEvents {
  return {
    scheduled: ({ parameters, timeoutSeconds }) => [
      'LambdaFunctionScheduled',
      {
        lambdaFunctionScheduledEventDetails: {
          resource,
          input: JSON.stringify(parameters),
          inputDetails: { truncated: false },
          ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
        },
      },
    ],
    started: () => ['LambdaFunctionStarted'],
    submitted: () => {
      throw new Error('a plain function ARN has no task token');
    },
    succeeded: (output) => ['LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: outputOf(output) }],
    failed: (failure) => ['LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: failureDetails(failure) }],
    timedOut: (failure) => ['LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: failureDetails(failure) }],
  };
}
