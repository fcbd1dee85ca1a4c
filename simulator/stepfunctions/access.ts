/** What IAM is asked per operation. Source: Service Authorization Reference, "Actions defined by AWS Step Functions". */
import type { SFN } from '@aws-sdk/client-sfn';
import { passRole } from '../iam/pass-role.ts';
import type { Access, AccessRules } from '../service.ts';
import { arnOfNew } from './machine-operations.ts';
import type { StatesState } from './model.ts';
import { machineOfToken } from './token-operations.ts';

const on = (arn: string | undefined): Access => ({ resources: [arn ?? '*'] });

const toStates = (roleArn: string | undefined): Access => passRole(roleArn, 'states.amazonaws.com');

export const accessRules: AccessRules<SFN, StatesState> = {
  CreateStateMachine: (input, context) => [on(arnOfNew(context, input.name)), toStates(input.roleArn)],
  UpdateStateMachine: (input) => [on(input.stateMachineArn), ...(input.roleArn ? [toStates(input.roleArn)] : [])],
  DescribeStateMachine: (input) => on(input.stateMachineArn),
  DeleteStateMachine: (input) => on(input.stateMachineArn),
  ListExecutions: (input) => on(input.stateMachineArn),
  StartExecution: (input) => on(input.stateMachineArn),
  StopExecution: (input) => on(input.executionArn),
  DescribeExecution: (input) => on(input.executionArn),
  DescribeStateMachineForExecution: (input) => on(input.executionArn),
  GetExecutionHistory: (input) => on(input.executionArn),
  SendTaskSuccess: (input, context) => on(machineOfToken(context, input.taskToken)),
  SendTaskFailure: (input, context) => on(machineOfToken(context, input.taskToken)),
  SendTaskHeartbeat: (input, context) => on(machineOfToken(context, input.taskToken)),
  TagResource: (input) => on(input.resourceArn),
  UntagResource: (input) => on(input.resourceArn),
  ListTagsForResource: (input) => on(input.resourceArn),
};
