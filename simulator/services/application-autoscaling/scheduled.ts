/** Scheduled actions: bounds that a target gets at a time, once ('at') or by a cron expression in UTC. */
import type { ScheduledAction as AwsAction, PutScheduledActionRequest } from '@aws-sdk/client-application-auto-scaling';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { nextCron, parseCron } from '../../eventbridge/cron.ts';
import type { Operations } from '../../service.ts';
import { scaleWithin } from './scaling.ts';
import { type ScalableTarget, type ScalingContext, type ScalingState, targetOf } from './state.ts';

export interface ScheduledAction {
  readonly name: string;
  readonly arn: string;
  readonly resourceId: string;
  readonly definition: PutScheduledActionRequest;
  readonly createdAt: number;
  timerId: number;
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

export function actionsOf({ state }: Pick<ScalingContext, 'state'>): Record<string, ScheduledAction> {
  state.scheduled ??= {};
  return state.scheduled;
}

const keyOf = (resourceId: string, name: string): string => `${resourceId}|${name}`;

/** The first time after `now`; undefined when there is none. */
function nextDue({ Schedule = '', StartTime, EndTime, Timezone = 'UTC' }: PutScheduledActionRequest, now: number) {
  if (Timezone !== 'UTC')
    throw new NotModelled(`application-autoscaling: a scheduled action's time zone ${Timezone} is not modelled`);
  const [, kind, text = ''] = /^(at|cron)\((.+)\)$/.exec(Schedule) ?? [];
  if (kind === undefined)
    throw new NotModelled(`application-autoscaling: the schedule '${Schedule}' is not modelled; use at(…) or cron(…)`);
  if (kind === 'at') {
    const at = Date.parse(`${text}Z`);
    if (Number.isNaN(at)) throw invalid(`Invalid schedule expression: ${Schedule}`);
    return at > now ? at : undefined;
  }
  const next = nextCron(cronOf(Schedule, text), Math.max(now, (StartTime?.getTime() ?? 0) - 1), 'UTC');
  return next !== undefined && next <= (EndTime?.getTime() ?? Number.POSITIVE_INFINITY) ? next : undefined;
}

function cronOf(schedule: string, text: string) {
  try {
    return parseCron(text);
  } catch (cause) {
    throw new AwsError('ValidationException', `Invalid schedule expression: ${schedule}`, { cause });
  }
}

/** An action's time: its bounds hold from then on, and the service is brought within them. A suspended target lets it pass. */
export async function scheduledAction({ key }: { key: string }, context: ScalingContext): Promise<void> {
  const action = actionsOf(context)[key];
  const target = action && context.state.targets[action.resourceId];
  if (!action || !target) {
    delete actionsOf(context)[key];
    return;
  }
  const { definition, name, resourceId } = action;
  const next = definition.Schedule?.startsWith('cron') ? nextDue(definition, context.now) : undefined;
  if (next === undefined) delete actionsOf(context)[key];
  else action.timerId = context.schedule('scheduledAction', next - context.now, { key });
  if (target.suspended.ScheduledScalingSuspended) {
    context.trace('schedule.suspended', { resourceId, action: name });
    return;
  }
  const { MinCapacity, MaxCapacity } = definition.ScalableTargetAction ?? {};
  target.minCapacity = MinCapacity ?? target.minCapacity;
  target.maxCapacity = MaxCapacity ?? target.maxCapacity;
  await scaleWithin(context, target, { schedule: name });
}

/** Its actions go with a target. */
export function forgetActions(context: ScalingContext, { resourceId }: ScalableTarget): void {
  for (const [key, action] of Object.entries(actionsOf(context))) {
    if (action.resourceId !== resourceId) continue;
    context.cancel(action.timerId);
    delete actionsOf(context)[key];
  }
}

export const scheduledOperations: Pick<
  Operations<Clients['application-autoscaling'], ScalingState>,
  'PutScheduledAction' | 'DeleteScheduledAction' | 'DescribeScheduledActions'
> = {
  /** Makes an action or replaces the one of this name. @throws AwsError ObjectNotFoundException, ValidationException */
  PutScheduledAction(input, context) {
    const { resourceId } = targetOf(context, input.ResourceId);
    const { ScheduledActionName: name = '', ScalableTargetAction: bounds } = input;
    if (bounds?.MinCapacity === undefined && bounds?.MaxCapacity === undefined) {
      throw invalid('ScalableTargetAction with a MinCapacity or a MaxCapacity is required');
    }
    const due = nextDue(input, context.now);
    if (due === undefined) throw invalid(`The schedule ${input.Schedule} is in the past`);
    const key = keyOf(resourceId, name);
    const known = actionsOf(context)[key];
    if (known) context.cancel(known.timerId);
    const { region, account, random, now } = context;
    const arn =
      known?.arn ??
      `arn:aws:autoscaling:${region}:${account}:scheduledAction:${random.uuid()}:resource/ecs/${resourceId}:scheduledActionName/${name}`;
    const timerId = context.schedule('scheduledAction', due - now, { key });
    actionsOf(context)[key] = { name, arn, resourceId, definition: input, createdAt: known?.createdAt ?? now, timerId };
    return {};
  },

  /** @throws AwsError ObjectNotFoundException */
  DeleteScheduledAction(input, context) {
    const key = keyOf(input.ResourceId ?? '', input.ScheduledActionName ?? '');
    const action = actionsOf(context)[key];
    if (!action)
      throw new AwsError('ObjectNotFoundException', `No scheduled action found: ${input.ScheduledActionName}`);
    context.cancel(action.timerId);
    delete actionsOf(context)[key];
    return {};
  },

  DescribeScheduledActions(input, context) {
    const chosen = Object.values(actionsOf(context)).filter(
      ({ resourceId, name }) =>
        (input.ResourceId ?? resourceId) === resourceId &&
        (!input.ScheduledActionNames?.length || input.ScheduledActionNames.includes(name)),
    );
    return { ScheduledActions: chosen.map(describe) };
  },
};

const describe = ({ name, arn, resourceId, definition, createdAt }: ScheduledAction): AwsAction => ({
  ScheduledActionName: name,
  ScheduledActionARN: arn,
  ServiceNamespace: 'ecs',
  ResourceId: resourceId,
  ScalableDimension: 'ecs:service:DesiredCount',
  Schedule: definition.Schedule,
  Timezone: definition.Timezone,
  StartTime: definition.StartTime,
  EndTime: definition.EndTime,
  ScalableTargetAction: definition.ScalableTargetAction,
  CreationTime: new Date(createdAt),
});
