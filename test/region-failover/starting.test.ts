/** How a move is declared, asked about and answered. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeAnswer } from '../../functions/region-failover/answer.ts';
import { makeAsk } from '../../functions/region-failover/ask.ts';
import { makeAssess } from '../../functions/region-failover/assess.ts';
import { makeDeclare } from '../../functions/region-failover/declare.ts';
import { makeStartCleanUp } from '../../functions/region-failover/start-clean-up.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { RegionFailoverInput } from '../../statemachines/region-failover.io.ts';
import { CleanUpInput } from '../../statemachines/region-failover-clean-up.io.ts';
import { A, B, EXECUTION, outage, START, World } from './memory.ts';

const sample = (path: string) => JSON.parse(readFileSync(`events/samples/${path}.json`, 'utf8'));

describe('declare', () => {
  it('starts one execution for an alarm, however often it is delivered', async () => {
    const world = new World();
    const alarm = sample('alarm-state-change/alarm');
    const first = await makeDeclare(world.ports)(alarm);
    const second = await makeDeclare(world.ports)({ ...alarm, id: 'delivered-again' });
    expect([first.started, second.started]).toEqual(['started', 'known']);
    expect(first.name).toBe('alarm-us-west-2-2026-11-20T031208551Z');
  });

  it('starts what the machine can read, and dates it by the event', async () => {
    const world = new World();
    await makeDeclare(world.ports)(sample('alarm-state-change/alarm'));
    await makeDeclare(world.ports)(sample('failover-request/request'));
    const inputs = Object.values(world.state.executions).map(({ input }) => RegionFailoverInput.parse(input));
    expect(inputs).toMatchObject([
      { trigger: 'alarm', target: B, from: A, declaredAt: '2026-11-20T03:12:08.551Z' },
      { trigger: 'person', target: B, from: A, acceptLossSeconds: 600, declaredAt: '2026-11-20T03:14:02.000Z' },
    ]);
  });

  it("leaves another region's and another application's requests alone", async () => {
    const world = new World({}, A);
    const request = sample('failover-request/request');
    expect(await makeDeclare(world.ports)(request)).toMatchObject({ started: 'not ours' });
    const other = { ...request, detail: { ...request.detail, application: 'billing-prod' } };
    expect(await makeDeclare(new World().ports)(other)).toMatchObject({ started: 'not ours' });
    expect(world.state.executions).toEqual({});
  });

  it('refuses a region that serves nothing, by name', async () => {
    const request = sample('failover-request/request');
    const wrong = { ...request, detail: { ...request.detail, from: 'mars-north-1' } };
    await expect(makeDeclare(new World().ports)(wrong)).rejects.toThrow(/mars-north-1 serves nothing/);
  });
});

describe('start-clean-up', () => {
  const aborted = sample('execution-status-change/aborted');

  it('starts one clean-up of an execution that ended, however often the event comes, with the event as its input', async () => {
    const world = new World();
    const first = await makeStartCleanUp(world.ports)(aborted);
    const second = await makeStartCleanUp(world.ports)(aborted);
    expect([first.started, second.started]).toEqual(['started', 'known']);
    expect(world.state.executions).toMatchObject({ [first.name]: { status: 'RUNNING', input: aborted } });
    expect(Object.keys(world.state.executions)).toHaveLength(1);
    expect(CleanUpInput.parse(aborted).detail.name).toBe('alarm-us-west-2-20261120T031208551Z');
  });

  it('starts another one when the execution was redriven and ended again, also under a name of full length', async () => {
    const world = new World();
    const ended = (stopDate: number) => ({
      ...aborted,
      detail: { ...aborted.detail, name: 'n'.repeat(80), stopDate },
    });
    const names = [];
    for (const stopDate of [START, START + 1]) names.push((await makeStartCleanUp(world.ports)(ended(stopDate))).name);
    expect(new Set(names).size).toBe(2);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(80);
  });
});

describe('assess', () => {
  const input = {
    purpose: 'first',
    executionArn: EXECUTION,
    request: { trigger: 'alarm', target: B, from: A, by: 'alarm' },
    approvals: [],
  };

  it('goes, and says since when the region fails by two clocks', async () => {
    const world = new World({ observations: outage(START) });
    const since = isoOf(START - 120_000);
    expect(await makeAssess(world.ports)(input)).toMatchObject({
      verdict: 'go',
      epoch: 1,
      asks: [],
      impaired: { byTarget: since, byWitness: since },
    });
    expect(world.changes).toEqual([]);
  });

  it('does not count from a vote of before a silence: a region that slept knows nothing of meanwhile', async () => {
    const world = new World({ observations: outage(START - 600_000) });
    const asked = { ...input, request: { ...input.request, trigger: 'person' } };
    expect(await makeAssess(world.ports)(asked)).toMatchObject({ impaired: { byTarget: null, byWitness: null } });
  });

  it('holds when the standby cannot be described, instead of failing', async () => {
    const world = new World({ observations: outage(START) });
    const database = { ...world.ports.database, describe: () => Promise.reject(new Error('throttled')) };
    const { verdict, reasons } = await makeAssess({ ...world.ports, database })(input);
    expect(verdict).toBe('hold');
    expect(reasons).toContain('the target cluster cannot be described');
  });

  it.each([
    ['another execution moves it', { claim: { executionArn: 'arn:another' } }],
    ['it is here already', { holder: B }],
  ])('leaves it to the other when %s, unless a person asks', async (_, change) => {
    const world = new World({ observations: outage(START) });
    const read = world.ports.authority.read;
    const authority = {
      ...world.ports.authority,
      read: async () => ({ ...(await read()), ...change }) as Awaited<ReturnType<typeof read>>,
    };
    const assess = makeAssess({ ...world.ports, authority });
    expect(await assess(input)).toMatchObject({ verdict: 'hold', superseded: true });
    const asked = { ...input, request: { ...input.request, trigger: 'person' } };
    expect(await assess(asked)).toMatchObject({ verdict: 'hold', superseded: false });
  });

  it('asks nothing of the region being left', async () => {
    const world = new World({ observations: outage(START) });
    const asked: string[] = [];
    const http = world.http;
    world.http = (method, url) => {
      asked.push(url);
      return http(method, url);
    };
    await makeAssess(world.ports)(input);
    expect(asked).toEqual([`https://${B}.orders.example.com/ready`]);
  });
});

describe('a question', () => {
  const ask = (world: World) =>
    makeAsk(world.ports)({
      token: 'secret-task-token',
      question: 'alarm-1',
      request: { target: B, from: A, by: 'alarm', reason: 'lost' },
      reasons: ['400 s of writes would be lost'],
      answerWithinSeconds: 3600,
    });
  const decision = (change: object = {}) => {
    const event = sample('failover-decision/approve');
    return { ...event, ...change, detail: { ...event.detail, question: 'alarm-1' } };
  };

  it('tells every reason, the deadline and how to answer, and never the token', async () => {
    const world = new World();
    await ask(world);
    const [told] = world.state.told;
    expect(told?.message).toContain('400 s of writes would be lost');
    expect(told?.message).toContain('Without an answer by 2026-11-20T04:00:00.000Z nothing is moved');
    expect(told?.message).toContain('put-events --region us-east-2');
    expect(JSON.stringify(world.state.told)).not.toContain('secret-task-token');
  });

  it('is answered once: the first answer counts, the same event again changes nothing', async () => {
    const world = new World();
    await ask(world);
    await makeAnswer(world.ports)(decision());
    const late = decision({ id: 'later' });
    late.detail.decision = 'decline';
    await makeAnswer(world.ports)(late);
    expect(world.state.answered.map(({ output }) => (output as { decision: string }).decision)).toEqual([
      'approve',
      'approve',
    ]);
  });

  it('that was never asked here is left alone', async () => {
    const world = new World();
    expect(await makeAnswer(world.ports)(decision())).toEqual({ result: 'no such question' });
    expect(world.state.answered).toEqual([]);
  });

  it('without a token is refused without showing what was in its place', async () => {
    const world = new World();
    await expect(makeAsk(world.ports)({ token: 42 })).rejects.toThrow(/token: .*a value that is not shown/);
  });
});
