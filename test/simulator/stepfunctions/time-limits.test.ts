/** TimeoutSeconds and HeartbeatSeconds of tasks, TimeoutSeconds of the machine, and task tokens. */
import { describe, expect, test } from 'vitest';
import { after, execute, type Handler, invoke, look, machine, REGION, start, testCloud, typesOf } from './cloud.ts';

const slow: Handler = (_, call) => after(60_000, call, 'late');
const done = { Type: 'Pass', Output: '{% $states.input %}', End: true };

describe('TimeoutSeconds of a task', () => {
  test.each([
    { title: 'a number', TimeoutSeconds: 5 },
    { title: 'an expression', TimeoutSeconds: '{% $states.input.limit %}' },
  ])('as $title fails with States.Timeout, and the late answer changes nothing', async ({ TimeoutSeconds }) => {
    const definition = machine({ T: invoke('slow', { TimeoutSeconds, End: true }) });
    const { status, error, cause, seconds, events } = await execute(definition, {
      input: { limit: 5 },
      handlers: { slow },
    });
    expect({ status, error, cause, seconds: Math.floor(seconds) }).toEqual({
      status: 'FAILED',
      error: 'States.Timeout',
      cause: undefined,
      seconds: 5,
    });
    expect(typesOf(events).slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed']);
    expect(events[2]?.taskScheduledEventDetails?.timeoutInSeconds).toBe(5);
  });

  test('is anew for each retry, and the answer to an earlier attempt is not taken for that of a later one', async () => {
    const definition = machine({
      T: invoke('f', {
        TimeoutSeconds: 30,
        Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1 }],
        End: true,
      }),
    });
    const f: Handler = (_, call) => after(call.count === 1 ? 45_000 : 25_000, call, `attempt ${call.count}`);
    const { output, seconds } = await execute(definition, { handlers: { f } });
    expect(output).toBe('attempt 2');
    expect(Math.floor(seconds)).toBe(56);
  });

  test.each([
    [0, 'must be between 1 and'],
    ['5', "Expected 'integer', but was 'string'"],
    [1.5, "Expected 'integer', but was 'number'"],
  ])('as an expression that answers %j is a States.QueryEvaluationError', async (limit, words) => {
    const definition = machine({ T: invoke('slow', { TimeoutSeconds: '{% $states.input.limit %}', End: true }) });
    const { error, cause, invocations } = await execute(definition, { input: { limit }, handlers: { slow } });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain(words);
    expect(invocations).toEqual([]);
  });
});

describe('TimeoutSeconds of the machine', () => {
  test('ends the execution as TIMED_OUT without error or cause, whatever it waits for', async () => {
    const definition = machine({ W: { Type: 'Wait', Seconds: 600, End: true } }, { TimeoutSeconds: 60 });
    const { status, error, cause, seconds, events, changes } = await execute(definition);
    expect({ status, error, cause, seconds }).toEqual({
      status: 'TIMED_OUT',
      error: undefined,
      cause: undefined,
      seconds: 60,
    });
    expect(events.at(-1)).toMatchObject({ type: 'ExecutionTimedOut', previousEventId: 0 });
    expect(changes.map(({ detail }) => detail.status)).toEqual(['RUNNING', 'TIMED_OUT']);
  });
});

