/** CloudFormation's resource types of EventBridge. Left out by name: archives, connections, API destinations, endpoints. */
import type { Target } from '@aws-sdk/client-eventbridge';
import { NotModelled } from '../../errors.ts';
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';
import { refuseOtherProperties } from './known-properties.ts';
import { numbersIn } from './scalars.ts';

export const resources: ResourceTable = {
  'AWS::Events::Rule': { create: createRule },
  'AWS::Events::EventBus': { create: createBus },
  'AWS::Events::EventBusPolicy': { create: createBusPolicy },
};

type Properties = Record<string, unknown>;

const optionalText = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

async function createRule(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::Events::Rule', context.logicalId, properties, [
    'Name',
    'Description',
    'EventBusName',
    'EventPattern',
    'ScheduleExpression',
    'State',
    'RoleArn',
    'Targets',
    'Tags',
  ]);
  const Name = String(properties.Name ?? context.physicalName(64));
  const EventBusName = optionalText(properties.EventBusName);
  const { EventPattern: pattern } = properties;
  const { RuleArn } = await context.call('events', 'PutRule', {
    Name,
    EventBusName,
    Description: optionalText(properties.Description),
    EventPattern: pattern === undefined || typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
    ScheduleExpression: optionalText(properties.ScheduleExpression),
    State: (properties.State ?? 'ENABLED') as 'ENABLED' | 'DISABLED',
    RoleArn: optionalText(properties.RoleArn),
  });
  const Targets = ((properties.Targets ?? []) as Target[]).map((target) => ({
    ...target,
    ...(target.RetryPolicy ? { RetryPolicy: numbersIn(target.RetryPolicy) } : {}),
  }));
  if (Targets.length > 0) await context.call('events', 'PutTargets', { Rule: Name, EventBusName, Targets });
  const busName = EventBusName?.split('event-bus/').at(-1);
  return {
    physicalId: busName === undefined || busName === 'default' ? Name : `${busName}|${Name}`,
    attributes: { Arn: RuleArn },
  };
}

async function createBus(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::Events::EventBus', context.logicalId, properties, [
    'Name',
    'Description',
    'Policy',
    'Tags',
  ]);
  const Name = String(properties.Name);
  const { EventBusArn } = await context.call('events', 'CreateEventBus', { Name });
  if (properties.Policy) {
    await context.call('events', 'PutPermission', { EventBusName: Name, Policy: JSON.stringify(properties.Policy) });
  }
  return { physicalId: Name, attributes: { Arn: EventBusArn, Name } };
}

async function createBusPolicy(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::Events::EventBusPolicy', context.logicalId, properties, [
    'EventBusName',
    'StatementId',
    'Statement',
    'Action',
    'Principal',
  ]);
  const EventBusName = String(properties.EventBusName ?? 'default');
  const StatementId = String(properties.StatementId);
  if (properties.Statement === undefined) {
    const { Action, Principal } = properties;
    await context.call('events', 'PutPermission', {
      EventBusName,
      StatementId,
      Action: optionalText(Action),
      Principal: optionalText(Principal),
    });
  } else {
    await addStatement(EventBusName, { Sid: StatementId, ...(properties.Statement as object) }, context);
  }
  return { physicalId: `${EventBusName}|${StatementId}` };
}

/** PutPermission takes a whole policy only: the new statement goes beside those that are there. */
async function addStatement(EventBusName: string, statement: object, context: ResourceContext): Promise<void> {
  const { Policy: text } = await context.call('events', 'DescribeEventBus', { Name: EventBusName });
  const policy = JSON.parse(text ?? '{"Version":"2012-10-17","Statement":[]}') as { Statement: object[] };
  if (!Array.isArray(policy.Statement))
    throw new NotModelled(`policy of event bus '${EventBusName}' has no statement list`);
  policy.Statement.push(statement);
  await context.call('events', 'PutPermission', { EventBusName, Policy: JSON.stringify(policy) });
}
