/** Executions: started, stopped, described, listed. Source of rules and errors: Step Functions API reference. */
import type { SFN } from '@aws-sdk/client-sfn';
import { AwsError, NotModelled } from '../errors.ts';
import type { Operations } from '../service.ts';
import { DATA_BYTES_MAX } from './failure.ts';
import { announce, finish, redriveStatus } from './finish.ts';
import type { StatesContext } from './flows.ts';
import { record, startedDetails, toSdkEvent } from './history.ts';
import { begin } from './interpreter.ts';
import type { Execution, Machine, StatesState } from './model.ts';
import { checkName, executionArn, findExecution, findMachine, page } from './names.ts';

/** Source: API reference, StartExecution: a name is free again 90 days after its execution ended. */
const NAME_KEPT_MS = 90 * 24 * 3_600_000;

export const executionOperations: Operations<SFN, StatesState> = {
  /**
   * Idempotent by name and input while the execution runs.
   * Guess: the input is compared as text, as AWS compares definitions; the reference only says "same input".
   */
  StartExecution(input, context) {
    const machine = findMachine(context, input.stateMachineArn);
    const name = input.name ?? context.random.uuid();
    checkName(name);
    const text = input.input ?? '{}';
    checkInput(text);
    if (machine.status === 'DELETING') {
      throw new AwsError('StateMachineDeleting', `State Machine Is Being Deleted: '${machine.arn}'`);
    }
    const arn = executionArn(context, machine.name, name);
    const existing = context.state.executions[arn];
    if (existing?.status === 'RUNNING' && existing.input === text) {
      return { executionArn: arn, startDate: new Date(existing.startedAtMs) };
    }
    if (existing && context.now - (existing.stoppedAtMs ?? context.now) < NAME_KEPT_MS) {
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution = newExecution(context, machine, { arn, name, input: text });
    context.state.executions[arn] = execution;
    record(execution, context.now, 'ExecutionStarted', 0, startedDetails(execution));
    announce(context, execution);
    begin(context, execution);
    return { executionArn: arn, startDate: new Date(execution.startedAtMs) };
  },

  /** Stopping what has ended changes nothing and answers when it ended. */
  StopExecution(input, context) {
    const execution = findExecution(context, input.executionArn);
    if (execution.status === 'RUNNING') {
      finish(context, execution, 'ABORTED', { error: input.error, cause: input.cause });
    }
    return { stopDate: new Date(execution.stoppedAtMs ?? context.now) };
  },

  DescribeExecution(input, context) {
    const execution = findExecution(context, input.executionArn);
    return {
      ...summary(execution),
      input: execution.input,
      inputDetails: { included: true },
      ...(execution.output !== undefined && { output: execution.output, outputDetails: { included: true } }),
      ...(execution.error !== undefined && { error: execution.error }),
      ...(execution.cause !== undefined && { cause: execution.cause }),
      ...redriveStatus(execution),
    };
  },

  ListExecutions(input, context) {
    if (input.mapRunArn !== undefined || input.redriveFilter !== undefined) {
      throw new NotModelled('mapRunArn and redriveFilter of ListExecutions are not modelled by the simulator');
    }
    const machine = findMachine(context, input.stateMachineArn);
    const all = Object.values(context.state.executions)
      .filter(({ machineArn }) => machineArn === machine.arn)
      .filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter)
      .sort((a, b) => b.startedAtMs - a.startedAtMs || (a.arn < b.arn ? -1 : 1));
    const { items, ...rest } = page(all, input);
    return { executions: items.map(summary), ...rest };
  },

  GetExecutionHistory(input, context) {
    const { history } = findExecution(context, input.executionArn);
    const ordered = input.reverseOrder ? history.toReversed() : history;
    const { items, ...rest } = page(ordered, input);
    return { events: items.map((event) => toSdkEvent(event, input.includeExecutionData ?? true)), ...rest };
  },
};

/** Throws InvalidExecutionInput. */
function checkInput(text: string): void {
  const invalid = (why: string) =>
    new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`);
  if (Buffer.byteLength(text) > DATA_BYTES_MAX) throw invalid('Input exceeds the maximum number of bytes');
  if (text === '') throw invalid('Invalid execution input.');
  try {
    JSON.parse(text);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function newExecution(
  context: StatesContext,
  machine: Machine,
  { arn, name, input }: { arn: string; name: string; input: string },
): Execution {
  return {
    arn,
    name,
    machineArn: machine.arn,
    machineName: machine.name,
    definition: machine.definition,
    roleArn: machine.roleArn,
    ...(machine.revisionId !== undefined && { revisionId: machine.revisionId }),
    input,
    startedAtMs: context.now,
    status: 'RUNNING',
    history: [],
    flows: {},
  };
}

const summary = (execution: Execution) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machineArn,
  name: execution.name,
  status: execution.status,
  startDate: new Date(execution.startedAtMs),
  ...(execution.stoppedAtMs !== undefined && { stopDate: new Date(execution.stoppedAtMs) }),
  redriveCount: 0,
});
