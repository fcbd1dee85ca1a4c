/** What CreateStateMachine and ValidateStateMachineDefinition say of definitions. */
import { describe, expect, test } from 'vitest';
import { checkDefinition } from '../../../simulator/stepfunctions/checks/definition.ts';
import { invoke, machine, REGION, ROLE, testCloud } from './cloud.ts';

const end = { End: true };
const pass = { Type: 'Pass', ...end };
const said = (text: string) =>
  checkDefinition(text).map(({ code, message, location }) => `${code}: ${message} at ${location}`);

describe('a sound definition', () => {
  test.each([
    [
      'with every state type',
      machine({
        A: { Type: 'Pass', Comment: 'why', Assign: { größe: 1, _x: 2 }, Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Condition: true, Next: 'C' }], Default: 'C', Assign: { y: 1 } },
        C: { Type: 'Wait', Seconds: 0, Next: 'D' },
        D: { Type: 'Parallel', Branches: [{ StartAt: 'E', States: { E: { Type: 'Succeed' } } }], Next: 'F' },
        F: invoke('f', {
          TimeoutSeconds: 60,
          HeartbeatSeconds: 30,
          Retry: [],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'G' }],
          ...end,
        }),
        G: { Type: 'Fail' },
      }),
    ],
    ['with a state that nothing leads to', machine({ A: pass, Island: pass })],
    [
      'with JSONata in single states only',
      JSON.stringify({ StartAt: 'A', States: { A: { ...pass, QueryLanguage: 'JSONata' } } }),
    ],
    [
      'with variables of an outer scope assigned anew inside',
      machine({
        A: { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
        P: { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { ...pass, Assign: { x: 2 } } } }], ...end },
      }),
    ],
  ])('%s is accepted', (_, text) => {
    expect(said(text)).toEqual([]);
  });
});

describe('transitions', () => {
  test.each([
    ['StartAt', machine({ A: pass }, { StartAt: 'B' }), "Missing 'StartAt' target: B at /StartAt"],
    ['Next', machine({ A: { Type: 'Pass', Next: 'B' }, C: pass }), "Missing 'Next' target: B at /States/A/Next"],
    [
      'Default',
      machine({ A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'C' }], Default: 'B' }, C: pass }),
      "Missing 'Default' target: B at /States/A/Default",
    ],
    [
      'a rule’s Next',
      machine({ A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B' }] }, C: pass }),
      "Missing 'Next' target: B at /States/A/Choices[0]/Next",
    ],
    [
      'a catcher’s Next',
      machine({ A: invoke('f', { Catch: [{ ErrorEquals: ['X'], Next: 'B' }], ...end }) }),
      "Missing 'Next' target: B at /States/A/Catch[0]/Next",
    ],
    [
      'out of a branch',
      machine({
        P: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'B', States: { B: { Type: 'Pass', Next: 'A' }, D: pass } }],
          ...end,
        },
        A: pass,
      }),
      "Missing 'Next' target: A at /States/P/Branches[0]/States/B/Next",
    ],
    [
      'to a member of every object',
      machine({ A: { Type: 'Pass', Next: 'toString' }, C: pass }),
      "Missing 'Next' target: toString at /States/A/Next",
    ],
  ])('that dangle are refused: %s', (_, text, expected) => {
    expect(said(text)).toEqual([`MISSING_TRANSITION_TARGET: ${expected}`]);
  });

  test('must lead to an end somewhere, and state names are unique in the whole machine', () => {
    const loop = machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } });
    expect(said(loop)).toEqual(['MISSING_END_STATE: The workflow does not have a terminal state at /States']);
    const twice = machine({ A: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: pass } }], ...end } });
    expect(said(twice)[0]).toMatch(/^DUPLICATE_STATE_NAME/);
  });
});

