/** Virtual time that follows the wall clock at a given speed. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { runOnWallClock, type WallClock, type WallClockOptions } from '../../../simulator/local/wall-clock.ts';
import { defineService } from '../../../simulator/service.ts';

interface Ticks {
  readonly at: number[];
}

const ticker = defineService<object, Ticks>({
  name: 'world.ticker',
  initialState: () => ({ at: [] }),
  operations: {},
  access: {},
  timers: {
    tick: (_, context) => void context.state.at.push(context.now),
    fail: () => {
      throw new Error('a defect for this test');
    },
    stall: () => {
      const end = performance.now() + 30;
      while (performance.now() < end);
    },
  },
});

const START = Date.UTC(2027, 0, 1);
const cloud = () =>
  Cloud.create({ seed: 1, account: '111111111111', regions: ['us-east-1'], services: [ticker], startAt: START });
const set = (on: Cloud, name: string, afterMs: number) =>
  on.clock.schedule({ at: on.now + afterMs, region: 'us-east-1', service: ticker.name, name, data: {} });
const ticks = (on: Cloud) => on.stateOf<Ticks>(ticker, 'us-east-1').at.map((at) => at - START);

let clock: WallClock | undefined;
const run = (on: Cloud, options?: WallClockOptions): WallClock => {
  clock = runOnWallClock(on, options);
  return clock;
};
afterEach(() => clock?.stop());

describe('a cloud on the wall clock', () => {
  it('does what is due when real time gets there, many times faster if told so', async () => {
    const fast = cloud();
    set(fast, 'tick', 60_000);
    set(fast, 'tick', 3_600_000);
    run(fast, { speed: 1_000 });
    await wait(150);
    expect(ticks(fast)).toEqual([60_000]);
    expect(fast.now - START).toBeGreaterThan(60_000);
  });

  it('shows the present to whoever asks, and gets up for timers that are set meanwhile', async () => {
    const idle = cloud();
    const driver = run(idle);
    await wait(40);
    expect(idle.now).toBeLessThan(START + 20);
    await driver.present();
    expect(idle.now).toBeGreaterThanOrEqual(START + 35);
    set(idle, 'tick', 10);
    await wait(60);
    expect(ticks(idle)).toHaveLength(1);
  });

  it('costs nothing while nothing is due', async () => {
    run(cloud());
    await wait(20);
    const before = process.cpuUsage();
    await wait(200);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(40);
  });

  it('tells of errors that escape a timer and goes on', async () => {
    const broken = cloud();
    const errors: unknown[] = [];
    set(broken, 'fail', 5);
    set(broken, 'tick', 20);
    run(broken, { onError: (error) => errors.push(error) });
    await wait(80);
    expect(errors).toEqual([new Error('a defect for this test')]);
    expect(ticks(broken)).toHaveLength(1);
  });

  it('answers in between when more is due than the machine can do, and says that it falls behind', async () => {
    const busy = cloud();
    let slow = 0;
    for (let i = 0; i < 100; i++) set(busy, 'stall', i);
    const driver = run(busy, { speed: 1_000, lagMsMax: 200, onSlow: () => slow++ });
    const asked = performance.now();
    await driver.present();
    expect(performance.now() - asked).toBeLessThan(500);
    await wait(400);
    await driver.stop();
    expect(busy.clock.nextAt).toBeDefined();
    expect(slow).toBe(1);
  });

  it('stands still once it is stopped, and cannot be started twice', async () => {
    const one = cloud();
    const driver = run(one);
    expect(() => runOnWallClock(one)).toThrow('already');
    await driver.stop();
    const { now } = one;
    await wait(20);
    expect(one.now).toBe(now);
    await driver.present();
    expect(one.now).toBe(now);
  });
});
