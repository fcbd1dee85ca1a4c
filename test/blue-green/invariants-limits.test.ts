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
