/** Picks the turning points out of the trace and says them in words, live and for the record. */

import type { Names } from '../../../infra/names.ts';
import type { TraceEntry } from '../../../simulator/trace.ts';
import type { TimelineEntry } from '../../drill/result.ts';

type Detail = Readonly<Record<string, unknown>> | undefined;

/** What this entry means to a reader; null when it is no turning point. */
export function narrate(entry: TraceEntry, names: Names): Pick<TimelineEntry, 'what' | 'actor'> | null {
  const detail = entry.detail as Detail;
  if (detail?.error !== undefined) return refused(entry, detail);
  const tell = byCall[`${entry.source}:${entry.what}`];
  return tell?.(detail ?? {}, names) ?? null;
}

const by = (detail: Detail): string =>
  String(detail?.by ?? '')
    .split('/')
    .at(-1) ?? '';
const input = (detail: Detail): Readonly<Record<string, unknown>> => (detail?.input ?? {}) as Record<string, unknown>;

type Tell = (detail: Record<string, unknown>, names: Names) => Pick<TimelineEntry, 'what' | 'actor'> | null;

const world =
  (what: string | ((detail: Record<string, unknown>) => string)): Tell =>
  (detail) => ({
    what: typeof what === 'string' ? what : what(detail),
    actor: 'world',
  });

const byCall: Readonly<Record<string, Tell>> = {
  'world:region.dark': world('the region goes dark'),
  'world:region.back': world('the region is back'),
  'world.events:cutOff': world('the region is cut off; inside it everything goes on'),
  'world.events:rejoin': world('the region can be reached again'),
  'world.events:cut': world(({ from, to }) => `nothing gets from ${from} to ${to}`),
  'world.events:mend': world(({ from, to }) => `packets pass from ${from} to ${to} again`),
  'world.events:breakCalls': world(({ fault }) => `calls are broken: ${JSON.stringify(fault)}`),
  'world.events:lag': world('replication falls behind'),
  'world.events:pause': world('a writer is paused'),
  'world.events:wake': world('the paused writer wakes'),
  'world.events:crash': world('an instance’s process crashes'),
  'cloudwatch:alarm': ({ name, from, to }) => ({ what: `${name}: ${from} → ${to}`, actor: 'CloudWatch' }),
  'states:StartExecution': (detail) => ({ what: `starts ${input(detail).name}`, actor: by(detail) }),
  'states:StopExecution': () => ({ what: 'the execution is aborted', actor: 'world' }),
  'rds:FailoverGlobalCluster': (detail) => ({ what: 'the database’s failover begins', actor: by(detail) }),
  'rds:cluster.promoted': world('the database takes writes'),
  'rds:cluster.rejoined': world('the old database is back as a secondary'),
  'elasticloadbalancing:target.unhealthy': world(({ target, reason }) => `${target} is unhealthy (${reason})`),
  'autoscaling:SetDesiredCapacity': (detail) => ({
    what: `capacity set to ${input(detail).DesiredCapacity}`,
    actor: by(detail),
  }),
  's3:PutObject': latch,
  's3:DeleteObject': latch,
  'sns:Publish': (detail) => ({ what: `tells people: ${input(detail).Subject}`, actor: by(detail) }),
};

function latch(detail: Record<string, unknown>): Pick<TimelineEntry, 'what' | 'actor'> | null {
  return input(detail).Key === 'moved' ? { what: 'traffic latch moved', actor: by(detail) } : null;
}

function refused({ source, what }: TraceEntry, detail: Detail): Pick<TimelineEntry, 'what' | 'actor'> | null {
  if (!/^AccessDenied|UnauthorizedOperation|AuthorizationError/.test(String(detail?.error))) return null;
  return { what: `${source}:${what} refused: ${detail?.message}`, actor: by(detail) };
}
