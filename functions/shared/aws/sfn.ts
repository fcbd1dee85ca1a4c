/** Executions of the failover machine in this region, and the people's answers that they wait for. */
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Executions, Waiters } from '../ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

export function sfnExecutions({ region, stateMachineArn }: { region: string; stateMachineArn: string }): Executions {
  const client = new SFNClient(clientOptions(region));
  return {
    async start(name, input) {
      const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      try {
        await call(`starting ${name}`, client.send(command));
        return 'started';
      } catch (error) {
        if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
        return 'known';
      }
    },
    async running() {
      const command = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' });
      const { executions } = await call('listing running executions', client.send(command));
      return (executions ?? []).flatMap(({ executionArn }) => executionArn ?? []);
    },
    async describe(executionArn) {
      try {
        const found = await call(
          'describing an execution',
          client.send(new DescribeExecutionCommand({ executionArn })),
        );
        return {
          status: found.status ?? 'UNKNOWN',
          input: JSON.parse(found.input ?? 'null'),
          stoppedAt: found.stopDate?.getTime() ?? null,
        };
      } catch (error) {
        if (!isNamed(error, 'ExecutionDoesNotExist')) throw error;
        return null;
      }
    },
  };
}

export function sfnWaiters({ region }: { region: string }): Waiters {
  const client = new SFNClient(clientOptions(region));
  return {
    async answer(token, output) {
      const command = new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) });
      try {
        await call('answering the waiting execution', client.send(command));
        return true;
      } catch (error) {
        if (!isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) throw error;
        return false;
      }
    },
  };
}
