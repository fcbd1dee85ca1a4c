/** CloudFormation's resource types of EventBridge Scheduler. */
import type { CreateScheduleCommandInput, Target } from '@aws-sdk/client-scheduler';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { present, refuseOtherProperties, unlessGone } from './known-properties.ts';
import { numbersIn } from './scalars.ts';

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

function inputOf(
  Name: string,
  properties: Record<string, unknown>,
  context: ResourceContext,
): CreateScheduleCommandInput {
  refuseOtherProperties('AWS::Scheduler::Schedule', context.logicalId, properties, known);
  const { RetryPolicy, ...target } = properties.Target as Target;
  const { StartDate, EndDate, FlexibleTimeWindow, ...rest } = properties;
  return {
    ...rest,
    Name,
    FlexibleTimeWindow: numbersIn(FlexibleTimeWindow),
    Target: { ...target, ...(RetryPolicy ? { RetryPolicy: numbersIn(RetryPolicy) } : {}) },
    ...(StartDate === undefined ? {} : { StartDate: new Date(String(StartDate)) }),
    ...(EndDate === undefined ? {} : { EndDate: new Date(String(EndDate)) }),
  } as CreateScheduleCommandInput;
}

/** Scheduler's word for what is not there. */
const GONE = 'ResourceNotFoundException';

const groupOf = ({ GroupName }: Record<string, unknown>) =>
  GroupName === undefined ? {} : { GroupName: String(GroupName) };

const schedule: Modelled = {
  async create(properties, context): Promise<Created> {
    const Name = String(properties.Name ?? context.physicalName(64));
    const { ScheduleArn } = await context.call('scheduler', 'CreateSchedule', inputOf(Name, properties, context));
    return { physicalId: Name, attributes: { Arn: ScheduleArn } };
  },

  /** UpdateSchedule replaces the whole schedule: what is left out has its default again. */
  async update({ physicalId, wanted }, context) {
    await context.call('scheduler', 'UpdateSchedule', inputOf(physicalId, wanted, context));
    return undefined;
  },

  delete: ({ physicalId: Name, properties }, context) =>
    unlessGone(GONE, () => context.call('scheduler', 'DeleteSchedule', { Name, ...groupOf(properties) })).then(
      () => {},
    ),

  read: ({ physicalId: Name, properties }, context) =>
    unlessGone(GONE, async () => {
      const live = await context.call('scheduler', 'GetSchedule', { Name, ...groupOf(properties) });
      return present({
        Name,
        Description: live.Description,
        ScheduleExpression: live.ScheduleExpression,
        ScheduleExpressionTimezone: live.ScheduleExpressionTimezone,
        State: live.State,
        FlexibleTimeWindow: live.FlexibleTimeWindow,
        Target: live.Target,
      });
    }),
};

export const resources: ResourceTable = {
  'AWS::Scheduler::Schedule': schedule,
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
