/** CloudFormation's resource types of EventBridge Scheduler. */
import type { CreateScheduleCommandInput, Target } from '@aws-sdk/client-scheduler';
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';
import { refuseOtherProperties } from './known-properties.ts';
import { numbersIn } from './scalars.ts';

export const resources: ResourceTable = {
  'AWS::Scheduler::Schedule': { create: createSchedule },
  'AWS::Scheduler::ScheduleGroup': {
    inert: true,
    reason: 'only the default group is modelled; a schedule in another one is refused by name',
    create: (properties, context) => {
      const name = String(properties.Name ?? context.physicalName(64));
      const Arn = `arn:aws:scheduler:${context.region}:${context.account}:schedule-group/${name}`;
      return { physicalId: name, attributes: { Arn } };
    },
  },
};

const known = [
  'Name',
  'Description',
  'GroupName',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'StartDate',
  'EndDate',
  'State',
  'FlexibleTimeWindow',
  'Target',
];

async function createSchedule(properties: Record<string, unknown>, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::Scheduler::Schedule', context.logicalId, properties, known);
  const Name = String(properties.Name ?? context.physicalName(64));
  const { RetryPolicy, ...target } = properties.Target as Target;
  const { StartDate, EndDate, FlexibleTimeWindow, ...rest } = properties;
  const input = {
    ...rest,
    Name,
    FlexibleTimeWindow: numbersIn(FlexibleTimeWindow),
    Target: { ...target, ...(RetryPolicy ? { RetryPolicy: numbersIn(RetryPolicy) } : {}) },
    ...(StartDate === undefined ? {} : { StartDate: new Date(String(StartDate)) }),
    ...(EndDate === undefined ? {} : { EndDate: new Date(String(EndDate)) }),
  } as CreateScheduleCommandInput;
  const { ScheduleArn } = await context.call('scheduler', 'CreateSchedule', input);
  return { physicalId: Name, attributes: { Arn: ScheduleArn } };
}
