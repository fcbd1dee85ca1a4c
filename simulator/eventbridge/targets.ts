/** Which targets a rule can have here, and what calling each one means. Used by rules.ts and delivery.ts. */
import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError, NotModelled } from '../errors.ts';
import { assertTrusted } from '../iam/trust.ts';
import type { Caller, Context } from '../service.ts';
import { type Arn, parseArn } from './arn.ts';
import { FORWARDED, type ForwardedInput } from './put-events.ts';
import type { EventBridgeState, EventRecord } from './state.ts';
import { checkInput } from './transformer.ts';

export type TargetKind = 'lambda' | 'states' | 'sns' | 'sqs' | 'events';

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** Throws ValidationException for a target that AWS refuses, NotModelled for one that the simulator lacks. */
export function checkTarget(target: Target, ruleArn: string, { cloud, region }: Context<EventBridgeState>): void {
  const arn = parseArn(target.Arn ?? '');
  if (!arn) throw invalid(`Parameter ${target.Arn} is not valid. Reason: Provided Arn is not in correct format.`);
  const kind = kindOf(arn);
  if (!kind) throw new NotModelled(`events rule target '${target.Arn}' (${arn.service}) is not modelled`);
  if (target.SqsParameters) throw new NotModelled(`SqsParameters of target '${target.Id}' is not modelled`);
  checkDeadLetterQueue(target, region);
  if (kind !== 'events' && arn.region !== region) {
    throw invalid(`Parameter ${target.Arn} is not valid. Reason: Target must be in region ${region}.`);
  }
  if (kind === 'events' && (target.Input ?? target.InputPath ?? target.InputTransformer) !== undefined) {
    throw new NotModelled(`input of event bus target '${target.Id}' is not modelled: events are forwarded whole`);
  }
  // Guess for buses: the user guide asks for a role across regions; when AWS complains is not said.
  const roleNeeded = kind === 'states' || (kind === 'events' && arn.region !== region);
  if (roleNeeded && !target.RoleArn) throw invalid(`RoleArn is required for target ${target.Arn}.`);
  if (target.RoleArn) assertTrusted(cloud, target.RoleArn, 'events.amazonaws.com', ruleArn);
  try {
    checkInput(target);
  } catch (error) {
    if (error instanceof RangeError) throw new AwsError('ValidationException', error.message, { cause: error });
    throw error;
  }
  const retries = target.RetryPolicy?.MaximumRetryAttempts ?? 0;
  const age = target.RetryPolicy?.MaximumEventAgeInSeconds ?? 60;
  if (retries < 0 || retries > 185 || age < 60 || age > 86_400) throw invalid('RetryPolicy is not valid.');
}

function checkDeadLetterQueue({ DeadLetterConfig: config, Id }: Target, region: string): void {
  if (!config) return;
  const arn = parseArn(config.Arn ?? '');
  if (arn?.service !== 'sqs' || arn.region !== region) {
    throw invalid(`DeadLetterConfig of target ${Id}: ${config.Arn} is no queue in region ${region}.`);
  }
}

/** The queue's own policy decides, as it names the rule. */
export async function sendToQueue(
  arn: string,
  body: string,
  caller: Caller,
  context: Context<EventBridgeState>,
  attributes: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { region, resource } = parseArn(arn)!;
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${context.account}/${resource}`;
  await context.call('sqs', 'SendMessage', { QueueUrl, MessageBody: body, MessageAttributes }, { caller, region });
}

function kindOf({ service, resource }: Arn): TargetKind | undefined {
  if (service === 'lambda' && resource.startsWith('function:')) return 'lambda';
  if (service === 'states' && resource.startsWith('stateMachine:')) return 'states';
  if (service === 'sns' || service === 'sqs') return service;
  if (service === 'events' && resource.startsWith('event-bus/')) return 'events';
  return undefined;
}

export interface Sending {
  readonly target: Target;
  readonly ruleArn: string;
  /** What the target receives, after Input, InputPath or InputTransformer. */
  readonly input: string;
  readonly event: EventRecord;
}

/** Calls the target once. Throws what the target's service throws. */
export async function send(sending: Sending, context: Context<EventBridgeState>): Promise<void> {
  const { target, ruleArn, input, event } = sending;
  const arn = parseArn(target.Arn ?? '')!;
  const asService: Caller = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: ruleArn };
  const caller: Caller = target.RoleArn ? { kind: 'role', arn: target.RoleArn, session: 'events' } : asService;
  switch (kindOf(arn)) {
    case 'lambda': {
      const Payload = new TextEncoder().encode(input);
      const request = { FunctionName: target.Arn, InvocationType: 'Event', Payload } as const;
      // Lambda's own policy decides, as the function's permission names the rule.
      await context.call('lambda', 'Invoke', request, { caller: asService });
      return;
    }
    case 'states':
      await context.call('states', 'StartExecution', { stateMachineArn: target.Arn, input }, { caller });
      return;
    case 'sns':
      await context.call('sns', 'Publish', { TopicArn: target.Arn, Message: input }, { caller });
      return;
    case 'sqs':
      await sendToQueue(target.Arn ?? '', input, caller, context);
      return;
    case 'events': {
      const request: ForwardedInput = {
        Entries: [
          {
            EventBusName: target.Arn,
            Source: event.source,
            DetailType: event['detail-type'],
            Detail: JSON.stringify(event.detail),
          },
        ],
        [FORWARDED]: event,
      };
      await context.call('events', 'PutEvents', request, { caller, region: arn.region });
      return;
    }
    default:
      throw new NotModelled(`events rule target '${target.Arn}' is not modelled`);
  }
}
