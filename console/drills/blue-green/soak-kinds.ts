/**
 * What each kind of fault means for blue/green: where it strikes and what it takes there. Profiles (soak-profiles.ts) say
 * how often, how strong and how long; what is pushed and what people want is in soak-wishes.ts. Functions are named by
 * their descriptions and machines by their files; soak.ts finds the machines' real names.
 */
import type { Random } from '../../../simulator/random.ts';
import { zonesOf } from '../../../simulator/services/ec2/state.ts';
import machine from '../../../statemachines/blue-green.asl.json' with { type: 'json' };
import cleanUpMachine from '../../../statemachines/blue-green-clean-up.asl.json' with { type: 'json' };
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
import { atSteps } from './soak-steps.ts';
import { type Kinds, type Part, wishes } from './soak-wishes.ts';

export interface SoakPlaces {
  /** Where the releases are made. */
  readonly region: string;
  /** The other serving region, and the witness. */
  readonly second: string;
  readonly witness: string;
}

/** Handlers of functions/blue-green, as statemachines and infra/wiring.ts start them. */
export const FUNCTIONS = [
  ...['take-lease', 'snapshot', 'pin', 'empty', 'prepare', 'check-health', 'validate', 'migrate', 'shift', 'prove'],
  ...['watch', 'commit', 'roll-back', 'finish', 'notify', 'clean-up', 'start-clean-up', 'admit', 'steer', 'reconcile'],
  ...['reap', 'export'],
] as const;

/** File stems of the machines, with their states. */
export const MACHINES = {
  'blue-green': Object.keys(machine.States),
  'blue-green-clean-up': Object.keys(cleanUpMachine.States),
} as const;

/** The states that a release passes: where a crash costs most, and what most executions get to. */
const MAIN_WAY = [
  ...['Take the lease', 'Look', 'Pin both colours', 'Empty the idle colour', 'Prepare the idle colour'],
  ...['Check health', 'Validate', 'Shift', 'Prove the shift', 'Watch', 'Commit', 'Roll back', 'Finish', 'Tell people'],
];

/** Calls whose success unseen, or whose failure, leaves most behind. */
const DEEDS = [
  ...['dynamodb:UpdateItem', 'dynamodb:PutItem', 'states:StartExecution', 'autoscaling:SuspendProcesses'],
  ...['autoscaling:UpdateAutoScalingGroup', 'ssm:PutParameter', 'elasticloadbalancing:ModifyRule', 'sns:Publish'],
];

/** Services that releases call. */
const SERVICES = [
  ...['dynamodb', 'dynamodb', 'ssm', 'states', 'sns', 'autoscaling', 'elasticloadbalancing', 'elasticloadbalancing'],
  ...['lambda', 'cloudwatch', 'ecr', 's3'],
];
const READ_SERVICES = ['ssm', 'states', 'autoscaling', 'elasticloadbalancing', 'elasticloadbalancing'] as const;
/** Blue/green has no queue and starts nothing by a topic; its alarms start nothing either. */
const CHANNELS = ['rule', 'rule', 'schedule'] as const;

/** `part` is how long a release takes, as a share of production's time (soak-tempo.ts). */
export function kindsFor(places: SoakPlaces, part = 1): Readonly<Record<string, Kind<Act>>> {
  return {
    ...wishes(part),
    ...regions(places),
    ...links(places),
    ...calls(places),
    ...steps(places),
    ...atSteps(places.region),
    ...capacity(places),
  };
}

/** A region as a whole: region failover is awake in these runs, and may move the application meanwhile. */
function regions({ region, second, witness }: SoakPlaces): Kinds {
  const oneOf = (random: Random): string => random.pick([region, region, region, second, witness]);
  return {
    dark: (random) => dark(oneOf(random)),
    'cut-off': (random) => cutOff(oneOf(random)),
  };
}

/** The network between two places, one way, and the load balancer's own nodes. */
function links({ region }: SoakPlaces): Kinds {
  const link = (random: Random): { sender: string; receiver: string } =>
    random.chance(0.5) ? { sender: 'internet', receiver: region } : { sender: region, receiver: 'internet' };
  return {
    ...badLinks(link),
    'slow-rules': (_, { size }) => fault({ kind: 'slow-rules', region, addedMs: whole(size) }),
  };
}

