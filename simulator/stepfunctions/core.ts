/**
 * Step Functions without the rest of the cloud: all that it needs from outside is a 'lambda' service and somewhere to
 * tell of status changes. service.ts makes the cloud's service of it; tests make their own.
 */
import type { SFN } from '@aws-sdk/client-sfn';
import type { ServiceDefinition } from '../service.ts';
import { accessRules } from './access.ts';
import { executionOperations } from './execution-operations.ts';
import type { StatesContext } from './flows.ts';
import { branchesDone, enter, executionTimeout, resume, run } from './interpreter.ts';
import { machineOperations } from './machine-operations.ts';
import { emptyState, type StatesState, type TurnRef } from './model.ts';
import { answerLost, callTask, heartbeatTimeout, taskTimeout } from './tasks.ts';
import { tokenOperations } from './token-operations.ts';

/** A status change as EventBridge gets it. */
export interface StatusChange {
  readonly detail: Record<string, unknown>;
  readonly resources: string[];
}

/** Makes the service. `publish` is called at each start and end of an execution. */
export function defineStepFunctions(
  publish: (context: StatesContext, change: StatusChange) => unknown,
): ServiceDefinition<SFN, StatesState> {
  return {
    name: 'states',
    initialState: emptyState,
    operations: { ...machineOperations, ...executionOperations, ...tokenOperations },
    access: accessRules,
    // Whoever has a token can answer for the task.
    redact: {
      SendTaskSuccess: () => ['taskToken'],
      SendTaskFailure: () => ['taskToken'],
      SendTaskHeartbeat: () => ['taskToken'],
    },
    timers: {
      enter,
      retry: run,
      wake: (ref: TurnRef, context: StatesContext) => resume(ref, context, undefined),
      branchesDone,
      callTask,
      answerLost,
      taskTimeout,
      heartbeatTimeout,
      executionTimeout,
      publishStatus: async (change: StatusChange, context: StatesContext) => {
        await publish(context, change);
      },
    },
  };
}
