/** Where invariants end: what AWS refuses, what a named person asks for, and what a return is on the record. */
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../console/drills/blue-green/evidence.ts';
import { INVARIANTS } from '../../console/drills/blue-green/invariants.ts';
import { AT, call, chain, clean, NEW, rolledBack, sample, withColour } from './forged.ts';

const objections = (number: number, evidence: Evidence): string[] =>
  INVARIANTS.find(({ id }) => id === `blue-green/${number}`)?.check(evidence) ?? [];

describe('a rollback that comes late', () => {
  const late = (error: string): Evidence => {
    const whole = rolledBack();
    const { rules, calls } = whole;
    return {
      ...whole,
      rules: rules.map((each) => (each.t === 602 ? { ...each, t: 790, everywhereAt: 798 } : each)),
      calls: [...calls, call(780, 'ModifyRule', { by: 'roll-back', deed: 'weights', error })],
    };
  };

  it('is in time when the load balancer refused the write for its own fault', () =>
    expect(objections(18, late('InternalFailure'))).toEqual([]));
  it('is late when it was throttled', () => expect(objections(18, late('ThrottlingException'))).toHaveLength(1));
  it('is late when only somebody else was refused: nobody tried to go back', () => {
    const others = late('InternalFailure');
    const calls = others.calls.map((each) => (each.t === 780 ? { ...each, by: 'shift' } : each));
    expect(objections(18, { ...others, calls })).toHaveLength(1);
  });
});

describe('a step forward beside a sick old release', () => {
  const sick = (change: Partial<Evidence> = {}): Evidence => {
    const whole = clean();
    const seen = { ...sample(AT.half), ...withColour(AT.half, 'blue', { healthy: 0 }) };
    return { ...whole, samples: whole.samples.map((each) => (each.t === AT.half ? seen : each)), ...change };
  };
  const asked = { t: AT.begin, wish: 'hotfix', digest: NEW, by: 'ana' } as const;

  it('is wrong', () => expect(objections(5, sick())).toHaveLength(1));
  it('is right when a named person asked for this fix', () =>
    expect(objections(5, sick({ asked: [asked] }))).toEqual([]));
  it('is wrong when nobody is named, or another digest was asked for', () => {
    expect(objections(5, sick({ asked: [{ ...asked, by: '' }] }))).toHaveLength(1);
    expect(objections(5, sick({ asked: [{ ...asked, digest: 'sha256:other' }] }))).toHaveLength(1);
  });
  it('is wrong when the fix was asked for long before this release of the same digest began', () =>
    expect(objections(5, sick({ asked: [{ ...asked, t: AT.lease - 63 }] }))).toHaveLength(1));
});

describe('an alarm that is not OK', () => {
  const during = (from: number, until: number, change: Partial<Evidence['samples'][number]>): Evidence => {
    const whole = clean();
    const seen = whole.samples.map((each) => (each.t >= from && each.t <= until ? { ...each, ...change } : each));
    return { ...whole, samples: seen };
  };
  const ringing = { alarms: ['order-rate'] };
  const fix = (evidence: Evidence): Evidence => ({
    ...evidence,
    executions: evidence.executions.map((each) => ({ ...each, input: { kind: 'hotfix', digest: NEW } })),
    asked: [{ t: AT.begin, wish: 'hotfix', digest: NEW, by: 'ana' }],
  });
  const look = call(AT.commit - 50, 'DescribeAlarms', { by: 'watch', reads: true });

  it('for half a minute may not have been looked at yet', () =>
    expect(objections(15, during(AT.commit - 30, AT.commit, ringing))).toEqual([]));
  it('after the last look was not seen, and before it was', () => {
    const late = during(AT.commit - 100, AT.commit, ringing);
    expect(objections(15, { ...late, calls: [...late.calls, look] })).toEqual([]);
    const early = during(AT.commit - 120, AT.commit, ringing);
    expect(objections(15, { ...early, calls: [...early.calls, look] })).toHaveLength(1);
  });
  it('is no reason against a fix that began beside it, and one against a fix that made it ring', () => {
    expect(objections(15, fix(during(0, AT.end, ringing)))).toEqual([]);
    expect(objections(15, fix(during(AT.full, AT.commit, ringing)))).toHaveLength(1);
  });
  it('for want of data holds a commit, unless a person does without proof', () => {
    const unknown = during(AT.full, AT.commit, { unknownAlarms: ['order-rate'] });
    expect(objections(15, unknown)).toHaveLength(1);
    expect(objections(15, { ...unknown, asked: [{ t: 1000, wish: 'promote', digest: null, by: 'ana' }] })).toEqual([]);
  });
});

describe('a return after a commit', () => {
  const returned = (kind: string): Evidence => {
    const whole = clean();
    const { retained } = whole.states.at(-1) ?? {};
    const live = { colour: 'blue', digest: retained?.digest ?? '' } as const;
    const back = { ...whole.states.at(-1), t: AT.commit + 60, live, retained: null } as Evidence['states'][number];
    const kinds = whole.entries.map((each) => [each.t, each.kind] as const);
    return { ...whole, states: [...whole.states, back], entries: chain([...kinds, [AT.commit + 60, kind]]) };
  };

  it('is on the record as a rollback of the release that it leaves', () =>
    expect(objections(24, returned('rolled-back'))).toEqual([]));
  it('is no deployment', () => expect(objections(24, returned('committed'))).toHaveLength(2));
});

describe('a release that is kept and lost', () => {
  const lost = (change: Partial<Evidence>): Evidence => {
    const whole = clean();
    const empty = (t: number) => ({ ...sample(t), ...withColour(t, 'blue', { desired: 0 }) });
    return { ...whole, samples: whole.samples.map((each) => (each.t >= 1800 ? empty(each.t) : each)), ...change };
  };
  const entries = chain([...clean().entries.map((each) => [each.t, each.kind] as const), [1850, 'rollback-unready']]);

  it('is to be recorded', () => expect(objections(19, lost({}))[0]).toMatch(/nothing says so/));
  it('is to be told', () => expect(objections(19, lost({ entries }))[0]).toMatch(/nobody was told/));
  it('is well when both were done in time', () =>
    expect(objections(19, lost({ entries, messages: [{ t: 1852, subject: 'x' }] }))).toEqual([]));
});
