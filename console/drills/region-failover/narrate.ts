/** Says what an entry of the trace means to a reader, in words, where it is a turning point. Asked by narrator.ts. */

import type { Names } from '../../../infra/names.ts';
import { inWords } from '../../../simulator/faults/words.ts';
import type { Fault } from '../../../simulator/faults.ts';
import type { TraceEntry } from '../../../simulator/trace.ts';
import type { Told } from '../../drill/narrator.ts';
import { refusalOf } from '../../drill/refusals.ts';
import type { PlainNames } from '../../plain-names.ts';

type Detail = Readonly<Record<string, unknown>>;

interface Words {
  readonly names: Names;
  readonly plain: PlainNames;
}

/** What this entry means to a reader; null when it is no turning point. */
export function narrate(entry: TraceEntry, words: Words): Told | null {
  const detail = (entry.detail ?? {}) as Detail;
  if (detail.error !== undefined) return refused(entry, detail, words);
  const tell = turningPoints[`${entry.source}:${entry.what}`];
  const told = tell?.(detail, words);
  return told ? { what: words.plain.text(told.what), actor: told.actor } : null;
}

const by = (detail: Detail, { plain }: Words): string => plain.actor(String(detail.by ?? ''));
const input = (detail: Detail): Detail => (detail.input ?? {}) as Detail;
const list = (value: unknown): readonly Detail[] => (Array.isArray(value) ? value : []);

type Tell = (detail: Detail, words: Words) => Told | null;

const world =
  (what: string | ((detail: Detail) => string)): Tell =>
  (detail) => ({ what: typeof what === 'string' ? what : what(detail), actor: 'world' });

const place = (of: unknown): string => (of === '*' ? 'anywhere' : String(of));

const turningPoints: Readonly<Record<string, Tell>> = {
  'world:region.dark': world('the region goes dark'),
  'world:region.back': world('the region is back'),
  'world.events:cutOff': world('the region is cut off; inside it everything goes on'),
  'world.events:rejoin': world('the region can be reached again'),
  'world.events:cut': world(({ from, to }) => `nothing gets from ${place(from)} to ${place(to)}`),
  'world.events:mend': world(({ from, to }) => `packets pass from ${place(from)} to ${place(to)} again`),
  'world.events:fault': world(({ fault }) => inWords(fault as Fault)),
  'world.events:lag': world('replication falls behind'),
  'world.events:endLag': world('replication catches up'),
  'world.events:slowDatabase': world(({ addedMs }) => `the database is slowed by ${Number(addedMs) / 1000} s`),
  'world.events:slowPool': world(({ addedMs }) => `connections of the application are slowed by ${addedMs} ms`),
  'world.events:skewClock': world(({ byMs }) => `the region's clocks are off by ${Number(byMs) / 1000} s`),
  'world.events:pause': world('a writer is paused'),
  'world.events:wake': world('the paused writer wakes'),
  'world.events:crash': world('an instance’s process crashes'),
  'cloudwatch:alarm': alarm,
  'dynamodb:UpdateItem': automation,
  'events:PutEvents': person,
  'states:StartExecution': started,
  'states:StopExecution': () => ({ what: 'the execution is aborted', actor: 'world' }),
  'states:execution.abortedByFault': world(({ state }) => `the execution is aborted as it enters '${state}'`),
  'rds:FailoverGlobalCluster': (detail, words) => ({
    what: 'the database’s failover begins',
    actor: by(detail, words),
  }),
  'rds:cluster.promoted': world('the database takes writes'),
  'rds:cluster.rejoined': world('the old database is back as a secondary'),
  'elasticloadbalancing:target.unhealthy': world(({ target, reason }) => `${target} is unhealthy (${reason})`),
  'autoscaling:UpdateAutoScalingGroup': (detail, words) => ({
    what: `capacity raised to ${input(detail).DesiredCapacity}`,
    actor: by(detail, words),
  }),
  'ecs:UpdateService': (detail, words) => ({
    what: `capacity raised to ${input(detail).desiredCount}`,
    actor: by(detail, words),
  }),
  's3:PutObject': latch,
  's3:DeleteObject': latch,
  'sns:Publish': tells,
};

/** The part of a name that does not only repeat the application. */
const own = (name: string, { names, plain }: Words): string => {
  const said = plain.text(name);
  return said.startsWith(`${names.prefix}-`) ? said.slice(names.prefix.length + 1) : said;
};

/** An alarm that merely finds its first data is no news. */
function alarm({ name, from, to }: Detail, words: Words): Told | null {
  if (from === 'INSUFFICIENT_DATA' && to === 'OK') return null;
  return { what: `alarm ${own(String(name), words)}: ${from} → ${to}`, actor: 'CloudWatch' };
}

const MOMENT_OR_ID = /-(\d{4}-\d\d-\d\dT[0-9Z]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What a name says besides the moment is what it was started for. */
function started(detail: Detail, words: Words): Told {
  const { name, stateMachineArn } = input(detail);
  const machine = own(String(stateMachineArn).split(':').at(-1) ?? '', words);
  const reason = name === undefined ? '' : ` for ${String(name).replace(MOMENT_OR_ID, '')}`;
  return { what: `starts ${machine}${reason}`, actor: by(detail, words) };
}

/** That an alarm told people is said by the alarm's own line. */
function tells(detail: Detail, words: Words): Told | null {
  if (String(detail.by).startsWith('cloudwatch.')) return null;
  return { what: `tells people: ${input(detail).Subject}`, actor: by(detail, words) };
}

function latch(detail: Detail, words: Words): Told | null {
  return input(detail).Key === 'moved' ? { what: 'traffic latch moved', actor: by(detail, words) } : null;
}

/** The kill switch, which only a person turns. */
function automation(detail: Detail): Told | null {
  if (detail.by !== 'account' || !/\bautomation\b/.test(String(input(detail).UpdateExpression))) return null;
  const [value] = Object.values((input(detail).ExpressionAttributeValues ?? {}) as Record<string, Detail>);
  return { what: `automation is switched ${value?.S}`, actor: 'a person' };
}

/** What a person asks for or decides, through an event. */
function person(detail: Detail): Told | null {
  const [entry] = list(input(detail).Entries);
  if (detail.by !== 'account' || !entry) return null;
  const said = parsed(entry.Detail);
  const what = said.decision === undefined ? `asks to move to ${said.target}` : `decides: ${said.decision}`;
  return { what: `${what} (${said.reason})`, actor: String(said.by ?? 'a person') };
}

function parsed(text: unknown): Detail {
  try {
    return JSON.parse(String(text)) as Detail;
  } catch {
    return {};
  }
}

/** In AWS's own words: they name role, action and resource as whoever mends the policy will look for them. */
function refused(entry: TraceEntry, detail: Detail, words: Words): Told | null {
  const refusal = refusalOf(entry);
  if (refusal === null) return null;
  return { what: `${entry.source}:${entry.what} refused: ${refusal}`, actor: by(detail, words), once: true };
}
