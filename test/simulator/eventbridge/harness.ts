/** A cloud of EventBridge, Scheduler, CloudWatch, SNS and IAM beside recording stand-ins for Lambda and Step Functions. */
import type { Lambda } from '@aws-sdk/client-lambda';
import type { SFN } from '@aws-sdk/client-sfn';
import { Cloud } from '../../../simulator/cloud.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { eventBridge, scheduler } from '../../../simulator/eventbridge/index.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { type AnyService, type Caller, defineService } from '../../../simulator/service.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import { sns } from '../../../simulator/services/sns.ts';

export interface Received {
  readonly t: number;
  readonly region: string;
  /** Function or state machine ARN. */
  readonly target: string;
  readonly payload: unknown;
  readonly caller: Caller;
}

interface StandInState {
  readonly received: Received[];
  /** Errors to answer with, first to last. */
  readonly errors: string[];
}

const initialState = (): StandInState => ({ received: [], errors: [] });

function record(state: StandInState, received: Received): void {
  const code = state.errors.shift();
  if (code) throw new AwsError(code, code);
  state.received.push(received);
}

const lambda = defineService<Lambda, StandInState>({
  name: 'lambda',
  initialState,
  operations: {
    Invoke(input, { state, now, region, caller }) {
      const payload: unknown = JSON.parse(new TextDecoder().decode(input.Payload as Uint8Array));
      record(state, { t: now, region, target: input.FunctionName ?? '', payload, caller });
      return { StatusCode: 202 };
    },
  },
  access: { Invoke: (input) => ({ action: 'lambda:InvokeFunction', resources: [input.FunctionName ?? ''] }) },
  // Whoever may invoke is Lambda's own tests' business.
  resourcePolicy: () => undefined,
});

const states = defineService<SFN, StandInState>({
  name: 'states',
  initialState,
  operations: {
    StartExecution(input, { state, now, region, caller }) {
      const payload: unknown = JSON.parse(input.input ?? '{}');
      record(state, { t: now, region, target: input.stateMachineArn ?? '', payload, caller });
      return { executionArn: 'arn', startDate: new Date(now) };
    },
  },
  access: { StartExecution: (input) => ({ resources: [input.stateMachineArn ?? ''] }) },
});

export const account = '111122223333';
export const startAt = Date.UTC(2026, 10, 20, 12, 0, 0);
export const west = 'us-west-2';
export const east = 'us-east-2';

/** With further services, where a test needs them. */
export function makeCloud(seed = 1, further: readonly AnyService[] = []): Cloud {
  return Cloud.create({
    seed,
    account,
    regions: [west, east, 'us-east-1'],
    services: [eventBridge, scheduler, cloudWatch, sns, iam, lambda, states, ...further],
    startAt,
  });
}

export const lambdaIn = (cloud: Cloud, region: string): StandInState => cloud.stateOf<StandInState>(lambda, region);
export const statesIn = (cloud: Cloud, region: string): StandInState => cloud.stateOf<StandInState>(states, region);
export const functionArn = (region: string, name = 'react'): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;
export const machineArn = (region: string): string => `arn:aws:states:${region}:${account}:stateMachine:failover`;

/** A role that a service may assume and that may do the named actions anywhere. Returns its ARN. */
export async function makeRole(cloud: Cloud, service: string, actions: readonly string[]): Promise<string> {
  const RoleName = `role-for-${service}`;
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' }],
  };
  const rights = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
  const region = 'us-east-1';
  await cloud.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }, { region });
  await cloud.call(
    'iam',
    'PutRolePolicy',
    { RoleName, PolicyName: 'rights', PolicyDocument: JSON.stringify(rights) },
    { region },
  );
  return `arn:aws:iam::${account}:role/${RoleName}`;
}
