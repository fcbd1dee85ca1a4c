/** Each state type against what the Developer Guide says of it. */
import { describe, expect, test } from 'vitest';
import { execute, invoke, machine, START, typesOf } from './cloud.ts';

const end = { End: true };
const pass = (more: Record<string, unknown> = {}) => ({ Type: 'Pass', ...end, ...more });

describe('Pass', () => {
  test.each([
    { title: 'hands its input on', state: {}, output: { n: 1 } },
    {
      title: 'answers a literal Output',
      state: { Output: { a: [1, '{% $states.input.n + 1 %}'] } },
      output: { a: [1, 2] },
    },
    { title: 'answers an Output of null', state: { Output: null }, output: null },
    { title: 'takes a text with a space before {% as a text', state: { Output: ' {% 1 %}' }, output: ' {% 1 %}' },
  ])('$title', async ({ state, output }) => {
    const result = await execute(machine({ P: pass(state) }), { input: { n: 1 } });
    expect(result).toMatchObject({ status: 'SUCCEEDED', output });
    expect(typesOf(result.events)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('evaluates Assign and Output from the variables as they were before it', async () => {
    const { output } = await execute(
      machine({
        First: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'Swap' },
        Swap: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% [$x, $y] %}', Next: 'Last' },
        Last: pass({ Output: '{% {"before": $states.input, "after": [$x, $y]} %}' }),
      }),
    );
    expect(output).toEqual({ before: [1, 2], after: [2, 1] });
  });

  test('shows assigned variables in the history, each as JSON text', async () => {
    const { events } = await execute(machine({ P: pass({ Assign: { x: { a: 1 }, y: 'b' } }) }));
    expect(events[2]?.stateExitedEventDetails?.assignedVariables).toEqual({ x: '{"a":1}', y: '"b"' });
  });
});

describe('Choice', () => {
  const choosing = (more: Record<string, unknown> = {}) =>
    machine({
      C: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 10 %}', Next: 'Big', Assign: { how: 'rule' }, Output: 'big' },
          { Condition: '{% $states.input.n > 5 %}', Next: 'Big' },
        ],
        Default: 'Small',
        ...more,
      },
      Big: pass({ Output: '{% {"in": $states.input, "how": $how ? $how : "unset"} %}' }),
      Small: pass({ Output: '{% {"in": $states.input, "how": $how ? $how : "unset"} %}' }),
    });

  test.each([
    { n: 11, output: { in: 'big', how: 'rule' }, title: 'takes the first rule that holds with its Assign and Output' },
    { n: 6, output: { in: { n: 6 }, how: 'unset' }, title: 'asks the rules in order and hands the input on' },
    { n: 1, output: { in: { n: 1 }, how: 'unset' }, title: 'goes to Default when no rule holds' },
  ])('$title', async ({ n, output }) => {
    expect(await execute(choosing(), { input: { n } })).toMatchObject({ status: 'SUCCEEDED', output });
  });

  test('uses its own Assign and Output only on the way to Default', async () => {
    const definition = choosing({ Assign: { how: 'default' }, Output: 'small' });
    expect((await execute(definition, { input: { n: 1 } })).output).toEqual({ in: 'small', how: 'default' });
    expect((await execute(definition, { input: { n: 6 } })).output).toEqual({ in: { n: 6 }, how: 'unset' });
  });

  test('fails with States.NoChoiceMatched when no rule holds and there is no Default', async () => {
    const definition = machine({
      C: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'E' }] },
      E: { Type: 'Succeed' },
    });
    expect(await execute(definition)).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });

  test('fails with States.QueryEvaluationError when a condition is no boolean', async () => {
    const { error, cause } = await execute(choosing({ Choices: [{ Condition: '{% 1 %}', Next: 'Big' }] }));
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain("Expected 'boolean', but was 'number' for value: 1");
  });
});

describe('Wait', () => {
  const at = (ms: number) => new Date(START + ms).toISOString();
  test.each([
    { title: 'waits literal Seconds', state: { Seconds: 90 }, seconds: 90 },
    { title: 'waits Seconds from an expression', state: { Seconds: '{% $states.input.s * 2 %}' }, seconds: 60 },
    { title: 'waits until a Timestamp', state: { Timestamp: at(45_000) }, seconds: 45 },
    {
      title: 'waits until a Timestamp from an expression',
      state: { Timestamp: '{% $states.input.at %}' },
      seconds: 120,
    },
    { title: 'goes on at once when the time is past', state: { Timestamp: at(-5_000) }, seconds: 0 },
  ])('$title', async ({ state, seconds }) => {
    const definition = machine({ W: { Type: 'Wait', ...state, ...end } });
    const result = await execute(definition, { input: { s: 30, at: at(120_000) } });
    expect(result.status).toBe('SUCCEEDED');
    expect(Math.abs(result.seconds - seconds)).toBeLessThan(0.1);
  });

  test.each([
    { title: 'negative Seconds', state: { Seconds: '{% -1 %}' }, error: 'States.QueryEvaluationError' },
    { title: 'Seconds that are a text', state: { Seconds: "{% '1' %}" }, error: 'States.QueryEvaluationError' },
    { title: 'a wait of more than a year', state: { Seconds: 40_000_000 }, error: 'States.Runtime' },
    {
      title: 'a day that does not exist',
      state: { Timestamp: "{% '2026-02-31T00:00:00Z' %}" },
      error: 'States.QueryEvaluationError',
    },
  ])('fails with $error for $title', async ({ state, error }) => {
    expect(await execute(machine({ W: { Type: 'Wait', ...state, ...end } }))).toMatchObject({
      status: 'FAILED',
      error,
    });
  });
});