describe('waitForTaskToken', () => {
  const asking = (more: Record<string, unknown> = {}) =>
    machine({
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } },
        TimeoutSeconds: 600,
        End: true,
        ...more,
      },
      Caught: done,
    });

  const asked = async (more: Record<string, unknown> = {}, ask: Handler = () => 'sent') => {
    const { cloud, invocations, changes } = testCloud({ ask });
    const arn = await start(cloud, asking(more));
    await cloud.advance(1_000);
    const { token: taskToken } = invocations[0]!.event as { token: string };
    return { cloud, arn, taskToken, changes };
  };

  test('waits until SendTaskSuccess, whose output is the result', async () => {
    const { cloud, arn, taskToken } = await asked();
    expect((await look(cloud, arn)).status).toBe('RUNNING');
    await cloud.advance(120_000);
    await cloud.call('states', 'SendTaskSuccess', { taskToken, output: '{"yes":true}' }, { region: REGION });
    await cloud.advance(1_000);
    const { status, output, events } = await look(cloud, arn);
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { yes: true } });
    expect(typesOf(events).slice(2)).toEqual([
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('fails by SendTaskFailure with its error and cause', async () => {
    const { cloud, arn, taskToken } = await asked();
    await cloud.call('states', 'SendTaskFailure', { taskToken, error: 'No', cause: 'not now' }, { region: REGION });
    await cloud.advance(1_000);
    expect(await look(cloud, arn)).toMatchObject({ status: 'FAILED', error: 'No', cause: 'not now' });
  });

  test('may be answered by the function itself before it returns', async () => {
    const ask: Handler = async (event, call) => {
      const { token } = event as { token: string };
      const answer = { taskToken: token, output: '1' };
      await call.context.call('states', 'SendTaskSuccess', answer, { caller: { kind: 'account' } });
      return after(5_000, call, 'sent');
    };
    const { cloud, arn } = await asked({}, ask);
    await cloud.advance(10_000);
    expect(await look(cloud, arn)).toMatchObject({ status: 'SUCCEEDED', output: 1 });
  });

  test('refuses a token twice, after the time limit and after the execution was stopped, as TaskTimedOut', async () => {
    const first = await asked();
    const send = ({ cloud, taskToken }: { cloud: (typeof first)['cloud']; taskToken: string }) =>
      cloud.call('states', 'SendTaskSuccess', { taskToken, output: '1' }, { region: REGION });
    await send(first);
    await expect(send(first)).rejects.toMatchObject({ code: 'TaskTimedOut' });
    const late = await asked();
    await late.cloud.advance(601_000);
    await expect(send(late)).rejects.toMatchObject({ code: 'TaskTimedOut' });
    const stopped = await asked();
    await stopped.cloud.call('states', 'StopExecution', { executionArn: stopped.arn }, { region: REGION });
    await expect(send(stopped)).rejects.toMatchObject({ code: 'TaskTimedOut' });
  });

  test('refuses a token that nobody gave out as InvalidToken, and an output that is no JSON as InvalidOutput', async () => {
    const { cloud, taskToken } = await asked();
    const send = (input: { taskToken: string; output: string }) =>
      cloud.call('states', 'SendTaskSuccess', input, { region: REGION });
    await expect(send({ taskToken: 'made up', output: '1' })).rejects.toMatchObject({ code: 'InvalidToken' });
    await expect(send({ taskToken, output: 'not json' })).rejects.toMatchObject({ code: 'InvalidOutput' });
  });

  test('without a heartbeat fails as States.Timeout, which a catcher may call States.HeartbeatTimeout', async () => {
    const limits = { HeartbeatSeconds: 30 };
    const plain = await asked(limits);
    await plain.cloud.advance(31_000);
    expect(await look(plain.cloud, plain.arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    const caught = await asked({ ...limits, Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Caught' }] });
    await caught.cloud.advance(31_000);
    const { output } = await look(caught.cloud, caught.arn);
    expect(output).toEqual({ Error: 'States.Timeout', Cause: '' });
  });

  test('stays alive while heartbeats come, up to TimeoutSeconds', async () => {
    const { cloud, arn, taskToken } = await asked({ HeartbeatSeconds: 30 });
    for (let beats = 0; beats < 20; beats++) {
      await cloud.advance(29_000);
      await cloud.call('states', 'SendTaskHeartbeat', { taskToken }, { region: REGION });
    }
    expect((await look(cloud, arn)).status).toBe('RUNNING');
    await cloud.advance(25_000);
    expect(await look(cloud, arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});
