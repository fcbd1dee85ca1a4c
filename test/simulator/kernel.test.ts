/** The kernel: virtual time, seeded streams, faults, and the one door through which calls go. */
import { describe, expect, it } from 'vitest';
import type { Clients } from '../../simulator/clients.ts';
import type { Owner } from '../../simulator/clock.ts';
import { Cloud } from '../../simulator/cloud.ts';
import { AnswerLost, AwsError, NotModelled, Unreachable } from '../../simulator/errors.ts';
import { addFault, cutOff, rejoin } from '../../simulator/faults.ts';
import { type AnyService, defineService } from '../../simulator/service.ts';

interface Log {
  lines: string[];
}

const topics = defineService<Clients['sns'], Log>({
  name: 'sns',
  initialState: () => ({ lines: [] }),
  operations: {
    Publish: ({ Message }, context) => {
      if (Message === 'bad') throw new AwsError('InvalidParameter', 'bad message');
      context.state.lines.push(`${context.region} ${Message}`);
      context.schedule('echo', 1000 * context.random.uniform(1, 2), Message);
      return { MessageId: 'm' };
    },
  },
  access: {},
  timers: {
    echo: (message: string, context) => void context.state.lines.push(`${context.region} echo ${message}`),
  },
});

const make = (seed = 1, services: AnyService[] = [topics]): Cloud =>
  Cloud.create({ seed, account: '111111111111', regions: ['us-west-2', 'us-east-2'], services, startAt: 0 });
const publish = (cloud: Cloud, message: string, region = 'us-west-2', from = region) =>
  cloud.call('sns', 'Publish', { Message: message }, { region, from });
const lines = (cloud: Cloud, region = 'us-west-2') => cloud.stateOf<Log>(topics, region).lines;
const owner = (region = 'us-west-2'): Owner => ({ region, label: 'process', paused: false, killed: false });

describe('the clock', () => {
  it('runs what is due in order of time, then of scheduling', async () => {
    const cloud = make();
    const seen: string[] = [];
    for (const [label, at] of [
      ['late', 30],
      ['early', 10],
      ['same', 10],
    ] as const) {
      cloud.clock.after(at, owner(), () => seen.push(`${label}@${cloud.now}`));
    }
    await cloud.advance(100);
    expect(seen).toEqual(['early@10', 'same@10', 'late@30']);
    expect(cloud.now).toBe(100);
  });

  it('runs no cancelled timer, record or live', async () => {
    const cloud = make();
    const live = cloud.clock.after(10, owner(), () => {
      throw new Error('cancelled');
    });
    cloud.clock.cancelLive(live);
    await publish(cloud, 'hello');
    const [record] = cloud.state.clock.timers;
    cloud.clock.cancel(record?.id as number);
    await cloud.advance(5000);
    expect(lines(cloud)).toEqual(['us-west-2 hello']);
  });

  it('holds what falls due in a dark region until it is back, and then runs it at once', async () => {
    const cloud = make();
    await publish(cloud, 'hello');
    let woke = 0;
    cloud.clock.after(500, owner(), () => {
      woke = cloud.now;
    });
    cloud.goDark('us-west-2');
    await cloud.advance(60_000);
    expect([lines(cloud).length, woke]).toEqual([1, 0]);
    cloud.comeBack('us-west-2');
    await cloud.advance(1);
    expect(lines(cloud)).toEqual(['us-west-2 hello', 'us-west-2 echo hello']);
    expect(woke).toBe(60_000);
  });

  it('holds a paused process and drops a killed one', async () => {
    const cloud = make();
    const paused = owner();
    const killed = owner();
    const seen: string[] = [];
    cloud.clock.after(10, paused, () => seen.push('paused'));
    cloud.clock.after(10, killed, () => seen.push('killed'));
    paused.paused = true;
    killed.killed = true;
    await cloud.advance(50);
    expect(seen).toEqual([]);
    paused.paused = false;
    cloud.clock.unpark();
    await cloud.advance(0);
    expect(seen).toEqual(['paused']);
  });

  it('ends the run with the first error that escapes a timer', async () => {
    const broken = defineService<Clients['sns'], null>({
      name: 'broken',
      initialState: () => null,
      operations: {},
      access: {},
      timers: { boom: () => Promise.reject(new Error('boom')) },
      start: (context) => void context.schedule('boom', 5, null),
    });
    await expect(make(1, [broken]).advance(10)).rejects.toThrow('boom');
  });
});

describe('a fork', () => {
  it('repeats a seed exactly, differs with another seed, and leaves its origin alone', async () => {
    const origin = make(7);
    await publish(origin, 'deployed');
    const run = async (seed: number) => {
      const cloud = origin.fork(seed);
      await publish(cloud, 'one');
      await cloud.advance(10_000);
      return JSON.stringify([cloud.trace.entries, lines(cloud), cloud.random('sns@us-west-2').next()]);
    };
    const [a, b, c] = [await run(1), await run(1), await run(2)];
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    expect(lines(origin)).toEqual(['us-west-2 deployed']);
  });

  it('is refused while code is running', () => {
    const cloud = make();
    cloud.clock.after(10, owner(), () => {});
    expect(() => cloud.fork(2)).toThrow('running processes');
  });
});

describe('the door', () => {
  it('refuses by name what is not modelled', async () => {
    const cloud = make();
    await expect(cloud.call('sns', 'CreateTopic', { Name: 't' }, { region: 'us-west-2' })).rejects.toThrow(NotModelled);
    await expect(cloud.call('kms', 'ListKeys', {}, { region: 'us-west-2' })).rejects.toThrow(
      "service 'kms' is not modelled",
    );
  });

  it('lets nothing into or out of a dark region', async () => {
    const cloud = make();
    cloud.goDark('us-west-2');
    await expect(publish(cloud, 'x', 'us-west-2', 'us-east-2')).rejects.toThrow(Unreachable);
    await expect(publish(cloud, 'x', 'us-east-2', 'us-west-2')).rejects.toThrow(Unreachable);
  });

  it('cuts a region off from the rest while calls inside it go on, until it rejoins', async () => {
    const cloud = make();
    cutOff(cloud.state.faults, 'us-west-2');
    await publish(cloud, 'inside');
    await expect(publish(cloud, 'x', 'us-west-2', 'internet')).rejects.toThrow(Unreachable);
    rejoin(cloud.state.faults, 'us-west-2');
    await publish(cloud, 'again', 'us-west-2', 'internet');
    expect(lines(cloud)).toEqual(['us-west-2 inside', 'us-west-2 again']);
  });

  it('injects an error before the call, and loses an answer after it', async () => {
    const cloud = make();
    addFault(cloud, { kind: 'error', service: 'sns', error: 'Throttled', until: 10 });
    addFault(cloud, { kind: 'lose-answer', service: 'sns', from: 10 });
    await expect(publish(cloud, 'never')).rejects.toMatchObject({ code: 'Throttled' });
    expect(lines(cloud)).toEqual([]);
    await cloud.advance(10);
    await expect(publish(cloud, 'done')).rejects.toThrow(AnswerLost);
    expect(lines(cloud)).toEqual(['us-west-2 done']);
  });

  it('traces who called what, where, when and with which error', async () => {
    const cloud = make();
    await cloud.advance(40);
    await expect(publish(cloud, 'bad')).rejects.toThrow(AwsError);
    expect(cloud.trace.entries).toEqual([
      {
        t: 40,
        region: 'us-west-2',
        source: 'sns',
        what: 'Publish',
        detail: { by: 'account', input: { Message: 'bad' }, error: 'InvalidParameter', message: 'bad message' },
      },
    ]);
  });
});
