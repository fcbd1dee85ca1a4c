/** One row of infra/wiring.ts as an EventBridge rule: a pattern from events/ and what it starts. */
import { Duration } from 'aws-cdk-lib';
import { type EventPattern, type IRuleTarget, Rule, type RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface EventRouteProps {
  readonly description: string;
  /** The pattern as EventBridge reads it ('detail-type', not detailType), as events/<kind>.ts exports it. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly target: IFunction | IStateMachine;
  readonly input?: RuleTargetInput;
}

export class EventRoute extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: EventRouteProps) {
    super(scope, id);
    const { 'detail-type': detailType, ...rest } = props.pattern;
    this.rule = new Rule(this, 'Rule', {
      description: props.description,
      eventPattern: { ...rest, detailType } as EventPattern,
      targets: [targetOf(props.target, props.input)],
    });
  }
}

function targetOf(target: IFunction | IStateMachine, input: RuleTargetInput | undefined): IRuleTarget {
  const options = { event: input, maxEventAge: Duration.hours(1), retryAttempts: 20 };
  return 'functionArn' in target
    ? new LambdaFunction(target, options)
    : new SfnStateMachine(target, { ...options, input });
}
