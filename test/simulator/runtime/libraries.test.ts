/** Library code of a package: shared by all processes of this machine, and yet blind to which of them it serves. */
import { describe, expect, it } from 'vitest';
import { addFault } from '../../../simulator/faults.ts';
import { startProcess, testCloud } from './processes.ts';

const LIBRARY = `
  let loads = 0;
  loads += 1;
  exports.loads = () => loads;
  exports.look = () => ({ now: Date.now(), up: performance.now(), name: process.env.NAME, id: crypto.randomUUID(),
    random: Math.random(), elapsed: process.hrtime.bigint() });
  exports.later = (milliseconds) => new Promise((resolve) => setTimeout(() => resolve(process.env.NAME), milliseconds));
  exports.Counter = class { count = 0; next() { return ++this.count; } };
`;

const PROGRAM = `
  const library = require('./node_modules/library.cjs');
  const counter = new library.Counter();
  exports.look = async () => library.look();
  exports.later = async (milliseconds) => library.later(milliseconds);
  exports.next = async () => counter.next();
  exports.loads = async () => library.loads();
`;

const start = (cloud: ReturnType<typeof testCloud>, name: string, library = LIBRARY, region = 'us-east-1') =>
  startProcess(cloud, PROGRAM, {
    region,
    env: { NAME: name },
    files: { 'node_modules/library.cjs': cloud.blobs.put(library) },
  });

describe('a library under node_modules', () => {
  it('is loaded once for all processes, in this cloud and in others', async () => {
    const [one, other] = [start(testCloud(), 'one'), start(testCloud([], 2), 'other')];
    expect([await one.call('loads'), await other.call('loads')]).toEqual([1, 1]);
  });

  it('sees the clock, environment and randomness of the process that runs it', async () => {
    const cloud = testCloud();
    addFault(cloud, { kind: 'clock-skew', region: 'us-west-2', byMs: 5_000 });
    const one = start(cloud, 'one');
    await cloud.advance(1_000);
    const other = start(cloud, 'other', LIBRARY, 'us-west-2');
    type Seen = { now: number; up: number; name: string; id: string; random: number };
    const [a, b] = [await one.call<Seen>('look'), await other.call<Seen>('look')];
    expect(a).toMatchObject({ name: 'one', up: 1_000 });
    expect(b).toMatchObject({ name: 'other', up: 0, now: a.now + 5_000 });
    expect(b.id).not.toBe(a.id);
    const again = await start(testCloud(), 'one').call<Seen>('look');
    expect([again.id, again.random]).toEqual([a.id, a.random]);
  });

  it('comes back to the process that waits, whoever ran in between', async () => {
    const cloud = testCloud();
    const [slow, fast] = [start(cloud, 'slow'), start(cloud, 'fast')];
    const waiting = slow.start('later', 2_000);
    expect(await fast.call('later', 500)).toBe('fast');
    expect(await cloud.resolve(waiting)).toBe('slow');
  });

  it('stands still with a paused process, and ends with a dead one', async () => {
    const cloud = testCloud();
    const [paused, dead] = [start(cloud, 'paused'), start(cloud, 'dead')];
    const [late, never] = [paused.start('later', 1_000), dead.start('later', 1_000)];
    paused.sandbox.pause();
    dead.sandbox.kill();
    await cloud.advance(5_000);
    paused.sandbox.resume();
    expect(await cloud.resolve(late)).toBe('paused');
    await expect(cloud.resolve(never, 10_000)).rejects.toThrow('nothing answered');
  });

  it('keeps nothing of what it made for a process: the next one has its own', async () => {
    const cloud = testCloud();
    const first = start(cloud, 'first');
    expect([await first.call('next'), await first.call('next')]).toEqual([1, 2]);
    expect(await start(cloud, 'second').call('next')).toBe(1);
  });

  it.each([
    ['the clock', 'const now = Date.now();'],
    ['a timer', 'setTimeout(() => {}, 1);'],
    ['randomness', 'const id = crypto.randomUUID();'],
  ])('is refused when it reads %s while it is loaded, which happens once for all', (_what, statement) => {
    expect(() => start(testCloud(), 'one', `${statement}\n${LIBRARY}`)).toThrow(/while it is loaded/);
  });

  it('finds no environment while it is loaded', async () => {
    const library = `const name = process.env.NAME;\n${LIBRARY}\nexports.loads = () => String(name);`;
    expect(await start(testCloud(), 'one', library).call('loads')).toBe('undefined');
  });

  it('that is not in the package is an error as in Node', () => {
    expect(() => startProcess(testCloud(), PROGRAM)).toThrow("Cannot find module './node_modules/library.cjs'");
  });
});