describe('Succeed and Fail', () => {
  test('Succeed ends the execution with its Output, whatever follows in the definition', async () => {
    const definition = machine({ S: { Type: 'Succeed', Output: '{% $states.input.n %}' }, Never: pass() });
    expect(await execute(definition, { input: { n: 7 } })).toMatchObject({ status: 'SUCCEEDED', output: 7 });
  });

  test('Fail takes Error and Cause from expressions and leaves no exit event', async () => {
    const definition = machine({
      F: { Type: 'Fail', Error: "{% 'My' & 'Error' %}", Cause: '{% $states.input.why %}' },
    });
    const { status, error, cause, events } = await execute(definition, { input: { why: 'because' } });
    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'MyError', cause: 'because' });
    expect(typesOf(events)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });

  test('Fail without Error and Cause leaves both out', async () => {
    const { error, cause } = await execute(machine({ F: { Type: 'Fail' } }));
    expect([error, cause]).toEqual([undefined, undefined]);
  });
});

describe('Task', () => {
  test('answers the shape of the Lambda integration and keeps the input in $states.input', async () => {
    const { output } = await execute(
      machine({
        T: invoke('f', {
          Output: '{% {"in": $states.input, "keys": $keys($states.result), "payload": $states.result.Payload} %}',
          ...end,
        }),
      }),
      { input: { a: 1 }, handlers: { f: () => ({ b: 2 }) } },
    );
    const keys = ['ExecutedVersion', 'Payload', 'SdkHttpMetadata', 'SdkResponseMetadata', 'StatusCode'];
    expect(output).toEqual({ in: { a: 1 }, keys, payload: { b: 2 } });
  });

  test('with a function ARN as Resource hands over the input and answers what the function returned', async () => {
    const { output, events } = await execute(
      machine({ T: { Type: 'Task', Resource: 'arn:aws:lambda:us-west-2:111111111111:function:f', ...end } }),
      { input: { a: 1 }, handlers: { f: (event) => ({ got: event }) } },
    );
    expect(output).toEqual({ got: { a: 1 } });
    expect(typesOf(events).slice(2, 5)).toEqual([
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
    ]);
  });

  test('chains its events, and the first state names 0 as its previous event', async () => {
    const { events } = await execute(machine({ T: invoke('f', { Next: 'S' }), S: { Type: 'Succeed' } }), {
      handlers: { f: (event) => event },
    });
    expect(events.map(({ id, previousEventId }) => [id, previousEventId])).toEqual([
      [1, 0],
      [2, 0],
      [3, 2],
      [4, 3],
      [5, 4],
      [6, 5],
      [7, 6],
      [8, 7],
      [9, 8],
    ]);
  });

  test('shows execution, state, machine and retry count in the context object', async () => {
    const { output } = await execute(
      machine({ T: invoke('f', { Arguments: { FunctionName: 'f', Payload: '{% $states.context %}' }, ...end }) }),
      { input: { a: 1 }, handlers: { f: (event) => event } },
    );
    expect(output).toEqual({
      Execution: {
        Id: expect.stringMatching(/^arn:aws:states:us-west-2:111111111111:execution:machine-\d+:run$/),
        Input: { a: 1 },
        Name: 'run',
        RoleArn: 'arn:aws:iam::111111111111:role/machine',
        StartTime: '2026-01-05T09:00:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: expect.any(String), Name: expect.stringMatching(/^machine-/) },
      State: { Name: 'T', EnteredTime: expect.stringMatching(/^2026-01-05T09:00:00\.\d{3}Z$/), RetryCount: 0 },
    });
  });

  test('fails with States.DataLimitExceeded when the result is over 256 KiB', async () => {
    const definition = machine({
      T: invoke('f', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }], ...end }),
      S: pass(),
    });
    const result = await execute(definition, { handlers: { f: () => 'x'.repeat(262_144) } });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});
