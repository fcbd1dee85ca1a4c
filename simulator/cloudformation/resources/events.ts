/** CloudFormation's resource types of EventBridge. Left out by name: archives, connections, API destinations, endpoints. */
import type { Target } from '@aws-sdk/client-eventbridge';
import { NotModelled } from '../../errors.ts';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalText, present, refuseOtherProperties, unlessGone } from './known-properties.ts';
import { numbersIn } from './scalars.ts';

type Properties = Record<string, unknown>;

/** EventBridge's word for what is not there. */
const GONE = 'ResourceNotFoundException';

const RULE_PROPERTIES = [
  'Name',
  'Description',
  'EventBusName',
  'EventPattern',
  'ScheduleExpression',
  'State',
  'RoleArn',
  'Targets',
  'Tags',
];

const patternText = (pattern: unknown): string | undefined =>
  pattern === undefined || typeof pattern === 'string' ? pattern : JSON.stringify(pattern);

async function putRule(Name: string, properties: Properties, context: ResourceContext): Promise<string | undefined> {
  refuseOtherProperties('AWS::Events::Rule', context.logicalId, properties, RULE_PROPERTIES);
  const { RuleArn } = await context.call('events', 'PutRule', {
    Name,
    EventBusName: optionalText(properties.EventBusName),
    Description: optionalText(properties.Description),
    EventPattern: patternText(properties.EventPattern),
    ScheduleExpression: optionalText(properties.ScheduleExpression),
    State: (properties.State ?? 'ENABLED') as 'ENABLED' | 'DISABLED',
    RoleArn: optionalText(properties.RoleArn),
  });
  return RuleArn;
}

const targetsOf = (properties: Properties): Target[] =>
  ((properties.Targets ?? []) as Target[]).map((target) => ({
    ...target,
    ...(target.RetryPolicy ? { RetryPolicy: numbersIn(target.RetryPolicy) } : {}),
  }));

async function putTargets(Rule: string, properties: Properties, context: ResourceContext): Promise<void> {
  const Targets = targetsOf(properties);
  const EventBusName = optionalText(properties.EventBusName);
  if (Targets.length > 0) await context.call('events', 'PutTargets', { Rule, EventBusName, Targets });
}

/** The name in 'bus|rule', or the name itself. */
const ruleName = (physicalId: string): string => physicalId.split('|').at(-1) ?? physicalId;

const rule: Modelled = {
  async create(properties, context): Promise<Created> {
    const Name = String(properties.Name ?? context.physicalName(64));
    const Arn = await putRule(Name, properties, context);
    const busName = optionalText(properties.EventBusName)?.split('event-bus/').at(-1);
    const physicalId = busName === undefined || busName === 'default' ? Name : `${busName}|${Name}`;
    context.exists?.(physicalId);
    await putTargets(Name, properties, context);
    return { physicalId, attributes: { Arn } };
  },

  async update({ physicalId, properties, wanted }, context) {
    const Rule = ruleName(physicalId);
    await putRule(Rule, wanted, context);
    const EventBusName = optionalText(wanted.EventBusName);
    const kept = targetsOf(wanted).map(({ Id }) => Id);
    const Ids = targetsOf(properties).flatMap(({ Id }) => (Id === undefined || kept.includes(Id) ? [] : [Id]));
    if (Ids.length > 0) await context.call('events', 'RemoveTargets', { Rule, EventBusName, Ids });
    await putTargets(Rule, wanted, context);
    return undefined;
  },

  delete: ({ physicalId, properties }, context) =>
    unlessGone(GONE, async () => {
      const Rule = ruleName(physicalId);
      const EventBusName = optionalText(properties.EventBusName);
      const { Targets = [] } = await context.call('events', 'ListTargetsByRule', { Rule, EventBusName });
      const Ids = Targets.map(({ Id }) => Id ?? '');
      if (Ids.length > 0) await context.call('events', 'RemoveTargets', { Rule, EventBusName, Ids });
      await context.call('events', 'DeleteRule', { Name: Rule, EventBusName });
    }),

  read: ({ physicalId, properties }, context) =>
    unlessGone(GONE, async () => {
      const Name = ruleName(physicalId);
      const EventBusName = optionalText(properties.EventBusName);
      const live = await context.call('events', 'DescribeRule', { Name, EventBusName });
      const { Targets = [] } = await context.call('events', 'ListTargetsByRule', { Rule: Name, EventBusName });
      // A rule's targets have no order: told in the template's, and then what the template does not know.
      const order = targetsOf(properties).map(({ Id }) => Id);
      const place = ({ Id }: Target): number => (order.includes(Id) ? order.indexOf(Id) : order.length);
      return present({
        Name,
        Description: live.Description,
        ScheduleExpression: live.ScheduleExpression,
        State: live.State,
        RoleArn: live.RoleArn,
        EventPattern: live.EventPattern === undefined ? undefined : JSON.parse(live.EventPattern),
        Targets: Targets.toSorted((a, b) => place(a) - place(b)),
      });
    }),
};

