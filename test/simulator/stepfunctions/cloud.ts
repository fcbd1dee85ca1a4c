/** A small cloud for tests: Step Functions, and a Lambda whose functions are plain functions of the test. */
import type { Lambda } from '@aws-sdk/client-lambda';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { Cloud } from '../../../simulator/cloud.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { type AnyService, type Context, defineService } from '../../../simulator/service.ts';
import { defineStepFunctions, type StatusChange } from '../../../simulator/stepfunctions/core.ts';

export const REGION = 'us-west-2';
export const ACCOUNT = '111111111111';
export const START = Date.UTC(2026, 0, 5, 9);
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/machine`;
export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

/** Thrown by a function of the test: what Lambda would answer as FunctionError with this errorType. */
export class FunctionFailure extends Error {
  /** What the caller gets as payload. */
  readonly payload: unknown;
  constructor(type: string, message = 'it failed', payload: unknown = { errorType: type, errorMessage: message }) {
    super(message);
    this.payload = payload;
  }
}

export interface Invocation {
  readonly name: string;
  readonly event: unknown;
  readonly atMs: number;
  /** Calls so far of this function, this one included. */
  readonly count: number;
  readonly context: Context<LambdaState>;
}

interface LambdaState {
  counts: Record<string, number>;
  answers: Record<string, unknown>;
}

export type Handler = (event: unknown, invocation: Invocation) => unknown;

/** The answer of a function that takes `ms` of virtual time. */
export const after = (ms: number, { context }: Invocation, answer: unknown): Promise<unknown> =>
  new Promise((resolve) => {
    const { region } = context;
    const owner = { region, label: 'test function', paused: false, killed: false };
    context.cloud.clock.after(ms, owner, () => resolve(answer));
  });

export interface TestCloud {
  readonly cloud: Cloud;
  readonly invocations: Invocation[];
  readonly changes: StatusChange[];
}

/** A cloud whose `lambda` knows these functions by name; further services may be added. */
export function testCloud(
  handlers: Record<string, Handler> = {},
  options: { seed?: number; services?: readonly AnyService[] } = {},
): TestCloud {
  const invocations: Invocation[] = [];
  const changes: StatusChange[] = [];
  const states = defineStepFunctions((_context, change) => changes.push(change));
  const cloud = Cloud.create({
    seed: options.seed ?? 1,
    account: ACCOUNT,
    regions: [REGION],
    services: [states, testLambda(handlers, invocations), ...(options.services ?? [])],
    startAt: START,
  });
  return { cloud, invocations, changes };
}

function testLambda(handlers: Record<string, Handler>, invocations: Invocation[]) {
  return defineService<Lambda, LambdaState>({
    name: 'lambda',
    initialState: () => ({ counts: {}, answers: {} }),
    // No question to IAM: these tests are not about permissions.
    access: { Invoke: () => [] },
    operations: {
      async Invoke(input, context) {
        const name = (input.FunctionName ?? '').split(':').at(-1) ?? '';
        const handler = handlers[name];
        if (!handler) {
          throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn(name)}:$LATEST`);
        }
        const count = (context.state.counts[name] ?? 0) + 1;
        context.state.counts[name] = count;
        const event = input.Payload ? JSON.parse(new TextDecoder().decode(input.Payload as Uint8Array)) : null;
        const invocation = { name, event, atMs: context.now, count, context };
        invocations.push(invocation);
        const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)) as never;
        try {
          return {
            StatusCode: 200,
            ExecutedVersion: '$LATEST',
            Payload: text((await handler(event, invocation)) ?? null),
          };
        } catch (error) {
          if (!(error instanceof FunctionFailure)) throw error;
          const Payload = text(error.payload);
          return { StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '$LATEST', Payload };
        }
      },
    },
  });
}

/** A JSONata machine of these states. */
export const machine = (states: Record<string, unknown>, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...more });

let made = 0;

/** Creates a machine and starts it. Returns the execution's ARN. */
export async function start(cloud: Cloud, definition: string, input: unknown = {}, name = 'run'): Promise<string> {
  made += 1;
  const { stateMachineArn } = await cloud.call(
    'states',
    'CreateStateMachine',
    { name: `machine-${made}`, definition, roleArn: ROLE },
    { region: REGION },
  );
  const started = await cloud.call(
    'states',
    'StartExecution',
    { stateMachineArn, name, input: JSON.stringify(input) },
    { region: REGION },
  );
  return started.executionArn ?? '';
}

export interface Result {
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly events: HistoryEvent[];
  readonly seconds: number;
}

/** What became of an execution so far. */
export async function look(cloud: Cloud, executionArn: string): Promise<Result> {
  const described = await cloud.call('states', 'DescribeExecution', { executionArn }, { region: REGION });
  const history = await cloud.call(
    'states',
    'GetExecutionHistory',
    { executionArn, maxResults: 1_000 },
    { region: REGION },
  );
  return {
    status: described.status ?? '',
    output: described.output === undefined ? undefined : JSON.parse(described.output),
    error: described.error,
    cause: described.cause,
    events: history.events ?? [],
    seconds: ((described.stopDate?.getTime() ?? cloud.now) - (described.startDate?.getTime() ?? 0)) / 1_000,
  };
}

/** Creates, starts and runs to the end, or for an hour. */
export async function execute(
  definition: string,
  options: { input?: unknown; handlers?: Record<string, Handler>; seed?: number; forMs?: number } = {},
): Promise<Result & TestCloud> {
  const test = testCloud(options.handlers, { seed: options.seed ?? 1 });
  const arn = await start(test.cloud, definition, options.input);
  await test.cloud.advance(options.forMs ?? 3_600_000);
  return { ...(await look(test.cloud, arn)), ...test };
}

export const typesOf = (events: readonly HistoryEvent[]): string[] => events.map(({ type }) => type ?? '');

/** A Task state that invokes a function of the test. */
export const invoke = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...more,
});
