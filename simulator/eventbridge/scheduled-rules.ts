/** Rules with a rate or cron expression: each due time sends a 'Scheduled Event' to the rule's targets. Timer 'tick'. */
import type { Context } from '../service.ts';
import { dispatch } from './bus.ts';
import { nextDue, parseScheduleExpression } from './schedule-expression.ts';
import { type EventBridgeState, isoSeconds, type Rule } from './state.ts';

export interface Tick {
  readonly busName: string;
  readonly ruleName: string;
  /** The due time itself; the tick comes up to a minute later. */
  readonly dueAt: number;
}

/** "The finest resolution is one minute … runs within that minute" (EventBridge user guide, "Scheduled rules"). */
const PRECISION_MS = 60_000;

/** Puts the next tick in place of the old one; takes it away when the rule is disabled or not scheduled. */
export function arm(rule: Rule, context: Context<EventBridgeState>, afterMs = context.now): void {
  if (rule.timerId !== undefined) context.cancel(rule.timerId);
  delete rule.timerId;
  if (rule.state !== 'ENABLED' || rule.scheduleExpression === undefined) return;
  const expression = parseScheduleExpression(rule.scheduleExpression, { strictUnits: true, at: false });
  const dueAt = nextDue(expression, { afterMs, anchorMs: rule.anchorMs, zone: 'UTC' });
  if (dueAt === undefined) return;
  const tick: Tick = { busName: rule.busName, ruleName: rule.name, dueAt };
  rule.timerId = context.schedule('tick', dueAt + context.random.uniform(0, PRECISION_MS) - context.now, tick);
}

/** The timer 'tick'. Due times that passed while the region was dark are not made up for, but for the first. */
export function tick({ busName, ruleName, dueAt }: Tick, context: Context<EventBridgeState>): void {
  const rule = context.state.buses[busName]?.rules[ruleName];
  if (!rule) return;
  delete rule.timerId;
  dispatch(
    rule,
    {
      version: '0',
      id: context.random.uuid(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: context.account,
      time: isoSeconds(dueAt),
      region: context.region,
      resources: [rule.arn],
      detail: {},
    },
    context,
  );
  // The tick came late by up to a minute: the next one counts from the due time, not from now.
  arm(rule, context, Math.max(dueAt, context.now - PRECISION_MS));
}
