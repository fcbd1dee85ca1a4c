/** The alarm that declares the other region failing, and the alarms on Mainstay's own machines. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Place } from './settings.ts';

/** Of the observer's slots, and the shortest that CloudWatch evaluates every ten seconds. */
const PERIOD_SECONDS = 10;

/** Lives in the region that would be activated: an alarm in the failing one might never ring. */
export function regionFailingAlarm(scope: Construct, id: string, place: Place, failing: string, topic: ITopic): Alarm {
  const { configuration, names, region } = place;
  const periods = Math.ceil(configuration.recovery.dwellSeconds / PERIOD_SECONDS);
  const alarm = new Alarm(scope, id, {
    alarmName: `${names.prefix}-region-failing-${failing}`,
    alarmDescription: `${failing} does not answer, seen from ${region}. Runbook: docs/runbooks/region-failover.md`,
    metric: new Metric({
      namespace: 'Mainstay',
      metricName: 'RegionFailing',
      dimensionsMap: { service: 'region-failover', application: names.prefix, region: failing },
      period: Duration.seconds(PERIOD_SECONDS),
      // Two runs of the observer may report one slot: a single healthy probe clears it.
      statistic: 'Minimum',
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
    // Silence is no vote: an observer that stopped must not declare a region failing.
    treatMissingData: TreatMissingData.MISSING,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}

/** Any end but success of a machine is for a person. `name` is the machine's own, by which alert routing knows whose it is. */
export function executionAlarm(
  scope: Construct,
  id: string,
  machine: StateMachine,
  topic: ITopic,
  { name: machineName, runbook }: { readonly name: string; readonly runbook: string },
): void {
  for (const [name, metric] of Object.entries({
    Failed: machine.metricFailed(),
    TimedOut: machine.metricTimedOut(),
    Aborted: machine.metricAborted(),
  })) {
    const alarm = new Alarm(scope, `${id}${name}`, {
      alarmName: `${machineName}-${name === 'TimedOut' ? 'timed-out' : name.toLowerCase()}`,
      alarmDescription: `a run of ${machine.node.path} ended ${name}. Runbook: ${runbook}`,
      metric: metric.with({ period: Duration.minutes(1), statistic: 'Sum' }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
  }
}
