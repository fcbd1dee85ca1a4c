/**
 * The way of an event through a bus: matched against every enabled rule at once, then one delivery per target, later.
 * Fed by PutEvents, by AWS services (`publishServiceEvent`) and by scheduled rules.
 */
import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError, NotModelled } from '../errors.ts';
import { deliveriesOf } from '../faults/deliveries.ts';
import type { Context } from '../service.ts';
import type { JsonValue } from './json.ts';
import { compilePattern, matches } from './pattern.ts';
import { backoffMs, isRetryable, retryLimits } from './retry.ts';
import { type EventBridgeState, type EventRecord, isoSeconds, type Rule } from './state.ts';
import { send, sendToQueue } from './targets.ts';
import { targetInput } from './transformer.ts';

/** One delivery to one target, on its way; data of the timer 'deliver'. */
export interface Delivery {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly target: Target;
  readonly event: EventRecord;
  /** When the bus took the event. */
  readonly acceptedAt: number;
  readonly attempt: number;
}

export interface ServiceEvent {
  /** 'aws.states' and so on. */
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources?: readonly string[];
}

const DROPPED_MAX = 1_000;

/**
 * An AWS service's own event, put on the default bus of the service's region. Best effort on AWS; here it always reaches
 * the bus. In a cloud without EventBridge it is only noted in the trace.
 */
export function publishServiceEvent<State>(context: Context<State>, event: ServiceEvent): void {
  const service = context.cloud.services.get('events');
  if (!service) {
    context.trace('event.noBus', { source: event.source, detailType: event.detailType });
    return;
  }
  const principal = { kind: 'service', principal: 'events.amazonaws.com' } as const;
  const bus = context.cloud.context<EventBridgeState>(service, context.region, principal);
  const record: EventRecord = {
    version: '0',
    id: bus.random.uuid(),
    'detail-type': event.detailType,
    source: event.source,
    account: context.account,
    time: isoSeconds(context.now),
    region: context.region,
    resources: event.resources ?? [],
    detail: event.detail,
  };
  accept(record, 'default', bus);
}

/** Matches an event against the bus's rules. A bus that does not exist takes events and does nothing, as on AWS. */
export function accept(event: EventRecord, busName: string, context: Context<EventBridgeState>): void {
  const bus = context.state.buses[busName];
  const matching = Object.values(bus?.rules ?? {}).filter(
    (rule) =>
      rule.state === 'ENABLED' &&
      rule.eventPattern !== undefined &&
      matches(compilePattern(rule.eventPattern), event as unknown as JsonValue),
  );
  context.trace('event', {
    id: event.id,
    bus: busName,
    source: event.source,
    detailType: event['detail-type'],
    rules: matching.map((rule) => rule.name),
  });
  for (const rule of matching) dispatch(rule, event, context);
}

/** Starts a delivery to each of the rule's targets; faults lose, double and delay it. */
export function dispatch(rule: Rule, event: EventRecord, context: Context<EventBridgeState>): void {
  for (const target of Object.values(rule.targets)) {
    const delivery: Delivery = {
      ruleArn: rule.arn,
      ruleName: rule.name,
      target,
      event,
      acceptedAt: context.now,
      attempt: 0,
    };
    const usualMs = latencyMs(context);
    const { source, 'detail-type': detailType } = event;
    const about = { channel: 'rule', region: context.region, source, detailType, name: rule.name } as const;
    for (const lateMs of deliveriesOf(context.cloud, { ...about, target: target.Arn ?? '' })) {
      context.schedule('deliver', usualMs + lateMs, delivery);
    }
  }
}

/**
 * From taking an event to calling its target. AWS: "typically about half a second" (EventBridge FAQ). Guess: triangular
 * 0.1–0.5–2 s.
 */
const latencyMs = (context: Context<EventBridgeState>): number => context.random.triangular(100, 500, 2_000);

/** One attempt; the timer 'deliver'. */
export async function deliver(delivery: Delivery, context: Context<EventBridgeState>): Promise<void> {
  const { target, event, ruleArn, ruleName, acceptedAt } = delivery;
  const input = targetInput(target, event, { ruleArn, ruleName, ingestionTime: isoSeconds(acceptedAt) });
  try {
    await send({ target, ruleArn, input, event }, context);
  } catch (error) {
    if (error instanceof NotModelled) throw error;
    await retry(delivery, error as Error, context);
  }
}

async function retry(delivery: Delivery, error: Error, context: Context<EventBridgeState>): Promise<void> {
  const limits = retryLimits(delivery.target.RetryPolicy);
  const attempt = delivery.attempt + 1;
  const pauseMs = backoffMs(delivery.attempt, context.random);
  const inTime = context.now + pauseMs - delivery.acceptedAt <= limits.ageMsMax;
  if (isRetryable(error) && attempt <= limits.attemptsMax && inTime) {
    context.schedule('deliver', pauseMs, { ...delivery, attempt });
    return;
  }
  const { dropped } = context.state;
  dropped.push({
    t: context.now,
    ruleArn: delivery.ruleArn,
    targetArn: delivery.target.Arn ?? '',
    eventId: delivery.event.id,
    attempts: attempt,
    reason: error.message,
  });
  if (dropped.length > DROPPED_MAX) dropped.shift();
  context.trace('event.dropped', dropped.at(-1));
  const queue = delivery.target.DeadLetterConfig?.Arn;
  if (queue !== undefined) await keepAsDeadLetter(queue, delivery, { attempt, error }, context);
}

/** EventBridge User Guide, "Using dead-letter queues to process undelivered events": the attributes of such a message. */
async function keepAsDeadLetter(
  queue: string,
  { ruleArn, target, event }: Delivery,
  { attempt, error }: { readonly attempt: number; readonly error: Error },
  context: Context<EventBridgeState>,
): Promise<void> {
  const caller = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: ruleArn } as const;
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: target.Arn ?? '',
    ERROR_CODE: error instanceof AwsError ? error.code : 'SDK_CLIENT_ERROR',
    ERROR_MESSAGE: error.message,
    EXHAUSTED_RETRY_CONDITION: isRetryable(error) ? 'MaximumRetryAttempts' : 'None',
    RETRY_ATTEMPTS: String(attempt - 1),
  };
  try {
    await sendToQueue(queue, JSON.stringify(event), caller, context, attributes);
  } catch (cause) {
    if (cause instanceof NotModelled) throw cause;
    context.trace('deadLetter.dropped', { queue, eventId: event.id, message: (cause as Error).message });
  }
}