describe('form', () => {
  test.each([
    ['no JSON', 'not a definition', /^INVALID_JSON_DESCRIPTION/],
    ['an empty text', ' ', /^MISSING_DESCRIPTION/],
    [
      'no StartAt',
      '{"States":{"A":{"Type":"Pass","QueryLanguage":"JSONata","End":true}}}',
      /These fields are required: \[StartAt\] at \/$/,
    ],
    [
      'a field that does not exist',
      machine({ A: { ...pass, Outptu: 1 } }),
      /Field is not supported at \/States\/A\/Outptu/,
    ],
    [
      'a JSONPath field',
      machine({ A: { ...pass, ResultPath: '$.x' } }),
      /Field 'ResultPath' is not supported by the JSONata query language/,
    ],
    [
      'a JSONPath path field',
      machine({ A: { Type: 'Wait', SecondsPath: '$.x', ...end } }),
      /Field 'SecondsPath' is not supported by the JSONata/,
    ],
    ['neither Next nor End', machine({ A: { Type: 'Pass' }, B: pass }), /one of \[Next, End\]/],
    ['both Next and End', machine({ A: { ...pass, Next: 'B' }, B: pass }), /both 'Next' and 'End'/],
    ['a state type that does not exist', machine({ A: { Type: 'Pas', ...end } }), /Value must be one of/],
    [
      'a misspelt Resource',
      machine({ A: invoke('f', { Resource: 'arn:aws:states:::lambda:invok', ...end }) }),
      /The resource provided arn:aws:states:::lambda:invok is not recognized/,
    ],
    [
      'a placeholder left in Resource',
      machine({ A: invoke('f', { Resource: '${observe}', ...end }) }),
      /\$\{observe\} is not recognized/,
    ],
    [
      'Arguments without FunctionName',
      machine({ A: invoke('f', { Arguments: { Payload: 1 }, ...end }) }),
      /required: \[FunctionName\] at \/States\/A\/Arguments/,
    ],
    [
      'a heartbeat that is not shorter than the limit',
      machine({ A: invoke('f', { TimeoutSeconds: 9, HeartbeatSeconds: 9, ...end }) }),
      /HeartbeatSeconds must be smaller/,
    ],
    [
      'a bad literal Timestamp',
      machine({ A: { Type: 'Wait', Timestamp: '2026-01-05 09:00:00Z', ...end } }),
      /String does not match RFC3339 timestamp at \/States\/A\/Timestamp/,
    ],
    [
      'both Seconds and Timestamp',
      machine({ A: { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-05T09:00:00Z', ...end } }),
      /Exactly one of these/,
    ],
    [
      'States.ALL beside others',
      machine({ A: invoke('f', { Retry: [{ ErrorEquals: ['States.ALL', 'X'] }], ...end }) }),
      /States.ALL must appear alone/,
    ],
    [
      'States.ALL before others',
      machine({ A: invoke('f', { Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['X'] }], ...end }) }),
      /States.ALL must be in the last/,
    ],
    [
      'a rate below 1',
      machine({ A: invoke('f', { Retry: [{ ErrorEquals: ['X'], BackoffRate: 0.5 }], ...end }) }),
      /at least 1.0/,
    ],
    [
      'a broken expression',
      machine({ A: { ...pass, Output: { a: '{% $sum( %}' } } }),
      /Invalid JSONata expression .* at \/States\/A\/Output\/a/,
    ],
    [
      '$eval',
      machine({ A: { ...pass, Output: "{% $map([1], function($v) { $eval('1') }) %}" } }),
      /\$eval is not supported/,
    ],
    ['a variable called states', machine({ A: { ...pass, Assign: { states: 1 } } }), /'states' is reserved/],
    [
      'a variable that is no name',
      machine({ A: { ...pass, Assign: { 'a-b': 1 } } }),
      /'a-b' is not a valid variable name/,
    ],
    [
      'a JSONPath state in a JSONata machine',
      machine({ A: { ...pass, QueryLanguage: 'JSONPath' } }),
      /can not be 'JSONPath'/,
    ],
  ])('is refused: %s', (_, text, expected) => {
    expect(said(text).join('\n')).toMatch(expected);
  });
});

describe('what AWS has and the simulator has not', () => {
  test.each([
    ['JSONPath', JSON.stringify({ StartAt: 'A', States: { A: pass } }), 'Query language JSONPath'],
    ['Map', machine({ A: { Type: 'Map', ItemProcessor: {}, ...end } }), 'State type Map'],
    [
      'AWS SDK tasks',
      machine({ A: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:ec2:describeRegions', ...end } }),
      'The resource arn:aws:states:::aws-sdk:ec2:describeRegions',
    ],
    [
      'nested executions',
      machine({ A: { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', ...end } }),
      'The resource arn:aws:states:::states:startExecution.sync:2',
    ],
    [
      'activities',
      machine({ A: { Type: 'Task', Resource: 'arn:aws:states:us-west-2:111111111111:activity:a', ...end } }),
      'The resource arn:aws:states:us-west-2:111111111111:activity:a',
    ],
    [
      'roles of other accounts',
      machine({ A: invoke('f', { Credentials: { RoleArn: 'arn' }, ...end }) }),
      'Field Credentials',
    ],
  ])('is refused by name: %s', (_, text, what) => {
    expect(checkDefinition(text).map(({ message }) => message)).toEqual([`${what} is not modelled by the simulator`]);
  });
});

test('CreateStateMachine refuses with InvalidDefinition and ValidateStateMachineDefinition lists the same', async () => {
  const { cloud } = testCloud();
  const definition = machine({ A: { Type: 'Pass', Next: 'B' }, C: pass });
  const made = cloud.call('states', 'CreateStateMachine', { name: 'm', definition, roleArn: ROLE }, { region: REGION });
  await expect(made).rejects.toMatchObject({
    code: 'InvalidDefinition',
    message:
      "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next'",
  });
  const answer = await cloud.call('states', 'ValidateStateMachineDefinition', { definition }, { region: REGION });
  expect(answer).toMatchObject({
    result: 'FAIL',
    truncated: false,
    diagnostics: [{ severity: 'ERROR', code: 'MISSING_TRANSITION_TARGET', location: '/States/A/Next' }],
  });
  const sound = await cloud.call(
    'states',
    'ValidateStateMachineDefinition',
    { definition: machine({ A: pass }) },
    { region: REGION },
  );
  expect(sound).toMatchObject({ result: 'OK', diagnostics: [] });
});
