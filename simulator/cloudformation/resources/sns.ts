/** CloudFormation's resource types of SNS. */
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';
import { refuseOtherProperties } from './known-properties.ts';

export const resources: ResourceTable = {
  'AWS::SNS::Topic': { create: createTopic },
  'AWS::SNS::TopicPolicy': { create: createTopicPolicy },
  'AWS::SNS::Subscription': { create: createSubscription },
};

type Properties = Record<string, unknown>;

async function createTopic(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::SNS::Topic', context.logicalId, properties, [
    'DisplayName',
    'KmsMasterKeyId',
    'SignatureVersion',
    'Subscription',
    'Tags',
    'TopicName',
    'TracingConfig',
  ]);
  const name = String(properties.TopicName ?? context.physicalName(256));
  const Attributes: Record<string, string> = {};
  for (const attribute of ['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig']) {
    if (properties[attribute] !== undefined) Attributes[attribute] = String(properties[attribute]);
  }
  const { TopicArn = '' } = await context.call('sns', 'CreateTopic', { Name: name, Attributes });
  for (const { Endpoint, Protocol } of (properties.Subscription ?? []) as { Endpoint: string; Protocol: string }[]) {
    await context.call('sns', 'Subscribe', { TopicArn, Protocol, Endpoint });
  }
  return { physicalId: TopicArn, attributes: { TopicArn, TopicName: name } };
}

async function createTopicPolicy(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::SNS::TopicPolicy', context.logicalId, properties, ['PolicyDocument', 'Topics']);
  const AttributeValue = JSON.stringify(properties.PolicyDocument);
  for (const TopicArn of properties.Topics as string[]) {
    await context.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
  }
  return { physicalId: context.physicalName() };
}

async function createSubscription(properties: Properties, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::SNS::Subscription', context.logicalId, properties, [
    'Endpoint',
    'Protocol',
    'Region',
    'TopicArn',
  ]);
  const { SubscriptionArn = '' } = await context.call(
    'sns',
    'Subscribe',
    {
      TopicArn: String(properties.TopicArn),
      Protocol: String(properties.Protocol),
      Endpoint: String(properties.Endpoint),
    },
    properties.Region === undefined ? context.region : String(properties.Region),
  );
  return { physicalId: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
}
