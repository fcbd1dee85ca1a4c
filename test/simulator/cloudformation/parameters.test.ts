/** Which values a template's parameters and rules accept, and which they refuse by name. */
import { describe, expect, test } from 'vitest';
import { resolveParameters } from '../../../simulator/cloudformation/parameters.ts';
import { enforceRules } from '../../../simulator/cloudformation/rules.ts';
import type { ParameterDeclaration } from '../../../simulator/cloudformation/template.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { scopeFor } from './scope.ts';

const resolve = (declaration: ParameterDeclaration, value?: string) =>
  resolveParameters({
    declarations: { P: declaration },
    given: value === undefined ? {} : { P: value },
    async lookUp(name) {
      if (name === '/zone') return 'Z123';
      if (name === '/subnets') return 's-1,s-2';
      throw new AwsError('ParameterNotFound', '');
    },
  }).then(({ P }) => P);

describe('parameters', () => {
  const good: [title: string, declaration: ParameterDeclaration, value: string | undefined, expected: unknown][] = [
    ['a default', { Type: 'String', Default: 'x' }, undefined, 'x'],
    ['a number given as default', { Type: 'Number', Default: 3 }, undefined, '3'],
    ['a given value before the default', { Type: 'String', Default: 'x' }, 'y', 'y'],
    ['an empty text', { Type: 'String' }, '', ''],
    ['a list', { Type: 'CommaDelimitedList' }, 'a, b,c', ['a', 'b', 'c']],
    ['a list of numbers', { Type: 'List<Number>' }, '1,2', ['1', '2']],
    ['a list of ids', { Type: 'List<AWS::EC2::Subnet::Id>' }, 's-1', ['s-1']],
    ['a stored value', { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/zone' }, undefined, 'Z123'],
    ['a stored id', { Type: 'AWS::SSM::Parameter::Value<AWS::Route53::HostedZone::Id>' }, '/zone', 'Z123'],
    ['a stored list', { Type: 'AWS::SSM::Parameter::Value<List<String>>' }, '/subnets', ['s-1', 's-2']],
    ['the name of a stored value', { Type: 'AWS::SSM::Parameter::Name' }, '/zone', '/zone'],
    ['an allowed value', { Type: 'Number', AllowedValues: [1, 2] }, '2', '2'],
    ['a value that matches the pattern', { Type: 'String', AllowedPattern: '[a-z]+' }, 'abc', 'abc'],
  ];
  test.each(good)('may be %s', async (_title, declaration, value, expected) => {
    expect(await resolve(declaration, value)).toEqual(expected);
  });

  const bad: [title: string, declaration: ParameterDeclaration, value: string | undefined, message: RegExp][] = [
    ['no value', { Type: 'String' }, undefined, /Parameters: \[P\] must have values/],
    ['a value that is not allowed', { Type: 'String', AllowedValues: ['a'] }, 'b', /'P' must be one of AllowedValues/],
    ['a value that matches in part', { Type: 'String', AllowedPattern: '[a-z]+' }, 'abc1', /must match pattern/],
    [
      'a broken constraint with words of its own',
      { Type: 'String', MinLength: 3, ConstraintDescription: 'three or more' },
      'ab',
      /constraint: three or more/,
    ],
    ['too long a text', { Type: 'String', MaxLength: '1' }, 'ab', /at most 1 characters/],
    ['too small a number', { Type: 'Number', MinValue: 2 }, '1', /not less than 2/],
    ['too large a number', { Type: 'Number', MaxValue: 2 }, '3', /not greater than 2/],
    ['a text for a number', { Type: 'Number' }, 'many', /must be a number/],
    [
      'a stored value that is not there',
      { Type: 'AWS::SSM::Parameter::Value<String>' },
      '/gone',
      /Unable to fetch parameters \[\/gone\]/,
    ],
    ['a type that is not modelled', { Type: 'Test::Thing' }, 'x', /parameter type Test::Thing .* is not modelled/],
  ];
  test.each(bad)('may not be %s', async (_title, declaration, value, message) => {
    await expect(resolve(declaration, value)).rejects.toThrow(message);
  });

  test('that the template does not have are refused', async () => {
    const request = { declarations: {}, given: { X: '1' }, lookUp: async () => '' };
    await expect(resolveParameters(request)).rejects.toThrow('Parameters: [X] do not exist in the template');
  });
});

describe('rules', () => {
  const bootstrapRule = {
    Rules: {
      CheckBootstrapVersion: {
        Assertions: [
          {
            Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2', '3', '4', '5'], { Ref: 'BootstrapVersion' }] }] },
            AssertDescription: 'version 6 is required',
          },
        ],
      },
    },
  };
  const enforce = (template: Record<string, unknown>, parameters: Record<string, string | string[]>) => () =>
    enforceRules(scopeFor({ template, parameters }));

  test('let a stack pass whose assertions hold, and stop one with their description', () => {
    enforce(bootstrapRule, { BootstrapVersion: '33' })();
    expect(enforce(bootstrapRule, { BootstrapVersion: '5' })).toThrow(
      'CheckBootstrapVersion failed: version 6 is required',
    );
  });

  test('hold only while their condition holds', () => {
    const rule = (environment: string) => ({
      Rules: {
        R: {
          RuleCondition: { 'Fn::Equals': [{ Ref: 'Environment' }, environment] },
          Assertions: [{ Assert: { 'Fn::EachMemberIn': [{ Ref: 'Zones' }, ['a', 'b']] } }],
        },
      },
    });
    const parameters = { Environment: 'prod', Zones: ['a', 'c'] };
    enforce(rule('test'), parameters)();
    expect(enforce(rule('prod'), parameters)).toThrow('rule R failed');
  });

  test('refuse functions that need an account by name', () => {
    const rules = { R: { Assertions: [{ Assert: { 'Fn::RefAll': 'AWS::EC2::VPC::Id' } }] } };
    expect(enforce({ Rules: rules }, {})).toThrow('rule function Fn::RefAll is not modelled (at Rules.R)');
  });
});
