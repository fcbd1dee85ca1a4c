/**
 * What each kind of fault means for region failover: where it strikes and what it takes there. Profiles (soak-profiles.ts)
 * say how often, how strong and how long. Functions are named by their
 * descriptions and machines by their files; soak.ts finds the machines' real names.
 */
import type { Names } from '../../../infra/names.ts';
import type { Random } from '../../../simulator/random.ts';
import { zonesOf } from '../../../simulator/services/ec2/state.ts';
import machine from '../../../statemachines/region-failover.asl.json' with { type: 'json' };
import cleanUpMachine from '../../../statemachines/region-failover-clean-up.asl.json' with { type: 'json' };
import {
  badDeliveries,
  badLinks,
  brokenCalls,
  CRASH_MOMENTS,
  cutOff,
  dark,
  fault,
  howOften,
  paused,
  share,
  slowCalls,
  whole,
} from '../../soak/common-kinds.ts';
import type { Kind } from '../../soak/profile.ts';
import type { Entry } from '../../soak/schedule.ts';
import type { Act } from './scenario.ts';

export interface SoakPlaces {
  readonly old: string;
  readonly target: string;
  readonly witness: string;
  readonly names: Names;
}

type Part = Partial<Entry<Act>>;

/** Handlers of functions/region-failover, the observer among them. */
export const FUNCTIONS = [
  ...['assess', 'ask', 'claim', 'freeze', 'fence', 'promote', 'scale', 'configure', 'open-writes', 'start-consumers'],
  ...[
    'shift-traffic',
    'verify',
    'record',
    'notify',
    'clean-up',
    'start-clean-up',
    'declare',
    'answer',
    'reconcile',
    'mend-latch',
    'observe',
  ],
] as const;

/** File stems of the machines, with their states. */
export const MACHINES = {
  'region-failover': statesOf(machine.States as unknown as States),
  'region-failover-clean-up': statesOf(cleanUpMachine.States as unknown as States),
} as const;

interface States {
  readonly [name: string]: { readonly Branches?: readonly { readonly States: States }[] };
}

function statesOf(states: States): string[] {
  return Object.entries(states).flatMap(([name, { Branches = [] }]) => [
    name,
    ...Branches.flatMap((branch) => statesOf(branch.States)),
  ]);
}

/** The states that a move passes: where a crash costs most, and what most executions get to. */
const MAIN_WAY = [
  ...['Assess', 'Claim', 'Freeze deployments', 'Fence', 'Wait for the lease', 'Confirm', 'Promote and scale'],
  ...['Promote database', 'Scale up', 'Configure the application', 'Open writes', 'Start consumers', 'Shift traffic'],
  ...['Verify by writing', 'Record the move', 'Tell people that it moved', 'Take over the claim', 'Undo the claim'],
];

/** Services that Mainstay and the application call. */
const SERVICES = [
  'dynamodb',
  'ssm',
  's3',
  'rds',
  'states',
  'sns',
  'autoscaling',
  'elasticloadbalancing',
  'lambda',
] as const;
const READ_SERVICES = ['dynamodb', 'ssm', 'rds', 'states', 'autoscaling', 'elasticloadbalancing'] as const;
const CHANNELS = ['rule', 'schedule', 'alarm', 'topic'] as const;
/** Route 53's checkers watch from these, at least (infra/config/route53-checker-ranges.ts). */
const CHECKER_REGIONS = ['us-east-1', 'us-west-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1'];

export function kindsFor(places: SoakPlaces): Readonly<Record<string, Kind<Act>>> {
  return {
    ...regions(places),
    ...links(places),
    ...calls(places),
    ...steps(places),
    ...capacity(places),
    ...rest(places),
  };
}

type Kinds = Record<string, Kind<Act>>;

/** A region as a whole. The one that writes is the likeliest. */
function regions({ old, target, witness, names }: SoakPlaces): Kinds {
  const oneOf = (random: Random): string => random.pick([old, old, old, old, target, witness]);
  return {
    dark: (random) => dark(oneOf(random)),
    'dark-writer': () => dark(old),
    'cut-off': (random) => cutOff(oneOf(random)),
    'cut-off-writer': () => cutOff(old),
    'grey-writer': (_, { size }) => fault({ kind: 'slow-database', region: old, addedMs: whole(size) }),
    /** Lost when the standby has long fallen behind. */
    'lagging-loss': (random, { lasts, size }) => {
      const later = Math.round(size / 1000) + random.integer(120);
      const lag = { kind: 'replication-lag', globalClusterId: names.globalCluster, addedMs: whole(size) } as const;
      return [
        { at: 0, lasts: later + 300, fault: lag },
        { at: later, lasts, ...(random.chance(0.5) ? dark(old) : cutOff(old)) },
      ];
    },
    flapping: (_, { at }) =>
      Array.from({ length: 6 }, (_round, round) => ({
        at: at + round * 50,
        lasts: 25,
        begins: [{ do: 'cutOff', region: old }],
        ends: [{ do: 'rejoin', region: old }],
      })),
    'clock-skew': (random, { size }) => ({
      ...fault({
        kind: 'clock-skew',
        region: random.pick([old, target, witness]),
        byMs: whole(size) * (random.chance(0.5) ? 1 : -1),
      }),
      // From the start: a clock that is off is assumed, one that jumps while a lease is waited out is not.
      at: 0,
      lasts: null,
    }),
  };
}

