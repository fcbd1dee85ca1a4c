/** `rate(…)`, `cron(…)` and `at(…)`: when a rule or a schedule is due next. Used by scheduled rules and by scheduler.ts. */
import { type Cron, nextCron, parseCron } from './cron.ts';
import { instantOf } from './time-zone.ts';

export type ScheduleExpression =
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron }
  | { readonly kind: 'at'; readonly local: string };

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads an expression. `strictUnits` is EventBridge rules' demand for 'rate(1 minute)' but 'rate(5 minutes)'; `at` exists in
 * Scheduler only. Throws RangeError with the reason.
 */
export function parseScheduleExpression(
  text: string,
  options: { readonly strictUnits: boolean; readonly at: boolean },
): ScheduleExpression {
  const match = /^(rate|cron|at)\((.*)\)$/.exec(text.trim());
  const [, kind, inside = ''] = match ?? [];
  if (kind === 'cron') return { kind: 'cron', cron: parseCron(inside) };
  if (kind === 'rate') return parseRate(inside, options.strictUnits);
  if (kind === 'at' && options.at) {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inside)) throw new RangeError('at() takes yyyy-mm-ddThh:mm:ss');
    return { kind: 'at', local: inside };
  }
  throw new RangeError(`'${text}' is no schedule expression`);
}

function parseRate(inside: string, strictUnits: boolean): ScheduleExpression {
  const match = /^([1-9]\d*)\s+(minute|hour|day)(s?)$/.exec(inside.trim());
  if (!match) throw new RangeError('rate() takes a positive number and minutes, hours or days');
  const value = Number(match[1]);
  if (strictUnits && (value === 1) !== (match[3] === '')) {
    throw new RangeError('rate() takes a singular unit with 1 and a plural unit otherwise');
  }
  return { kind: 'rate', everyMs: value * UNIT_MS[match[2]!]! };
}

/**
 * The first instant strictly after `afterMs` that the expression names; undefined when there is none. A rate counts from
 * `anchorMs`, when it was created, enabled or told to start; its first run is one period later unless `fromAnchor`.
 */
export function nextDue(
  expression: ScheduleExpression,
  options: {
    readonly afterMs: number;
    readonly anchorMs: number;
    readonly zone: string;
    readonly fromAnchor?: boolean;
  },
): number | undefined {
  const { afterMs, anchorMs, zone } = options;
  if (expression.kind === 'cron') return nextCron(expression.cron, afterMs, zone);
  if (expression.kind === 'rate') {
    const first = anchorMs + (options.fromAnchor ? 0 : expression.everyMs);
    if (afterMs < first) return first;
    return first + (Math.floor((afterMs - first) / expression.everyMs) + 1) * expression.everyMs;
  }
  const [year, month, day, hour, minute, second] = expression.local.split(/[-T:]/).map(Number) as number[];
  const whole = instantOf({ year: year!, month: month!, day: day!, hour: hour!, minute: minute! }, zone);
  const instant = whole === undefined ? undefined : whole + second! * 1000;
  return instant !== undefined && instant > afterMs ? instant : undefined;
}
