/** Every intrinsic function, row by row, and the place that an error in a template names. */
import { describe, expect, test } from 'vitest';
import { answer, type ScopeOptions } from './scope.ts';

const extensions = { Transform: 'AWS::LanguageExtensions' };
const mappings = { Mappings: { RegionMap: { 'us-west-2': { HVM64: 'ami-1', List: ['a', 'b'] } } } };
const conditions = {
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Environment' }, 'prod'] },
    IsLarge: { 'Fn::And': [{ Condition: 'IsProd' }, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Size' }, 'small'] }] }] },
    Never: { 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { 'Fn::Equals': ['c', 'd'] }] },
  },
};
const parameters = { Environment: 'prod', Size: 'big', Subnets: ['s-1', 's-2'], Number: '3' };

/** Expression → answer; the first of a kind is AWS's own documented example where there is one. */
const rows: [title: string, value: unknown, expected: unknown, options?: ScopeOptions][] = [
  ['Join', { 'Fn::Join': [':', ['a', 'b', 'c']] }, 'a:b:c'],
  ['Join of numbers', { 'Fn::Join': ['', ['port ', 80, true]] }, 'port 80true'],
  ['Join over a list parameter', { 'Fn::Join': [',', { Ref: 'Subnets' }] }, 's-1,s-2', { parameters }],
  ['Split', { 'Fn::Split': ['|', 'a|b|c'] }, ['a', 'b', 'c']],
  ['Split with empty parts', { 'Fn::Split': ['|', 'a||c|'] }, ['a', '', 'c', '']],
  ['Select', { 'Fn::Select': ['1', ['apples', 'grapes', 'oranges', 'mangoes']] }, 'grapes'],
  ['Select of Split', { 'Fn::Select': [2, { 'Fn::Split': [',', 'x,y,z'] }] }, 'z'],
  [
    'Sub',
    { 'Fn::Sub': 'arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:vpc/x' },
    'arn:aws:ec2:us-west-2:123456789012:vpc/x',
  ],
  [
    'Sub with its own variables',
    { 'Fn::Sub': ['www.${Domain}', { Domain: { Ref: 'Environment' } }] },
    'www.prod',
    { parameters },
  ],
  ['Sub of an attribute', { 'Fn::Sub': '${MyQueue.Arn}/x' }, 'arn:aws:sqs:us-west-2:123456789012:queue/x'],
  ['Sub of a reference', { 'Fn::Sub': '<${MyQueue}>' }, '<https://sqs.example/queue>'],
  ['Sub with a literal', { 'Fn::Sub': '${!AWS::Region} ${AWS::Region} $x {y}' }, '${AWS::Region} us-west-2 $x {y}'],
  ['GetAtt as a list', { 'Fn::GetAtt': ['MyQueue', 'Arn'] }, 'arn:aws:sqs:us-west-2:123456789012:queue'],
  ['GetAtt as a text', { 'Fn::GetAtt': 'MyQueue.Endpoint.Port' }, 27017],
  ['Ref', { Ref: 'MyQueue' }, 'https://sqs.example/queue'],
  [
    'pseudo parameters',
    [{ Ref: 'AWS::Partition' }, { Ref: 'AWS::StackName' }, { Ref: 'AWS::URLSuffix' }],
    ['aws', 'shop', 'amazonaws.com'],
  ],
  ['FindInMap', { 'Fn::FindInMap': ['RegionMap', { Ref: 'AWS::Region' }, 'HVM64'] }, 'ami-1', { template: mappings }],
  ['FindInMap of a list', { 'Fn::FindInMap': ['RegionMap', 'us-west-2', 'List'] }, ['a', 'b'], { template: mappings }],
  [
    'FindInMap with a default',
    { 'Fn::FindInMap': ['RegionMap', 'eu-north-1', 'HVM64', { DefaultValue: 'none' }] },
    'none',
    { template: { ...mappings, ...extensions } },
  ],
  ['GetAZs of here', { 'Fn::GetAZs': '' }, ['us-west-2a', 'us-west-2b', 'us-west-2c']],
  ['GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': 'us-east-1' }] }, 'us-east-1a'],
  ['Base64', { 'Fn::Base64': 'AWS CloudFormation' }, 'QVdTIENsb3VkRm9ybWF0aW9u'],
  ['Cidr', { 'Fn::Cidr': ['192.168.0.0/24', '6', '5'] }, [0, 32, 64, 96, 128, 160].map((n) => `192.168.0.${n}/27`)],
  [
    'Cidr in the middle of a block',
    { 'Fn::Cidr': ['10.0.5.9/16', 3, 8] },
    ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'],
  ],
  [
    'Cidr of IPv6',
    { 'Fn::Cidr': ['2600:1f13:abc:de00::/56', 2, 64] },
    ['2600:1f13:abc:de00::/64', '2600:1f13:abc:de01::/64'],
  ],
  [
    'ImportValue',
    { 'Fn::ImportValue': { 'Fn::Sub': '${AWS::StackName}-vpc' } },
    'vpc-1',
    { exports: { 'shop-vpc': 'vpc-1' } },
  ],
  ['GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'other', OutputName: 'Url', Region: 'us-east-1' } }, 'Url!'],
  ['Length', { 'Fn::Length': { 'Fn::Split': ['|', 'a|b|c'] } }, 3, { template: extensions }],
  [
    'ToJsonString',
    { 'Fn::ToJsonString': { a: { Ref: 'AWS::Region' } } },
    '{"a":"us-west-2"}',
    { template: extensions },
  ],
  [
    'If that holds',
    { 'Fn::If': ['IsLarge', 'm7g.large', 't4g.small'] },
    'm7g.large',
    { template: conditions, parameters },
  ],
  ['If that does not', { 'Fn::If': ['Never', 'yes', 'no'] }, 'no', { template: conditions, parameters }],
  [
    'NoValue in an object',
    { a: 1, b: { 'Fn::If': ['Never', 'x', { Ref: 'AWS::NoValue' }] } },
    { a: 1 },
    { template: conditions, parameters },
  ],
  ['NoValue in a list', ['a', { Ref: 'AWS::NoValue' }, 'b'], ['a', 'b']],
  [
    'Equals of a number and a text',
    { 'Fn::If': ['Three', 1, 2] },
    1,
    { template: { Conditions: { Three: { 'Fn::Equals': [{ Ref: 'Number' }, 3] } } }, parameters },
  ],
  ['a property that is called Ref', { Ref: 'x', Other: 1 }, { Ref: 'x', Other: 1 }],
];

