/** A program in a sandbox: its time, randomness, modules and output, and the life of its process. */
import { describe, expect, it } from 'vitest';
import { addFault } from '../../../simulator/faults.ts';
import { startAt, startProcess, testCloud } from './processes.ts';

describe('a program in a sandbox', () => {
  it('sees only virtual time, whichever way it asks', async () => {
    const cloud = testCloud();
    const { call } = startProcess(
      cloud,
      `const { performance: hooks } = require('node:perf_hooks');
       const { setTimeout: wait } = require('node:timers/promises');
       const { promisify } = require('node:util');
       const look = () => ({
         date: new Date().getTime(), now: Date.now(), text: Date().slice(0, 24), global: globalThis.Date.now(),
         own: new (new Date().constructor)().getTime(), zone: new Date().getTimezoneOffset(),
         intl: new Intl.DateTimeFormat('en', { timeStyle: 'medium', timeZone: 'UTC' }).format(),
         performance: performance.now(), hooks: hooks.now(), hrtime: process.hrtime(), bigint: String(process.hrtime.bigint()),
         uptime: process.uptime(),
       });
       exports.run = async () => {
         const before = look();
         await wait(1000); await promisify(setTimeout)(500);
         await new Promise((resolve) => setImmediate(resolve));
         return { before, after: look() };
       };`,
    );
    const { before, after } = await call<{ before: object; after: object }>('run');
    expect(before).toEqual({
      ...{ date: startAt, now: startAt, text: 'Sat Nov 21 2026 08:00:00', global: startAt, own: startAt, zone: 0 },
      ...{ intl: '8:00:00 AM', performance: 0, hooks: 0, hrtime: [0, 0], bigint: '0', uptime: 0 },
    });
    const later = startAt + 1500;
    expect(after).toEqual({
      ...{ date: later, now: later, text: 'Sat Nov 21 2026 08:00:01', global: later, own: later, zone: 0 },
      ...{ intl: '8:00:01 AM', performance: 1500, hooks: 1500, hrtime: [1, 5e8], bigint: '1500000000', uptime: 1.5 },
    });
  });

  it("sees its region's wrong wall clock but a true monotonic one", async () => {
    const cloud = testCloud();
    addFault(cloud, { kind: 'clock-skew', region: 'us-east-1', byMs: -90_000 });
    const { call } = startProcess(cloud, 'exports.run = async () => [Date.now(), performance.now()];');
    await cloud.advance(10_000);
    expect(await call('run')).toEqual([startAt - 80_000, 10_000]);
  });

  it('draws the same randomness from the same seed, and other randomness from another', async () => {
    const source = `const crypto = require('node:crypto');
      exports.run = async () => [Math.random(), crypto.randomUUID(), crypto.randomBytes(4).toString('hex'), crypto.randomInt(1e6),
        globalThis.crypto.randomUUID(), [...globalThis.crypto.getRandomValues(new Uint8Array(4))]];`;
    const draw = (seed: number) => startProcess(testCloud([], seed), source).call('run');
    const first = await draw(1);
    expect(await draw(1)).toEqual(first);
    expect(await draw(2)).not.toEqual(first);
  });

  it('sees nothing of this machine: neither environment nor files nor hardware', async () => {
    process.env.LEAK = 'leak';
    const { call } = startProcess(
      testCloud(),
      `const fs = require('fs'), os = require('os');
       exports.run = async () => [process.env.LEAK, globalThis.process.env.LEAK, require('process').env.LEAK, process.pid,
         os.hostname(), os.cpus().length, fs.existsSync('/etc/passwd'), process.cwd(),
         await fs.promises.readFile('/etc/passwd').catch((error) => error.code)];`,
    );
    delete process.env.LEAK;
    const nothing = [undefined, undefined, undefined];
    expect(await call('run')).toEqual([...nothing, 8, 'test', 2, false, '/var/task', 'ENOENT']);
  });

  it('can load modules that reach the world, and is refused by name where it uses them', async () => {
    const { call } = startProcess(
      testCloud(),
      `const tried = (run) => { try { return run() ?? 'done'; } catch (error) { return error.message.split(' is ')[0]; } };
       exports.run = async () => [
         tried(() => require('node:child_process').exec('true')), tried(() => require('net').connect(80)),
         tried(() => require('fs').writeFileSync('/tmp/a', '')), tried(() => new WebSocket('ws://x')),
         tried(() => require('crypto').generateKeyPairSync('rsa')), tried(() => crypto.subtle), tried(() => console.time('a')),
         tried(() => require('left-pad')), tried(() => require('http2').constants.HTTP2_HEADER_PATH),
       ];`,
    );
    expect(await call('run')).toEqual([
      ...['child_process.exec', 'net.connect', 'fs.writeFileSync', 'WebSocket', 'crypto.generateKeyPairSync'],
      ...['crypto.subtle', 'console.time', "Cannot find module 'left-pad'", ':path'],
    ]);
  });

  it('shares no module state with another process of the same bundle', async () => {
    const cloud = testCloud();
    const source = 'let n = 0; globalThis.shared ??= 0; exports.run = async () => [++n, ++globalThis.shared];';
    const [first, second] = [startProcess(cloud, source), startProcess(cloud, source)];
    await first.call('run');
    expect(await first.call('run')).toEqual([2, 2]);
    expect(await second.call('run')).toEqual([1, 1]);
    expect('shared' in globalThis).toBe(false);
  });

  it('writes whole lines to its output, from console and from its streams', async () => {
    const { call, lines } = startProcess(
      testCloud(),
      `const { Console } = require('node:console');
       exports.run = async () => { console.log('a', { b: 1 }); process.stdout.write('two '); process.stdout.write('parts\\n');
         new Console(process.stdout, process.stderr).error('e'); process.emitWarning('careful'); };`,
    );
    await call('run');
    expect(lines).toEqual(['a { b: 1 }', 'two parts', 'e', '(node:8) Warning: careful']);
  });

  it('aborts a signal by virtual time', async () => {
    const { call } = startProcess(
      testCloud(),
      `exports.run = () => new Promise((resolve) => { const signal = AbortSignal.timeout(5000);
         signal.addEventListener('abort', () => resolve([performance.now(), signal.reason.name, signal instanceof AbortSignal])); });`,
    );
    expect(await call('run')).toEqual([5000, 'TimeoutError', true]);
  });
});

