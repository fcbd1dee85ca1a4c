/** Synchronous invocations: containers, times, limits and faults, and who may invoke. */
import { describe, expect, it } from 'vitest';
import { cutOff } from '../../../simulator/faults.ts';
import { crashFunction } from '../../../simulator/lambda/pool.ts';
import { createFunction, invoke, lambdaCloud, noted, region, startInvoke } from './functions.ts';

async function answer(source: string, event: unknown = {}, options = {}) {
  const cloud = await lambdaCloud();
  await createFunction(cloud, source, options);
  return invoke(cloud, event);
}

describe('a synchronous invocation', () => {
  it('runs the handler with its event, context and environment and returns its result', async () => {
    const options = { Timeout: 30, MemorySize: 256, Environment: { Variables: { TABLE: 't' } } };
    const { payload, status, error } = await answer(
      `exports.handler = async (event, context) => ({ event, name: context.functionName, arn: context.invokedFunctionArn,
         memory: context.memoryLimitInMB, left: context.getRemainingTimeInMillis(), id: context.awsRequestId.length,
         env: [process.env.TABLE, process.env.AWS_REGION, process.env.AWS_LAMBDA_FUNCTION_NAME, process.env._HANDLER,
           process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE, process.env.AWS_ACCESS_KEY_ID.slice(0, 4)] });`,
      { a: 'ü' },
      options,
    );
    expect({ status, error }).toEqual({ status: 200, error: undefined });
    expect(payload).toEqual({
      event: { a: 'ü' },
      name: 'f',
      arn: 'arn:aws:lambda:us-east-1:111111111111:function:f',
      memory: '256',
      left: 30_000,
      id: 36,
      env: ['t', 'us-east-1', 'f', 'index.handler', '256', 'ASIA'],
    });
  });

  it('starts cold once, then reuses the warm container, one container for each invocation at a time', async () => {
    const cloud = await lambdaCloud();
    const source =
      'let n = 0; exports.handler = async () => { await new Promise((r) => setTimeout(r, 100)); return ++n; };';
    await createFunction(cloud, source);
    expect((await invoke(cloud)).payload).toBe(1);
    expect((await invoke(cloud)).payload).toBe(2);
    const both = await cloud.resolve(Promise.all([startInvoke(cloud), startInvoke(cloud)]));
    expect(both.map(({ payload }) => payload)).toEqual([3, 1]);
    expect(noted(cloud, 'init')).toHaveLength(2);
    await cloud.advance(16 * 60_000);
    expect((await invoke(cloud)).payload).toBe(1);
  });

  it('takes 100–1200 ms to start cold and 2–8 ms warm', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'exports.handler = async () => Date.now();');
    const cold = Number((await invoke(cloud)).payload) - cloud.state.startedAt;
    const before = cloud.now;
    const warm = Number((await invoke(cloud)).payload) - before;
    expect(cold).toBeGreaterThanOrEqual(100);
    expect(cold).toBeLessThanOrEqual(1200);
    expect(warm).toBeGreaterThanOrEqual(2);
    expect(warm).toBeLessThanOrEqual(8);
  });

  it('is killed at its timeout, and the next one starts cold', async () => {
    const cloud = await lambdaCloud();
    const source =
      'let n = 0; exports.handler = (event) => event.quick ? ++n : new Promise(() => { setInterval(() => n++, 10); });';
    await createFunction(cloud, source, { Timeout: 5 });
    const { error, payload } = await invoke(cloud);
    expect(error).toBe('Unhandled');
    expect(payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 5.00 seconds$/),
    });
    expect((await invoke(cloud, { quick: true })).payload).toBe(1);
  });

  it('freezes the container between invocations', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'let n = 0; setInterval(() => n++, 1000); exports.handler = async () => n;');
    await invoke(cloud);
    await cloud.advance(60_000);
    expect((await invoke(cloud)).payload).toBeLessThanOrEqual(1);
  });

  it('fails at once when the process dies in the middle, and starts a new one for the next invocation', async () => {
    const cloud = await lambdaCloud();
    const wait = 'await new Promise((done) => setTimeout(done, 500));';
    await createFunction(cloud, `let n = 0; exports.handler = async () => { n++; ${wait} return n; };`);
    expect((await invoke(cloud)).payload).toBe(1);
    const dying = startInvoke(cloud);
    await cloud.advance(100);
    expect(crashFunction(cloud, region, 'f')).toBe(1);
    expect(await cloud.resolve(dying, 1_000)).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } });
    expect((await invoke(cloud)).payload).toBe(1);
  });

  it.each([
    ['an error', 'throw Object.assign(new Error("no"), { name: "ReplicaLagTooHigh" })', 'ReplicaLagTooHigh', 'no'],
    ['something else', 'throw "text"', 'string', 'text'],
    ['a result that is not JSON', 'return 1n', 'Error', 'Unable to stringify response body'],
    ['a result of more than 6 MB', 'return "x".repeat(6291556)', 'Function.ResponseSizeTooLarge', /6291556/],
    ['process.exit', 'process.exit(2)', 'Runtime.ExitError', /exit status 2/],
  ])('fails as Unhandled when the handler answers with %s', async (_, body, errorType, message) => {
    const { error, payload, status } = await answer(`exports.handler = async () => { ${body}; };`);
    expect({ error, status }).toEqual({ error: 'Unhandled', status: 200 });
    const errorMessage = message instanceof RegExp ? expect.stringMatching(message) : message;
    expect(payload).toMatchObject({ errorType, errorMessage });
    expect(JSON.stringify(payload)).not.toContain(import.meta.dirname.split('/test/')[0]);
  });

  it('names the line of the program in the trace of its error', async () => {
    const { payload } = await answer('exports.handler = async () => {\n  throw new TypeError("here");\n};');
    expect(payload).toMatchObject({ trace: ['TypeError: here', expect.stringContaining('/var/task/index.js:2')] });
  });

  it.each([
    ['throws while it loads', 'throw new RangeError("early")', 'index.handler', 'RangeError'],
    ['requires what is not there', 'require("left-pad")', 'index.handler', 'Runtime.ImportModuleError'],
    ['is no JavaScript', 'let let = 1', 'index.handler', 'Runtime.UserCodeSyntaxError'],
    ['lacks the handler', 'exports.other = 1', 'index.handler', 'Runtime.HandlerNotFound'],
    ['lacks the module', '', 'main.handler', 'Runtime.ImportModuleError'],
    [
      'takes a callback',
      'exports.handler = (e, c, done) => done()',
      'index.handler',
      'Runtime.CallbackHandlerDeprecated',
    ],
  ])('fails at initialization when the program %s', async (_, source, Handler, errorType) => {
    const { error, payload } = await answer(source, {}, { Handler });
    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType });
  });

  it('stands still while its region is dark, is reached by nobody, and ends afterwards', async () => {
    const cloud = await lambdaCloud();
    const source =
      'exports.handler = async () => { await new Promise((r) => setTimeout(r, 1000)); return performance.now(); };';
    await createFunction(cloud, source, { Timeout: 120 });
    const running = startInvoke(cloud);
    await cloud.advance(1500);
    cloud.goDark(region);
    await expect(invoke(cloud)).rejects.toThrow('cannot be reached');
    await cloud.advance(60_000);
    cloud.comeBack(region);
    expect(Number((await cloud.resolve(running)).payload)).toBeGreaterThanOrEqual(60_000);
  });

  it('is unreachable from outside when its region is cut off, and goes on inside', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'exports.handler = async () => 1;');
    cutOff(cloud.state.faults, region);
    const call = cloud.call('lambda', 'Invoke', { FunctionName: 'f' }, { region, from: 'us-west-2' });
    await expect(call).rejects.toThrow('cannot be reached');
    expect((await invoke(cloud)).payload).toBe(1);
  });

  it('is throttled beyond its reserved concurrency', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'exports.handler = async () => 1;');
    const limit = { FunctionName: 'f', ReservedConcurrentExecutions: 1 };
    await cloud.call('lambda', 'PutFunctionConcurrency', limit, { region });
    const first = startInvoke(cloud);
    await expect(startInvoke(cloud)).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
    expect((await cloud.resolve(first)).payload).toBe(1);
  });

  it('notes what the program prints, JSON as what it says', async () => {
    const cloud = await lambdaCloud();
    await createFunction(
      cloud,
      'exports.handler = async () => { console.log("plain"); console.log(JSON.stringify({ level: "INFO" })); };',
    );
    await invoke(cloud);
    const lines = noted(cloud, 'log').map(({ detail }) => detail);
    expect(lines).toEqual([
      { function: 'f', line: 'plain' },
      { function: 'f', line: { level: 'INFO' } },
    ]);
  });
});

