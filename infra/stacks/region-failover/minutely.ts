/** A function that EventBridge Scheduler starts each minute, and is told which minute was due. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { ScheduleRow } from '../../wiring.ts';

export class Minutely extends Construct {
  constructor(scope: Construct, id: string, row: ScheduleRow, target: IFunction) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ sid: 'Start', actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }),
    );
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: `${row.slug}: ${row.because}`,
      scheduleExpression: row.everyMinutes === 1 ? 'rate(1 minute)' : `rate(${row.everyMinutes} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ scheduledAt: '<aws.scheduler.scheduled-time>' }),
        // The next minute is as good as a repetition.
        retryPolicy: { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 },
      },
    });
    // The first start must find its right to invoke.
    schedule.node.addDependency(role);
  }
}
