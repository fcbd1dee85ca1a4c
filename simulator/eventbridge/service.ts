/** EventBridge, one region at a time: buses, rules, deliveries. Registered in simulator/services/index.ts. */
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import { passRole } from '../iam/pass-role.ts';
import { type Access, type Context, defineService } from '../service.ts';
import { deliver } from './bus.ts';
import { busOperations, busPolicy, newBus } from './buses.ts';
import { busNameOf, FORWARDED, putEvents } from './put-events.ts';
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
        conditions: {
          'events:source': entry.Source ?? '',
          'events:detail-type': entry.DetailType ?? '',
          'events:eventBusInvocation': String(FORWARDED in input),
        },
      })),
    PutRule: onRule,
    DescribeRule: onRule,
    EnableRule: onRule,
    DisableRule: onRule,
    DeleteRule: onRule,
    PutTargets: (input, context) => [
      onRule(input, context),
      ...(input.Targets ?? []).flatMap(({ RoleArn: role }) =>
        role === undefined ? [] : [passRole(role, 'events.amazonaws.com')],
      ),
    ],
    RemoveTargets: onRule,
    ListTargetsByRule: onRule,
    PutPermission: (input, context) => busAccess(input.EventBusName, context),
    RemovePermission: (input, context) => busAccess(input.EventBusName, context),
    CreateEventBus: (input, context) => busAccess(input.Name, context),
    DescribeEventBus: (input, context) => busAccess(input.Name, context),
    DeleteEventBus: (input, context) => busAccess(input.Name, context),
  },
  /** Guess: rules and other resources than buses have no policy, so no AWS service may change them in its own name. */
  resourcePolicy(arn, context) {
    const bus = Object.values(context.state.buses).find((each) => each.arn === arn);
    if (bus === undefined) return arn.includes(':event-bus/') ? undefined : { documents: [] };
    const policy = busPolicy(bus);
    return { documents: policy === undefined ? [] : [policy] };
  },
  timers: { deliver, tick },
});
