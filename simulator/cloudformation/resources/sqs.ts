/** CloudFormation's resource types of SQS. */
import type { QueueAttributeName } from '@aws-sdk/client-sqs';
import type { Change, Created, Existing, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { present, refuseOtherProperties, unlessGone } from './known-properties.ts';

type Properties = Record<string, unknown>;

/** SQS's word for what is not there. */
const GONE = 'QueueDoesNotExist';

const NUMBERS = [
  'DelaySeconds',
  'KmsDataKeyReusePeriodSeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
];
const ATTRIBUTES = [...NUMBERS, 'KmsMasterKeyId', 'RedrivePolicy', 'SqsManagedSseEnabled'];

const refuseOther = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::SQS::Queue', logicalId, properties, [...ATTRIBUTES, 'QueueName', 'Tags']);

/** Attributes are text; a template may give the redrive policy as an object. */
const asText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const attributesOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(
    ATTRIBUTES.filter((name) => properties[name] !== undefined).map((name) => [name, asText(properties[name])]),
  );

/** What an attribute that the template no longer gives is set to; '' takes it away (SetQueueAttributes API Reference). */
const DEFAULTS: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  KmsDataKeyReusePeriodSeconds: '300',
  KmsMasterKeyId: '',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedrivePolicy: '',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};

const queue: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOther(properties, context);
    const QueueName = String(properties.QueueName ?? context.physicalName(80));
    const { QueueUrl = '' } = await context.call('sqs', 'CreateQueue', {
      QueueName,
      Attributes: attributesOf(properties),
      tags: { ...context.tags },
    });
    const Arn = `arn:aws:sqs:${context.region}:${context.account}:${QueueName}`;
    return { physicalId: QueueUrl, attributes: { Arn, QueueName, QueueUrl } };
  },

  async update({ physicalId: QueueUrl, wanted, changed }, context) {
    refuseOther(wanted, context);
    const given = attributesOf(wanted);
    const names = ATTRIBUTES.filter((name) => changed.has(name));
    if (names.length > 0) {
      const Attributes = Object.fromEntries(names.map((name) => [name, given[name] ?? DEFAULTS[name] ?? '']));
      await context.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
    }
    if (changed.has('Tags')) {
      const { Tags = {} } = await context.call('sqs', 'ListQueueTags', { QueueUrl });
      const TagKeys = Object.keys(Tags).filter((key) => context.tags[key] === undefined);
      if (TagKeys.length > 0) await context.call('sqs', 'UntagQueue', { QueueUrl, TagKeys });
      await context.call('sqs', 'TagQueue', { QueueUrl, Tags: { ...context.tags } });
    }
    return undefined;
  },

  delete: ({ physicalId: QueueUrl }, context) =>
    unlessGone(GONE, () => context.call('sqs', 'DeleteQueue', { QueueUrl })).then(() => {}),

  read: ({ physicalId: QueueUrl, attributes, properties }, context) =>
    unlessGone(GONE, async () => {
      const AttributeNames: QueueAttributeName[] = ['All'];
      const { Attributes = {} } = await context.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames });
      const live: Record<string, string | undefined> = Attributes;
      const numbers = NUMBERS.map((name) => [name, live[name] === undefined ? undefined : Number(live[name])]);
      return present({
        QueueName: attributes.QueueName,
        ...Object.fromEntries(numbers),
        KmsMasterKeyId: live.KmsMasterKeyId,
        ...(properties.SqsManagedSseEnabled !== undefined && {
          SqsManagedSseEnabled: live.SqsManagedSseEnabled === 'true',
        }),
        RedrivePolicy: live.RedrivePolicy && JSON.parse(live.RedrivePolicy),
      });
    }),
};

const queuesOf = (properties: Properties): string[] => (properties.Queues ?? []) as string[];

const setPolicy = (QueueUrl: string, Policy: string, context: ResourceContext) =>
  context.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });

const refuseOtherOfPolicy = (properties: Properties, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::SQS::QueuePolicy', logicalId, properties, ['PolicyDocument', 'Queues']);

const queuePolicy: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOtherOfPolicy(properties, context);
    const physicalId = context.physicalName();
    context.exists?.(physicalId);
    for (const url of queuesOf(properties)) await setPolicy(url, JSON.stringify(properties.PolicyDocument), context);
    return { physicalId, attributes: { Id: physicalId } };
  },

  async update({ properties, wanted }: Change, context) {
    refuseOtherOfPolicy(wanted, context);
    const dropped = queuesOf(properties).filter((url) => !queuesOf(wanted).includes(url));
    for (const url of dropped) await unlessGone(GONE, () => setPolicy(url, '', context));
    for (const url of queuesOf(wanted)) await setPolicy(url, JSON.stringify(wanted.PolicyDocument), context);
    return undefined;
  },

  async delete({ properties }: Existing, context) {
    for (const url of queuesOf(properties)) await unlessGone(GONE, () => setPolicy(url, '', context));
  },

  read: ({ properties }, context) =>
    unlessGone(GONE, async () => {
      const [QueueUrl] = queuesOf(properties);
      const AttributeNames: QueueAttributeName[] = ['Policy'];
      const { Attributes } = await context.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames });
      return Attributes?.Policy === undefined ? undefined : { PolicyDocument: JSON.parse(Attributes.Policy) };
    }),
};

export const resources: ResourceTable = {
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
};