/** The network between two places, one way. */
function links({ old, target, witness }: SoakPlaces): Kinds {
  const link = (random: Random): { sender: string; receiver: string } => {
    const places = [old, target, witness, 'internet'];
    const sender = random.pick([...places, '*']);
    return { sender, receiver: random.pick(places.filter((place) => place !== sender)) };
  };
  return {
    'one-way': (random) => fault({ kind: 'cut', ...link(random) }),
    ...badLinks(link),
  };
}

/** Calls of AWS's APIs. */
function calls({ old, target, witness }: SoakPlaces): Kinds {
  const region = (random: Random): string => random.pick([old, target, target, target, witness]);
  const of = <T extends string>(random: Random, services: readonly T[]) => ({
    service: random.pick(services),
    region: region(random),
  });
  const any = (random: Random) => of(random, SERVICES);
  return {
    ...brokenCalls(any),
    ...slowCalls(any),
    quota: (random, { size }) =>
      fault({ kind: 'quota', ...of(random, ['dynamodb', 'ssm', 'autoscaling', 'rds']), probability: share(size) }),
    partial: (random, { size }) =>
      fault({ kind: 'partial', service: 'events', region: region(random), share: share(size), probability: 0.5 }),
    'stale-read': (random, { size }) =>
      fault({ kind: 'stale-read', ...of(random, READ_SERVICES), staleMs: whole(size), probability: 0.7 }),
    kms: (random) =>
      fault({
        kind: 'kms',
        region: region(random),
        error: random.pick(['DisabledException', 'KMSInvalidStateException']),
      }),
  };
}

/** Functions, executions and the events between them. */
function steps({ old, target }: SoakPlaces): Kinds {
  const where = (random: Random): string => random.pick([target, target, target, old]);
  const states = (random: Random): { machine: string; state: string } => {
    if (random.chance(0.7)) return { machine: 'region-failover', state: random.pick(MAIN_WAY) };
    const name = random.chance(0.7) ? 'region-failover' : 'region-failover-clean-up';
    return { machine: name, state: random.pick(MACHINES[name]) };
  };
  return {
    'function-crash': (random) => {
      const moment = random.pick(CRASH_MOMENTS);
      const about = { region: where(random), function: `region-failover/${random.pick(FUNCTIONS)}`, moment };
      return fault({ kind: 'function-crash', ...about, ...howOften(random, 6) });
    },
    'function-throttle': (random, { size }) =>
      fault({
        kind: 'function-throttle',
        region: where(random),
        ...(random.chance(0.7) && { function: `region-failover/${random.pick(FUNCTIONS)}` }),
        probability: share(size),
      }),
    'slow-process': (random, { size }) => fault({ kind: 'slow-process', region: where(random), addedMs: whole(size) }),
    'execution-abort': (random) =>
      fault({ kind: 'execution-abort', region: where(random), ...states(random), nth: 1 + random.integer(2) }),
    'at-state': (random, { lasts }) => atState(random, { old, target }, states(random), lasts),
    'event-lost': (random, { size }) => fault({ kind: 'event-lost', ...delivery(random), probability: share(size) }),
    ...badDeliveries(delivery),
  };
  function delivery(random: Random): { region: string; channel: (typeof CHANNELS)[number] } {
    return { region: where(random), channel: random.pick(CHANNELS) };
  }
}

