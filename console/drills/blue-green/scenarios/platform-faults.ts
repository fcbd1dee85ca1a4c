/** What AWS or its machines do to a release. */
import type { Scenario } from '../scenario.ts';
import {
  ADMITTED_SECONDS,
  abandoned,
  at,
  bad,
  committed,
  here,
  liveCrashes,
  noWayBack,
  prepared,
  push,
  s,
  shiftedSome,
  takenBack,
  whenWatched,
} from './parts.ts';

export const platformFaults = {
  'no-capacity': {
    title: 'AWS has no machines for the new colour; no user is sent to it, and the old one stays as it is',
    expected: 'abandoned',
    events: ({ region }) => [{ do: 'shortage', region, afterMs: 0 }],
    acts: [at(0, push('1.1.0'))],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(2100)],
  },
  'new-colour-short': {
    title:
      'the new colour loses a machine, which leaves users without an answer, and AWS has none; users are taken back',
    expected: 'rolled-back',
    acts: [
      at(0, push('1.1.0')),
      whenWatched([], ({ region }) => [
        { do: 'fault', fault: { kind: 'shortage', region }, forMs: s(420) },
        { do: 'lose', instance: { region, nth: 2 } },
      ]),
    ],
    seconds: 3600,
    wants: [...prepared(0, ADMITTED_SECONDS), ...shiftedSome(10), ...takenBack(300, 1200)],
  },
  'lost-machine': {
    title: 'the old colour loses a machine in mid-shift; no more users are sent until it is whole again',
    expected: 'committed',
    acts: [at(0, push('1.1.0')), whenWatched([], ({ region }) => [{ do: 'lose', instance: { region, nth: 0 } }])],
    seconds: 4200,
    wants: committed(0, ADMITTED_SECONDS + 300),
  },
  'lost-answer': {
    title: 'the answers to the writes of the rule are lost, which were carried out; it is not written twice',
    expected: 'committed',
    healthy: true,
    events: ({ region }) => [
      {
        do: 'fault',
        fault: { kind: 'lose-answer', service: 'elasticloadbalancing', operation: 'ModifyRule', region, times: 3 },
        afterMs: 0,
      },
    ],
    acts: [at(0, push('1.1.0'))],
    seconds: 3600,
    wants: committed(),
  },
  'throttled-rule': {
    title: 'the load balancer throttles nine of ten calls while a bad release is to be taken back',
    expected: 'rolled-back',
    events: ({ region }) => [
      {
        do: 'fault',
        fault: { kind: 'throttle', service: 'elasticloadbalancing', region, probability: 0.5 },
        afterMs: 0,
      },
    ],
    acts: [at(0, bad({ brokenStatus: 500 }))],
    seconds: 3600,
    wants: [...prepared(0, ADMITTED_SECONDS + 60), ...shiftedSome(10), ...takenBack(120, 3300)],
  },
  'rollback-fails': {
    title:
      'the load balancer refuses to take users back; people are paged, and the clean-up takes them back once it can',
    expected: 'rolled-back',
    acts: [at(0, bad({ brokenStatus: 500 })), at(0, noWayBack(360))],
    seconds: 3600,
    wants: [
      ...prepared(0, ADMITTED_SECONDS),
      here('shift 10', 60, 900),
      // Of the release, and of each clean-up that gives up.
      here('page', 120, 1300, [1, 3]),
      ...takenBack(480, 2000),
    ],
  },
  'no-metrics': {
    title: 'CloudWatch answers no questions once users are sent; without proof they are taken back',
    expected: 'rolled-back',
    acts: [
      at(0, push('1.1.0')),
      at(0, {
        act: 'eventsAt',
        state: 'Prove the shift',
        events: ({ region }) => [
          {
            do: 'fault',
            fault: {
              kind: 'error',
              service: 'cloudwatch',
              operation: 'GetMetricData',
              region,
              error: 'InternalServiceFault',
            },
          },
        ],
      }),
    ],
    seconds: 3000,
    wants: [...prepared(0, ADMITTED_SECONDS), here('shift 10', 60, 900), ...takenBack(120, 2400)],
  },
  'named-alarm': {
    title:
      'the alarm that the policy names rings in mid-shift, and no request fails; users are taken back all the same',
    expected: 'rolled-back',
    policy: { alarms: ['order-rate'] },
    ratePerSecond: 3,
    acts: [
      at(0, push('1.1.0', { scan: { afterSeconds: 20 } })),
      whenWatched([{ act: 'alarm', name: 'order-rate', value: 'ALARM' }]),
    ],
    seconds: 2400,
    wants: [...prepared(0, ADMITTED_SECONDS), here('shift 10', 60, 900), ...takenBack(60, 1000)],
  },
  'alarm-before-users': {
    title: 'an alarm rings while the new colour is waited for; no user is sent to it',
    expected: 'abandoned',
    policy: { alarms: ['order-rate'] },
    acts: [
      at(0, { act: 'alarm', name: 'order-rate', value: 'OK' }),
      at(0, push('1.1.0')),
      at(0, {
        act: 'after',
        state: 'Check health',
        seconds: 30,
        does: { act: 'alarm', name: 'order-rate', value: 'ALARM' },
      }),
    ],
    seconds: 1800,
    wants: [...prepared(0, ADMITTED_SECONDS), ...abandoned(900)],
  },
  'alarm-that-ends': {
    title: 'an alarm rings while the new colour is waited for, and is over before a user is sent; it is committed',
    expected: 'committed',
    healthy: true,
    policy: { alarms: ['order-rate'] },
    acts: [
      at(0, { act: 'alarm', name: 'order-rate', value: 'OK' }),
      at(0, push('1.1.0')),
      ...(['ALARM', 'OK'] as const).map((value, index) =>
        at(0, {
          act: 'after',
          state: 'Check health',
          seconds: 5 + index * 30,
          does: { act: 'alarm', name: 'order-rate', value },
        }),
      ),
    ],
    seconds: 3600,
    wants: committed(),
  },
  'red-alarm': {
    title:
      'a machine of the live release crashes again and again when another is pushed; it is not begun, and that is told',
    expected: 'abandoned',
    events: (places) => liveCrashes(places, 0, 700),
    acts: [at(300, push('1.1.0'))],
    seconds: 700,
    wants: [here('start', 300, 600), here('tell not begun', 300, 700)],
  },
} as const satisfies Record<string, Scenario>;