describe('intrinsic functions', () => {
  test.each(rows)('%s is answered as CloudFormation answers it', (_title, value, expected, options) => {
    expect(answer(value, options)).toEqual(expected);
  });

  test('the branch of Fn::If that is not taken is not evaluated', () => {
    expect(answer({ 'Fn::If': ['Never', { Ref: 'Nowhere' }, 'ok'] }, { template: conditions, parameters })).toBe('ok');
  });
});

const errors: [title: string, value: unknown, message: RegExp, options?: ScopeOptions][] = [
  ['an index beyond the list', { 'Fn::Select': [3, ['a']] }, /cannot select nonexistent value at index 3 \(at Here\)/],
  [
    'an attribute that is not modelled',
    { a: { 'Fn::GetAtt': ['MyQueue', 'Nope'] } },
    /MyQueue \(AWS::SQS::Queue\) has no attribute Nope .*it has: Arn, Endpoint\.Port \(at Here\.a\)/,
  ],
  ['a reference to nothing', { Ref: 'Nowhere' }, /Unresolved resource dependencies \[Nowhere\]/],
  ['a variable of Sub that is nothing', { 'Fn::Sub': '${Nowhere}' }, /\[Nowhere\]/],
  ['a list in Sub', { 'Fn::Sub': '${Subnets}' }, /variable Subnets of Fn::Sub is not text/, { parameters }],
  ['a missing mapping', { 'Fn::FindInMap': ['M', 'a', 'b'] }, /Unable to get mapping for M::a::b/],
  ['a missing export', { 'Fn::ImportValue': 'x' }, /No export named x found/],
  [
    'a missing stack output',
    { 'Fn::GetStackOutput': { StackName: 'no', OutputName: 'x' } },
    /stack no in us-west-2 has no output x/,
  ],
  ['a missing condition', { 'Fn::If': ['Gone', 1, 2] }, /Unresolved condition dependency Gone/],
  ['Length without the transform', { 'Fn::Length': [] }, /needs Transform: AWS::LanguageExtensions/],
  ['ToJsonString without the transform', { 'Fn::ToJsonString': {} }, /needs Transform/],
  ['Transform', { 'Fn::Transform': { Name: 'AWS::Include' } }, /Fn::Transform is not modelled \(at Here\)/],
  ['an invented function', { 'Fn::Invented': [] }, /Fn::Invented is not modelled/],
  ['a function beside other keys', { 'Fn::Join': ['', []], x: 1 }, /Fn::Join must stand alone/],
  ['too many blocks', { 'Fn::Cidr': ['10.0.0.0/28', 4, 4] }, /does not hold 4 blocks/],
  [
    'conditions in a circle',
    { 'Fn::If': ['A', 1, 2] },
    /Circular dependency between conditions/,
    { template: { Conditions: { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } } } },
  ],
];

describe('errors in templates', () => {
  test.each(errors)('%s is refused with its place', (_title, value, message, options) => {
    expect(() => answer(value, options)).toThrow(message);
  });
});
