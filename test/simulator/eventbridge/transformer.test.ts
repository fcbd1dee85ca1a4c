/** What a target gets of an event: all of it, a part, or a template filled with it. */
import { describe, expect, test } from 'vitest';
import { checkInput, targetInput } from '../../../simulator/eventbridge/transformer.ts';

const event = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2026-11-11T21:29:54Z',
  region: 'us-east-1',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111'],
  detail: { 'instance-id': 'i-0123456789', state: 'RUNNING', count: 2, tags: { env: 'prod' }, quote: 'say "hi"' },
} as const;
const names = {
  ruleArn: 'arn:aws:events:us-east-1:123456789012:rule/r',
  ruleName: 'r',
  ingestionTime: '2026-11-11T21:29:55Z',
};

const transform = (InputTemplate: string, InputPathsMap: Record<string, string> = {}): string =>
  targetInput({ InputTransformer: { InputTemplate, InputPathsMap } }, event, names);

const paths = {
  instance: '$.detail.instance-id',
  state: '$.detail.state',
  count: '$.detail.count',
  tags: '$.detail.tags',
  resource: '$.resources[0]',
  all: '$.resources[*]',
  quote: '$.detail.quote',
  none: '$.detail.nonesuch',
};

test('without settings a target gets the whole event', () => {
  expect(JSON.parse(targetInput({}, event, names))).toEqual(event);
});

test('Input replaces the event and InputPath selects a part of it', () => {
  expect(targetInput({ Input: '{"a":1}' }, event, names)).toBe('{"a":1}');
  expect(targetInput({ InputPath: '$.detail.tags' }, event, names)).toBe('{"env":"prod"}');
  expect(targetInput({ InputPath: '$.detail.nonesuch' }, event, names)).toBe('null');
});

describe('templates', () => {
  test.each([
    ['{"instance": <instance>, "count": <count>}', '{"instance": "i-0123456789", "count": 2}'],
    ['{"text": "<instance> is <state>"}', '{"text": "i-0123456789 is RUNNING"}'],
    ['"<instance> is <state>"', '"i-0123456789 is RUNNING"'],
    ['{"tags": <tags>, "all": <all>}', `{"tags": {"env":"prod"}, "all": ["${event.resources[0]}"]}`],
    ['{"text": "tags <tags>"}', '{"text": "tags {env:prod}"}'],
    ['{"text": "<quote>"}', '{"text": "say \\"hi\\""}'],
    ['{"quote": <quote>}', '{"quote": "say \\"hi\\""}'],
    ['{"none": "<none>"}', '{"none": ""}'],
    ['{"rule": <aws.events.rule-arn>, "name": "<aws.events.rule-name>"}', `{"rule": "${names.ruleArn}", "name": "r"}`],
    ['{"at": <aws.events.event.ingestion-time>}', '{"at": "2026-11-11T21:29:55Z"}'],
  ])('%s becomes %s', (template, wanted) => {
    expect(transform(template, paths)).toBe(wanted);
  });

  test('the reserved events are the event with and without its detail', () => {
    const { detail, 'detail-type': detailType, ...envelope } = event;
    const whole = JSON.parse(transform('{"e": <aws.events.event.json>, "f": <aws.events.event>}')) as {
      e: unknown;
      f: unknown;
    };
    expect(whole).toEqual({ e: event, f: { ...envelope, detailType } });
    expect(whole.f).not.toHaveProperty('detail');
    expect(detail.state).toBe('RUNNING');
  });
});

describe('settings that AWS refuses', () => {
  test.each([
    [{ Input: '{}', InputPath: '$.a' }, /Only one of/],
    [{ Input: '{' }, /JSON syntax error/],
    [{ InputPath: 'detail' }, /Invalid JSONPath/],
    [{ InputPath: '$.detail[?(@.a)]' }, /Invalid JSONPath/],
    [{ InputTransformer: { InputTemplate: '<a>', InputPathsMap: {} } }, /invalid placeholder a/],
    [{ InputTransformer: { InputTemplate: '', InputPathsMap: {} } }, /1 to 8192/],
  ])('%j', (input, reason) => {
    expect(() => checkInput({ Id: 'x', ...input })).toThrow(reason);
  });
});
