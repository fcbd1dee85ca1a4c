/** Retry, Catch and error names against "Handling errors" of the Developer Guide. */

import { describe, expect, test } from 'vitest';
import { addFault } from '../../../simulator/faults.ts';
import { matchesError, StateFailure } from '../../../simulator/stepfunctions/failure.ts';
import { execute, FunctionFailure, type Handler, invoke, look, machine, start, testCloud, typesOf } from './cloud.ts';

const failsWith =
  (...errors: (string | undefined)[]): Handler =>
  (_, { count }) => {
    const error = errors[count - 1];
    if (error !== undefined) throw new FunctionFailure(error);
    return 'done';
  };

const task = (more: Record<string, unknown>) =>
  machine({
    T: invoke('f', { End: true, ...more }),
    A: { Type: 'Pass', Output: "{% {'to': 'A', 'in': $states.input} %}", End: true },
    B: { Type: 'Pass', Output: "{% {'to': 'B', 'in': $states.input} %}", End: true },
  });

/** Seconds between the invocations, to the tenth. */
const gaps = (invocations: readonly { atMs: number }[]): number[] =>
  invocations.slice(1).map(({ atMs }, i) => Math.round((atMs - (invocations[i]?.atMs ?? 0)) / 100) / 10);

describe('an error name in ErrorEquals', () => {
  test.each([
    ['States.ALL', 'Mine', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.QueryEvaluationError', true],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.ALL', 'States.Runtime', false],
    ['States.Runtime', 'States.Runtime', false],
    ['States.TaskFailed', 'Mine', true],
    ['States.TaskFailed', 'Lambda.Unknown', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.TaskFailed', 'States.DataLimitExceeded', false],
    ['States.Timeout', 'States.Timeout', true],
    ['States.HeartbeatTimeout', 'States.Timeout', false],
    ['Mine', 'mine', false],
    ['Mine', 'Mine', true],
  ])('%s matches %s: %s', (name, error, expected) => {
    expect(matchesError(name, new StateFailure(error))).toBe(expected);
  });
});

describe('Retry', () => {
  test.each([
    { title: 'waits 1, 2 and 4 s by default and gives up after three', retry: {}, expected: [1, 2, 4] },
    {
      title: 'waits by interval and rate',
      retry: { IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 3 },
      expected: [3, 4.5, 6.8],
    },
    {
      title: 'never waits longer than MaxDelaySeconds',
      retry: { IntervalSeconds: 2, MaxDelaySeconds: 5, MaxAttempts: 4 },
      expected: [2, 4, 5, 5],
    },
    { title: 'with MaxAttempts 0 never retries', retry: { MaxAttempts: 0 }, expected: [] },
  ])('$title', async ({ retry, expected }) => {
    const definition = task({ Retry: [{ ErrorEquals: ['Busy'], ...retry }] });
    const { error, invocations } = await execute(definition, { handlers: { f: failsWith(...Array(9).fill('Busy')) } });
    expect(error).toBe('Busy');
    expect(gaps(invocations)).toHaveLength(expected.length);
    for (const [i, gap] of gaps(invocations).entries()) expect(Math.abs(gap - (expected[i] ?? 0))).toBeLessThan(0.2);
  });

  test('counts each retrier by itself, as in the example of the guide', async () => {
    const definition = task({
      Retry: [
        { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
        { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A' }],
    });
    const { output, invocations } = await execute(definition, {
      handlers: { f: failsWith('ErrorA', 'ErrorB', 'ErrorC', 'ErrorB') },
    });
    expect(output).toMatchObject({ to: 'A', in: { Error: 'ErrorB' } });
    expect(gaps(invocations).map(Math.round)).toEqual([1, 2, 5]);
  });

  test('with full jitter draws each delay between 0 and the interval, the same for the same seed', async () => {
    const definition = task({
      Retry: [
        { ErrorEquals: ['States.ALL'], IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 8, JitterStrategy: 'FULL' },
      ],
    });
    const run = async (seed: number) =>
      gaps((await execute(definition, { seed, handlers: { f: failsWith(...Array(9).fill('Busy')) } })).invocations);
    const first = await run(1);
    expect(first.every((gap) => gap >= 0 && gap <= 10.2)).toBe(true);
    expect(new Set(first).size).toBeGreaterThan(4);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  test('shows its count in the context object and starts anew when the state is entered again', async () => {
    const definition = machine({
      T: invoke('f', {
        Arguments: { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' },
        Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2 }],
        Next: 'Again',
      }),
      Again: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $exists($again) %}', Next: 'S' }],
        Default: 'T',
        Assign: { again: true },
      },
      S: { Type: 'Succeed' },
    });
    const { status, invocations } = await execute(definition, {
      handlers: { f: failsWith('Busy', 'Busy', undefined, 'Busy', 'Busy') },
    });
    expect(status).toBe('SUCCEEDED');
    expect(invocations.map(({ event }) => event)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('does not enter the state anew in the history', async () => {
    const { events } = await execute(task({ Retry: [{ ErrorEquals: ['Busy'] }] }), {
      handlers: { f: failsWith('Busy') },
    });
    expect(typesOf(events)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });
});

describe('Catch', () => {
  test('takes the first catcher that matches, after the retries', async () => {
    const definition = task({
      Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
      Catch: [
        { ErrorEquals: ['Other'], Next: 'A' },
        { ErrorEquals: ['Busy', 'More'], Next: 'B' },
        { ErrorEquals: ['States.ALL'], Next: 'A' },
      ],
    });
    const { output, invocations } = await execute(definition, { handlers: { f: failsWith('Busy', 'Busy') } });
    expect(output).toMatchObject({
      to: 'B',
      in: { Error: 'Busy', Cause: '{"errorType":"Busy","errorMessage":"it failed"}' },
    });
    expect(invocations).toHaveLength(2);
  });

  test('evaluates its own Output and Assign, with input and error output, and not those of the state', async () => {
    const definition = machine({
      T: invoke('f', {
        Assign: { from: 'state' },
        Catch: [
          {
            ErrorEquals: ['Bad'],
            Assign: { from: '{% $states.errorOutput.Error %}' },
            Output: '{% {"input": $states.input, "error": $states.errorOutput.Error} %}',
            Next: 'A',
          },
        ],
        End: true,
      }),
      A: { Type: 'Pass', Output: '{% {"in": $states.input, "from": $from} %}', End: true },
    });
    const { output } = await execute(definition, { input: { n: 1 }, handlers: { f: failsWith('Bad') } });
    expect(output).toEqual({ in: { input: { n: 1 }, error: 'Bad' }, from: 'Bad' });
  });

  test('catches an expression that failed in Arguments or in Output', async () => {
    const caught = { Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'A' }] };
    const handlers = { f: () => 1 };
    for (const bad of [{ Arguments: { FunctionName: '{% $nothing %}' } }, { Output: '{% $states.result.nothing %}' }]) {
      const { output, events } = await execute(task({ ...caught, ...bad }), { handlers });
      expect(output).toMatchObject({ to: 'A', in: { Error: 'States.QueryEvaluationError' } });
      expect(typesOf(events)).toContain('EvaluationFailed');
    }
  });

  test('fails the execution when its own Output fails, with that failure', async () => {
    const definition = task({
      Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $nothing %}', Next: 'A' }],
    });
    const { status, error } = await execute(definition, { handlers: { f: failsWith('Bad') } });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('errors of Lambda', () => {
  const outcome = async (what: { kind: 'error'; error: string } | { kind: 'lose-answer' }) => {
    const { cloud } = testCloud({ f: () => 'ok' });
    addFault(cloud, { service: 'lambda', operation: 'Invoke', ...what });
    const arn = await start(cloud, task({}));
    await cloud.advance(600_000);
    return look(cloud, arn);
  };

  test.each([
    ['TooManyRequestsException', 429, 'Lambda.TooManyRequestsException'],
    ['ServiceException', 500, 'Lambda.ServiceException'],
    ['ResourceNotFoundException', 404, 'Lambda.ResourceNotFoundException'],
    ['AccessDeniedException', 403, 'Lambda.AWSLambdaException'],
  ])('%s (%d) is reported as %s', async (code, status, expected) => {
    const { error, cause } = await outcome({ kind: 'error', error: code });
    expect(error).toBe(expected);
    expect(cause).toContain(`(Service: AWSLambda; Status Code: ${status}; Error Code: ${code};`);
  });

  test('a lost answer is given up as Lambda.SdkClientException, some time later', async () => {
    const { error, seconds } = await outcome({ kind: 'lose-answer' });
    expect(error).toBe('Lambda.SdkClientException');
    expect(seconds).toBeGreaterThan(9);
  });

  test('a function that returned no error type is Lambda.Unknown, with the payload in the cause', async () => {
    const died = new FunctionFailure('', '', { errorMessage: 'Task timed out after 3.00 seconds' });
    const { error, cause } = await execute(task({}), {
      handlers: {
        f: () => {
          throw died;
        },
      },
    });
    expect(error).toBe('Lambda.Unknown');
    expect(cause).toContain('{"errorMessage":"Task timed out after 3.00 seconds"}');
  });
});
