/**
 * What each kind of fault means for alert routing, and the alerts that come meanwhile. Profiles (soak-profiles.ts) say how
 * often, how strong and how long. Functions are named by their descriptions.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import type { Names } from '../../../infra/names.ts';
import type { Random } from '../../../simulator/random.ts';
import type { ProviderName, Trouble, WorldEvent } from '../../../simulator/world/index.ts';
import machine from '../../../statemachines/alert-routing-escalation.asl.json' with { type: 'json' };
import {
  badDeliveries,
  broken,
  brokenCalls,
  CRASH_MOMENTS,
  dark,
  fault,
  howOften,
  share,
  whole,
} from '../../soak/common-kinds.ts';
import type { Kind } from '../../soak/profile.ts';
import type { Entry } from '../../soak/schedule.ts';
import type { Act, Where } from './scenario.ts';

/** An act under the one name that files of faults allow. */
export interface Deed {
  readonly act: 'happen';
  readonly of: Act;
}

type Part = Partial<Entry<Deed>>;
type Kinds = Record<string, Kind<Deed>>;

const FUNCTIONS = [
  ...['intake', 'dispatch', 'webhook', 'heartbeat', 'sweep', 'acknowledge'],
  ...['escalate', 'follow', 'await-acknowledgement', 'remediate'],
] as const;

const SERVICES = ['dynamodb', 'sqs', 'secretsmanager', 'sns', 'events', 'cloudwatch', 'states'] as const;
const CHANNELS = ['rule', 'queue', 'schedule', 'topic'] as const;

const happens = (at: number, of: Act): Part => ({ at, lasts: null, act: { act: 'happen', of } });

export function kindsFor({ regions: { serving } }: Configuration, { escalationWorkflow }: Names): Kinds {
  const [first, second] = serving;
  const region = (random: Random): string => random.pick([first, first, second]);
  const abort: Kind<Deed> = (random) =>
    fault({
      kind: 'execution-abort',
      region: region(random),
      machine: escalationWorkflow,
      state: random.pick(Object.keys(machine.States)),
      nth: 1,
    });
  return {
    ...alerts,
    ...regions(first, second),
    ...calls(region),
    ...steps(region),
    ...providers,
    'execution-abort': abort,
  };
}

/** Each has a name of its own, so that it fires once and is over once, or never. */
const alerts: Kinds = {
  alarm(random, { at, lasts }) {
    const name = `orders-${random.hex(6)}-outage`;
    const severity = random.pick(['P0', 'P0', 'P1']);
    const where = random.pick<Where>(['first', 'first', 'second']);
    const tags = { severity, team: 'orders', service: 'orders' };
    const fires = happens(at, { do: 'alarm', name, state: 'ALARM', where, tags });
    return lasts === null ? [fires] : [fires, happens(at + lasts, { do: 'alarm', name, state: 'OK', where })];
  },
  posted(random, { at, lasts }) {
    const severity = random.pick(['outage', 'critical', 'warning']);
    const common = { team: 'orders', service: 'orders', region: 'us-west-2', instance: 'a' };
    const alert = { alertname: `Posted${random.hex(6)}`, severity, ...common };
    const post = { do: 'alertmanager', where: 'both', alerts: [alert] } as const;
    return lasts === null ? [happens(at, post)] : [happens(at, post), happens(at + lasts, { ...post, resolved: true })];
  },
  unreadable: (_, { at }) => happens(at, { do: 'unreadable' }),
};

/** Regions, and the links between them and to everybody else. */
function regions(first: string, second: string): Kinds {
  const cut = (pairs: readonly (readonly [string, string])[]): Part => ({
    begins: pairs.map(([from, to]): WorldEvent => ({ do: 'cut', from, to })),
    ends: pairs.map(([from, to]): WorldEvent => ({ do: 'mend', from, to })),
  });
  const either = (random: Random): string => random.pick([first, second]);
  return {
    dark: (random) => dark(either(random)),
    parted: () =>
      cut([
        [first, second],
        [second, first],
      ]),
    'no-internet': (random) => cut([[either(random), 'internet']]),
  };
}

/** Calls of AWS's APIs. */
function calls(region: (random: Random) => string): Kinds {
  const of = (random: Random) => ({ service: random.pick(SERVICES), region: region(random) });
  return {
    ...brokenCalls(of),
    latency: broken(of, (_, { size }) => ({ kind: 'latency', beforeMs: whole(size), probability: 0.7 })),
  };
}

/** Functions, and what starts them. */
function steps(region: (random: Random) => string): Kinds {
  const delivery = (random: Random) => ({ region: region(random), channel: random.pick(CHANNELS) });
  return {
    'function-crash'(random) {
      const moment = random.pick(CRASH_MOMENTS);
      const about = { region: region(random), function: `alert-routing/${random.pick(FUNCTIONS)}`, moment };
      return fault({ kind: 'function-crash', ...about, ...howOften(random, 8) });
    },
    'function-throttle': (random, { size }) =>
      fault({ kind: 'function-throttle', region: region(random), probability: share(size) }),
    'event-lost': (random, { size }) =>
      fault({ kind: 'event-lost', region: region(random), source: 'aws.cloudwatch', probability: share(size) }),
    ...badDeliveries(delivery),
  };
}

/** Whoever is to tell people. */
const providers: Kinds = {
  'provider-down': (random) =>
    trouble(random, ['pagerduty', 'slack'], { kind: 'outage', status: random.pick([500, 502, 503]) }),
  'provider-hangs': (random) => trouble(random, ['pagerduty', 'slack'], { kind: 'hang' }),
  'provider-slow': (random, { size }) =>
    trouble(random, ['pagerduty', 'slack'], { kind: 'slow', addedMs: whole(size) }),
  'pager-forgets': (random) => trouble(random, ['pagerduty'], { kind: 'forgets' }),
  'no-webhooks': (random) => trouble(random, ['pagerduty'], { kind: 'loses-webhooks' }),
  'webhooks-twice': (random) => trouble(random, ['pagerduty'], { kind: 'repeats-webhooks' }),
};

function trouble(random: Random, names: readonly ProviderName[], what: Trouble): Part {
  const id = `trouble-${random.hex(8)}`;
  return {
    begins: [{ do: 'trouble', id, provider: random.pick(names), trouble: what }],
    ends: [{ do: 'endTrouble', id }],
  };
}
