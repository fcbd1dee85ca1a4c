/** One row of infra/wiring.ts as an EventBridge rule: a pattern from events/ and what it starts. */
import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface EventRouteProps {
  readonly description: string;
  /** The pattern as EventBridge reads it ('detail-type', not detailType), as events/<kind>.ts exports it. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly target: IFunction;
}

export class EventRoute extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: EventRouteProps) {
    super(scope, id);
    const { 'detail-type': detailType, ...rest } = props.pattern;
    this.rule = new Rule(this, 'Rule', {
      description: props.description,
      eventPattern: { ...rest, detailType } as EventPattern,
      targets: [new LambdaFunction(props.target, { maxEventAge: Duration.hours(1), retryAttempts: 20 })],
    });
  }
}
