/** SQS, one region at a time: standard queues with their policies, dead letters and metrics. Registered in services/index.ts. */
import type { Clients } from '../../clients.ts';
import { type Access, defineService } from '../../service.ts';
import { visible } from './arrivals.ts';
import { messageOperations } from './messages.ts';
import { measure } from './metrics.ts';
import { queueOperations } from './queues.ts';
import { arnOfUrl, initialSqsState, queueArn, type Sqs, type SqsState } from './state.ts';

const onQueue = ({ QueueUrl }: { QueueUrl?: string | undefined }, context: Sqs): Access => ({
  resources: [arnOfUrl(QueueUrl, context)],
});

const named = ({ QueueName = '' }: { QueueName?: string | undefined }, { region, account }: Sqs): Access => ({
  resources: [queueArn(region, account, QueueName)],
});

/** Batches ask for the right of the single operation (SQS Developer Guide, "Amazon SQS API permissions"). */
const asOne =
  (operation: string) =>
  (input: { QueueUrl?: string | undefined }, context: Sqs): Access => ({
    action: `sqs:${operation}`,
    ...onQueue(input, context),
  });

export const sqs = defineService<Clients['sqs'], SqsState>({
  name: 'sqs',
  initialState: initialSqsState,
  operations: { ...queueOperations, ...messageOperations },
  access: {
    CreateQueue: named,
    GetQueueUrl: named,
    DeleteQueue: onQueue,
    GetQueueAttributes: onQueue,
    SetQueueAttributes: onQueue,
    PurgeQueue: onQueue,
    TagQueue: onQueue,
    UntagQueue: onQueue,
    ListQueueTags: onQueue,
    SendMessage: onQueue,
    SendMessageBatch: asOne('SendMessage'),
    ReceiveMessage: onQueue,
    DeleteMessage: onQueue,
    DeleteMessageBatch: asOne('DeleteMessage'),
    ChangeMessageVisibility: onQueue,
    ChangeMessageVisibilityBatch: asOne('ChangeMessageVisibility'),
  },
  resourcePolicy(arn, context) {
    const queue = context.state.queues[arn.split(':').at(-1) ?? ''];
    if (!queue) return undefined;
    const { Policy } = queue.attributes;
    return { documents: Policy === undefined ? [] : [Policy] };
  },
  timers: { visible, measure },
});
