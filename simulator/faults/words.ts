/** A fault in a few plain words, for people who read what happened or what was drawn. */
import type { Calls, Common, Deliveries, Fault, FaultKind, Link, Resolvers, StateEntries } from './kinds.ts';

type Words = { readonly [K in FaultKind]: (fault: Extract<Fault, { kind: K }>) => string };

const seconds = (milliseconds: number): string => `${milliseconds / 1_000} s`;
const within = (region: string | undefined): string => (region === undefined ? '' : ` in ${region}`);

const calls = ({ service = 'every service', operation, region, place, by, input }: Calls): string =>
  `${service}${operation === undefined ? '' : `:${operation}`}${within(region)}` +
  `${place === undefined ? '' : ` from ${place}`}${by === undefined ? '' : ` by ${by}`}` +
  `${input === undefined ? '' : ` with ${Object.values(input).join(', ')}`}`;

const events = ({ channel, region, source, detailType, name, target }: Deliveries): string =>
  `events${[channel, source, detailType, name].map((part) => (part === undefined ? '' : ` '${part}'`)).join('')}` +
  `${within(region)}${target === undefined ? '' : ` to ${target}`}`;

const states = ({ machine = 'an execution', state = 'a state', region }: StateEntries): string =>
  `${machine} entering '${state}'${within(region)}`;

const link = ({ sender, receiver }: Link): string =>
  `from ${sender === '*' ? 'anywhere' : sender} to ${receiver === '*' ? 'anywhere' : receiver}`;

const resolvers = ({ resolver, place }: Resolvers): string => resolver ?? `resolvers${within(place)}`;

const words: Words = {
  error: (fault) => `${calls(fault)}: ${fault.error}`,
  throttle: (fault) => `${calls(fault)}: throttled`,
  quota: (fault) => `${calls(fault)}: quota used up`,
  latency: (fault) => `${calls(fault)}: ${seconds((fault.beforeMs ?? 0) + (fault.afterMs ?? 0))} slower`,
  reorder: (fault) => `${calls(fault)}: out of order within ${seconds(fault.withinMs)}`,
  drop: (fault) => `${calls(fault)}: requests lost`,
  'lose-answer': (fault) => `${calls(fault)}: answers lost`,
  duplicate: (fault) => `${calls(fault)}: carried out twice`,
  partial: (fault) => `${calls(fault)}: done in part`,
  'stale-read': (fault) => `${calls(fault)}: reads ${seconds(fault.staleMs)} old`,
  kms: ({ key = 'every key', region, error }) => `KMS ${key}${within(region)}: ${error}`,
  endpoint: ({ service, region, place }) =>
    `${service} in ${region} cannot be connected to${place === undefined ? '' : ` from ${place}`}`,
  'event-lost': (fault) => `${events(fault)} lost`,
  'event-duplicate': (fault) => `${events(fault)} delivered twice`,
  'event-late': (fault) => `${events(fault)} up to ${seconds(fault.maxMs)} late`,
  'function-crash': (fault) =>
    `${fault.function ?? 'a function'}${within(fault.region)} dies ${MOMENTS[fault.moment]}` +
    `${fault.moment.endsWith('-call') ? ` ${fault.call ?? 'a call'}` : ''}`,
  'function-throttle': (fault) => `${fault.function ?? 'functions'}${within(fault.region)}: no room for invocations`,
  'execution-abort': (fault) => `${states(fault)} is aborted`,
  'at-state': (fault) => `${states(fault)}: ${fault.events.map((event) => event.do).join(', ')}`,
  shortage: ({ region, zone }) => `no capacity for instances in ${zone ?? region}`,
  'slow-boot': ({ region, factor }) => `instances in ${region} boot ${factor} times as long`,
  'sick-instance': ({ region, zone }) => `instances in ${zone ?? region} never pass their health checks`,
  'slow-rules': ({ region, addedMs }) => `rules of load balancers in ${region} take ${seconds(addedMs)} longer`,
  'stuck-promotion': ({ region, addedMs }) =>
    `promotions${within(region)} ${addedMs === undefined ? 'hang' : `take ${seconds(addedMs)} longer`}`,
  'replication-lag': ({ addedMs, growsBySecondMs }) =>
    `replication is ${seconds(addedMs)} behind${growsBySecondMs ? `, and ${seconds(growsBySecondMs)} more each second` : ''}`,
  'replication-stop': ({ region }) => `replication stops${region === undefined ? '' : ` to ${region}`}`,
  'slow-database': ({ region, addedMs }) => `the database in ${region} is slowed by ${seconds(addedMs)}`,
  'slow-pool': ({ region, addedMs }) => `connections of the application in ${region} are slowed by ${addedMs} ms`,
  'clock-skew': ({ region, byMs }) => `the clocks of ${region} are off by ${seconds(byMs)}`,
  'slow-process': ({ region, process = 'processes', addedMs }) => `${process} in ${region} run ${addedMs} ms late`,
  cut: (fault) => `nothing gets ${link(fault)}`,
  'packet-loss': (fault) => `packets ${link(fault)} are lost`,
  'slow-link': (fault) => `the way ${link(fault)} takes ${fault.addedMs} ms longer`,
  'dns-hold': (fault) =>
    `${resolvers(fault)} keep answers ${fault.factor === undefined ? 'for ever' : `${fault.factor} times too long`}`,
  'dns-failure': (fault) =>
    `${resolvers(fault)} get no answers and ${fault.answers === 'stale' ? 'go on with old ones' : 'fail'}`,
  'dns-negative': (fault) =>
    `${resolvers(fault)} take ${fault.name ?? 'names'} for missing, ${fault.holdSeconds} s long`,
  'sticky-users': ({ share }) => `${Math.round(share * 100)} % of the users never look names up again`,
  checkers: ({ regions, see }) =>
    `health checkers in ${regions.join(', ')} report ${see === 'nothing' ? 'nothing' : `everything ${see}`}`,
};

const MOMENTS = {
  init: 'as it loads',
  start: 'as it begins',
  'before-call': 'before',
  'after-call': 'after',
  end: 'before it can answer',
} as const;

/** 'dynamodb in us-west-2: 8 s slower (10 % of the time)' */
export function inWords(fault: Fault): string {
  const { probability, nth, times } = fault as Common;
  const limits = [
    ...(probability === undefined ? [] : [`${Math.round(probability * 1_000) / 10} % of the time`]),
    ...(nth === undefined ? [] : [`only number ${nth}`]),
    ...(times === undefined ? [] : [`at most ${times} times`]),
  ];
  const text = (words[fault.kind] as (fault: Fault) => string)(fault);
  return limits.length === 0 ? text : `${text} (${limits.join(', ')})`;
}
