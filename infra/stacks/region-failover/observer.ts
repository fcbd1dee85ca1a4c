/** The observer of one region: the function that probes and votes, and its schedule. In all three regions. */
import { Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { TaskFunction } from '../../constructs/task-function.ts';
import { schedules } from '../../wiring.ts';
import { Minutely } from './minutely.ts';
import { give } from './rights.ts';

export interface ObserverProps {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly rights: readonly PolicyStatement[];
  readonly bundles?: string;
}

export class Observer extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ObserverProps) {
    super(scope, id);
    const task = new TaskFunction(this, 'Observe', {
      slug: 'region-failover',
      handler: 'observe',
      config: props.settings,
      bundles: props.bundles,
      // A run lasts two minutes; the rest is for its last slot.
      timeout: Duration.seconds(150),
    });
    this.function = task.function;
    give(this.function, props.rights);
    for (const row of schedules) {
      if (row.starts.function === 'observe') new Minutely(this, 'Schedule', row, this.function);
    }
  }
}