describe('the resource policy', () => {
  const rule = 'arn:aws:events:us-east-1:111111111111:rule/alarm';
  const events = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: rule } as const;

  it('keeps a service out until a permission for it and its source lets it in', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'exports.handler = async () => 1;');
    const denied = { code: 'AccessDeniedException', status: 403 };
    await expect(invoke(cloud, {}, events)).rejects.toMatchObject(denied);
    const permit = (StatementId: string, SourceArn: string, Principal = 'events.amazonaws.com') =>
      cloud.call(
        'lambda',
        'AddPermission',
        { FunctionName: 'f', StatementId, Action: 'lambda:InvokeFunction', Principal, SourceArn },
        { region },
      );
    await permit('other-source', 'arn:aws:events:us-east-1:111111111111:rule/other');
    await permit('other-service', rule, 'sns.amazonaws.com');
    await expect(invoke(cloud, {}, events)).rejects.toMatchObject(denied);
    await permit('right', 'arn:aws:events:us-east-1:111111111111:rule/al*');
    expect((await invoke(cloud, {}, events)).payload).toBe(1);
    await cloud.call('lambda', 'RemovePermission', { FunctionName: 'f', StatementId: 'right' }, { region });
    await expect(invoke(cloud, {}, events)).rejects.toMatchObject(denied);
  });
});
