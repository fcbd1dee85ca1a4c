/** EventBridge, one region at a time: buses, rules, deliveries. Registered in simulator/services/index.ts. */
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import { type Access, type Context, defineService } from '../service.ts';
import { deliver } from './bus.ts';
import { busOperations, newBus } from './buses.ts';
import { busNameOf, putEvents } from './put-events.ts';
import { ruleOperations } from './rules.ts';
import { tick } from './scheduled-rules.ts';
import type { EventBridgeState } from './state.ts';

type Eb = Context<EventBridgeState>;

function busAccess(name: string | undefined, context: Eb): Access {
  return { resources: [`arn:aws:events:${context.region}:${context.account}:event-bus/${busNameOf(name)}`] };
}

function ruleAccess(input: { Name?: string; Rule?: string; EventBusName?: string }, context: Eb): Access {
  const bus = busNameOf(input.EventBusName);
  const name = input.Name ?? input.Rule ?? '';
  const path = bus === 'default' ? name : `${bus}/${name}`;
  return { resources: [`arn:aws:events:${context.region}:${context.account}:rule/${path}`] };
}

const onRule = (input: object, context: Eb): Access => ruleAccess(input as Parameters<typeof ruleAccess>[0], context);

export const eventBridge = defineService<EventBridge, EventBridgeState>({
  name: 'events',
  initialState: (region, account) => ({ buses: { default: newBus('default', region, account) }, dropped: [] }),
  operations: { ...ruleOperations, ...busOperations, PutEvents: putEvents },
  access: {
    PutEvents: (input, context) =>
      (input.Entries ?? []).map((entry) => ({
        ...busAccess(entry.EventBusName, context),
        conditions: { 'events:source': entry.Source ?? '', 'events:detail-type': entry.DetailType ?? '' },
      })),
    PutRule: onRule,
    DescribeRule: onRule,
    EnableRule: onRule,
    DisableRule: onRule,
    DeleteRule: onRule,
    PutTargets: onRule,
    RemoveTargets: onRule,
    ListTargetsByRule: onRule,
    CreateEventBus: (input, context) => busAccess(input.Name, context),
    DescribeEventBus: (input, context) => busAccess(input.Name, context),
    DeleteEventBus: (input, context) => busAccess(input.Name, context),
  },
  timers: { deliver, tick },
});
