/**
 * What can befall the application, each with the outcome that must follow and every effect that is wanted, by when.
 * Any other effect is wrong. Times are seconds after the fault began.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import type { Names } from '../../../infra/names.ts';
import type { TimedEvent } from '../../../simulator/world/events.ts';

export type Outcome =
  /** Promoted, verified and serving in the other region. */
  | 'failed-over'
  /** Nothing changed and nobody was told. */
  | 'undisturbed'
  /** Nothing changed, and a person was told why. */
  | 'held'
  /** Nothing changed, and a person was asked. */
  | 'asked'
  /** Claimed, and then put back exactly as it was. */
  | 'restored'
  /** Past the one-way step but not verified: a person was paged. */
  | 'incomplete';

/** An effect that is wanted between two moments; `times` says how often, once unless told. */
export interface Want {
  readonly what: string;
  readonly where: 'target' | 'old' | 'witness' | 'either';
  readonly from: number;
  readonly by: number;
  readonly times?: readonly [number, number];
}

/** Something a driver does at a moment, beyond world events. */
export type Act =
  /** A person asks to move to the target, through an event on its bus. */
  | { readonly act: 'request'; readonly where: 'target' | 'old'; readonly reason: string; readonly id: string }
  /** A person answers the open question. */
  | { readonly act: 'answer'; readonly decision: 'approve' | 'decline' }
  | { readonly act: 'automation'; readonly value: 'on' | 'off' }
  /** Stops the running execution as soon as it enters this state. */
  | { readonly act: 'abortAt'; readonly state: string };

export interface Places {
  /** The region that holds the writes when the fault begins, the one to move to, and the witness. */
  readonly old: string;
  readonly target: string;
  readonly witness: string;
  readonly names: Names;
  readonly configuration: Configuration;
}

export interface Scenario {
  readonly title: string;
  readonly expected: Outcome;
  /** Where the writes are at the beginning. @default first */
  readonly startsIn?: 'first' | 'second';
  readonly events: (places: Places) => readonly TimedEvent[];
  readonly acts?: readonly (Act & { readonly afterSeconds: number })[];
  /** How long the world is watched after the fault, unless it is over sooner. */
  readonly seconds: number;
  /** Watched to the end even when a move is over sooner: something is still to happen. */
  readonly toTheEnd?: boolean;
  readonly wants: readonly Want[];
}

const now = 0;
const s = (seconds: number): number => seconds * 1000;

/** The effects of one whole failover, for a fault that begins at once. */
const wholeFailover = (by: { start?: number; done?: number } = {}): Want[] => {
  const start = by.start ?? 180;
  const done = by.done ?? 600;
  const inTarget = (what: string, until: number): Want => ({ what, where: 'target', from: 0, by: until });
  return [
    { ...inTarget('start', done), times: [1, 4] },
    inTarget('claim', start + 60),
    inTarget('freeze', start + 90),
    inTarget('commit', start + 120),
    inTarget('promote', start + 130),
    inTarget('configure', start + 360),
    inTarget('open writes', start + 380),
    inTarget('consumers', start + 390),
    inTarget('latch', start + 400),
    { what: 'latch', where: 'witness', from: 0, by: start + 400 },
    inTarget('thaw', done),
    inTarget('finish', done),
    inTarget('tell moved', done),
  ];
};

const told: Want = { what: 'tell held', where: 'target', from: 30, by: 360, times: [1, 3] };
const startsOnly: Want = { what: 'start', where: 'target', from: 30, by: 3600, times: [1, 60] };

