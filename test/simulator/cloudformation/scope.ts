/** A template's surroundings for tests of single functions: no cloud, two resources that exist. */
import { conditionAnswers } from '../../../simulator/cloudformation/conditions.ts';
import { evaluate, siteAt } from '../../../simulator/cloudformation/intrinsics.ts';
import { type ParameterValue, pseudoParameters, type Scope } from '../../../simulator/cloudformation/scope.ts';
import { parseTemplate } from '../../../simulator/cloudformation/template.ts';

export interface ScopeOptions {
  readonly template?: Record<string, unknown>;
  readonly parameters?: Record<string, ParameterValue>;
  readonly exports?: Record<string, string>;
}

export function scopeFor(options: ScopeOptions = {}): Scope {
  const template = parseTemplate(
    JSON.stringify({ Resources: { Any: { Type: 'Test::Any::Thing' } }, ...options.template }),
  );
  const resources: Record<string, { type: string; physicalId: string; attributes: Record<string, unknown> }> = {
    MyQueue: {
      type: 'AWS::SQS::Queue',
      physicalId: 'https://sqs.example/queue',
      attributes: { Arn: 'arn:aws:sqs:us-west-2:123456789012:queue', 'Endpoint.Port': 27017 },
    },
  };
  const scope: Scope = {
    pseudo: pseudoParameters({
      account: '123456789012',
      region: 'us-west-2',
      stackName: 'shop',
      stackId: 'arn:aws:cloudformation:us-west-2:123456789012:stack/shop/1',
    }),
    template,
    parameters: options.parameters ?? {},
    condition: conditionAnswers(template.Conditions, (path) => siteAt(scope, path)),
    resource: (logicalId) => resources[logicalId],
    importValue: (name) => options.exports?.[name],
    stackOutput: (region, stack, output) => (region === 'us-east-1' && stack === 'other' ? `${output}!` : undefined),
  };
  return scope;
}

export const answer = (value: unknown, options: ScopeOptions = {}): unknown =>
  evaluate(value, scopeFor(options), 'Here');
