/** Resource types of Systems Manager. */
import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { present, refuseOtherProperties, unlessGone } from './known-properties.ts';

interface ParameterProperties {
  readonly Name?: string;
  readonly Type: ParameterType;
  readonly Value: unknown;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly DataType?: string;
  readonly Tier?: ParameterTier;
}

/** An update sends empty texts for what the template no longer gives; that takes them away. */
async function put(name: string, raw: object, context: ResourceContext, overwrite: boolean): Promise<Created> {
  const known = ['Name', 'Type', 'Value', 'Description', 'AllowedPattern', 'DataType', 'Tier', 'Tags'];
  refuseOtherProperties('AWS::SSM::Parameter', context.logicalId, { ...raw }, known);
  const { Value: value, ...given } = raw as ParameterProperties;
  await context.call('ssm', 'PutParameter', {
    Name: name,
    Type: given.Type,
    Value: String(value),
    Description: given.Description ?? (overwrite ? '' : undefined),
    AllowedPattern: given.AllowedPattern ?? (overwrite ? '' : undefined),
    DataType: given.DataType,
    Tier: given.Tier,
    ...(overwrite && { Overwrite: true }),
  });
  return { physicalId: name, attributes: { Type: given.Type, Value: String(value) } };
}

const parameter: Modelled = {
  create: (raw, context) =>
    put((raw as unknown as ParameterProperties).Name ?? context.physicalName(1011), raw, context, false),
  update: ({ physicalId, wanted }, context) => put(physicalId, wanted, context, true),
  delete: ({ physicalId: Name }, context) =>
    unlessGone('ParameterNotFound', () => context.call('ssm', 'DeleteParameter', { Name })).then(() => {}),
  read: ({ physicalId: Name }, context) =>
    unlessGone('ParameterNotFound', async () => {
      const { Parameter: live } = await context.call('ssm', 'GetParameter', { Name });
      const { Parameters: [described] = [] } = await context.call('ssm', 'DescribeParameters', {
        ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [Name] }],
      });
      const { Description, AllowedPattern, Tier } = described ?? {};
      return present({
        ...{ Name, Type: live?.Type, Value: live?.Value, DataType: live?.DataType },
        ...{ Description, AllowedPattern, Tier },
      });
    }),
};

export const resources: ResourceTable = { 'AWS::SSM::Parameter': parameter };