export const scenarios = {
  'dark-primary': {
    title: 'the writing region goes dark; the other one takes over',
    expected: 'failed-over',
    events: ({ old }) => [{ do: 'goDark', region: old, afterMs: now }],
    seconds: 1200,
    wants: wholeFailover(),
  },
  'other-direction': {
    title: 'the same with the second region writing: the first one takes over',
    expected: 'failed-over',
    startsIn: 'second',
    events: ({ old }) => [{ do: 'goDark', region: old, afterMs: now }],
    seconds: 1200,
    wants: wholeFailover(),
  },
  'cut-off-primary': {
    title: 'the writing region is cut off but alive; it stops writing by itself and never are there two writers',
    expected: 'failed-over',
    events: ({ old }) => [{ do: 'cutOff', region: old, afterMs: now }],
    seconds: 1200,
    wants: wholeFailover(),
  },
  'paused-writer': {
    title: 'a writer is paused in mid-write, its region is cut off, and it wakes after the promotion',
    expected: 'failed-over',
    events: ({ old }) => [
      { do: 'slowPool', region: old, addedMs: 400, afterMs: now },
      { do: 'pause', instance: { region: old, nth: 0 }, afterMs: s(2) },
      { do: 'cutOff', region: old, afterMs: s(3) },
      { do: 'wake', instance: { region: old, nth: 0 }, afterMs: s(420) },
    ],
    seconds: 700,
    toTheEnd: true,
    wants: wholeFailover(),
  },
  'returning-region': {
    title: 'the lost region returns with its queued work and stays fenced',
    expected: 'failed-over',
    events: ({ old }) => [
      { do: 'goDark', region: old, afterMs: now },
      { do: 'comeBack', region: old, afterMs: s(700) },
    ],
    seconds: 1200,
    toTheEnd: true,
    wants: [
      ...wholeFailover(),
      // Its alarm and its reconciler wake too; they look, and leave it.
      { what: 'start', where: 'old', from: 700, by: 1200, times: [0, 10] },
      { what: 'latch', where: 'old', from: 700, by: 1200, times: [1, 1] },
      { what: 'tell held', where: 'old', from: 700, by: 1200, times: [0, 2] },
      { what: 'configure', where: 'old', from: 700, by: 1200, times: [0, 1] },
      { what: 'consumers', where: 'old', from: 700, by: 1200, times: [0, 1] },
    ],
  },
  'returning-execution': {
    title:
      'a failover towards a region is running when that region goes dark; it returns after the decision was made elsewhere',
    expected: 'failed-over',
    events: ({ old, target }) => [
      { do: 'goDark', region: target, afterMs: s(20) },
      { do: 'comeBack', region: target, afterMs: s(80) },
      { do: 'goDark', region: old, afterMs: s(200) },
    ],
    acts: [{ act: 'request', where: 'target', reason: 'an exercise', id: 'person-1', afterSeconds: 0 }],
    seconds: 1500,
    wants: wholeFailover({ start: 400, done: 1200 }),
  },
  'flapping-health': {
    title: 'the writing region comes and goes every 25 s; nothing is moved',
    expected: 'undisturbed',
    events: ({ old }) =>
      Array.from({ length: 8 }, (_, round) => [
        { do: 'cut' as const, from: '*', to: old, afterMs: s(50 * round) },
        { do: 'mend' as const, from: '*', to: old, afterMs: s(50 * round + 25) },
      ]).flat(),
    seconds: 600,
    wants: [
      { ...startsOnly, times: [0, 8] },
      { ...told, times: [0, 1] },
    ],
  },
  'one-observer': {
    title: 'only the standby region sees the failure; nothing is moved and someone is told',
    expected: 'held',
    events: ({ old, target }) => [
      { do: 'cut', from: target, to: old, afterMs: now },
      { do: 'mend', from: target, to: old, afterMs: s(500) },
    ],
    seconds: 600,
    wants: [startsOnly, told],
  },
  'grey-dynamodb': {
    title: 'DynamoDB in the writing region is slow, not down; the lease is renewed through the other regions',
    expected: 'undisturbed',
    events: ({ old }) => [
      { do: 'breakCalls', fault: { service: 'dynamodb', region: old, latencyMs: 8000 }, forMs: s(300), afterMs: now },
    ],
    seconds: 400,
    wants: [],
  },
  'lag-above-rpo': {
    title: 'the standby is further behind than the RPO allows when the region is lost; a person is asked',
    expected: 'asked',
    events: ({ old, names }) => [
      { do: 'lag', globalClusterId: names.globalCluster, addedMs: s(400), growsBySecondMs: 0, afterMs: now },
      { do: 'goDark', region: old, afterMs: s(460) },
    ],
    seconds: 900,
    wants: [
      { ...startsOnly, from: 480, times: [1, 10] },
      { what: 'ask', where: 'target', from: 500, by: 800, times: [1, 2] },
    ],
  },
  'lag-accepted': {
    title: 'the same, and a named person accepts the loss',
    expected: 'failed-over',
    events: ({ old, names }) => [
      { do: 'lag', globalClusterId: names.globalCluster, addedMs: s(400), growsBySecondMs: 0, afterMs: now },
      { do: 'goDark', region: old, afterMs: s(460) },
    ],
    acts: [{ act: 'answer', decision: 'approve', afterSeconds: 760 }],
    seconds: 1800,
    wants: [
      { what: 'ask', where: 'target', from: 500, by: 760, times: [1, 2] },
      ...wholeFailover({ start: 1000, done: 1700 }),
    ],
  },
  'standby-not-ready': {
    title: 'the standby has no healthy instance when the region is lost; nothing is fenced and someone is told',
    expected: 'held',
    events: ({ old, target }) => [
      { do: 'slowDatabase', region: target, addedMs: 20_000, afterMs: now },
      { do: 'goDark', region: old, afterMs: s(60) },
    ],
    seconds: 600,
    wants: [
      { ...startsOnly, from: 90 },
      { ...told, from: 90, by: 500 },
    ],
  },
  'short-of-capacity': {
    title: 'the standby has lost an instance and gets no replacement; nothing is fenced and someone is told',
    expected: 'held',
    events: ({ old, target }) => [
      { do: 'crash', instance: { region: target, nth: 0 }, afterMs: now },
      { do: 'goDark', region: old, afterMs: s(1) },
    ],
    seconds: 600,
    wants: [startsOnly, told],
  },
  'alarm-and-person': {
    title: 'the alarm and people in both regions ask at once, repeatedly; there is one failover',
    expected: 'failed-over',
    events: ({ old }) => [{ do: 'cutOff', region: old, afterMs: now }],
    acts: [
      { act: 'request', where: 'target', reason: 'customers complain', id: 'person-1', afterSeconds: 62 },
      { act: 'request', where: 'target', reason: 'customers complain', id: 'person-2', afterSeconds: 63 },
      { act: 'request', where: 'target', reason: 'customers complain', id: 'person-3', afterSeconds: 64 },
      { act: 'request', where: 'old', reason: 'I see nothing from here', id: 'person-4', afterSeconds: 64 },
    ],
    seconds: 1200,
    wants: [
      ...wholeFailover().map((want) => (want.what === 'start' ? { ...want, times: [3, 8] as const } : want)),
      { what: 'start', where: 'old', from: 60, by: 1200, times: [0, 6] },
      { what: 'tell held', where: 'either', from: 60, by: 600, times: [0, 8] },
    ],
  },
  'person-while-healthy': {
    title: 'a person moves a healthy application; the writer’s lease is waited out first',
    expected: 'failed-over',
    events: () => [],
    acts: [{ act: 'request', where: 'target', reason: 'an exercise', id: 'person-1', afterSeconds: 0 }],
    seconds: 1200,
    wants: wholeFailover(),
  },
  'recovers-in-time': {
    title: 'the region comes back after the claim and before the promotion; everything is put back exactly',
    expected: 'restored',
    events: ({ old }) => [
      { do: 'cut', from: '*', to: old, afterMs: now },
      { do: 'mend', from: '*', to: old, afterMs: s(81) },
    ],
    acts: [],
    seconds: 600,
    wants: [],
  },
  'witness-lost': {
    title: 'the witness is dark when the region is lost; nothing is promoted automatically and a person is asked',
    expected: 'asked',
    events: ({ old, witness }) => [
      { do: 'goDark', region: witness, afterMs: now },
      { do: 'cut', from: '*', to: old, afterMs: s(90) },
    ],
    seconds: 600,
    wants: [
      { ...startsOnly, times: [1, 10] },
      { what: 'ask', where: 'target', from: 100, by: 500, times: [1, 2] },
    ],
  },
  'kill-switch': {
    title: 'automation is switched off when the region is lost; nothing is moved and someone is told',
    expected: 'held',
    events: ({ old }) => [{ do: 'goDark', region: old, afterMs: s(5) }],
    acts: [{ act: 'automation', value: 'off', afterSeconds: 0 }],
    seconds: 600,
    wants: [startsOnly, told],
  },
  'throttled-promotion': {
    title: 'the answer to the promotion is lost; it is not asked for twice',
    expected: 'failed-over',
    events: ({ old, target }) => [
      { do: 'goDark', region: old, afterMs: now },
      {
        do: 'breakCalls',
        fault: { service: 'rds', operation: 'FailoverGlobalCluster', region: target, loseAnswer: true },
        forMs: s(600),
        afterMs: now,
      },
    ],
    seconds: 1200,
    wants: wholeFailover(),
  },
} as const satisfies Record<string, Scenario>;
