/** A release that went as it should, as a drill would have seen it, for tests that break one thing about it. */
import type {
  Call,
  Colour,
  ColourSample,
  Entry,
  Evidence,
  Request,
  Sample,
  StateVersion,
} from '../../console/drills/blue-green/evidence.ts';
import { violations } from '../../console/drills/blue-green/invariants.ts';

export const OLD = `sha256:${'0'.repeat(64)}`;
export const NEW = `sha256:${'1'.repeat(64)}`;
export const ARN = 'arn:aws:states:us-west-2:1:execution:orders-prod-blue-green:push-1';

/** The scenario begins at 100; prepared at 130; 10 % at 300, 50 % at 500, all at 700; committed at 1700. */
export const AT = {
  begin: 100,
  lease: 110,
  prepare: 130,
  first: 300,
  half: 500,
  full: 700,
  commit: 1700,
  end: 2200,
} as const;

export const colour = (change: Partial<ColourSample> = {}): ColourSample => ({
  weight: 0,
  shareMax: 0,
  shareMin: 0,
  desired: 2,
  min: 2,
  max: 10,
  running: 2,
  healthy: 2,
  registered: 2,
  digests: [OLD],
  assigned: OLD,
  suspended: [],
  ...change,
});

const shares = [
  [AT.begin - 10, 0],
  [AT.first, 0.1],
  [AT.half, 0.5],
  [AT.full, 1],
] as const;
export const shareAt = (t: number): number => shares.findLast(([from]) => t >= from)?.[1] ?? 0;

export const sample = (t: number, change: Partial<Sample> = {}): Sample => {
  const share = shareAt(t);
  const ready = t >= AT.prepare + 60;
  return {
    t,
    colours: {
      blue: colour({ weight: 100 * (1 - share), shareMax: 1 - share, shareMin: 1 - share }),
      green: colour({
        weight: 100 * share,
        shareMax: share,
        shareMin: share,
        assigned: t >= AT.prepare ? NEW : OLD,
        ...(ready ? { digests: [NEW] } : { desired: 0, min: 0, running: 0, healthy: 0, registered: 0, digests: [] }),
      }),
    },
    alarms: [],
    unknownAlarms: [],
    frozen: false,
    images: [OLD, NEW],
    metricsBroken: false,
    ...change,
  };
};

export const withColour = (t: number, which: Colour, change: Partial<ColourSample>): Sample => {
  const whole = sample(t);
  return { ...whole, colours: { ...whole.colours, [which]: { ...whole.colours[which], ...change } } };
};

export const request = (t: number, change: Partial<Request> = {}): Request => {
  // Every tenth of a share by turns, so that shares are exact and nothing is drawn.
  const green = Math.floor(t * 2) % 10 < shareAt(t) * 10;
  const digest = green ? NEW : OLD;
  return {
    t,
    seconds: 0.1,
    who: 'user',
    ok: true,
    status: 200,
    digest,
    colour: green ? 'green' : 'blue',
    release: digest,
    ...change,
  };
};

export const rule = (t: number, green: number, change: Partial<Evidence['rules'][number]> = {}) => ({
  t,
  weights: { blue: 100 - green, green },
  stickySeconds: 0,
  by: 'shift' as string | null,
  everywhereAt: (t + 8) as number | null,
  ...change,
});

export const state = (t: number, change: Partial<StateVersion> = {}): StateVersion => ({
  t,
  fence: 0,
  holder: null,
  releaseId: null,
  live: { colour: 'blue', digest: OLD },
  retained: null,
  candidate: null,
  pinned: [],
  ...change,
});

export const held = (t: number, change: Partial<StateVersion> = {}): StateVersion =>
  state(t, { fence: 1, holder: ARN, releaseId: 'push-1', pinned: ['blue', 'green'], ...change });

const after: Partial<StateVersion> = {
  fence: 1,
  live: { colour: 'green', digest: NEW },
  retained: { colour: 'blue', digest: OLD, until: AT.commit + 86_400, size: 2 },
};

export const call = (t: number, operation: string, change: Partial<Call> = {}): Call => ({
  t,
  service: 'elasticloadbalancing',
  operation,
  input: {},
  by: 'shift',
  error: null,
  reads: false,
  deed: null,
  colour: null,
  size: null,
  ...change,
});

const writes = [AT.first, AT.half, AT.full].flatMap((t) => [
  call(t, 'ModifyRule', { deed: 'weights' }),
  call(t + 1, 'DescribeRules', { reads: true }),
]);

/** What `prove` asks, all at once. */
const proof = (t: number) =>
  Array.from({ length: 20 }, (_, index) =>
    request(t + 9 + index / 20, { who: 'probe', colour: 'green', digest: NEW, release: NEW }),
  );

/** A record of these kinds, chained. */
export function chain(kinds: readonly (readonly [t: number, kind: string])[]): Entry[] {
  return kinds.map(([t, kind], index) => ({
    t,
    sequence: index + 1,
    previous: index === 0 ? 'start' : `hash-${index}`,
    hash: `hash-${index + 1}`,
    hashComputed: `hash-${index + 1}`,
    id: `push-1/${kind}-${index}`,
    releaseId: 'push-1',
    kind,
    outcome: null,
  }));
}

