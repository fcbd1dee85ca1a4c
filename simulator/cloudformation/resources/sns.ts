/** CloudFormation's resource types of SNS. */
import type { Change, Created, Existing, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { listChanges, refuseOtherProperties, unlessGone } from './known-properties.ts';

type Properties = Record<string, unknown>;

interface Subscribed {
  readonly Endpoint: string;
  readonly Protocol: string;
}

const TOPIC_ATTRIBUTES = ['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig'];

const topic: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOtherTopicProperties(properties, context);
    const name = String(properties.TopicName ?? context.physicalName(256));
    const given = TOPIC_ATTRIBUTES.filter((attribute) => properties[attribute] !== undefined);
    const Attributes = Object.fromEntries(given.map((attribute) => [attribute, String(properties[attribute])]));
    const { TopicArn = '' } = await context.call('sns', 'CreateTopic', { Name: name, Attributes });
    context.exists?.(TopicArn);
    for (const one of subscribed(properties)) await context.call('sns', 'Subscribe', { TopicArn, ...one });
    return { physicalId: TopicArn, attributes: { TopicArn, TopicName: name } };
  },

  async update({ physicalId: TopicArn, properties, wanted, changed }, context) {
    refuseOtherTopicProperties(wanted, context);
    for (const AttributeName of TOPIC_ATTRIBUTES.filter((name) => changed.has(name))) {
      const value = wanted[AttributeName];
      const AttributeValue = value === undefined ? undefined : String(value);
      await context.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName, AttributeValue });
    }
    const { removed, added } = listChanges(subscribed(properties), subscribed(wanted));
    for (const one of removed) await unsubscribe(TopicArn, one, context);
    for (const one of added) await context.call('sns', 'Subscribe', { TopicArn, ...one });
    return undefined;
  },

  delete: ({ physicalId: TopicArn }, context) => context.call('sns', 'DeleteTopic', { TopicArn }).then(() => {}),

  read: ({ physicalId: TopicArn, properties }, context) =>
    unlessGone('NotFound', async () => {
      const { Attributes = {} } = await context.call('sns', 'GetTopicAttributes', { TopicArn });
      const told = TOPIC_ATTRIBUTES.filter((name) => Attributes[name] !== undefined);
      return {
        ...Object.fromEntries(told.map((name) => [name, Attributes[name]])),
        ...(properties.Subscription !== undefined && { Subscription: await subscriptionsOf(TopicArn, context) }),
      };
    }),
};

const refuseOtherTopicProperties = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::SNS::Topic', logicalId, properties, [
    ...TOPIC_ATTRIBUTES,
    'Subscription',
    'Tags',
    'TopicName',
  ]);

const subscribed = (properties: Properties): Subscribed[] =>
  ((properties.Subscription ?? []) as Subscribed[]).map(({ Endpoint, Protocol }) => ({ Endpoint, Protocol }));

async function subscriptionsOf(TopicArn: string, context: ResourceContext) {
  const { Subscriptions = [] } = await context.call('sns', 'ListSubscriptionsByTopic', { TopicArn });
  return Subscriptions.map(({ Endpoint, Protocol }) => ({ Endpoint, Protocol }));
}

async function unsubscribe(TopicArn: string, one: Subscribed, context: ResourceContext): Promise<void> {
  const { Subscriptions = [] } = await context.call('sns', 'ListSubscriptionsByTopic', { TopicArn });
  const found = Subscriptions.find(({ Endpoint, Protocol }) => Endpoint === one.Endpoint && Protocol === one.Protocol);
  if (found !== undefined) {
    await context.call('sns', 'Unsubscribe', { SubscriptionArn: found.SubscriptionArn });
  }
}

const topicsOf = (properties: Properties): string[] => (properties.Topics ?? []) as string[];

const setPolicy = (TopicArn: string, AttributeValue: string | undefined, context: ResourceContext) =>
  context.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });

const topicPolicy: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOtherProperties('AWS::SNS::TopicPolicy', context.logicalId, properties, ['PolicyDocument', 'Topics']);
    const physicalId = context.physicalName();
    context.exists?.(physicalId);
    for (const arn of topicsOf(properties)) await setPolicy(arn, JSON.stringify(properties.PolicyDocument), context);
    return { physicalId };
  },

  async update({ properties, wanted }: Change, context) {
    refuseOtherProperties('AWS::SNS::TopicPolicy', context.logicalId, wanted, ['PolicyDocument', 'Topics']);
    const dropped = topicsOf(properties).filter((arn) => !topicsOf(wanted).includes(arn));
    for (const arn of dropped) await unlessGone('NotFound', () => setPolicy(arn, undefined, context));
    for (const arn of topicsOf(wanted)) await setPolicy(arn, JSON.stringify(wanted.PolicyDocument), context);
    return undefined;
  },

  async delete({ properties }: Existing, context) {
    for (const arn of topicsOf(properties)) await unlessGone('NotFound', () => setPolicy(arn, undefined, context));
  },

  read: ({ properties }, context) =>
    unlessGone('NotFound', async () => {
      const [TopicArn] = topicsOf(properties);
      const { Attributes } = await context.call('sns', 'GetTopicAttributes', { TopicArn });
      return { PolicyDocument: JSON.parse(Attributes?.Policy ?? '{}') };
    }),
};

/** A subscription may stand in another region's stack than its topic. */
const regionOf = (properties: Properties, context: ResourceContext): string =>
  properties.Region === undefined ? context.region : String(properties.Region);

const subscription: Modelled = {
  async create(properties, context): Promise<Created> {
    const known = ['Endpoint', 'Protocol', 'Region', 'TopicArn'];
    refuseOtherProperties('AWS::SNS::Subscription', context.logicalId, properties, known);
    const { SubscriptionArn = '' } = await context.call(
      'sns',
      'Subscribe',
      {
        TopicArn: String(properties.TopicArn),
        Protocol: String(properties.Protocol),
        Endpoint: String(properties.Endpoint),
      },
      regionOf(properties, context),
    );
    return { physicalId: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },

  delete: ({ physicalId: SubscriptionArn, properties }, context) =>
    context.call('sns', 'Unsubscribe', { SubscriptionArn }, regionOf(properties, context)).then(() => {}),

  read: ({ physicalId, properties }, context) =>
    unlessGone('NotFound', async () => {
      const TopicArn = String(properties.TopicArn);
      const region = regionOf(properties, context);
      const { Subscriptions = [] } = await context.call('sns', 'ListSubscriptionsByTopic', { TopicArn }, region);
      const found = Subscriptions.find(({ SubscriptionArn }) => SubscriptionArn === physicalId);
      return found && { TopicArn, Protocol: found.Protocol, Endpoint: found.Endpoint };
    }),
};

export const resources: ResourceTable = {
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::SNS::Subscription': subscription,
};
