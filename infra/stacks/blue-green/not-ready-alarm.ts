/** Rings when the release that is kept for a rollback could not be gone back to for some minutes (blue-green/I19). */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Place } from '../region-failover/settings.ts';
import { RUNBOOK } from './settings.ts';

/** A machine that its group replaces is back within these. */
const MINUTES = 10;

export function notReadyAlarm(scope: Construct, { names }: Place, topic: ITopic): void {
  const alarm = new Alarm(scope, 'RollbackNotReady', {
    alarmName: `${names.prefix}-rollback-not-ready`,
    alarmDescription: `the release that is kept could not be gone back to for ${MINUTES} minutes. Runbook: ${RUNBOOK}`,
    metric: new Metric({
      namespace: 'Mainstay',
      metricName: 'RollbackReady',
      dimensionsMap: { service: 'blue-green', application: names.prefix },
      period: Duration.minutes(1),
      statistic: 'Maximum',
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: MINUTES,
    datapointsToAlarm: MINUTES,
    // Nothing is measured while nothing is kept.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(topic));
}