export function clean(): Evidence {
  const seconds = (step: number) => Array.from({ length: AT.end / step }, (_, index) => index * step);
  return {
    policy: {
      region: 'us-west-2',
      kind: 'ec2',
      bakeSeconds: 900,
      errorShareMax: 0.01,
      p95SecondsMax: 2,
      requestsMin: 300,
      capacityFloor: 2,
      rollbackSecondsMax: 120,
      releaseSecondsMax: 14_400,
      stepSecondsMax: 900,
      bakeSecondsMax: 2700,
      pauseSecondsMax: 7200,
      reconcileSeconds: 60,
      targetGroups: { blue: 'targetgroup/orders-prod-blue/b', green: 'targetgroup/orders-prod-green/g' },
    },
    before: { colour: 'blue', digest: OLD },
    elsewhere: [],
    requests: [...seconds(0.5).map((t) => request(t)), ...[AT.first, AT.half, AT.full].flatMap(proof)].sort(
      (a, b) => a.t - b.t,
    ),
    rules: [rule(0, 0, { by: null, everywhereAt: 0 }), rule(AT.first, 10), rule(AT.half, 50), rule(AT.full, 100)],
    samples: seconds(1).map((t) => sample(t)),
    states: [
      state(0),
      state(101, { candidate: { id: 'push-1', digest: NEW, kind: 'push' } }),
      held(AT.lease),
      held(AT.commit, after),
      state(AT.commit + 2, after),
    ],
    pushes: [
      { t: AT.begin, digests: [NEW], good: true, wearsOut: false, admissible: true, released: true, schema: null },
    ],
    calls: [
      call(AT.prepare, 'PutParameter', { service: 'ssm', by: 'prepare', deed: 'assign', colour: 'green' }),
      call(AT.prepare + 1, 'UpdateAutoScalingGroup', { by: 'prepare', deed: 'size', colour: 'green', size: 2 }),
      call(AT.half - 10, 'GetMetricData', {
        by: 'watch',
        reads: true,
        input: { TargetGroup: 'targetgroup/orders-prod-green/g' },
      }),
      ...writes,
    ].sort((a, b) => a.t - b.t),
    executions: [
      {
        arn: ARN,
        status: 'SUCCEEDED',
        from: AT.lease - 2,
        until: AT.commit + 3,
        steps: [],
        input: { kind: 'push', digest: NEW },
        output: {},
        error: null,
      },
    ],
    asked: [],
    entries: chain([
      [AT.begin + 1, 'requested'],
      [AT.lease, 'started'],
      [AT.first - 1, 'shifting'],
      [AT.first + 12, 'shifted'],
      [AT.half - 1, 'shifting'],
      [AT.half + 12, 'shifted'],
      [AT.full - 1, 'shifting'],
      [AT.full + 12, 'shifted'],
      [AT.commit, 'committed'],
      [AT.commit + 2, 'ended'],
    ]),
    messages: [],
    refusals: [],
    faultAt: AT.begin,
    disturbances: [],
    endedAt: AT.end,
  };
}

/** The same until 50 %, and then taken back: decided at 600, written at 602, everywhere at 610. */
export function rolledBack(): Evidence {
  const whole = clean();
  const back = 602;
  const kept = (t: number) => t < back;
  const quiet = (t: number) => withColour(t, 'green', { weight: 0, shareMax: 0, shareMin: 0 });
  return {
    ...whole,
    pushes: [
      { t: AT.begin, digests: [NEW], good: false, wearsOut: false, admissible: true, released: true, schema: null },
    ],
    rules: [...whole.rules.filter(({ t }) => kept(t)), rule(back, 0, { by: 'roll-back' })],
    requests: whole.requests.map((each) =>
      each.t > back + 8 ? { ...each, colour: 'blue', digest: OLD, release: OLD } : each,
    ),
    samples: whole.samples.map((each) =>
      kept(each.t)
        ? each
        : {
            ...quiet(each.t),
            colours: { blue: colour({ weight: 100, shareMax: 1, shareMin: 1 }), green: quiet(each.t).colours.green },
          },
    ),
    states: [...whole.states.filter(({ t }) => kept(t)), state(620, { fence: 1 })],
    calls: [...whole.calls.filter(({ t }) => kept(t)), call(back, 'ModifyRule', { by: 'roll-back', deed: 'weights' })],
    executions: whole.executions.map((each) => ({
      ...each,
      until: 630,
      steps: [{ name: 'Roll back', from: 600, until: 620 }],
    })),
    entries: chain([
      [AT.begin + 1, 'requested'],
      [AT.lease, 'started'],
      [AT.first - 1, 'shifting'],
      [AT.half - 1, 'shifting'],
      [611, 'rolled-back'],
      [620, 'ended'],
    ]),
  };
}

/** What one invariant says about a history. */
export const said = (id: number | string, evidence: Evidence): string =>
  violations(evidence)
    .filter((violation) => violation.id === `blue-green/${id}`)
    .map(({ message }) => message)
    .join('\n');

/** The history with some of its samples replaced, by second. */
export const sampled = (evidence: Evidence, ...replaced: Evidence['samples']): Evidence => ({
  ...evidence,
  samples: evidence.samples.map((each) => replaced.find(({ t }) => t === each.t) ?? each),
});
