/** Expressions: AWS's functions, virtual time and chance, what is no JSON, and expressions that do not end. */
import { describe, expect, test } from 'vitest';
import { NotModelled } from '../../../simulator/errors.ts';
import { Random, seedStream } from '../../../simulator/random.ts';
import { compile, evaluate, expressionIn, type Scope } from '../../../simulator/stepfunctions/jsonata.ts';

const scope = (seed = 1): Scope => ({
  variables: { list: [1, 2, 3] },
  states: { input: { items: [{ n: 1 }, { n: 2 }], one: [{ n: 1 }] }, context: {} },
  sources: { nowMs: Date.UTC(2026, 0, 5, 9, 30), random: new Random(seedStream(seed, 'test')) },
  stateName: 'S',
  enteredEventId: 2,
});

const answer = (source: string, seed?: number) => evaluate(`{% ${source} %}`, 'Output', scope(seed));

describe('functions of Step Functions', () => {
  test.each([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([0], 3)', [[0]]],
    ['$range(0, 9, 3)', [0, 3, 6, 9]],
    ['$range(1, 9, 9)', 1],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ["$hash('abc', 'SHA-256')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ["$hash('abc', 'MD5')", '900150983cd24fb0d6963f7d28e17f72'],
    ['$parse(\'{"a": [1, null]}\')', { a: [1, null] }],
    ["$parse('-0')", 0],
  ])('%s is %j', async (source, expected) => {
    expect(await answer(source)).toEqual(expected);
  });

  test.each([
    ["$hash('abc', 'CRC')", 'the algorithm must be one of MD5'],
    ['$partition([1], 0)', 'must be a positive integer'],
    ['$range(1, 5, 0)', 'must not be 0'],
    ['$range(1, 5000, 1)', 'more than 1000'],
    ["$parse('{')", 'is not valid JSON'],
    ["$eval('1')", 'Use $parse'],
    ["'a' + 1", 'T2001'],
  ])('%s fails the evaluation: %s', async (source, words) => {
    await expect(answer(source)).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      location: 'Output',
      reason: expect.stringContaining(words),
    });
  });
});

describe('time and chance', () => {
  test('come from the clock and the seed', async () => {
    expect(await answer('$now()')).toBe('2026-01-05T09:30:00.000Z');
    expect(await answer("$now('[H01]:[m01]')")).toBe('09:30');
    expect(await answer('$millis()')).toBe(Date.UTC(2026, 0, 5, 9, 30));
    expect(await answer("$toMillis('2026-01-05T09:30:00Z') - $millis()")).toBe(0);
    expect(await answer('$random()')).toBe(await answer('$random()'));
    expect(await answer('$random()', 2)).not.toBe(await answer('$random()', 1));
    expect(await answer('$uuid()')).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(await answer('[$random(7), $random(7)]')).toEqual(Array(2).fill(await answer('$random(7)', 3)));
  });

  test('are never the machine’s own: a date without a year is refused by name', async () => {
    await expect(answer("$toMillis('10:00', '[H]:[m]')")).rejects.toBeInstanceOf(NotModelled);
  });
});

describe('results', () => {
  test('are plain JSON without the hidden members of the library', async () => {
    const result = await answer('$states.input.items.n');
    expect(result).toStrictEqual([1, 2]);
    expect(Object.getOwnPropertyNames(result)).toEqual(['0', '1', 'length']);
    expect(await answer('$states.input.one.n')).toBe(1);
  });

  test('do not share anything with the variables they came from', async () => {
    const here = scope();
    const result = (await evaluate('{% $list %}', 'Output', here)) as number[];
    result.push(4);
    expect(here.variables.list).toEqual([1, 2, 3]);
  });

  test.each(['$states.input.nothing', 'function($x) { $x }', '$sum', '1/0', 'items', '$$'])(
    '%s is nothing, which is an error',
    async (source) => {
      await expect(answer(source)).rejects.toMatchObject({
        reason: `An error occurred while executing the state 'S' (entered at the event id #2). The JSONata expression '${source}' specified for the field 'Output' returned nothing (undefined).`,
      });
    },
  );

  test('are errors with the path to the field inside objects and arrays', async () => {
    const field = { a: [1, { b: '{% $nothing %}' }] };
    await expect(evaluate(field, 'Arguments', scope())).rejects.toMatchObject({ location: 'Arguments/a[1]/b' });
  });
});

describe('an expression', () => {
  test.each([
    ['{% 1 %}', '1'],
    ['{%1%}', '1'],
    [' {% 1 %}', undefined],
    ['{% 1 %} ', undefined],
    ['{%}', undefined],
    [1, undefined],
  ])('in %j is %j', (value, source) => {
    expect(expressionIn(value)).toBe(source);
  });

  test('that calls itself without end fails instead of hanging', async () => {
    await expect(answer('($f := function($n) { 1 + $f($n) }; $f(1))')).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });

  test('is compiled once', () => {
    expect(compile('1 + 41')).toBe(compile('1 + 41'));
  });
});
