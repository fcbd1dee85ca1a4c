/** The judge: exact bounds, sequential tests with the error rates that they promise, and never a pass by what is missing. */
import { describe, expect, it } from 'vitest';
import { type JudgeInput, judge } from '../../functions/blue-green/judge.ts';
import { upperBound } from '../../functions/blue-green/judge-bounds.ts';
import { OBJECTS_AT, ratioAgainstLimit, ratioAgainstOther } from '../../functions/blue-green/judge-sequential.ts';
import { Random, seedStream } from '../../simulator/random.ts';
import { simulate } from '../bench/judge-table.ts';

const minute = (index: number) => new Date(Date.UTC(2026, 10, 20, 9, index)).toISOString();
const minutes = (count: number, requests: number | null, errors = 0, p95Seconds: number | null = 0.2) =>
  Array.from({ length: count }, (_, index) => ({
    at: minute(index),
    requests,
    errors,
    ...answered(requests),
    p95Seconds,
  }));
/** Every request had its answer, and the load balancer never spoke for a target. */
const answered = (requests: number | null) => ({ unanswered: requests === null ? null : 0, gateway: 0 });

const good: JudgeInput = {
  stage: 'bake',
  role: 'active',
  percent: 100,
  ours: minutes(15, 100),
  other: [],
  balancer: minutes(15, 100),
  stageAt: minute(0),
  warmFrom: minute(0),
  publishedTo: minute(15),
  alarms: [{ name: 'latency', state: 'OK' }],
  alarmsWanted: ['latency'],
  hotfix: false,
  limits: { errorRateMax: 0.01, p95SecondsMax: 2, requestsMin: 300 },
};
const verdictOf = (change: Partial<JudgeInput>) => judge({ ...good, ...change }).verdict;
const findingOf = (check: string, change: Partial<JudgeInput>) =>
  judge({ ...good, ...change }).findings.find((finding) => finding.check === check)?.verdict;

describe('the upper bound', () => {
  it('of no errors is the exact one: 299 requests bound the rate below 1 %, 298 do not', () => {
    expect(upperBound(0, 299)).toBeLessThan(0.01);
    expect(upperBound(0, 298)).toBeGreaterThan(0.01);
    expect(upperBound(0, 100)).toBeCloseTo(1 - 0.05 ** (1 / 100), 9);
  });

  it('agrees with published Clopper–Pearson limits', () => {
    // One-sided 95 % of 5 in 100 and of 1 in 20 (Clopper and Pearson 1934, tables of the beta distribution).
    expect(upperBound(5, 100)).toBeCloseTo(0.1023, 3);
    expect(upperBound(1, 20)).toBeCloseTo(0.2161, 3);
  });

  it('of nothing is that nothing is known, and it holds for counts that would underflow', () => {
    expect(upperBound(0, 0)).toBe(1);
    expect(upperBound(1200, 150_000)).toBeGreaterThan(0.008);
    expect(upperBound(1200, 150_000)).toBeLessThan(0.0085);
  });
});

