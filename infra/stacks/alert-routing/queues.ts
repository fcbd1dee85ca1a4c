/** The queues of alert routing: alerts on their way in, the clock's messages, and what none of them could handle. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Twice what a function may take, so that nothing comes back while it is worked on. */
const VISIBILITY = Duration.seconds(60);

export interface QueuesProps {
  readonly prefix: string;
  /** Who reads mail. */
  readonly lastResort: ITopic;
  /** Whose telephone rings. */
  readonly phones: ITopic;
}

export class Queues extends Construct {
  readonly events: Queue;
  readonly work: Queue;
  /** Incidents whose escalation began or ended. */
  readonly escalations: Queue;
  /** That a signal came which a remediation looks for. */
  readonly remedies: Queue;
  readonly dead: Queue;

  /** Both topics are told by CloudWatch itself, so that nothing of the router is on the way; it only notes what they said. */
  constructor(scope: Construct, id: string, { prefix, lastResort, phones }: QueuesProps) {
    super(scope, id);
    const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.dead = new Queue(this, 'Dead', { ...common, retentionPeriod: Duration.days(14) });
    // A store that is away for ten minutes gives nothing up.
    const givenUp = (maxReceiveCount: number) => ({ queue: this.dead, maxReceiveCount });
    const waiting = { ...common, visibilityTimeout: VISIBILITY };
    this.events = new Queue(this, 'Events', {
      ...waiting,
      retentionPeriod: Duration.days(4),
      deadLetterQueue: givenUp(10),
    });
    const timely = { ...waiting, retentionPeriod: Duration.hours(1), deadLetterQueue: givenUp(10) };
    this.work = new Queue(this, 'Work', timely);
    this.escalations = new Queue(this, 'Escalations', timely);
    this.remedies = new Queue(this, 'Remedies', timely);
    const alarm = (name: string, metric: Metric, threshold: number, because: string, tells: ITopic[]): void => {
      new Alarm(this, name, {
        alarmName: `${prefix}-alert-${name.replaceAll(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`).slice(1)}`,
        alarmDescription: `${because}. Runbook: docs/runbooks/alert-routing.md`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(...tells.map((topic) => new SnsAction(topic)));
    };
    const minute = { period: Duration.minutes(1), statistic: 'Maximum' };
    const depth = this.dead.metricApproximateNumberOfMessagesVisible(minute);
    const dead = 'an alert or a timer could not be handled and waits in the dead-letter queue';
    alarm('DeadLetters', depth, 1, dead, [lastResort, phones]);
    const age = this.events.metricApproximateAgeOfOldestMessage(minute);
    alarm('IntakeAge', age, 120, 'alerts wait for minutes before they are taken in', [lastResort]);
  }
}
