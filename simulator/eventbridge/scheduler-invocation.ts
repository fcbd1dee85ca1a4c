/** One invocation of a schedule's target, with its retries. Part of EventBridge Scheduler (scheduler.ts). */
import type { ScheduleState, Target } from '@aws-sdk/client-scheduler';
import { AwsError, NotModelled } from '../errors.ts';
import { assertTrusted } from '../iam/trust.ts';
import type { Caller, Context } from '../service.ts';
import { parseArn } from './arn.ts';
import { backoffMs, isRetryable, retryLimits } from './retry.ts';
import { isoSeconds } from './state.ts';

/** A schedule of the default group. */
export interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly expression: string;
  readonly zone: string;
  /** 0: no flexible time window. */
  readonly windowMinutes: number;
  readonly state: ScheduleState;
  readonly target: Target;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly startAt?: number;
  readonly endAt?: number;
  readonly description?: string;
  readonly deleteAfterCompletion: boolean;
  timerId?: number;
}

export interface SchedulerState {
  readonly schedules: Record<string, Schedule>;
  /** Invocations that were given up; at most the last thousand. */
  readonly dropped: { t: number; name: string; dueAt: number; attempts: number; reason: string }[];
}

/** Data of the timer 'due'. */
export interface Occurrence {
  readonly name: string;
  readonly dueAt: number;
}

/** Data of the timer 'invoke': a retry. */
export interface Invocation {
  readonly name: string;
  readonly arn: string;
  readonly target: Target;
  readonly dueAt: number;
  readonly startedAt: number;
  readonly executionId: string;
  readonly attempt: number;
}

const DROPPED_MAX = 1_000;

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** Throws ValidationException for a target that AWS refuses, NotModelled for one that the simulator lacks. */
export function checkScheduleTarget(target: Target, { cloud, region, account }: Context<SchedulerState>): void {
  const arn = parseArn(target.Arn ?? '');
  if (!arn) throw invalid('Provided Arn is not in correct format.');
  if (!parseArn(target.RoleArn ?? '')) throw invalid('RoleArn is not in correct format.');
  // EventBridge Scheduler acts on behalf of the group (user guide, "Confused deputy prevention").
  const group = `arn:aws:scheduler:${region}:${account}:schedule-group/default`;
  assertTrusted(cloud, target.RoleArn ?? '', 'scheduler.amazonaws.com', group);
  if (!kindOf(target)) throw new NotModelled(`scheduler target '${target.Arn}' is not modelled`);
  if (arn.region !== region) throw invalid(`Target must be in region ${region}.`);
  if (target.DeadLetterConfig) throw new NotModelled('DeadLetterConfig of a schedule is not modelled');
}

function kindOf(target: Target): 'lambda' | 'states' | undefined {
  const arn = parseArn(target.Arn ?? '');
  if (arn?.service === 'lambda' && arn.resource.startsWith('function:')) return 'lambda';
  if (arn?.service === 'states' && arn.resource.startsWith('stateMachine:')) return 'states';
  return undefined;
}

/** Calls the target as the schedule's role; retries later when that may help. */
export async function invoke(invocation: Invocation, context: Context<SchedulerState>): Promise<void> {
  try {
    await send(invocation, context);
  } catch (error) {
    if (error instanceof NotModelled) throw error;
    retry(invocation, error as Error, context);
  }
}

async function send(invocation: Invocation, context: Context<SchedulerState>): Promise<void> {
  const { target } = invocation;
  const caller: Caller = { kind: 'role', arn: target.RoleArn ?? '', session: 'scheduler' };
  const input = inputOf(invocation, context);
  if (kindOf(target) === 'lambda') {
    const Payload = new TextEncoder().encode(input);
    const request = { FunctionName: target.Arn, InvocationType: 'Event', Payload } as const;
    await context.call('lambda', 'Invoke', request, { caller });
  } else {
    await context.call('states', 'StartExecution', { stateMachineArn: target.Arn, input }, { caller });
  }
}

/**
 * The schedule's Input with its context attributes filled in (user guide, "Adding context attributes"); without Input the
 * standard event, whose detail is the text '{}'.
 */
function inputOf(invocation: Invocation, context: Context<SchedulerState>): string {
  const { target, arn, dueAt, executionId, attempt } = invocation;
  if (target.Input === undefined) {
    return JSON.stringify({
      version: '0',
      id: executionId,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: context.account,
      time: isoSeconds(dueAt),
      region: context.region,
      resources: [arn],
      detail: '{}',
    });
  }
  return target.Input.replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', isoSeconds(dueAt))
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt + 1));
}

function retry(invocation: Invocation, error: Error, context: Context<SchedulerState>): void {
  const limits = retryLimits(invocation.target.RetryPolicy);
  const attempt = invocation.attempt + 1;
  const pauseMs = backoffMs(invocation.attempt, context.random);
  const inTime = context.now + pauseMs - invocation.startedAt <= limits.ageMsMax;
  if (isRetryable(error) && attempt <= limits.attemptsMax && inTime) {
    context.schedule('invoke', pauseMs, { ...invocation, attempt });
    return;
  }
  const { dropped } = context.state;
  const { name, dueAt } = invocation;
  dropped.push({ t: context.now, name, dueAt, attempts: attempt, reason: error.message });
  if (dropped.length > DROPPED_MAX) dropped.shift();
  context.trace('schedule.dropped', dropped.at(-1));
}
