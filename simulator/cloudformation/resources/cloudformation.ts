/** Resource types of CloudFormation itself. WaitCondition is in no table: nothing here signals, so it is refused. */
import { customResource } from '../custom-resource.ts';
import type { ResourceTable } from '../resource.ts';

export const resources: ResourceTable = {
  'AWS::CloudFormation::CustomResource': customResource('AWS::CloudFormation::CustomResource'),
  'AWS::CDK::Metadata': {
    inert: true,
    reason: 'it only tells AWS which constructs were used',
    updates: { replacement: [], inPlace: 'others' },
  },
};
