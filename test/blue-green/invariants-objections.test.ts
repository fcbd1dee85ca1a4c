/** Each invariant of blue/green objects to the history it exists to catch. */
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../console/drills/blue-green/evidence.ts';
import { INVARIANTS } from '../../console/drills/blue-green/invariants.ts';
import {
  ARN,
  AT,
  call,
  chain,
  clean,
  held,
  NEW,
  OLD,
  request,
  rolledBack,
  rule,
  said,
  sampled,
  state,
  withColour,
} from './forged.ts';

/** A clean release with samples that were otherwise for a while. */
const within = (from: number, until: number, change: Partial<Evidence['samples'][number]>): Evidence => ({
  ...clean(),
  samples: clean().samples.map((each) => (each.t >= from && each.t <= until ? { ...each, ...change } : each)),
});

/** What was done to a clean release, and what its checker then says. */
const broken: readonly [id: number | string, how: string, evidence: () => Evidence, says: RegExp][] = [
  [
    1,
    'weights add up to nothing',
    () => ({ ...clean(), rules: [...clean().rules, rule(1800, 0, { weights: { blue: 0, green: 0 } })] }),
    /got weights blue 0, green 0 at 1700 s/,
  ],
  [
    1,
    'a colour gets users with too few machines',
    () => sampled(clean(), withColour(AT.half, 'green', { healthy: 1 })),
    /green got weight 50 at 400 s with 1 of 2 healthy/,
  ],
  [
    2,
    'a step goes on from weights that somebody else wrote',
    () => ({
      ...clean(),
      rules: [...clean().rules.slice(0, 3), rule(600, 20, { by: null }), rule(AT.full, 100)],
    }),
    /green was raised to 100 at 600 s from blue 80, green 20, which Mainstay had not written/,
  ],
  [
    2,
    'a colour is committed that the listener does not name',
    () => ({ ...clean(), rules: clean().rules.slice(0, 3) }),
    /green was committed at 1600 s while the rule said blue 50, green 50/,
  ],
  [
    3,
    'the live colour gets another release',
    () => ({
      ...clean(),
      calls: [...clean().calls, call(400, 'PutParameter', { by: 'prepare', deed: 'assign', colour: 'blue' })],
    }),
    /prepare did PutParameter to blue at 300 s, which had users/,
  ],
  [
    4,
    'a weight is relied on before every node follows it',
    () => ({
      ...clean(),
      rules: clean().rules.map((each) => (each.t === AT.half ? { ...each, everywhereAt: AT.full + 5 } : each)),
    }),
    /weight 50 for green at 400 s was relied on at 600 s, before every node/,
  ],
  [
    4,
    'a weight is not read back',
    () => ({ ...clean(), calls: clean().calls.filter(({ operation }) => operation !== 'DescribeRules') }),
    /was relied on at 400 s and never read back/,
  ],
  [
    4,
    'no request proves it',
    () => ({ ...clean(), requests: clean().requests.filter(({ who }) => who !== 'probe') }),
    /without a request that proved it/,
  ],
  [
    5,
    'a release that fails its users gets more',
    () => ({
      ...clean(),
      requests: clean().requests.map((each) => (each.colour === 'green' ? { ...each, ok: false, status: 500 } : each)),
    }),
    /green was raised to 50 at 400 s although it had failed \d+ of \d+ users/,
  ],
  [
    5,
    'the old release could not take all back',
    () => sampled(clean(), withColour(AT.half, 'blue', { healthy: 1 })),
    /green was raised to 50 at 400 s while blue had 1 of 2 healthy/,
  ],
  [
    6,
    'somebody else changes weights and nothing follows',
    () => ({ ...clean(), rules: [...clean().rules, rule(1000, 30, { by: null })].sort((a, b) => a.t - b.t) }),
    /somebody else set blue 70, green 30 at 900 s, and nothing was done or told/,
  ],
  [
    7,
    'the lease is taken from a release that runs',
    () => {
      const all = clean();
      const taken = held(900, { holder: `${ARN}-other`, fence: 2 });
      return {
        ...all,
        states: [...all.states.slice(0, 3), taken, ...all.states.slice(3).map((each) => ({ ...each, fence: 2 }))],
      };
    },
    /push-1-other took the lease at 800 s while push-1 ran/,
  ],
  [
    7,
    'the fence falls',
    () => ({ ...clean(), states: [...clean().states, state(1900)] }),
    /the fence fell from 1 to 0/,
  ],
  [
    7,
    'weights are written without the lease',
    () => ({
      ...clean(),
      rules: [...clean().rules, rule(2000, 50)],
      calls: [...clean().calls, call(2000, 'ModifyRule', { deed: 'weights' })],
    }),
    /shift did ModifyRule at 1900 s while nobody held the lease/,
  ],
  [
    8,
    'the record has the same transition twice',
    () => {
      const all = clean();
      return {
        ...all,
        entries: all.entries.map((each, index) => (index === 3 ? { ...each, id: all.entries[2]?.id ?? '' } : each)),
      };
    },
    /the record says 'push-1\/shifting-2' twice/,
  ],
  [
    8,
    'a step is gone back to',
    () => ({
      ...clean(),
      rules: [...clean().rules.slice(0, 3), rule(550, 10), rule(600, 50), rule(AT.full, 100)],
    }),
    /green was raised to 50 again at 500 s/,
  ],
  [
    9,
    'a lease outlives its execution',
    () => ({ ...clean(), states: clean().states.slice(0, -1) }),
    /push-1 ended and still holds the lease/,
  ],
  [
    9,
    'scaling stays suspended',
    () => sampled(clean(), withColour(AT.end - 1, 'green', { suspended: ['AlarmNotification'] })),
    /AlarmNotification of green, which is live, stays suspended/,
  ],
  [
    10,
    'a push is released twice',
    () => {
      const all = clean();
      const second = `${ARN}-again`;
      return {
        ...all,
        states: [...all.states, state(1800, { ...all.states.at(-1), t: 1800, holder: second, fence: 2 })],
        executions: [...all.executions, { ...all.executions[0]!, arn: second, from: 1799, until: null }],
      };
    },
    /was begun again at 1700 s without anybody asking/,
  ],
  [
    10,
    'a push is never taken up',
    () => ({
      ...clean(),
      pushes: [
        ...clean().pushes,
        { t: 1750, digests: ['sha256:2'], good: true, wearsOut: false, admissible: true, released: true, schema: null },
      ],
    }),
    /what was pushed at 1650 s was never taken up/,
  ],
  [
    11,
    'two releases run in a colour with users',
    () => sampled(clean(), withColour(800, 'green', { digests: [OLD, NEW] })),
    /a colour with users ran two releases at 700 s/,
  ],
  [
    11,
    'a release calls itself another',
    () => ({ ...clean(), requests: [...clean().requests, request(900.2, { digest: OLD, release: NEW })] }),
    /which calls itself/,
  ],
  [
    12,
    'users get a release that must not be admitted',
    () => ({ ...clean(), pushes: clean().pushes.map((push) => ({ ...push, admissible: false })) }),
    /must not be admitted/,
  ],
  [
    13,
    'the kept image is deleted',
    () => sampled(clean(), { ...withColour(1900, 'blue', {}), images: [NEW] }),
    /the image of sha256:00000000, which is kept, is gone at 1800 s/,
  ],
  [
    14,
    'a step follows one that nobody used',
    () => ({
      ...clean(),
      requests: clean().requests.filter(({ colour, t }) => colour !== 'green' || t > AT.half),
    }),
    /green was raised to 50 at 400 s although nobody had used it/,
  ],
  [
    14,
    'a step follows one without metrics',
    () => ({
      ...clean(),
      samples: clean().samples.map((each) =>
        each.t >= AT.first && each.t <= AT.half ? { ...each, metricsBroken: true } : each,
      ),
    }),
    /although there were no metrics since the step before/,
  ],
  [
    15,
    'a bad release is committed',
    () => ({ ...clean(), pushes: clean().pushes.map((push) => ({ ...push, good: false })) }),
    /was committed at 1600 s, which is a bad release/,
  ],
  [
    15,
    'the bake is cut short',
    () => ({ ...clean(), policy: { ...clean().policy, bakeSeconds: 1200 } }),
    /was committed at 1600 s after 1000 of 1200 s of bake/,
  ],
  [
    15,
    'an alarm rings before the commit',
    () => within(AT.commit - 61, AT.commit, { alarms: ['order-rate'] }),
    /was committed at 1600 s after order-rate had rung/,
  ],
  [
    15,
    'an alarm rings for a minute of the bake',
    () => within(AT.full + 100, AT.full + 161, { alarms: ['order-rate'] }),
    /was committed at 1600 s after order-rate had rung/,
  ],
  [
    15,
    'an alarm knows nothing at the commit',
    () => within(AT.commit - 61, AT.commit, { unknownAlarms: ['order-rate'] }),
    /was committed at 1600 s while order-rate knew nothing/,
  ],
  [
    5,
    'a step goes on although an alarm rings',
    () => within(AT.half - 61, AT.half, { alarms: ['order-rate'] }),
    /green was raised to 50 at 400 s although order-rate had rung/,
  ],
  [
    15,
    'a release is begun into an alarm',
    () => ({
      ...clean(),
      samples: clean().samples.map((each) => (each.t <= AT.prepare ? { ...each, alarms: ['blue-errors'] } : each)),
    }),
    /a release was begun at 30 s while blue-errors rang/,
  ],
  [
    16,
    'the judge asks about the wrong colour',
    () => ({
      ...clean(),
      calls: clean().calls.map((each) =>
        each.operation === 'GetMetricData'
          ? { ...each, input: { TargetGroup: clean().policy.targetGroups.blue } }
          : each,
      ),
    }),
    /asked about another target group than the candidate's at 390 s/,
  ],
  [
    16,
    'the judge changes something',
    () => ({
      ...clean(),
      calls: [
        ...clean().calls,
        call(450, 'SetDesiredCapacity', { by: 'watch', deed: 'size', colour: 'green', size: 3 }),
      ],
    }),
    /the judge did SetDesiredCapacity/,
  ],
  [
    17,
    'the old colour shrinks before the commit',
    () => sampled(clean(), withColour(800, 'blue', { desired: 1 })),
    /blue was made smaller, to 1 of 2, at 700 s/,
  ],
  [
    18,
    'a rollback takes too long',
    () => ({
      ...rolledBack(),
      rules: rolledBack().rules.map((each) => (each.t === 602 ? { ...each, everywhereAt: 730 } : each)),
    }),
    /the rollback that was decided at 500 s took 130 s/,
  ],
  [
    18,
    'a rollback scales first',
    () => ({
      ...rolledBack(),
      calls: [...rolledBack().calls, call(601, 'SetDesiredCapacity', { deed: 'size', colour: 'blue', size: 3 })],
    }),
    /did SetDesiredCapacity before it moved users/,
  ],
  [
    18,
    'clients stay on the bad colour',
    () => ({
      ...rolledBack(),
      rules: rolledBack().rules.map((each) => (each.t === 602 ? { ...each, stickySeconds: 600 } : each)),
    }),
    /clients keep the bad colour for 600 s/,
  ],
  [
    19,
    'the kept colour shrinks and nothing says so',
    () => sampled(clean(), withColour(1800, 'blue', { desired: 0 })),
    /blue, kept until .*, was lost at 1700 s, and nothing says so/,
  ],
  [
    20,
    'users get the bad release after the rollback',
    () => ({ ...rolledBack(), requests: [...rolledBack().requests, request(700.2, { release: NEW, digest: NEW })] }),
    /users got sha256:11111111 at 600.2 s, after a rollback to sha256:00000000/,
  ],
  [
    21,
    'the kept colour is scaled in before its time',
    () => ({
      ...clean(),
      calls: [
        ...clean().calls,
        call(1900, 'SetDesiredCapacity', { by: 'reap', deed: 'size', colour: 'blue', size: 0 }),
      ],
    }),
    /blue was made smaller at 1800 s before its time/,
  ],
  [
    22,
    'a release never ends',
    () => ({ ...clean(), policy: { ...clean().policy, releaseSecondsMax: 600 } }),
    /push-1 ran for 1595 s, 600 are allowed/,
  ],
  [
    18,
    'a person asks to go back and nothing happens',
    () => ({ ...clean(), asked: [{ t: 800, wish: 'roll-back', digest: null, by: 'alice' }] }),
    /the rollback that alice asked for at 700 s was not made/,
  ],
  [
    22,
    'users are left between two releases',
    () => ({ ...clean(), policy: { ...clean().policy, bakeSecondsMax: 600 } }),
    /users were left with 100 % on green for 1000 s from at 600 s on/,
  ],
  [
    23,
    'a fix is kept out',
    () => ({
      ...clean(),
      asked: [{ t: 1750, wish: 'hotfix', digest: NEW, by: 'alice' }],
    }),
    /the fix that alice asked for at 1650 s was never begun/,
  ],
  [
    23,
    'another release takes the place of a fix',
    () => ({
      ...clean(),
      asked: [{ t: 1750, wish: 'hotfix', digest: NEW, by: 'alice' }],
      executions: [
        ...clean().executions,
        { ...clean().executions[0]!, arn: 'other', from: 1760, until: 2000, input: { kind: 'push', digest: OLD } },
      ],
      calls: [...clean().calls, call(1770, 'UpdateAutoScalingGroup', { deed: 'size', colour: 'blue', size: 2 })],
    }),
    /the fix that alice asked for at 1650 s was never begun/,
  ],
  [
    18,
    'a person asks to go back and more users are sent',
    () => ({ ...clean(), asked: [{ t: AT.half - 20, wish: 'roll-back', digest: null, by: 'alice' }] }),
    /the rollback that alice asked for at 380 s was not made/,
  ],
  [
    18,
    'a person asks to go back and it is committed a little later',
    () => ({ ...clean(), asked: [{ t: AT.commit - 100, wish: 'roll-back', digest: null, by: 'alice' }] }),
    /green was committed at 1600 s, which alice had taken back at 1500 s/,
  ],
  [
    18,
    'an execution dies and its users are left where they are',
    () => ({ ...clean(), executions: clean().executions.map((each) => ({ ...each, status: 'ABORTED', until: 600 })) }),
    /users were left with green for 1100 s after push-1 had ended ABORTED/,
  ],
  [
    5,
    'a person promotes a release against a proof',
    () => ({
      ...clean(),
      calls: clean().calls.map((each) => (each.by === 'watch' ? { ...each, t: AT.full - 5 } : each)),
      requests: clean().requests.map((each) =>
        each.t >= AT.half && each.t < AT.full && each.colour === 'green' ? { ...each, ok: false, status: 500 } : each,
      ),
      asked: [{ t: AT.full - 10, wish: 'promote', digest: null, by: 'alice' }],
    }),
    /green was raised to 100 at 600 s although it had failed/,
  ],
  [
    24,
    'an entry of the record was changed',
    () => ({
      ...clean(),
      entries: clean().entries.map((each) => (each.sequence === 4 ? { ...each, hashComputed: 'x' } : each)),
    }),
    /entry 4 of the record is not what its hash says/,
  ],
  [
    24,
    'an entry of the record was taken out',
    () => ({ ...clean(), entries: clean().entries.filter(({ sequence }) => sequence !== 4) }),
    /the record goes from entry 3 to 5/,
  ],
  [
    24,
    'a commit is not recorded',
    () => ({
      ...clean(),
      entries: chain(
        clean()
          .entries.filter(({ kind }) => kind !== 'committed')
          .map(({ t, kind }) => [t, kind]),
      ),
    }),
    /the record has no 'committed' for what happened at 1600 s/,
  ],
  ['rights', 'a role is refused', () => ({ ...clean(), refusals: ['AccessDenied: …'] }), /AccessDenied/],
];

describe('the checker of an invariant objects', () => {
  it.each(broken)('%s, when %s', (id, _how, evidence, says) => {
    expect(said(id, evidence())).toMatch(says);
  });
  it('for every one of them in at least one history', () => {
    expect(new Set(broken.map(([id]) => `blue-green/${id}`))).toEqual(new Set(INVARIANTS.map(({ id }) => id)));
  });
});
