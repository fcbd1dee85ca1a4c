/**
 * Executions are plain data: one that is saved, copied or left in the dark between any two events goes on to the same end;
 * one that is stopped at any event does nothing more; and one seed gives one trace.
 */
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import {
  after,
  FunctionFailure,
  type Handler,
  invoke,
  look,
  machine,
  REGION,
  start,
  testCloud,
  typesOf,
} from './cloud.ts';

const branch = (states: Record<string, unknown>) => ({ StartAt: Object.keys(states)[0], States: states });

/** Every way of waiting at once: retries, a wait, branches, a caught failure, a time limit. */
const DEFINITION = machine(
  {
    Begin: { Type: 'Pass', Assign: { seen: [] }, Next: 'Fan out' },
    'Fan out': {
      Type: 'Parallel',
      Branches: [
        branch({
          Flaky: invoke('flaky', { Retry: [{ ErrorEquals: ['Busy'], JitterStrategy: 'FULL' }], Next: 'Rest' }),
          Rest: { Type: 'Wait', Seconds: 7, End: true },
        }),
        branch({
          Broken: invoke('broken', { Catch: [{ ErrorEquals: ['Broken'], Next: 'Instead' }], End: true }),
          Instead: { Type: 'Pass', Output: 'instead', End: true },
        }),
        branch({
          Quick: invoke('quick', { TimeoutSeconds: 60, Retry: [{ ErrorEquals: ['States.Timeout'] }], End: true }),
        }),
      ],
      Assign: { seen: '{% $states.result %}' },
      Next: 'Decide',
    },
    Decide: { Type: 'Choice', Choices: [{ Condition: '{% $count($seen) = 3 %}', Next: 'Done' }], Default: 'Wrong' },
    Done: { Type: 'Succeed', Output: '{% $seen %}' },
    Wrong: { Type: 'Fail' },
  },
  { TimeoutSeconds: 3_000 },
);

/** One task whose answer, and whose failure, take a while to evaluate. */
const Output = { a: '{% $string($states) %}', b: '{% $sum([1..20]) %}' };
const ANSWERED = machine({
  T: invoke('stop', { Output, Catch: [{ ErrorEquals: ['States.ALL'], Output, Next: 'S' }], Next: 'S' }),
  S: { Type: 'Succeed' },
});

const HANDLERS: Record<string, Handler> = {
  flaky: (_, { count }) => {
    if (count < 3) throw new FunctionFailure('Busy');
    return 'flaky';
  },
  broken: () => {
    throw new FunctionFailure('Broken');
  },
  quick: () => 'quick',
};

const OUTPUT = ['flaky', 'instead', 'quick'];

/** Runs event by event and calls `visit` before each, until nothing is left to happen. */
async function eachEvent(cloud: Cloud, visit: (index: number) => Promise<void>): Promise<number> {
  let index = 0;
  for (let next = cloud.clock.nextAt; next !== undefined; next = cloud.clock.nextAt) {
    await visit(index++);
    let ran = false;
    await cloud.clock.run(next, () => {
      const now = ran;
      ran = true;
      return now;
    });
  }
  return index;
}

async function begun(seed = 1, handlers = HANDLERS) {
  const running = testCloud(handlers, { seed });
  return { ...running, arn: await start(running.cloud, DEFINITION, { a: 1 }) };
}

