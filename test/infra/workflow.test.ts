/** The state machine loader refuses what aws-cdk's own would let pass. */
import { describe, expect, it } from 'vitest';
import { checkDefinition } from '../../infra/constructs/workflow.ts';

const definition = (change: Record<string, unknown> = {}, expression = '{% $states.input %}') =>
  JSON.stringify({
    Comment: 'started by a test; done when it succeeds',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 60,
    StartAt: 'Call',
    States: { Call: { Type: 'Task', Resource: '${doIt}', Arguments: expression, End: true } },
    ...change,
  });

describe('the state machine loader', () => {
  it('accepts a definition whose placeholders are exactly those given', () => {
    expect(() => checkDefinition('m', definition(), ['doIt'])).not.toThrow();
  });

  it.each<[string, string, string[], string]>([
    ['a placeholder without a construct', definition(), [], 'm: no construct given for placeholder doIt'],
    ['a construct without a placeholder', definition(), ['doIt', 'other'], 'm: has no placeholder other'],
    [
      'a machine that may run for ever',
      definition({ TimeoutSeconds: undefined }),
      ['doIt'],
      'm: TimeoutSeconds is missing',
    ],
    ['a machine without a comment', definition({ Comment: undefined }), ['doIt'], 'm: Comment is missing'],
    ['another query language', definition({ QueryLanguage: 'JSONPath' }), ['doIt'], 'm: QueryLanguage must be JSONata'],
    [
      'an expression that looks like a placeholder',
      definition({}, '{% ${doIt} %}'),
      ['doIt'],
      "m: '${' inside an expression",
    ],
  ])('refuses %s', (_, text, given, expected) => {
    expect(() => checkDefinition('m', text, given)).toThrow(expected);
  });
});
