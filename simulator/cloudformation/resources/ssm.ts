/** Resource types of Systems Manager. */
import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import type { Created, Modelled, ResourceTable } from '../resource.ts';
import { refuseOtherProperties } from './known-properties.ts';

interface ParameterProperties {
  readonly Name?: string;
  readonly Type: ParameterType;
  readonly Value: unknown;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly DataType?: string;
  readonly Tier?: ParameterTier;
}

const parameter: Modelled = {
  async create(raw, context): Promise<Created> {
    const known = ['Name', 'Type', 'Value', 'Description', 'AllowedPattern', 'DataType', 'Tier', 'Tags'];
    refuseOtherProperties('AWS::SSM::Parameter', context.logicalId, raw, known);
    const { Value: value, ...given } = raw as unknown as ParameterProperties;
    const name = given.Name ?? context.physicalName(1011);
    await context.call('ssm', 'PutParameter', {
      Name: name,
      Type: given.Type,
      Value: String(value),
      Description: given.Description,
      AllowedPattern: given.AllowedPattern,
      DataType: given.DataType,
      Tier: given.Tier,
    });
    return { physicalId: name, attributes: { Type: given.Type, Value: String(value) } };
  },
};

export const resources: ResourceTable = { 'AWS::SSM::Parameter': parameter };
