/**
 * What Step Functions tells CloudWatch of executions, in namespace AWS/States. Asked by service.ts at each status change.
 * Source: Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch", execution metrics.
 */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { ExecutionStatus } from './model.ts';

export const NAMESPACE = 'AWS/States';

const COUNTED: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  ABORTED: 'ExecutionsAborted',
  TIMED_OUT: 'ExecutionsTimedOut',
};

/** The part of a status change's detail that the metrics are made from. */
export interface StatusDetail {
  readonly stateMachineArn: string;
  readonly status: ExecutionStatus;
  readonly startDate: number;
  readonly stopDate: number | null;
}

/** One count of the new status, and at the end the time that the execution took. */
export function executionMetrics({ stateMachineArn, status, startDate, stopDate }: StatusDetail): MetricDatum[] {
  const Dimensions = [{ Name: 'StateMachineArn', Value: stateMachineArn }];
  const count: MetricDatum = { MetricName: COUNTED[status], Dimensions, Value: 1, Unit: 'Count' };
  if (stopDate === null) return [count];
  return [count, { MetricName: 'ExecutionTime', Dimensions, Value: stopDate - startDate, Unit: 'Milliseconds' }];
}
