/** Says what an entry of the trace means to a reader of a release, where it is a turning point. Asked by narrator.ts. */
import { inWords } from '../../../simulator/faults/words.ts';
import type { Fault } from '../../../simulator/faults.ts';
import type { TraceEntry } from '../../../simulator/trace.ts';
import type { Told } from '../../drill/narrator.ts';
import { refusalOf } from '../../drill/refusals.ts';
import type { PlainNames } from '../../plain-names.ts';
import { deedOf } from './deeds.ts';
import type { Watched } from './monitor.ts';
import { weightsIn } from './nodes.ts';

type Detail = Readonly<Record<string, unknown>>;

export interface Words {
  readonly watched: Watched;
  readonly plain: PlainNames;
}

/** What this entry means to a reader; null when it is no turning point. */
export function narrate(entry: TraceEntry, words: Words): Told | null {
  const { watched, plain } = words;
  if (entry.region !== watched.region && !entry.source.startsWith('world')) return null;
  const detail = (entry.detail ?? {}) as Detail;
  if (detail.error !== undefined) return refused(entry, detail, words);
  const told = turningPoints[`${entry.source}:${entry.what}`]?.(detail, words) ?? changed(entry, detail, words);
  return told ? { ...told, what: plain.text(told.what) } : null;
}

const by = (detail: Detail, { plain }: Words): string => plain.actor(String(detail.by ?? ''));
const input = (detail: Detail): Detail => (detail.input ?? {}) as Detail;
const list = (value: unknown): readonly Detail[] => (Array.isArray(value) ? value : []);
const short = (digest: unknown): string => `${String(digest).slice(0, 15)}…`;

type Tell = (detail: Detail, words: Words) => Told | null;

const world =
  (what: string | ((detail: Detail) => string)): Tell =>
  (detail) => ({ what: typeof what === 'string' ? what : what(detail), actor: 'world' });

const turningPoints: Readonly<Record<string, Tell>> = {
  'world.events:fault': world(({ fault }) => inWords(fault as Fault)),
  'world.events:shortage': world('AWS has no capacity'),
  'world.events:endShortage': world('AWS has capacity again'),
  'world.events:lose': world('a machine is lost'),
  'world.events:crash': world('a process of the application crashes'),
  'world:region.dark': world('the region goes dark'),
  'world:region.back': world('the region is back'),
  'world.events:pushImage': ({ tags }) => ({
    what: `pushes ${list(tags).join(', ') || 'an image'}`,
    actor: 'the pipeline',
  }),
  'signer:RevokeSigningProfile': () => ({ what: 'revokes the signing profile', actor: 'a person' }),
  'cloudwatch:alarm': alarm,
  'elasticloadbalancing:target.unhealthy': (detail) => ({
    what: `${detail.target} is unhealthy (${detail.reason})`,
    actor: 'load balancer',
    once: true,
  }),
  'events:PutEvents': person,
  'states:StartExecution': (detail, words) =>
    by(detail, words) === 'a person' ? null : { what: `starts ${machineIn(detail)}`, actor: by(detail, words) },
  'sns:Publish': (detail, words) =>
    String(detail.by).startsWith('cloudwatch.')
      ? null
      : { what: `tells people: ${input(detail).Subject ?? 'of an event that failed'}`, actor: by(detail, words) },
};

const machineIn = (detail: Detail): string => String(input(detail).stateMachineArn).split(':').at(-1) ?? 'a machine';

/** An alarm that merely finds its first data, or has none without users, is no news. */
function alarm({ name, from, to }: Detail): Told | null {
  if (from === 'INSUFFICIENT_DATA' || to === 'INSUFFICIENT_DATA') return null;
  return { what: `alarm ${name}: ${from} → ${to}`, actor: 'CloudWatch' };
}

/** What a person asks for or decides, through an event. */
function person(detail: Detail): Told | null {
  const [entry] = list(input(detail).Entries);
  if (detail.by !== 'account' || !entry) return null;
  const said = parsed(entry.Detail);
  const what =
    said.decision === undefined ? `asks for a ${said.kind} of ${short(said.digest)}` : `decides: ${said.decision}`;
  return { what: `${what} (${said.reason})`, actor: String(said.by ?? 'a person') };
}

function parsed(text: unknown): Detail {
  try {
    return JSON.parse(String(text)) as Detail;
  } catch {
    return {};
  }
}

/** A call that does something to the rule or to a colour, by whomever. */
function changed({ source, what }: TraceEntry, detail: Detail, words: Words): Told | null {
  if (detail.input === undefined) return null;
  const { deed, colour, size } = deedOf(words.watched, source, what, input(detail));
  const actor = by(detail, words);
  if (deed === 'weights') return { what: `weights: ${weightsText(detail, words)}`, actor };
  if (deed === 'assign') return { what: `${colour} is to run ${assigned(input(detail))}`, actor };
  if (deed === 'size') return { what: `${colour} is to have ${size}`, actor };
  if (deed === 'end') return { what: `a machine of ${colour ?? 'some colour'} is ended`, actor };
  return null;
}

/** A digest, or the revision of a task definition that names it. */
const assigned = ({ Value, taskDefinition }: Detail): string =>
  Value === undefined ? (String(taskDefinition).split('/').at(-1) ?? '') : short(Value);

function weightsText(detail: Detail, { watched: { cloud, region, names } }: Words): string {
  const { blue, green } = weightsIn(cloud, region, names, input(detail));
  const stickiness = JSON.stringify(input(detail)).includes('"Enabled":true') ? ', clients keep their colour' : '';
  return `blue ${blue}, green ${green}${stickiness}`;
}

/** In AWS's own words: they name role, action and resource as whoever mends the policy will look for them. */
function refused(entry: TraceEntry, detail: Detail, words: Words): Told | null {
  const refusal = refusalOf(entry);
  if (refusal === null) return null;
  return { what: `${entry.source}:${entry.what} refused: ${refusal}`, actor: by(detail, words), once: true };
}
