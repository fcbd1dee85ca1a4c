/** Parallel states: branches, their scopes, and what a failing branch takes with it. */
import { describe, expect, test } from 'vitest';
import { after, execute, FunctionFailure, invoke, machine, typesOf } from './cloud.ts';

const pass = (more: Record<string, unknown> = {}) => ({ Type: 'Pass', End: true, ...more });
const branch = (states: Record<string, unknown>) => ({ StartAt: Object.keys(states)[0], States: states });
const parallel = (branches: Record<string, unknown>[], more: Record<string, unknown> = {}) => ({
  Type: 'Parallel',
  Branches: branches.map(branch),
  End: true,
  ...more,
});

describe('Parallel', () => {
  test('answers the outputs in the order of the branches, not of their ends', async () => {
    const { output, seconds } = await execute(
      machine({
        P: parallel([{ A: { Type: 'Wait', Seconds: 5, Output: 'slow', End: true } }, { B: pass({ Output: 'fast' }) }]),
      }),
    );
    expect(output).toEqual(['slow', 'fast']);
    expect(seconds).toBeLessThan(6);
  });

  test('gives every branch its Arguments, or its input', async () => {
    const branches = [{ A: pass() }, { B: pass() }];
    expect((await execute(machine({ P: parallel(branches) }), { input: { n: 1 } })).output).toEqual([
      { n: 1 },
      { n: 1 },
    ]);
    const shaped = parallel(branches, { Arguments: { m: '{% $states.input.n + 1 %}' } });
    expect((await execute(machine({ P: shaped }), { input: { n: 1 } })).output).toEqual([{ m: 2 }, { m: 2 }]);
  });

  test('lets branches read outer variables and keeps what they assign to themselves', async () => {
    const { output } = await execute(
      machine({
        Set: { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
        P: parallel(
          [
            { A: { Type: 'Pass', Assign: { x: '{% $x + 10 %}' }, Next: 'A2' }, A2: pass({ Output: '{% $x %}' }) },
            { B: { Type: 'Wait', Seconds: 1, Next: 'B2' }, B2: pass({ Output: '{% $x %}' }) },
          ],
          { Assign: { seen: '{% $states.result %}' }, Next: 'Last', End: undefined },
        ),
        Last: pass({ Output: '{% {"x": $x, "seen": $seen} %}' }),
      }),
    );
    expect(output).toEqual({ x: 1, seen: [11, 1] });
  });

  test('runs branches side by side, so that their steps interleave', async () => {
    const long = (name: string) =>
      Object.fromEntries(
        [0, 1, 2].map((i) => [`${name}${i}`, i === 2 ? pass() : { Type: 'Pass', Next: `${name}${i + 1}` }]),
      );
    const { events } = await execute(machine({ P: parallel([long('A'), long('B')]) }));
    const names = events.flatMap(({ stateEnteredEventDetails: details }) => details?.name ?? []).slice(1);
    expect(names.slice(0, 2).sort()).toEqual(['A0', 'B0']);
    expect(names.indexOf('B0')).toBeLessThan(names.indexOf('A2'));
  });

  test('with nested parallels answers nested arrays', async () => {
    const inner = parallel([{ X: pass({ Output: 'x' }) }, { Y: pass({ Output: 'y' }) }]);
    expect((await execute(machine({ P: parallel([{ Inner: inner }, { Z: pass({ Output: 'z' }) }]) }))).output).toEqual([
      ['x', 'y'],
      'z',
    ]);
  });
});

describe('a failing branch', () => {
  const failing = (more: Record<string, unknown>) =>
    machine({
      P: parallel(
        [
          { Slow: invoke('slow', { Next: 'After' }), After: invoke('never', { End: true }) },
          { Wait: { Type: 'Wait', Seconds: 3, Next: 'Bad' }, Bad: { Type: 'Fail', Error: 'Broken', Cause: 'why' } },
        ],
        more,
      ),
      Caught: pass(),
    });
  const handlers = {
    slow: (_: unknown, call: Parameters<typeof after>[1]) => after(20_000, call, 'late'),
    never: () => 'never',
  };

  test('aborts its siblings, whose late answers are ignored', async () => {
    const { status, error, cause, invocations, seconds, events } = await execute(failing({}), { handlers });
    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'Broken', cause: 'why' });
    expect(invocations.map(({ name }) => name)).toEqual(['slow']);
    expect(seconds).toBeLessThan(4);
    expect(typesOf(events).slice(-4)).toEqual([
      'FailStateEntered',
      'TaskStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });

  test('is caught by the Parallel state, whose output is the error', async () => {
    const more = { Catch: [{ ErrorEquals: ['Broken'], Next: 'Caught' }] };
    const { status, output } = await execute(failing(more), { handlers });
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { Error: 'Broken', Cause: 'why' } });
  });

  test('makes a Parallel state with Retry run all its branches again', async () => {
    const definition = machine({
      P: parallel([{ A: pass({ Output: 'a' }) }, { B: invoke('flaky', { End: true }) }], {
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 10 }],
      }),
    });
    const { output, events, seconds } = await execute(definition, {
      handlers: {
        flaky: (_, { count }) => {
          if (count < 3) throw new FunctionFailure('Busy');
          return 'b';
        },
      },
    });
    expect(output).toEqual(['a', 'b']);
    expect(typesOf(events).filter((type) => type === 'ParallelStateStarted')).toHaveLength(3);
    expect(typesOf(events)).not.toContain('ParallelStateFailed');
    expect(Math.round(seconds)).toBe(30);
  });

  test('fails through two levels of parallels to the catcher of the outer one', async () => {
    const inner = parallel([{ Bad: { Type: 'Fail', Error: 'Deep' } }, { W: { Type: 'Wait', Seconds: 60, End: true } }]);
    const definition = machine({
      P: parallel([{ Inner: inner }, { V: { Type: 'Wait', Seconds: 60, End: true } }], {
        Catch: [{ ErrorEquals: ['Deep'], Next: 'Caught' }],
      }),
      Caught: pass({ Output: '{% $states.input.Error %}' }),
    });
    const { output, seconds, events } = await execute(definition);
    expect({ output, fast: seconds < 1 }).toEqual({ output: 'Deep', fast: true });
    expect(typesOf(events).filter((type) => type === 'WaitStateAborted')).toHaveLength(2);
  });
});
