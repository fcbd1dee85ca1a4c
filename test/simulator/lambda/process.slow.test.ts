/** Functions as child processes: start, freeze, limits, crashes, rights, and that none outlives the simulator. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { containerEnvironment } from '../../../simulator/lambda/environment.ts';
import { lambda } from '../../../simulator/lambda/index.ts';
import { crashFunction } from '../../../simulator/lambda/pool.ts';
import { cloudWatch } from '../../../simulator/services/cloudwatch/index.ts';
import { createFunction, invoke, lambdaCloud, noted, region, startInvoke } from './functions.ts';
import { eventually, goReal, lives, SPEED } from './processes.ts';

const wait = (milliseconds: number) => `await new Promise((done) => setTimeout(done, ${milliseconds}));`;

describe("a function's child process", () => {
  it('starts cold once, is frozen between invocations, and serves one at a time', async () => {
    const cloud = await lambdaCloud();
    const processes = goReal(cloud);
    const source = `let n = 0; let ticks = 0; setInterval(() => ticks++, 200);
      exports.handler = async () => { const before = ticks; ${wait(1_000)} return { n: ++n, before, pid: process.pid }; };`;
    await createFunction(cloud, source);
    const first = (await startInvoke(cloud)).payload as { n: number; pid: number };
    await cloud.advance(30_000);
    const second = (await startInvoke(cloud)).payload as { n: number; before: number; pid: number };
    expect(first.n).toBe(1);
    expect(second).toMatchObject({ n: 2, pid: first.pid });
    // Of the 30 s in between it saw none; the timers that were due fire once when it goes on.
    expect(second.before).toBeLessThan(20);
    const both = await Promise.all([startInvoke(cloud), startInvoke(cloud)]);
    expect(both.map(({ payload }) => (payload as { n: number }).n)).toEqual([3, 1]);
    expect(noted(cloud, 'init')).toHaveLength(2);
    expect(processes.started).toBe(2);
  });

  it('has the environment that Lambda gives and nothing of this machine', async () => {
    const cloud = await lambdaCloud();
    goReal(cloud);
    const source = `exports.handler = async () => ({ env: process.env, cwd: process.cwd(), home: require('os').homedir(),
      passwd: await require('fs/promises').readFile('/etc/passwd').then(() => 'read', (error) => error.code) });`;
    await createFunction(cloud, source, { Environment: { Variables: { TABLE: 't' } } });
    const { payload } = await startInvoke(cloud);
    const { env, ...rest } = payload as { env: Record<string, string>; cwd: string };
    const record = cloud.stateOf(lambda, region).functions.f!;
    const given = containerEnvironment(record, region, env.AWS_LAMBDA_LOG_STREAM_NAME ?? '');
    expect(env).toEqual({
      ...given,
      TABLE: 't',
      LAMBDA_TASK_ROOT: rest.cwd,
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
      AWS_SECRET_ACCESS_KEY: expect.any(String),
      AWS_SESSION_TOKEN: expect.any(String),
      AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
    });
    expect(rest).toMatchObject({ home: '/home/sbx_user1051', passwd: 'ERR_ACCESS_DENIED' });
  });

  it('runs all files of its package and may write to its own temporary directory only', async () => {
    const cloud = await lambdaCloud();
    goReal(cloud);
    const files = {
      'dir/index.cjs': `const { twice } = require('../lib/twice.js'); const fs = require('fs'); const os = require('os');
        exports.handler = async (event) => { fs.writeFileSync(os.tmpdir() + '/a', 'b');
          const own = await fs.promises.writeFile(__filename, '').catch(({ code }) => code);
          return [twice(event.n), require('library').name, fs.readFileSync(os.tmpdir() + '/a', 'utf8'), own]; };`,
      'lib/twice.js': 'exports.twice = (n) => 2 * n;',
      'node_modules/library/index.js': "exports.name = 'library';",
    };
    await createFunction(cloud, '', {
      Handler: 'dir/index.handler',
      Code: { ZipFile: new TextEncoder().encode(JSON.stringify(files)) },
    });
    expect((await startInvoke(cloud, { n: 21 })).payload).toEqual([42, 'library', 'b', 'ERR_ACCESS_DENIED']);
  });

  it('is killed at its timeout, and the next one starts cold', async () => {
    const cloud = await lambdaCloud();
    const processes = goReal(cloud);
    const source = `let n = 0; exports.handler = (event) => event.quick ? ++n
      : new Promise(() => { console.log(String(process.pid)); setInterval(() => n++, 10); });`;
    await createFunction(cloud, source, { Timeout: 5 });
    const { error, payload } = await startInvoke(cloud);
    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
    const { line } = noted(cloud, 'log')[0]!.detail as { line: string };
    const pid = Number(line);
    await eventually(() => !lives(pid));
    expect(processes.living).toBe(0);
    expect((await startInvoke(cloud, { quick: true })).payload).toBe(1);
  });

  it('that is crashed in the middle fails at once and does nothing more', async () => {
    const cloud = await lambdaCloud();
    goReal(cloud);
    await createFunction(cloud, `exports.handler = async (event) => { if (event.long) ${wait(20_000)} return 1; };`, {
      Timeout: 60,
    });
    await startInvoke(cloud);
    const dying = startInvoke(cloud, { long: true });
    await cloud.advance(2_000);
    const before = cloud.now;
    expect(crashFunction(cloud, region, 'f')).toBe(1);
    expect(await dying).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } });
    expect(cloud.now - before).toBeLessThan(5_000);
    expect((await startInvoke(cloud)).payload).toBe(1);
  });

  it('stands still while its region is dark, and goes on afterwards', async () => {
    const cloud = await lambdaCloud();
    goReal(cloud);
    const source = `exports.handler = async () => { let n = 0; const timer = setInterval(() => console.log(String(++n)), 500);
      ${wait(4_000)} clearInterval(timer); return performance.now(); };`;
    await createFunction(cloud, source, { Timeout: 120 });
    const running = startInvoke(cloud);
    await eventually(() => noted(cloud, 'log').length > 0);
    cloud.goDark(region);
    await cloud.advance(1_000);
    const printed = noted(cloud, 'log').length;
    await cloud.advance(20_000);
    expect(noted(cloud, 'log')).toHaveLength(printed);
    cloud.comeBack(region);
    expect(Number((await running).payload)).toBeGreaterThanOrEqual(20_000);
  });

  it("tells its lines in order and its embedded metrics to CloudWatch before the invocation's end", async () => {
    const cloud = await lambdaCloud([cloudWatch]);
    goReal(cloud);
    const metric = `{ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [[]], Metrics: [{ Name: 'M' }] }] }, M: 7 }`;
    const source = `exports.handler = async () => { for (let i = 0; i < 5_000; i++) console.log('line ' + i + ' '.repeat(40));
      console.log(JSON.stringify(${metric})); process.stdout.write('no end of line'); };`;
    await createFunction(cloud, source, { Timeout: 60 });
    expect((await startInvoke(cloud)).error).toBeUndefined();
    const lines = noted(cloud, 'log').map(({ detail }) => (detail as { line: string }).line);
    expect(lines.map((line) => line.trim())).toEqual([
      ...Array.from({ length: 5_000 }, (_, i) => `line ${i}`),
      'no end of line',
    ]);
    const order = cloud.trace.entries.map(({ what }) => what);
    expect(order.lastIndexOf('log')).toBeLessThan(order.indexOf('end'));
    const { Metrics } = await cloud.call('cloudwatch', 'ListMetrics', {}, { region });
    expect(Metrics).toMatchObject([{ Namespace: 'N', MetricName: 'M' }]);
  });

  it("lives in the cloud's time: dates, timers and its region's own clock", async () => {
    const cloud = await lambdaCloud();
    goReal(cloud);
    const source = `const { setTimeout: sleep } = require('timers/promises');
      exports.handler = async () => { const from = [Date.now(), performance.now(), process.hrtime()]; await sleep(3_000);
        const [s, ns] = process.hrtime(from[2]);
        return { at: from[0], dates: [new Date().getTime(), new Intl.DateTimeFormat('en', { year: 'numeric' }).format(), Date().slice(11, 15)],
          passed: [Date.now() - from[0], performance.now() - from[1], s * 1e3 + ns / 1e6] }; };`;
    await createFunction(cloud, source, { Timeout: 60 });
    interface Told {
      readonly at: number;
      readonly dates: readonly [number, string, string];
      readonly passed: readonly number[];
    }
    const before = cloud.now;
    const { at, dates, passed } = (await startInvoke(cloud)).payload as Told;
    expect(at).toBeGreaterThanOrEqual(before);
    expect(dates[0]).toBeLessThanOrEqual(cloud.now + SPEED * 100);
    expect(dates.slice(1)).toEqual(['2026', '2026']);
    for (const each of passed) {
      expect(each).toBeGreaterThanOrEqual(3_000 - SPEED);
      expect(each).toBeLessThan(3_000 + SPEED * 300);
    }
  });
});

describe('the two ways to run a function', () => {
  type Answer = Awaited<ReturnType<typeof invoke>>;

  /** What may differ: ids, columns, and how the program's own function is called in the trace. */
  const comparable = ({ status, error, payload }: Answer) => {
    const { errorType, errorMessage, trace } = (payload ?? {}) as Record<string, unknown>;
    const message = typeof errorMessage === 'string' ? errorMessage.replace(/[0-9a-f-]{36}/, 'ID') : errorMessage;
    const lines = (trace as string[] | undefined)?.map((line) => /\/var\/task\/[^:)]+:\d+/.exec(line)?.[0] ?? line);
    return errorType === undefined ? { status, error, payload } : { status, error, errorType, message, lines };
  };

  async function bothWays(source: string, options: object = {}): Promise<[Answer, Answer]> {
    const answers: Answer[] = [];
    for (const real of [false, true]) {
      const cloud = await lambdaCloud();
      if (real) goReal(cloud);
      await createFunction(cloud, source, options);
      answers.push(await invoke(cloud, { a: 'ü' }));
    }
    return answers as [Answer, Answer];
  }

  it.each([
    [
      'a result',
      'return { event, name: context.functionName, arn: context.invokedFunctionArn, ...context, awsRequestId: 0, logStreamName: 0 }',
    ],
    ['nothing', ''],
    ['an error', '\n throw Object.assign(new Error("no"), { name: "ReplicaLagTooHigh" })'],
    ['something else thrown', 'throw "text"'],
    ['a result that is not JSON', 'return 1n'],
    ['a result of more than 6 MB', 'return "x".repeat(6291556)'],
    ['process.exit', 'process.exit(2)'],
    ['process.exit without a reason', 'process.exit(0)'],
    ['an error out of a timer', 'await new Promise(() => setTimeout(() => { throw new RangeError("late") }, 10))'],
    [
      'a rejection that nothing handles',
      'Promise.reject(new TypeError("lost")); await new Promise((r) => setTimeout(r, 2000))',
    ],
  ])('come to the same with %s', async (_, body) => {
    const source = `exports.handler = async (event, context) => { ${body}; };`;
    const [inProcess, asProcess] = await bothWays(source, { Timeout: 30 });
    expect(comparable(asProcess)).toEqual(comparable(inProcess));
  });

  it.each([
    ['throws while it loads', '\nthrow new RangeError("early")', 'index.handler'],
    ['is no JavaScript', 'let let = 1', 'index.handler'],
    ['lacks the handler', 'exports.other = 1', 'index.handler'],
    ['lacks the module', '', 'main.handler'],
    ['takes a callback', 'exports.handler = (e, c, done) => done()', 'index.handler'],
  ])('fail the same at initialization when the program %s', async (_, source, Handler) => {
    const [inProcess, asProcess] = await bothWays(source, { Handler });
    expect(comparable(asProcess)).toEqual(comparable(inProcess));
    expect(inProcess.error).toBe('Unhandled');
  });
});

describe('child processes', () => {
  it('are gone after close, frozen ones too, with everything they left', async () => {
    const cloud = await lambdaCloud();
    const processes = goReal(cloud);
    await createFunction(cloud, 'exports.handler = async () => [process.pid, require("os").tmpdir()];');
    const [pid, directory] = (await startInvoke(cloud)).payload as [number, string];
    expect(lives(pid)).toBe(true);
    expect(existsSync(directory)).toBe(true);
    await processes.close();
    expect(lives(pid)).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });

  it('are gone, busy and frozen ones, when the simulator itself is killed', async () => {
    const program = new URL('./simulator-to-be-killed.ts', import.meta.url).pathname;
    const simulator = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told = await new Promise<string>((resolve) => simulator.stdout.once('data', (data) => resolve(String(data))));
    const { pids, directory } = JSON.parse(told) as { pids: number[]; directory: string };
    expect(pids.map(lives)).toEqual([true, true]);
    simulator.kill('SIGKILL');
    await eventually(() => !pids.some(lives));
    await eventually(() => !existsSync(directory));
  });
});