describe('an execution', () => {
  test('copied before any of its events goes on to the same end in the copy', async () => {
    const { cloud, arn } = await begun();
    const events = await eachEvent(cloud, async () => {
      const copy = cloud.fork(cloud.state.seed);
      await copy.advance(600_000);
      expect(await look(copy, arn)).toMatchObject({ status: 'SUCCEEDED', output: OUTPUT });
    });
    expect(events).toBeGreaterThan(15);
    expect((await look(cloud, arn)).output).toEqual(OUTPUT);
  });

  test('whose state went through JSON before any of its events goes on to the same end', async () => {
    const { cloud, arn } = await begun();
    await eachEvent(cloud, async () => {
      const copy = cloud.fork(cloud.state.seed);
      Object.assign(copy.state.services[REGION] ?? {}, JSON.parse(JSON.stringify(cloud.state.services[REGION])));
      await copy.advance(600_000);
      expect((await look(copy, arn)).output).toEqual(OUTPUT);
    });
  });

  test('of a region that goes dark before any of its events waits, and goes on when it is back', async () => {
    const total = await eachEvent((await begun()).cloud, async () => {});
    for (let dark = 0; dark < total; dark++) {
      const { cloud, arn } = await begun();
      await eachEvent(cloud, async (index) => {
        if (index !== dark) return;
        cloud.goDark(REGION);
        const history = JSON.stringify(cloud.state.services[REGION]);
        await cloud.advance(300_000);
        expect(JSON.stringify(cloud.state.services[REGION])).toBe(history);
        cloud.comeBack(REGION);
      });
      expect((await look(cloud, arn)).output).toEqual(OUTPUT);
    }
  });

  test('stopped before any of its events does nothing more', async () => {
    const total = await eachEvent((await begun()).cloud, async () => {});
    for (let stop = 2; stop < total - 1; stop++) {
      const { cloud, arn, invocations } = await begun();
      let before = 0;
      await eachEvent(cloud, async (index) => {
        if (index !== stop) return;
        await cloud.call('states', 'StopExecution', { executionArn: arn }, { region: REGION });
        before = invocations.length;
      });
      const { status, events } = await look(cloud, arn);
      expect({ status, last: typesOf(events).at(-1), more: invocations.length - before }).toEqual({
        status: 'ABORTED',
        last: 'ExecutionAborted',
        more: 0,
      });
    }
  });

  test.each([
    { what: 'an answer', answer: () => 'fine', event: 'TaskSucceeded' },
    {
      what: 'a failure',
      answer: () => {
        throw new FunctionFailure('Broken');
      },
      event: 'TaskFailed',
    },
  ])(
    'stopped at any moment while it evaluates $what ends once, and nothing follows the end',
    async ({ answer, event }) => {
      const outcomes = new Set<string>();
      for (let turns = 0; turns < 120; turns++) {
        const stop: Handler = (_, { context }) => {
          const executionArn = `arn:aws:states:${REGION}:${context.account}:execution:${name}:run`;
          let moment = Promise.resolve();
          for (let i = 0; i < turns; i++) moment = moment.then(() => {});
          moment.then(() => context.call('states', 'StopExecution', { executionArn }, { caller: { kind: 'account' } }));
          return answer();
        };
        const { cloud } = testCloud({ stop });
        const arn = await start(cloud, ANSWERED);
        const name = arn.split(':').at(-2);
        await cloud.advance(60_000);
        const { status, events } = await look(cloud, arn);
        const ends = typesOf(events).filter((type) => /^Execution(Aborted|Succeeded)$/.test(type));
        expect({ turns, ends, last: typesOf(events).at(-1) }).toEqual({ turns, ends: ends.slice(0, 1), last: ends[0] });
        outcomes.add(`${status} after ${typesOf(events).at(-2)}`);
      }
      // The race was run both ways: stopped before, within and after the evaluation.
      expect([...outcomes].sort()).toEqual(
        ['TaskStarted', 'TaskStateExited', event].map((last) => `ABORTED after ${last}`).sort(),
      );
    },
  );

  test('whose call was under way when the process died is saved by its time limit and its retry', async () => {
    const slow: Handler = (_, call) => (call.count === 1 ? after(30_000, call, 'lost') : 'quick');
    const { cloud, arn } = await begun(1, { ...HANDLERS, quick: slow });
    await cloud.advance(5_000);
    // What a restart keeps: the data. The promise of the answer, and the running function, are gone.
    const { cloud: again } = testCloud(HANDLERS);
    Object.assign(again.state, structuredClone(cloud.state));
    const copy = again.fork(1);
    await copy.advance(600_000);
    const { output, events } = await look(copy, arn);
    expect(output).toEqual(OUTPUT);
    expect(typesOf(events).filter((type) => type === 'TaskTimedOut')).toHaveLength(1);
  });
});

describe('one seed', () => {
  const traceOf = async (seed: number) => {
    const { cloud, arn } = await begun(seed);
    await cloud.advance(600_000);
    return cloud.trace
      .toJsonLines()
      .replaceAll(arn, 'arn')
      .replaceAll(/machine-\d+/g, 'machine');
  };

  test('gives one trace, byte for byte, and another seed another', async () => {
    const first = await traceOf(5);
    expect(await traceOf(5)).toBe(first);
    expect(await traceOf(6)).not.toBe(first);
  });
});