const BUS_PROPERTIES = ['Name', 'Description', 'Policy', 'Tags'];

async function setBusPolicy(EventBusName: string, policy: unknown, context: ResourceContext): Promise<void> {
  if (policy === undefined)
    await context.call('events', 'RemovePermission', { EventBusName, RemoveAllPermissions: true });
  else await context.call('events', 'PutPermission', { EventBusName, Policy: JSON.stringify(policy) });
}

const bus: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOtherProperties('AWS::Events::EventBus', context.logicalId, properties, BUS_PROPERTIES);
    const Name = String(properties.Name);
    const { EventBusArn } = await context.call('events', 'CreateEventBus', { Name });
    context.exists?.(Name);
    if (properties.Policy) await setBusPolicy(Name, properties.Policy, context);
    return { physicalId: Name, attributes: { Arn: EventBusArn, Name } };
  },

  async update({ physicalId, wanted, changed }, context) {
    refuseOtherProperties('AWS::Events::EventBus', context.logicalId, wanted, BUS_PROPERTIES);
    if (changed.has('Policy')) await setBusPolicy(physicalId, wanted.Policy, context);
    return undefined;
  },

  delete: ({ physicalId: Name }, context) => context.call('events', 'DeleteEventBus', { Name }).then(() => {}),

  read: ({ physicalId: Name }, context) =>
    unlessGone(GONE, async () => {
      await context.call('events', 'DescribeEventBus', { Name });
      return { Name };
    }),
};

const BUS_POLICY_PROPERTIES = ['EventBusName', 'StatementId', 'Statement', 'Action', 'Principal'];

async function putBusPolicy(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::Events::EventBusPolicy', context.logicalId, properties, BUS_POLICY_PROPERTIES);
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
    await putStatement(EventBusName, { Sid: StatementId, ...(properties.Statement as object) }, context);
  }
  return { physicalId: `${EventBusName}|${StatementId}` };
}

interface Statement {
  readonly Sid?: string;
}

async function statementsOf(Name: string, context: ResourceContext): Promise<Statement[]> {
  const { Policy: text } = await context.call('events', 'DescribeEventBus', { Name });
  const { Statement } = JSON.parse(text ?? '{"Statement":[]}') as { Statement: Statement[] };
  if (!Array.isArray(Statement)) throw new NotModelled(`policy of event bus '${Name}' has no statement list`);
  return Statement;
}

/** PutPermission takes a whole policy only: the statement goes beside those that are there, or in its old place. */
async function putStatement(EventBusName: string, statement: Statement, context: ResourceContext): Promise<void> {
  const others = (await statementsOf(EventBusName, context)).filter(({ Sid }) => Sid !== statement.Sid);
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [...others, statement] });
  await context.call('events', 'PutPermission', { EventBusName, Policy });
}

const busPolicy: Modelled = {
  create: putBusPolicy,

  async update({ wanted }, context) {
    await putBusPolicy(wanted, context);
    return undefined;
  },

  delete: ({ properties }, context) =>
    unlessGone(GONE, () =>
      context.call('events', 'RemovePermission', {
        EventBusName: String(properties.EventBusName ?? 'default'),
        StatementId: String(properties.StatementId),
      }),
    ).then(() => {}),

  read: ({ properties }, context) =>
    unlessGone(GONE, async () => {
      const live = await statementsOf(String(properties.EventBusName ?? 'default'), context);
      const found = live.find(({ Sid }) => Sid === properties.StatementId);
      if (found === undefined) return undefined;
      const { Sid, ...Statement } = found;
      return { StatementId: Sid, ...(properties.Statement !== undefined && { Statement }) };
    }),
};

export const resources: ResourceTable = {
  'AWS::Events::Rule': rule,
  'AWS::Events::EventBus': bus,
  'AWS::Events::EventBusPolicy': busPolicy,
};
