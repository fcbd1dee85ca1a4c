/** What becomes of one call under the faults of calls: drawn once, when the call is made. Asked by the cloud's one door. */
import type { Cloud, Request } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import type { Caller } from '../service.ts';
import { type Entered, streamOf, strikes } from './book.ts';
import type { CallFault, Calls, PartialFault } from './kinds.ts';
import { isBatch } from './partial.ts';
import { isEventuallyConsistent } from './past.ts';
import { quotaError, throttlingError } from './refusals.ts';

/** What was drawn for one call. */
export interface Fate {
  /** The request never arrives. */
  readonly dropped: boolean;
  readonly beforeMs: number;
  readonly afterMs: number;
  /** Thrown in place of the deed. */
  readonly error: AwsError | undefined;
  readonly answerLost: boolean;
  /** Carried out again after so long, and answered with that. */
  readonly againMs: number | undefined;
  readonly partial: Entered<PartialFault> | undefined;
  /** How old the state is that a read sees. */
  readonly staleMs: number;
}

/** What is known of a call when its fate is drawn. */
export type Drawn = Pick<Request, 'service' | 'operation' | 'region'> & Partial<Request>;

/** A call's fate; undefined when no fault touches it, which costs two looks. */
export function drawFate(cloud: Cloud, call: Drawn): Fate | undefined {
  const { calls } = cloud.state.faults;
  const own = calls[call.service];
  const general = calls['*'];
  if (own === undefined && general === undefined) return undefined;
  const matching = [...(own ?? []), ...(general ?? [])].filter((fault) => matches(fault, call) && applies(fault, call));
  return matching.length === 0 ? undefined : combined(cloud, call, matching);
}

/** Only an error, for deeds that are no call over the network (a launch by Auto Scaling). */
export function drawError(cloud: Cloud, call: Drawn): AwsError | undefined {
  const list = [...(cloud.state.faults.calls[call.service] ?? []), ...(cloud.state.faults.calls['*'] ?? [])];
  const found = list.find(
    (fault) => isRefusal(fault) && matches(fault, call) && applies(fault, call) && strikes(cloud, fault),
  );
  return found && refusal(found, call);
}

function matches(fault: Calls, call: Drawn): boolean {
  const { service, operation, region, place, by, input } = fault;
  return (
    (service === undefined || service === call.service) &&
    (operation === undefined || operation === call.operation) &&
    (region === undefined || region === call.region) &&
    (place === undefined || place === call.from) &&
    (by === undefined || isBy(call.caller, by)) &&
    (input === undefined || hasMembers(call.input, input))
  );
}

function isBy(caller: Caller | undefined, name: string): boolean {
  if (caller?.kind === 'role') return caller.session === name || caller.arn.split('/').at(-1) === name;
  return caller?.kind === 'service' ? caller.principal === name : caller?.kind === name;
}

const hasMembers = (input: unknown, wanted: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(wanted).every(([name, value]) => (input as Record<string, unknown> | undefined)?.[name] === value);

/** Whether the fault means anything for such a call; otherwise it is not even drawn. */
function applies(fault: CallFault, { service, operation, input, overWire }: Drawn): boolean {
  switch (fault.kind) {
    case 'duplicate':
      return overWire === true;
    case 'partial':
      return isBatch(service, operation);
    case 'stale-read':
      return isEventuallyConsistent(service, operation, input);
    case 'quota':
      return quotaError(service, operation) !== undefined;
    default:
      return true;
  }
}

const isRefusal = ({ kind }: CallFault): boolean => kind === 'error' || kind === 'throttle' || kind === 'quota';

function refusal(fault: CallFault, { service, operation }: Drawn): AwsError | undefined {
  if (fault.kind === 'error') return new AwsError(fault.error, `injected fault: ${fault.error}`);
  return fault.kind === 'throttle' ? throttlingError(service) : quotaError(service, operation);
}

/** Each fault is drawn at most once. One that another leaves nothing to do is not drawn, so that its hits are true. */
function combined(cloud: Cloud, call: Drawn, faults: readonly Entered<CallFault>[]): Fate | undefined {
  const draw = <K extends CallFault['kind']>(...kinds: K[]): Entered<Extract<CallFault, { kind: K }>> | undefined =>
    faults.find((fault) => kinds.includes(fault.kind as K) && strikes(cloud, fault)) as never;
  const all = <K extends CallFault['kind']>(kind: K): Entered<Extract<CallFault, { kind: K }>>[] =>
    faults.filter((fault) => fault.kind === kind && strikes(cloud, fault)) as never;
  if (draw('drop')) return { ...untouched, dropped: true };
  const slow = all('latency');
  const overtaken = all('reorder').map((fault) => Math.round(streamOf(cloud, fault).uniform(0, fault.withinMs)));
  const refused = draw('error', 'throttle', 'quota');
  const fate: Fate = {
    dropped: false,
    beforeMs: sum([...slow.map(({ beforeMs = 0 }) => beforeMs), ...overtaken]),
    afterMs: sum(slow.map(({ afterMs = 0 }) => afterMs)),
    error: refused && refusal(refused, call),
    answerLost: draw('lose-answer') !== undefined,
    againMs: refused ? undefined : again(draw('duplicate')),
    partial: refused ? undefined : draw('partial'),
    staleMs: refused ? 0 : Math.max(0, ...all('stale-read').map(({ staleMs }) => staleMs)),
  };
  return slow.length + overtaken.length > 0 || changes(fate) ? fate : undefined;
}

const untouched: Fate = {
  dropped: false,
  beforeMs: 0,
  afterMs: 0,
  error: undefined,
  answerLost: false,
  againMs: undefined,
  partial: undefined,
  staleMs: 0,
};

const changes = ({ error, answerLost, againMs, partial, staleMs }: Fate): boolean =>
  error !== undefined || answerLost || againMs !== undefined || partial !== undefined || staleMs > 0;

/** Guess: a connection that breaks is noticed and the request sent again within a tenth of a second. */
const AGAIN_MS = 100;

const again = (fault: { readonly againMs?: number } | undefined): number | undefined =>
  fault && (fault.againMs ?? AGAIN_MS);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
