/** CloudFormation's resource types of CloudWatch Logs. Metric filters are left out by name: nothing here reads log text. */
import type { ResourceTable } from '../resource.ts';

export const resources: ResourceTable = {
  'AWS::Logs::LogGroup': {
    inert: true,
    reason: 'log lines go to the trace; retention and encryption change nothing there',
    create: (properties, context) => {
      const name = String(properties.LogGroupName ?? context.physicalName(512));
      const Arn = `arn:aws:logs:${context.region}:${context.account}:log-group:${name}:*`;
      return { physicalId: name, attributes: { Arn } };
    },
  },
};