/** As an execution enters a state, its region, the other one, or a machine is lost; or the lost one comes back. */
function atState(
  random: Random,
  { old, target }: Pick<SoakPlaces, 'old' | 'target'>,
  states: { machine: string; state: string },
  lasts: number | null,
): Part {
  const region = random.pick([target, target, old]);
  const at = { kind: 'at-state', region: target, ...states, nth: 1 } as const;
  const made = random.pick(['dark', 'cut-off', 'return', 'lose', 'crash'] as const);
  if ((made === 'dark' || made === 'cut-off') && lasts !== null) {
    const { begins, ends } = made === 'dark' ? dark(region) : cutOff(region);
    return { fault: { ...at, events: begins }, ends };
  }
  if (made === 'lose') {
    return { fault: { ...at, events: [{ do: 'lose', instance: { region: target, nth: random.integer(2) } }] } };
  }
  if (made === 'crash') {
    return { fault: { ...at, events: [{ do: 'crash', instance: { region: target, nth: random.integer(2) } }] } };
  }
  return {
    fault: {
      ...at,
      events: [
        { do: 'comeBack', region: old },
        { do: 'rejoin', region: old },
      ],
    },
  };
}

/** Machines, their zones and the database under them. */
function capacity({ old, target, names }: SoakPlaces): Kinds {
  const region = (random: Random): string => random.pick([target, target, old]);
  const instance = (random: Random) => ({ region: region(random), nth: random.integer(2) });
  return {
    shortage: (random) => {
      const place = region(random);
      return fault({
        kind: 'shortage',
        region: place,
        ...(random.chance(0.6) && { zone: random.pick(zonesOf(place)) }),
      });
    },
    'slow-boot': (random, { size }) => fault({ kind: 'slow-boot', region: region(random), factor: whole(size) }),
    'sick-instance': (random, { size }) =>
      fault({ kind: 'sick-instance', region: region(random), probability: share(size) }),
    lose: (random) => ({ begins: [{ do: 'lose', instance: instance(random) }] }),
    crash: (random) => ({ begins: [{ do: 'crash', instance: instance(random) }] }),
    pause: (random) => paused('pause', instance(random)),
    'pause-in-mid-write': (random) => paused('pauseInMidWrite', { region: old, nth: random.integer(2) }),
    'stuck-promotion': (random, { size }) =>
      fault({ kind: 'stuck-promotion', ...(random.chance(0.6) && { addedMs: whole(size) }) }),
    'replication-lag': (_, { size }) =>
      fault({ kind: 'replication-lag', globalClusterId: names.globalCluster, addedMs: whole(size) }),
    'replication-stop': () => fault({ kind: 'replication-stop', globalClusterId: names.globalCluster }),
    'slow-database': (random, { size }) =>
      fault({ kind: 'slow-database', region: region(random), addedMs: whole(size) }),
    'slow-pool': (random, { size }) => fault({ kind: 'slow-pool', region: region(random), addedMs: whole(size) }),
  };
}

/** DNS, its checkers, and people. */
function rest({ names }: SoakPlaces): Kinds {
  void names;
  const ask = (where: 'target' | 'old', id: string, at: number): Part => ({
    at,
    act: { act: 'try', of: { act: 'request', where, reason: 'customers complain', id } },
  });
  return {
    'dns-hold': (_, { size }) => fault({ kind: 'dns-hold', factor: whole(size), probability: 0.3 }),
    'dns-failure': (random) =>
      fault({ kind: 'dns-failure', answers: random.pick(['stale', 'fail']), probability: 0.5 }),
    'dns-negative': (_, { size }) => fault({ kind: 'dns-negative', holdSeconds: whole(size), probability: 0.3 }),
    'sticky-users': (_, { size }) => fault({ kind: 'sticky-users', share: share(size) }),
    checkers: (random) =>
      fault({
        kind: 'checkers',
        regions: CHECKER_REGIONS.filter(() => random.chance(0.5)),
        see: random.pick(['healthy', 'unhealthy', 'nothing']),
      }),
    'person-asks': (random, { at }) => ask('target', `person-${random.integer(1000)}`, at),
    /** After a move this asks for the way back. */
    'person-asks-back': (random, { at }) => ask('old', `person-${random.integer(1000)}`, at),
    'people-ask-at-once': (random, { at }) =>
      (['target', 'old', 'target'] as const).map((where, index) =>
        ask(where, `crowd-${index}`, at + random.integer(3)),
      ),
    'person-answers': (random, { at }) => ({
      at,
      act: { act: 'try', of: { act: 'answer', decision: random.pick(['approve', 'approve', 'decline']) } },
    }),
    'automation-off': (_, { at, lasts }) => [
      { at, lasts: null, act: { act: 'try', of: { act: 'automation', value: 'off' } } },
      { at: at + (lasts ?? 0), lasts: null, act: { act: 'try', of: { act: 'automation', value: 'on' } } },
    ],
    'late-order': (random, { at }) => ({ at, act: { act: 'order', where: random.pick(['old', 'target']) } }),
  };
}