describe('the sequential tests', () => {
  it('object to twice the limit and not to half of it', () => {
    expect(ratioAgainstLimit([{ requests: 2000, errors: 40 }], 0.01)).toBeGreaterThan(OBJECTS_AT);
    expect(ratioAgainstLimit([{ requests: 2000, errors: 10 }], 0.01)).toBeLessThan(0);
  });

  it('do not object to a new release that fails as often as the old one, however bad both are', () => {
    const alike = { ours: { requests: 100, errors: 5 }, other: { requests: 900, errors: 45 } };
    expect(ratioAgainstOther(Array(20).fill(alike))).toBeLessThan(0);
    const worse = { ours: { requests: 100, errors: 5 }, other: { requests: 900, errors: 5 } };
    expect(ratioAgainstOther(Array(5).fill(worse))).toBeGreaterThan(OBJECTS_AT);
  });

  it('learn nothing from minutes in which one of them had no requests', () => {
    const alone = { ours: { requests: 100, errors: 50 }, other: { requests: 0, errors: 0 } };
    expect(ratioAgainstOther([alone])).toBe(0);
  });

  it('keep their error rates over 1,000 simulated bakes: an A/A replay passes, a known-bad one does not', () => {
    const random = new Random(seedStream(7, 'judge'));
    const aa = simulate(0.005, 100, 1000, () => random.next());
    expect(aa.rolledBack).toBeLessThan(0.02);
    expect(aa.anyMinute).toBeGreaterThan(0.9);
    expect(simulate(0.02, 100, 1000, () => random.next()).rolledBack).toBeGreaterThan(0.97);
    expect(simulate(0.05, 20, 1000, () => random.next()).rolledBack).toBeGreaterThan(0.97);
  });

  it('take back a release that turns bad late, and do not let it live on its good past', () => {
    const random = new Random(seedStream(8, 'judge'));
    const late = (rate: number, perMinute: number, afterMinutes: number) =>
      simulate(rate, perMinute, 500, () => random.next(), { rate: 0.001, afterMinutes });
    expect(late(0.02, 1000, 12)).toMatchObject({ minute: 13 });
    expect(late(0.02, 1000, 12).committed).toBeLessThan(0.02);
    expect(late(0.05, 100, 12).rolledBack).toBeGreaterThan(0.85);
    const [well, ill] = [
      { ours: { requests: 100, errors: 1 }, other: { requests: 900, errors: 9 } },
      { ours: { requests: 500, errors: 20 }, other: { requests: 500, errors: 4 } },
    ];
    expect(ratioAgainstOther([...Array(200).fill(well), ill, ill])).toBeGreaterThan(OBJECTS_AT);
  });
});

describe('the verdict', () => {
  it('passes a release without errors and with enough requests', () => {
    expect(verdictOf({})).toBe('pass');
  });

  it('is the same for the same input, which is plain data', () => {
    const stored = JSON.parse(JSON.stringify(good));
    expect(judge(stored)).toEqual(judge(good));
  });

  it.each<[string, Partial<JudgeInput>]>([
    ['2 % of the requests fail', { ours: minutes(15, 100, 2) }],
    ['an alarm is red', { alarms: [{ name: 'latency', state: 'ALARM' }] }],
    ['three of five minutes are slow', { ours: minutes(15, 100, 0, 3) }],
    [
      'the users are gone although the load balancer counted them',
      { ours: minutes(13, 100), balancer: minutes(15, 100) },
    ],
    ['the load balancer itself answers 5xx', { balancer: minutes(15, 100, 5) }],
    ['the load balancer itself answers 5xx in the bake of a hotfix', { hotfix: true, balancer: minutes(15, 100, 5) }],
  ])('fails when %s', (_what, change) => {
    expect(verdictOf(change)).toBe('fail');
  });

  it.each<[string, Partial<JudgeInput>]>([
    ['nothing is published', { ours: [], balancer: [] }],
    ['requests are not known', { ours: minutes(15, null) }],
    ['there are too few requests', { ours: minutes(15, 19) }],
    ['an alarm has insufficient data', { alarms: [{ name: 'latency', state: 'INSUFFICIENT_DATA' }] }],
    ['an alarm is not there', { alarms: [] }],
    ['no minute has a usable percentile', { ours: minutes(15, 100, 0, null) }],
    [
      'one error more than the bound allows was seen',
      { ours: [...minutes(3, 100), { ...minutes(4, 100, 1)[3]! }], balancer: minutes(4, 100) },
    ],
  ])('is inconclusive when %s', (_what, change) => {
    expect(verdictOf(change)).toBe('inconclusive');
  });

  it('of a step asks only that something was seen, and compares with the old release', () => {
    const step = { stage: 'step', percent: 10, ours: minutes(3, 10), other: minutes(3, 90) } as const;
    expect(findingOf('evidence', step)).toBe('pass');
    const worse = { ...step, ours: minutes(6, 100, 4), other: minutes(6, 900, 3) };
    expect(findingOf('comparison', worse)).toBe('fail');
    const small = { ...step, ours: minutes(6, 10_000, 20), other: minutes(6, 90_000, 20) };
    // Ten times worse, and still far inside the objective.
    expect(findingOf('comparison', small)).toBe('pass');
  });

  it('of a standby asks for probes that all succeeded, for there are no users', () => {
    const standby = { role: 'standby', ours: minutes(5, 6, 0, null), balancer: minutes(5, 6) } as const;
    expect(verdictOf(standby)).toBe('pass');
    expect(verdictOf({ ...standby, ours: minutes(2, 6, 0, null) })).toBe('inconclusive');
    expect(findingOf('evidence', { ...standby, ours: minutes(5, 6, 1, null) })).toBe('inconclusive');
  });

  it('counts only its own stage as evidence', () => {
    expect(findingOf('evidence', { stageAt: minute(13) })).toBe('inconclusive');
  });
});