describe('timers', () => {
  it('repeat, are cleared by object or number, and are refreshed', async () => {
    const { call } = startProcess(
      testCloud(),
      `exports.run = () => new Promise((resolve) => { const seen = []; const at = (what) => seen.push(what + '@' + performance.now());
         const every = setInterval(() => { at('tick'); if (seen.length === 3) clearInterval(every); }, 100);
         clearTimeout(setTimeout(at, 50, 'object')); clearTimeout(Number(setTimeout(at, 50, 'number')));
         const late = setTimeout(() => { at('late'); resolve(seen); }, 400); setTimeout(() => late.refresh(), 350); });`,
    );
    expect(await call('run')).toEqual(['tick@100', 'tick@200', 'tick@300', 'late@750']);
  });
});

describe('the life of a process', () => {
  const ticking = 'exports.ticks = []; setInterval(() => exports.ticks.push(performance.now()), 1000);';

  it('stands still while it is paused, and then catches up', async () => {
    const cloud = testCloud();
    const { sandbox } = startProcess(cloud, ticking);
    await cloud.advance(1500);
    sandbox.pause();
    await cloud.advance(10_000);
    expect(sandbox.exports.ticks).toEqual([1000]);
    sandbox.resume();
    await cloud.advance(2000);
    expect(sandbox.exports.ticks).toEqual([1000, 11_500, 12_500, 13_500]);
  });

  it('stands still while its region is dark', async () => {
    const cloud = testCloud();
    const { sandbox } = startProcess(cloud, ticking);
    cloud.goDark('us-east-1');
    await cloud.advance(5000);
    cloud.comeBack('us-east-1');
    await cloud.advance(1000);
    expect(sandbox.exports.ticks).toEqual([5000, 6000]);
  });

  it('never runs again once it is killed', async () => {
    const cloud = testCloud();
    const { sandbox } = startProcess(cloud, ticking);
    await cloud.advance(1500);
    sandbox.kill();
    await cloud.advance(10_000);
    expect(sandbox.exports.ticks).toEqual([1000]);
    expect(cloud.clock.running).toEqual([]);
  });

  it('ends with process.exit and with an error that nothing catches, and runs nothing more', async () => {
    const cloud = testCloud();
    const exit = startProcess(cloud, `${ticking} setTimeout(() => { console.log('bye'); process.exit(3); }, 1500);`);
    const crash = startProcess(cloud, `${ticking} setTimeout(() => { throw new Error('crash'); }, 1500);`);
    await cloud.advance(5000);
    expect(exit).toMatchObject({ exits: [{ code: 3 }], lines: ['bye'] });
    expect(exit.sandbox.exports.ticks).toEqual([1000]);
    expect(crash.exits).toMatchObject([{ code: 1, error: { message: 'crash' } }]);
    expect(crash.sandbox.exports.ticks).toEqual([1000]);
  });

  it('ends with a rejection that nothing handles', async () => {
    const cloud = testCloud();
    const others = process.listeners('unhandledRejection').filter(({ name }) => name !== 'endSandbox');
    const { exits } = startProcess(cloud, `setTimeout(async () => { throw new Error('lost'); }, 10);`);
    for (const listener of others) process.off('unhandledRejection', listener);
    await cloud.advance(1000);
    for (const listener of others) process.on('unhandledRejection', listener);
    expect(exits).toMatchObject([{ code: 1, error: { message: 'lost' } }]);
  });
});