/** Calls of AWS's APIs. */
function calls({ region }: SoakPlaces): Kinds {
  const of = (random: Random, services: readonly string[]) => ({ service: random.pick(services), region });
  const any = (random: Random) => of(random, SERVICES);
  return {
    ...brokenCalls(any),
    ...slowCalls(any),
    quota: (random, { size }) =>
      fault({ kind: 'quota', ...of(random, ['dynamodb', 'ssm', 'autoscaling', 'ecr']), probability: share(size) }),
    'stale-read': (random, { size }) =>
      fault({ kind: 'stale-read', ...of(random, READ_SERVICES), staleMs: whole(size), probability: 0.7 }),
    /** The answers to the writes of the rule alone are lost: the deed that everything hangs on. */
    'lost-rule': (random, { size }) =>
      fault({
        kind: random.pick(['lose-answer', 'throttle', 'drop'] as const),
        service: 'elasticloadbalancing',
        operation: 'ModifyRule',
        region,
        probability: share(size),
        times: 1 + random.integer(12),
      }),
    /** The judge is blind. */
    'no-metrics': () =>
      fault({
        kind: 'error',
        service: 'cloudwatch',
        operation: 'GetMetricData',
        region,
        error: 'InternalServiceFault',
      }),
  };
}

/** Functions, executions and the events between them. */
function steps({ region }: SoakPlaces): Kinds {
  const handler = (random: Random): string => `blue-green/${random.pick(FUNCTIONS)}`;
  const states = (random: Random): { machine: keyof typeof MACHINES; state: string } => {
    if (random.chance(0.7)) return { machine: 'blue-green', state: random.pick(MAIN_WAY) };
    const name = random.chance(0.7) ? 'blue-green' : 'blue-green-clean-up';
    return { machine: name, state: random.pick(MACHINES[name]) };
  };
  const delivery = (random: Random) => ({ region, channel: random.pick(CHANNELS) });
  return {
    'function-crash': (random) => {
      const moment = random.pick(CRASH_MOMENTS);
      const often = howOften(random, 6);
      return fault({ kind: 'function-crash', region, function: handler(random), moment, ...often });
    },
    /** Whoever does it dies right beside one of the calls that change something. */
    'crash-by-deed': (random) =>
      fault({
        kind: 'function-crash',
        region,
        moment: random.pick(['before-call', 'after-call', 'after-call'] as const),
        call: random.pick(DEEDS),
        nth: 1 + random.integer(5),
      }),
    'function-throttle': (random, { size }) =>
      fault({
        kind: 'function-throttle',
        region,
        ...(random.chance(0.7) && { function: handler(random) }),
        probability: share(size),
      }),
    'slow-process': (_, { size }) => fault({ kind: 'slow-process', region, addedMs: whole(size) }),
    'execution-abort': (random) =>
      fault({
        kind: 'execution-abort',
        region,
        ...states(random),
        nth: random.chance(0.7) ? 1 : 2 + random.integer(2),
      }),
    'at-state': (random, { lasts }) => atState(random, region, states(random), lasts),
    'event-lost': (random, { size }) => fault({ kind: 'event-lost', ...delivery(random), probability: share(size) }),
    ...badDeliveries(delivery),
  };
}

/** As an execution enters a state, a machine of either colour is lost or crashes, or none can be had any more. */
function atState(
  random: Random,
  region: string,
  states: { machine: string; state: string },
  lasts: number | null,
): Part {
  const at = { kind: 'at-state', region, ...states, nth: random.chance(0.7) ? 1 : 2 + random.integer(2) } as const;
  const instance = { region, nth: random.integer(4) };
  switch (random.pick(['lose', 'crash', 'shortage'] as const)) {
    case 'lose':
      return { fault: { ...at, events: [{ do: 'lose', instance }] } };
    case 'crash':
      return { fault: { ...at, events: [{ do: 'crash', instance }] } };
    case 'shortage':
      return {
        fault: {
          ...at,
          events: [
            { do: 'shortage', region },
            { do: 'lose', instance },
          ],
        },
        ...(lasts !== null && { ends: [{ do: 'endShortage', region }] }),
      };
  }
}

/** Machines and their zones: two of the live colour, and two of the new one once it is there. */
function capacity({ region }: SoakPlaces): Kinds {
  const instance = (random: Random) => ({ region, nth: random.integer(4) });
  return {
    shortage: (random) =>
      fault({ kind: 'shortage', region, ...(random.chance(0.4) && { zone: random.pick(zonesOf(region)) }) }),
    'slow-boot': (_, { size }) => fault({ kind: 'slow-boot', region, factor: whole(size) }),
    'sick-instance': (_, { size }) => fault({ kind: 'sick-instance', region, probability: share(size) }),
    lose: (random) => ({ begins: [{ do: 'lose', instance: instance(random) }] }),
    crash: (random) => ({ begins: [{ do: 'crash', instance: instance(random) }] }),
    pause: (random) => paused('pause', instance(random)),
  };
}

export type SoakEntry = Entry<Act>;