describe('what the load balancer answers by itself in a step', () => {
  /** Six minutes of 180 requests to the old release and 20 to the new one; so many had no answer of a target. */
  const step = (old: number | null, fresh: number | null, gateway: number): Partial<JudgeInput> => ({
    stage: 'step',
    percent: 10,
    ours: minutes(6, 20).map((each) => ({ ...each, unanswered: fresh })),
    other: minutes(6, 180).map((each) => ({ ...each, unanswered: old })),
    balancer: minutes(6, 200, gateway).map((each) => ({ ...each, gateway })),
  });

  it('is not held against a new release where the old one left as many unanswered, as when it loses a machine', () => {
    expect(verdictOf(step(40, 0, 40))).toBe('pass');
  });

  it('is held against it where it left them unanswered itself, and where nobody accounts for them', () => {
    expect(verdictOf(step(40, 2, 42))).toBe('fail');
    expect(verdictOf(step(0, 0, 5))).toBe('fail');
    const without = step(40, 0, 40);
    expect(verdictOf({ ...without, balancer: minutes(6, 200, 40) })).toBe('fail');
  });

  it('waits for a count of either release that is not known, and for minutes that are not published yet', () => {
    expect(verdictOf(step(null, 0, 40))).toBe('inconclusive');
    expect(verdictOf(step(40, null, 40))).toBe('inconclusive');
    expect(findingOf('balancer', { ...step(40, 0, 40), publishedTo: minute(0) })).toBe('inconclusive');
  });

  it('counts at once where only the new release has users', () => {
    const alone = { balancer: minutes(15, 100, 5).map((each) => ({ ...each, gateway: 5 })), publishedTo: minute(0) };
    expect(findingOf('balancer', alone)).toBe('fail');
  });

  it('is seen when the load balancer had no target for anybody, and so counted no request', () => {
    expect(findingOf('balancer', { balancer: minutes(15, null, 100) })).toBe('fail');
  });

  it('of a fix is held against it only where it certainly left requests unanswered', () => {
    expect(verdictOf({ ...step(0, 0, 40), hotfix: true })).toBe('pass');
    expect(verdictOf({ ...step(40, 2, 42), hotfix: true })).toBe('fail');
  });
});

describe('the first minute with users', () => {
  const failing = [{ ...minutes(1, 30, 6, 9)[0]! }, ...minutes(3, 30).slice(1)];
  const cold = { ours: failing, warmFrom: minute(1) };

  it('counts where users failed: nobody gets more of a release that failed a fifth of its first ones', () => {
    expect(findingOf('errors', cold)).toBe('fail');
    expect(verdictOf(cold)).toBe('fail');
  });

  it('says nothing about how fast the release is, and is no evidence for it', () => {
    const slow = failing.map((each) => ({ ...each, errors: 0 }));
    expect(findingOf('latency', { ours: slow.slice(0, 1), warmFrom: minute(1) })).toBe('inconclusive');
    expect(findingOf('evidence', { stage: 'step', ours: slow.slice(0, 1), warmFrom: minute(1) })).toBe('inconclusive');
    expect(verdictOf({ stage: 'step', ours: slow, balancer: minutes(3, 30), warmFrom: minute(1) })).toBe('pass');
  });
});
