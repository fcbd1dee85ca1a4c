/** Scheduled actions: sizes that a group gets at a time, once or by a cron expression in UTC. */
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { nextCron, parseCron } from '../../eventbridge/cron.ts';
import type { Context } from '../../service.ts';
import { at, reconcile } from './lifecycle.ts';
import { type AutoScalingState, groupNamed } from './state.ts';

type AutoScalingContext = Context<AutoScalingState>;
type AutoScaling = Clients['autoscaling'];

export interface ScheduledAction {
  readonly name: string;
  readonly arn: string;
  readonly groupName: string;
  readonly definition: Input<AutoScaling, 'PutScheduledUpdateGroupAction'>;
  timerId: number;
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

export function actionsOf({ state }: AutoScalingContext): Record<string, ScheduledAction> {
  state.scheduled ??= {};
  return state.scheduled;
}

const keyOf = (group: string, name: string): string => `${group}/${name}`;

/** Makes an action or replaces the one of this name. @throws AwsError ValidationError */
export function putScheduledUpdateGroupAction(
  input: Input<AutoScaling, 'PutScheduledUpdateGroupAction'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'PutScheduledUpdateGroupAction'> {
  const { name: groupName } = groupNamed(context.state, input.AutoScalingGroupName);
  const name = input.ScheduledActionName ?? '';
  const { MinSize, MaxSize, DesiredCapacity, TimeZone = 'Etc/UTC' } = input;
  if (TimeZone !== 'Etc/UTC')
    throw new NotModelled(`autoscaling: a scheduled action's time zone ${TimeZone} is not modelled`);
  if ([MinSize, MaxSize, DesiredCapacity].every((size) => size === undefined)) {
    throw invalid('At least one of MinSize, MaxSize and DesiredCapacity must be given');
  }
  const key = keyOf(groupName, name);
  const known = actionsOf(context)[key];
  const { region, account, random } = context;
  const arn =
    known?.arn ??
    `arn:aws:autoscaling:${region}:${account}:scheduledUpdateGroupAction:${random.uuid()}:autoScalingGroupName/${groupName}:scheduledActionName/${name}`;
  const due = nextDue(input, context.now);
  if (due === undefined) throw invalid('Given start time is in the past');
  if (known) context.cancel(known.timerId);
  const timerId = context.schedule('scheduledAction', due - context.now, { key });
  actionsOf(context)[key] = { name, arn, groupName, definition: input, timerId };
  return {};
}

/** The first time after `now`; undefined when there is none. */
function nextDue(definition: ScheduledAction['definition'], now: number): number | undefined {
  const from = definition.StartTime?.getTime() ?? definition.Time?.getTime();
  const until = definition.EndTime?.getTime() ?? Number.POSITIVE_INFINITY;
  const { Recurrence: recurrence } = definition;
  if (recurrence === undefined) return from !== undefined && from > now ? from : undefined;
  const next = nextCron(cronOf(recurrence), Math.max(now, (from ?? 0) - 1), 'UTC');
  return next !== undefined && next <= until ? next : undefined;
}

/** Five fields as in Unix become EventBridge's six: days of the week count from 1 there, and one kind of day is '?'. */
function cronOf(text: string) {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) throw invalid(`Recurrence '${text}' must have 5 fields`);
  const [minute, hour, day = '*', month, weekday = '*'] = fields;
  const weekdays = weekday.replace(/\d/g, (digit) => String((Number(digit) % 7) + 1));
  const days = weekday === '*' ? `${day} ${month} ?` : `${day === '*' ? '?' : day} ${month} ${weekdays}`;
  try {
    return parseCron(`${minute} ${hour} ${days} *`);
  } catch (cause) {
    throw new AwsError('ValidationError', `Recurrence '${text}' is not a cron expression`, { cause });
  }
}

/** Timer: the action's time has come. A suspended group lets it pass. */
export function scheduledAction({ key }: { key: string }, context: AutoScalingContext): void {
  const action = actionsOf(context)[key];
  const group = action && context.state.groups[action.groupName];
  if (!action || !group) {
    delete actionsOf(context)[key];
    return;
  }
  const { definition } = action;
  const next = definition.Recurrence === undefined ? undefined : nextDue(definition, context.now);
  if (next === undefined) delete actionsOf(context)[key];
  else action.timerId = context.schedule('scheduledAction', next - context.now, { key });
  if (group.suspended.ScheduledActions !== undefined) {
    context.trace('schedule.suspended', { group: group.name, action: action.name });
    return;
  }
  group.minSize = definition.MinSize ?? group.minSize;
  group.maxSize = definition.MaxSize ?? group.maxSize;
  const wanted = definition.DesiredCapacity ?? group.desiredCapacity;
  group.desiredCapacity = Math.min(Math.max(wanted, group.minSize), group.maxSize);
  context.trace('schedule.scaled', { group: group.name, action: action.name, to: group.desiredCapacity });
  reconcile(context, group, `At ${at(context)} scheduled action ${action.name} was executed.`);
}

/** @throws AwsError ValidationError */
export function deleteScheduledAction(
  input: Input<AutoScaling, 'DeleteScheduledAction'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'DeleteScheduledAction'> {
  const key = keyOf(input.AutoScalingGroupName ?? '', input.ScheduledActionName ?? '');
  const action = actionsOf(context)[key];
  if (!action)
    throw invalid(`Scheduled action name not found - Scheduled action ${input.ScheduledActionName} not found`);
  context.cancel(action.timerId);
  delete actionsOf(context)[key];
  return {};
}

export function describeScheduledActions(
  input: Input<AutoScaling, 'DescribeScheduledActions'>,
  context: AutoScalingContext,
): Output<AutoScaling, 'DescribeScheduledActions'> {
  const { AutoScalingGroupName: group, ScheduledActionNames: names } = input;
  const chosen = Object.values(actionsOf(context)).filter(
    (action) => (group === undefined || action.groupName === group) && (!names?.length || names.includes(action.name)),
  );
  return {
    ScheduledUpdateGroupActions: chosen.map(({ name, arn, groupName, definition }) => ({
      ...definition,
      ScheduledActionName: name,
      ScheduledActionARN: arn,
      AutoScalingGroupName: groupName,
    })),
  };
}
