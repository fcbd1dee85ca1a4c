/**
 * What SQS tells CloudWatch each minute of each queue, in namespace AWS/SQS. Source: SQS Developer Guide, "Available
 * CloudWatch metrics for Amazon SQS". Of the idle queues that SQS stops measuring after six hours, nothing is known here.
 */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { publishServiceMetrics } from '../cloudwatch/metrics.ts';
import { countsOf } from './attributes.ts';
import type { Sqs } from './state.ts';

/** Data of the timer 'measure'. */
export interface Measured {
  readonly queue: string;
  /** Tells a queue from one that was made under its name later. */
  readonly createdAt: number;
}

/** The timer. */
export function measure(measured: Measured, context: Sqs): void {
  const queue = context.state.queues[measured.queue];
  if (queue?.createdAt !== measured.createdAt) return;
  const { visible, inFlight, delayed } = countsOf(queue, context.now);
  const oldest = queue.messages.reduce((first, { sentAt }) => Math.min(first, sentAt), context.now);
  const datum = (MetricName: string, Value: number, Unit: 'Count' | 'Seconds'): MetricDatum => {
    return { MetricName, Dimensions: [{ Name: 'QueueName', Value: queue.name }], Value, Unit };
  };
  publishServiceMetrics(context, 'AWS/SQS', [
    datum('ApproximateNumberOfMessagesVisible', visible, 'Count'),
    datum('ApproximateNumberOfMessagesNotVisible', inFlight, 'Count'),
    datum('ApproximateNumberOfMessagesDelayed', delayed, 'Count'),
    datum('ApproximateAgeOfOldestMessage', Math.floor((context.now - oldest) / 1000), 'Seconds'),
  ]);
  context.schedule('measure', 60_000, measured);
}
