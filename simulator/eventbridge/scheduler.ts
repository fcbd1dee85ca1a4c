/**
 * EventBridge Scheduler: one-time and recurring schedules with time zones, windows and retries. An invocation comes at a
 * seeded moment of the minute after it is due. Registered in simulator/services/index.ts.
 */
import type {
  CreateScheduleCommandInput,
  GetScheduleCommandOutput,
  Scheduler,
  ScheduleSummary,
  UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { AwsError, NotModelled } from '../errors.ts';
import { deliveriesOf } from '../faults/deliveries.ts';
import { passRole } from '../iam/pass-role.ts';
import { type Access, type Context, defineService } from '../service.ts';
import { nextDue, parseScheduleExpression, type ScheduleExpression } from './schedule-expression.ts';
import {
  checkScheduleTarget,
  type Invocation,
  invoke,
  type Occurrence,
  type Schedule,
  type SchedulerState,
} from './scheduler-invocation.ts';
import { isTimeZone } from './time-zone.ts';

type Sch = Context<SchedulerState>;

/** "Scheduler invokes your target within 60 seconds of the scheduled time" (user guide, "Time precision"). */
const PRECISION_MS = 60_000;

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

function keyOf(input: { Name?: string | undefined; GroupName?: string | undefined }): string {
  const group = input.GroupName ?? 'default';
  if (group !== 'default') throw new NotModelled(`schedule group '${group}' is not modelled: only 'default' is`);
  return input.Name ?? '';
}

/** Throws ResourceNotFoundException. */
function find(input: { Name?: string | undefined; GroupName?: string | undefined }, context: Sch): Schedule {
  const schedule = context.state.schedules[keyOf(input)];
  if (!schedule) throw new AwsError('ResourceNotFoundException', `Schedule ${input.Name} does not exist.`);
  return schedule;
}

function read(expression: string | undefined): ScheduleExpression {
  try {
    return parseScheduleExpression(expression ?? '', { strictUnits: false, at: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AwsError('ValidationException', `Invalid Schedule Expression ${expression}.`, { cause: error });
  }
}

/** Checks the request and builds the record. Throws ValidationException, NotModelled. */
function build(
  input: CreateScheduleCommandInput | UpdateScheduleCommandInput,
  createdAt: number,
  context: Sch,
): Schedule {
  const name = keyOf(input);
  if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(name)) throw invalid(`Schedule name '${name}' is not valid.`);
  const zone = input.ScheduleExpressionTimezone ?? 'UTC';
  if (!isTimeZone(zone)) throw invalid(`The ScheduleExpressionTimezone is not valid: ${zone}.`);
  read(input.ScheduleExpression);
  const window = input.FlexibleTimeWindow;
  const windowMinutes = window?.Mode === 'FLEXIBLE' ? window.MaximumWindowInMinutes : 0;
  if (windowMinutes === undefined || windowMinutes < 0 || windowMinutes > 1440 || !window?.Mode) {
    throw invalid('FlexibleTimeWindow is not valid.');
  }
  if (!input.Target) throw invalid('Target must be specified.');
  checkScheduleTarget(input.Target, context);
  return {
    name,
    arn: `arn:aws:scheduler:${context.region}:${context.account}:schedule/default/${name}`,
    expression: input.ScheduleExpression ?? '',
    zone,
    windowMinutes,
    state: input.State ?? 'ENABLED',
    target: input.Target,
    createdAt,
    modifiedAt: context.now,
    deleteAfterCompletion: input.ActionAfterCompletion === 'DELETE',
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.StartDate ? { startAt: input.StartDate.getTime() } : {}),
    ...(input.EndDate ? { endAt: input.EndDate.getTime() } : {}),
  };
}

/** Sets the timer of the next occurrence. Without one, a schedule that deletes itself goes. */
function arm(schedule: Schedule, context: Sch, afterMs: number): void {
  if (schedule.timerId !== undefined) context.cancel(schedule.timerId);
  delete schedule.timerId;
  if (schedule.state !== 'ENABLED') return;
  const startAt = schedule.startAt ?? schedule.modifiedAt;
  const dueAt = nextDue(read(schedule.expression), {
    afterMs: Math.max(afterMs, schedule.startAt === undefined ? afterMs : startAt - 1),
    anchorMs: startAt,
    zone: schedule.zone,
    fromAnchor: schedule.startAt !== undefined,
  });
  if (dueAt === undefined || (schedule.endAt !== undefined && dueAt > schedule.endAt)) {
    if (schedule.deleteAfterCompletion) delete context.state.schedules[schedule.name];
    return;
  }
  const spreadMs = PRECISION_MS + schedule.windowMinutes * 60_000;
  const afterNowMs = dueAt + context.random.uniform(0, spreadMs) - context.now;
  schedule.timerId = context.schedule('due', afterNowMs, { name: schedule.name, dueAt } satisfies Occurrence);
}

/**
 * The timer 'due': starts the invocation and sets the next one. Occurrences that passed while the region was dark are
 * not made up for, but for the one that was waiting. Guess: AWS does not say.
 */
function due({ name, dueAt }: Occurrence, context: Sch): Promise<void> | void {
  const schedule = context.state.schedules[name];
  if (!schedule) return;
  delete schedule.timerId;
  const { target, arn } = schedule;
  const invocation: Invocation = {
    name,
    arn,
    target,
    dueAt,
    startedAt: context.now,
    executionId: context.random.uuid(),
    attempt: 0,
  };
  const spreadMs = PRECISION_MS + schedule.windowMinutes * 60_000;
  arm(schedule, context, Math.max(dueAt, context.now - spreadMs));
  const { cloud, region } = context;
  const about = { channel: 'schedule', region, source: 'aws.scheduler', detailType: 'Scheduled Event', name } as const;
  const deliveries = deliveriesOf(cloud, { ...about, target: target.Arn ?? '' });
  for (const lateMs of deliveries.slice(1)) context.schedule('invoke', lateMs, invocation);
  const [firstMs] = deliveries;
  if (firstMs === 0) return invoke(invocation, context);
  if (firstMs !== undefined) context.schedule('invoke', firstMs, invocation);
}

function summary(schedule: Schedule): ScheduleSummary {
  return {
    Arn: schedule.arn,
    Name: schedule.name,
    GroupName: 'default',
    State: schedule.state,
    CreationDate: new Date(schedule.createdAt),
    LastModificationDate: new Date(schedule.modifiedAt),
    Target: { Arn: schedule.target.Arn },
  };
}

function describe(schedule: Schedule): Omit<GetScheduleCommandOutput, '$metadata'> {
  const { windowMinutes } = schedule;
  return {
    ...summary(schedule),
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.zone,
    Target: schedule.target,
    ActionAfterCompletion: schedule.deleteAfterCompletion ? 'DELETE' : 'NONE',
    FlexibleTimeWindow:
      windowMinutes > 0 ? { Mode: 'FLEXIBLE', MaximumWindowInMinutes: windowMinutes } : { Mode: 'OFF' },
    ...(schedule.description === undefined ? {} : { Description: schedule.description }),
    ...(schedule.startAt === undefined ? {} : { StartDate: new Date(schedule.startAt) }),
    ...(schedule.endAt === undefined ? {} : { EndDate: new Date(schedule.endAt) }),
  };
}

function access(input: { Name?: string | undefined }, context: Sch): Access {
  return { resources: [`arn:aws:scheduler:${context.region}:${context.account}:schedule/default/${input.Name ?? ''}`] };
}

const PRINCIPAL = 'scheduler.amazonaws.com';

export const scheduler = defineService<Scheduler, SchedulerState>({
  name: 'scheduler',
  initialState: () => ({ schedules: {}, dropped: [] }),
  operations: {
    CreateSchedule(input, context) {
      if (context.state.schedules[keyOf(input)]) {
        throw new AwsError('ConflictException', `Schedule ${input.Name} already exists.`);
      }
      const schedule = build(input, context.now, context);
      context.state.schedules[schedule.name] = schedule;
      arm(schedule, context, context.now);
      return { ScheduleArn: schedule.arn };
    },
    UpdateSchedule(input, context) {
      const known = find(input, context);
      const schedule = build(input, known.createdAt, context);
      if (known.timerId !== undefined) context.cancel(known.timerId);
      context.state.schedules[schedule.name] = schedule;
      arm(schedule, context, context.now);
      return { ScheduleArn: schedule.arn };
    },
    GetSchedule: (input, context) => describe(find(input, context)),
    DeleteSchedule(input, context) {
      const schedule = find(input, context);
      if (schedule.timerId !== undefined) context.cancel(schedule.timerId);
      delete context.state.schedules[schedule.name];
      return {};
    },
    ListSchedules(input, context) {
      const schedules = Object.values(context.state.schedules).filter(
        (schedule) =>
          schedule.name.startsWith(input.NamePrefix ?? '') && (input.State ?? schedule.state) === schedule.state,
      );
      return { Schedules: schedules.sort((a, b) => (a.name < b.name ? -1 : 1)).map(summary) };
    },
  },
  access: {
    CreateSchedule: (input, context) => [access(input, context), passRole(input.Target?.RoleArn, PRINCIPAL)],
    UpdateSchedule: (input, context) => [access(input, context), passRole(input.Target?.RoleArn, PRINCIPAL)],
    GetSchedule: access,
    DeleteSchedule: access,
  },
  timers: { due, invoke },
});
