/**
 * What can befall the application, each with the outcome that must follow and every effect that is wanted, by when.
 * Any other effect is wrong. Times are seconds after the fault began. Read by drill.ts and the scenario tests.
 */
import type { Scenario } from './scenario.ts';
import {
  automatic,
  cutOffRegionLooks,
  GROWN_SECONDS,
  heldOnce,
  inOld,
  inTarget,
  move,
  now,
  SICK_SECONDS,
  STARTED_SECONDS,
  s,
} from './scenario-wants.ts';

export const scenarios = {
  'dark-primary': {
    title: 'the writing region goes dark; the other one takes over',
    expected: 'failed-over',
    events: ({ old }) => [{ do: 'goDark', region: old, afterMs: now }],
    seconds: 1200,
    wants: automatic(),
  },
  'other-direction': {
    title: 'the same with the second region writing: the first one takes over',
    expected: 'failed-over',
    startsIn: 'second',
    events: ({ old }) => [{ do: 'goDark', region: old, afterMs: now }],
    seconds: 1200,
    wants: automatic(),
  },
  'cut-off-primary': {
    title: 'the writing region is cut off but alive; it stops writing by itself and never are there two writers',
    expected: 'failed-over',
    events: ({ old }) => [
      // Slow, so that writes are on their way to the database when the lease runs out.
      { do: 'slowDatabase', region: old, addedMs: s(1.9), afterMs: now },
      { do: 'cutOff', region: old, afterMs: s(5) },
    ],
    seconds: 1200,
    wants: [...automatic(5), ...cutOffRegionLooks],
  },
  'paused-writer': {
    title: 'a writer is paused in mid-write, its region is cut off, and it wakes after the promotion',
    expected: 'failed-over',
    events: ({ old }) => [
      { do: 'pauseInMidWrite', instance: { region: old, nth: 0 }, afterMs: now },
      { do: 'cutOff', region: old, afterMs: s(4) },
    ],
    acts: [
      {
        act: 'eventsAt',
        where: 'target',
        state: 'Verify by writing',
        events: ({ old }) => [{ do: 'wake', instance: { region: old, nth: 0 } }],
        afterSeconds: 0,
      },
    ],
    seconds: 1200,
    wants: [...automatic(4), ...cutOffRegionLooks],
  },
  'returning-region': {
    title: 'the lost region returns with a running execution, its writers and its consumers, and stays fenced',
    expected: 'failed-over',
    events: ({ old, target }) => [
      // Each serving region sees the other one fail, so the alarm rings in both.
      { do: 'cut', from: target, to: old, afterMs: now },
      { do: 'mend', from: target, to: old, afterMs: s(600) },
      { do: 'comeBack', region: old, afterMs: s(800) },
    ],
    acts: [
      {
        act: 'eventsAt',
        where: 'old',
        state: 'Assess',
        events: ({ old }) => [{ do: 'goDark', region: old }],
        afterSeconds: 0,
      },
      { act: 'order', where: 'old', afterSeconds: 801 },
      { act: 'order', where: 'old', afterSeconds: 830 },
    ],
    seconds: 1000,
    toTheEnd: true,
    wants: [
      inTarget('alarm mail', 60, 130),
      // The first execution may have looked for the last time before the witness saw the region fail for long enough.
      inTarget('start', 60, 330, [1, 4]),
      inTarget('tell held', 120, 260, [0, 1]),
      ...move(120, 330),
      inOld('alarm mail', 60, 130),
      inOld('start', 60, 130),
      // What woke looked for 90 s and told why it did nothing.
      inOld('tell held', 800, 1000),
      // Until its database is rebuilt as a secondary the returned region is not ready, and its alarm may ring once more.
      inTarget('alarm mail', 860, 1000, [0, 1]),
      inTarget('start', 860, 1000, [0, 1]),
      inOld('latch', 800, 930),
      inOld('consumers', 800, 930),
    ],
  },
  'returning-execution': {
    title: 'a move is about to promote when its region goes dark; the claim is undone elsewhere, and it wakes too late',
    expected: 'restored',
    events: ({ target }) => [{ do: 'comeBack', region: target, afterMs: s(600) }],
    acts: [
      { act: 'request', where: 'target', reason: 'an exercise', id: 'person-1', afterSeconds: 0 },
      {
        act: 'eventsAt',
        where: 'target',
        state: 'Promote database',
        events: ({ target }) => [{ do: 'goDark', region: target }],
        afterSeconds: 0,
      },
    ],
    seconds: 760,
    wants: [
      inTarget('start', 0, 10),
      inTarget('claim', 0, 15),
      inTarget('freeze', 0, 20),
      inTarget('restore', 300, 420),
      inOld('tell undone', 300, 420),
      // The other region sees this one fail meanwhile, and has the application already.
      inOld('alarm mail', 90, 200),
      inOld('start', 90, 200),
      inTarget('thaw', 600, 730),
    ],
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
    wants: [],
  },
  'one-observer': {
    title: 'the link between the serving regions breaks, so only one observer sees each fail; nothing is moved',
    expected: 'held',
    events: ({ old, target }) => [
      { do: 'cut', from: target, to: old, afterMs: now },
      { do: 'mend', from: target, to: old, afterMs: s(500) },
    ],
    seconds: 600,
    wants: [...heldOnce(0, 560), inOld('alarm mail', 60, 130), inOld('start', 60, 130)],
  },
  'grey-dynamodb': {
    title: 'DynamoDB in the writing region is slow, not down; the lease is renewed through the other regions',
    expected: 'undisturbed',
    events: ({ old }) => [
      {
        do: 'fault',
        fault: { kind: 'latency', service: 'dynamodb', region: old, afterMs: 8000 },
        forMs: s(300),
        afterMs: now,
      },
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
    wants: [inTarget('alarm mail', 520, 590), inTarget('start', 520, 650, [1, 2]), inTarget('ask', 520, 660, [1, 2])],
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
      inTarget('alarm mail', 520, 590),
      inTarget('start', 520, 650, [1, 2]),
      inTarget('ask', 520, 660, [1, 2]),
      ...move(760, 790),
    ],
  },
  'standby-not-ready': {
    title: 'the standby is not ready when the region is lost; nothing is fenced and someone is told',
    expected: 'held',
    events: ({ old, target }) => [
      { do: 'slowDatabase', region: target, addedMs: s(20), afterMs: now },
      { do: 'goDark', region: old, afterMs: s(30) },
    ],
    seconds: 400,
    wants: heldOnce(30, 400),
  },
  'short-of-capacity': {
    title: 'the standby has lost a machine and EC2 has none to give; nothing is fenced and someone is told',
    expected: 'held',
    events: ({ old, target }) => [
      { do: 'shortage', region: target, afterMs: now },
      { do: 'lose', instance: { region: target, nth: 0 }, afterMs: now },
      { do: 'goDark', region: old, afterMs: s(30) },
    ],
    seconds: 400,
    wants: heldOnce(30, 400),
  },
  'sick-machine': {
    title:
      'the target loses a machine as its database is promoted, and the one in its place never becomes healthy; one more does',
    expected: 'failed-over',
    events: ({ old, target }) => [
      { do: 'fault', fault: { kind: 'sick-instance', region: target, times: 1 }, afterMs: now },
      { do: 'goDark', region: old, afterMs: now },
    ],
    acts: [
      {
        act: 'eventsAt',
        where: 'target',
        state: 'Promote database',
        events: ({ target }) => [{ do: 'lose', instance: { region: target, nth: 0 } }],
        afterSeconds: 0,
      },
    ],
    seconds: 1800,
    wants: [...automatic(0, SICK_SECONDS), inTarget('scale', 360, 900)],
  },
  'larger-primary': {
    title:
      'the writing region has twice the machines of the other one and goes dark; users wait until there are as many',
    expected: 'failed-over',
    acts: [{ act: 'size', where: 'old', machines: 4, afterSeconds: now }],
    events: ({ old }) => [{ do: 'goDark', region: old, afterMs: s(GROWN_SECONDS) }],
    seconds: GROWN_SECONDS + 1500,
    wants: [...automatic(GROWN_SECONDS, STARTED_SECONDS), inTarget('scale', GROWN_SECONDS + 60, GROWN_SECONDS + 260)],
  },
  'alarm-and-person': {
    title: 'the alarm and people in both regions ask at once, repeatedly; there is one failover',
    expected: 'failed-over',
    events: ({ old }) => [{ do: 'cutOff', region: old, afterMs: now }],
    acts: [
      {
        act: 'eventsAt',
        where: 'target',
        state: 'Assess',
        events: () => [],
        acts: [
          { act: 'request', where: 'target', reason: 'customers complain', id: 'person-1' },
          { act: 'request', where: 'target', reason: 'customers complain', id: 'person-2' },
          { act: 'request', where: 'target', reason: 'customers complain', id: 'person-3' },
          { act: 'request', where: 'old', reason: 'I see nothing from here', id: 'person-4' },
        ],
        afterSeconds: 0,
      },
    ],
    seconds: 1200,
    wants: [
      inTarget('alarm mail', 60, 130),
      inTarget('start', 60, 190, [4, 5]),
      ...move(60, 190),
      // Whoever loses the race for the claim leaves quietly; a person who comes later hears that somebody is at it.
      inTarget('tell held', 60, 200, [0, 3]),
      inOld('alarm mail', 60, 1200, [1, 3]),
      inOld('start', 60, 300, [2, 2]),
      inOld('tell held', 60, 1200, [0, 2]),
    ],
  },
  'person-while-healthy': {
    title: 'a person moves a healthy application; the writer’s lease is waited out first',
    expected: 'failed-over',
    events: () => [],
    acts: [{ act: 'request', where: 'target', reason: 'an exercise', id: 'person-1', afterSeconds: 0 }],
    seconds: 1200,
    wants: [
      inTarget('start', 0, 10),
      ...move(0, 15),
      // The old database is rebuilt as a secondary, and its region not ready until then.
      inTarget('alarm mail', 60, 600, [0, 1]),
      inTarget('start', 60, 600, [0, 1]),
      inOld('consumers', 60, 600, [0, 1]),
      inOld('latch', 60, 600, [0, 1]),
    ],
  },
  'recovers-in-time': {
    title: 'the region comes back after the claim and before the promotion; everything is put back exactly',
    expected: 'restored',
    // Its renewals still arrive, their answers do not: the lease must be waited out from the claim on.
    events: ({ old }) => [{ do: 'cut', from: '*', to: old, afterMs: now }],
    acts: [
      {
        act: 'eventsAt',
        where: 'target',
        state: 'Wait for the lease',
        events: ({ old }) => [{ do: 'mend', from: '*', to: old }],
        afterSeconds: 0,
      },
    ],
    seconds: 400,
    wants: [
      inTarget('alarm mail', 60, 130),
      inTarget('start', 60, 190, [1, 2]),
      inTarget('claim', 60, 190),
      inTarget('freeze', 60, 200),
      inTarget('restore', 90, 250),
      inTarget('thaw', 90, 250),
      inTarget('tell held', 90, 260),
      // No answer reached the region, so its own alarm about the other one may ring.
      inOld('alarm mail', 60, 190, [0, 1]),
      inOld('start', 60, 190, [0, 1]),
    ],
  },
  'witness-lost': {
    title: 'the witness is dark when the application fails; nothing is promoted automatically and a person is asked',
    expected: 'asked',
    events: ({ old, witness }) => [
      { do: 'goDark', region: witness, afterMs: now },
      { do: 'slowDatabase', region: old, addedMs: s(20), afterMs: s(60) },
    ],
    seconds: 500,
    wants: [inTarget('alarm mail', 120, 190), inTarget('start', 120, 250, [1, 2]), inTarget('ask', 120, 260, [1, 2])],
  },
  'authority-lost': {
    title: 'witness and writing region are both dark, so no majority can decide; nothing is moved and someone is told',
    expected: 'held',
    events: ({ old, witness }) => [
      { do: 'goDark', region: witness, afterMs: now },
      { do: 'goDark', region: old, afterMs: s(5) },
    ],
    seconds: 400,
    wants: [
      // The last one is about the execution, which ends as a failed one.
      inTarget('alarm mail', 60, 400, [1, 3]),
      inTarget('start', 60, 130),
      inTarget('tell held', 60, 300),
    ],
  },
  'kill-switch': {
    title: 'automation is switched off when the region is lost; nothing is moved and someone is told',
    expected: 'held',
    events: ({ old }) => [{ do: 'goDark', region: old, afterMs: s(5) }],
    acts: [{ act: 'automation', value: 'off', afterSeconds: 0 }],
    seconds: 400,
    wants: heldOnce(5, 400),
  },
  'lost-answer': {
    title: 'the answer to the promotion is lost; it is not asked for twice',
    expected: 'failed-over',
    events: ({ old, target }) => [
      { do: 'goDark', region: old, afterMs: now },
      {
        do: 'fault',
        fault: { kind: 'lose-answer', service: 'rds', operation: 'FailoverGlobalCluster', region: target },
        forMs: s(600),
        afterMs: now,
      },
    ],
    seconds: 1200,
    wants: automatic(),
  },
} as const satisfies Record<string, Scenario>;
