/** The invariants of blue/green hold for what went as it should, and forgive what is no fault of Mainstay's. */
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../console/drills/blue-green/evidence.ts';
import { INVARIANTS, violations } from '../../console/drills/blue-green/invariants.ts';
import { rollbacks } from '../../console/drills/blue-green/invariants-rollback.ts';
import { AT, call, clean, rolledBack, rule, said, sampled, withColour } from './forged.ts';

describe('the invariants of blue/green', () => {
  it('are twenty-four, and one about rights', () => {
    expect(INVARIANTS.map(({ id }) => id)).toEqual([
      ...Array.from({ length: 24 }, (_, index) => `blue-green/${index + 1}`),
      'blue-green/rights',
    ]);
  });
  it('hold for a release that went as it should', () => expect(violations(clean())).toEqual([]));
  it('hold for one that was rolled back in time', () => expect(violations(rolledBack())).toEqual([]));
  it('know how long the rollback took, from the decision to the last node', () => {
    expect(rollbacks(rolledBack())).toEqual([{ decidedAt: 600, possibleAt: 600, verifiedAt: 610, seconds: 10 }]);
  });
});

/** What is no fault of Mainstay's. */
describe('the invariants of blue/green forgive', () => {
  const under = (from: number, until: number, change: Partial<Evidence>): Evidence => ({
    ...clean(),
    disturbances: [{ kind: 'error', from, until, momentary: false }],
    ...change,
  });

  it('a rollback that could not be sooner, second by second', () => {
    const late = {
      ...rolledBack(),
      rules: rolledBack().rules.map((each) => (each.t === 602 ? { ...each, everywhereAt: 730 } : each)),
    };
    const disturbed = (from: number, until: number): Evidence => ({
      ...late,
      disturbances: under(from, until, {}).disturbances,
    });
    expect(said(18, disturbed(600, 611))).toBe('');
    expect(said(18, disturbed(600, 609))).toMatch(/took 130 s/);
  });

  it('a wish that may never have been heard', () => {
    const asked = [{ t: 350, wish: 'roll-back', digest: null, by: 'alice' }] as const;
    expect(said(18, { ...clean(), asked })).toMatch(/the rollback that alice asked for at 250 s was not made/);
    expect(said(18, under(340, 360, { asked }))).toBe('');
    expect(said(18, under(900, 960, { asked }))).toMatch(/was not made/);
  });

  it('a step that was under way when a person took the release back, and no later one', () => {
    const asked = [{ t: 460, wish: 'roll-back', digest: null, by: 'alice' }] as const;
    const heard = (t: number, decision = 'roll-back') => {
      const input = { ExpressionAttributeValues: { ':steering': { M: { decision: { S: decision } } } } };
      return [...clean().calls, call(t, 'UpdateItem', { service: 'dynamodb', by: 'steer', input })];
    };
    const later = /green was raised at 600 s, although alice had taken the release back at 360 s/;
    expect(said(18, { ...clean(), asked, calls: heard(461) })).toMatch(
      /green was raised at 400 s, although alice had taken the release back at 360 s/,
    );
    expect(said(18, { ...clean(), asked, calls: heard(495) })).toMatch(later);
    expect(said(18, under(461, 499, { asked, calls: heard(461) }))).toMatch(later);
    expect(said(18, under(440, 1800, { asked, calls: heard(461) }))).toBe('');
    // What was laid is somebody's wish to go on: of the wish to go back nothing is known.
    expect(said(18, { ...clean(), asked, calls: heard(461, 'resume') })).toMatch(/was not made/);
  });

  it('what a foreign hand ended: the next release in the colour is another one', () => {
    const all = clean();
    const reset = {
      ...all,
      rules: [...all.rules.slice(0, 2), rule(350, 0, { by: null }), rule(450, 10), ...all.rules.slice(2)],
    };
    expect(said(8, reset)).toBe('');
    const lowered = reset.rules.map((each) => (each.t === 350 ? rule(350, 5, { by: null }) : each));
    expect(said(8, { ...reset, rules: lowered })).toMatch(/green was raised to 10 again at 350 s/);
  });

  it('a release that waits long after a person had sent its users back', () => {
    const all = clean();
    const gone = { ...all, rules: [...all.rules.slice(0, 2), rule(450, 0, { by: null })], states: [], endedAt: 9000 };
    expect(said(22, { ...gone, rules: all.rules.slice(0, 2) })).toMatch(/users were left with 10 % on green/);
    expect(said(22, gone)).not.toMatch(/users were left/);
  });

  it('a release that nobody uses while the users are in another region', () => {
    const all = clean();
    const alone = { ...all, requests: all.requests.filter(({ who }) => who !== 'user') };
    expect(said(14, alone)).toMatch(/although nobody had used it/);
    const moved = { ...alone, elsewhere: Array.from({ length: 3000 }, (_, t) => t) };
    expect(said(14, moved)).toBe('');
    expect(said(15, moved)).not.toMatch(/requests/);
    expect(said(14, { ...moved, requests: [...moved.requests, ...all.requests.slice(0, 1)], elsewhere: [] })).toMatch(
      /although nobody/,
    );
  });

  it('a person who promotes without proof', () => {
    const asked = [{ t: AT.half - 20, wish: 'promote', digest: null, by: 'alice' }] as const;
    const unseen = { requests: clean().requests.filter(({ colour, t }) => colour !== 'green' || t > AT.half) };
    expect(said(14, { ...clean(), ...unseen, asked })).toBe('');
  });

  it('that a return goes to as many machines as were kept, when more serve by now', () => {
    const back = AT.commit + 200;
    const evidence = {
      ...clean(),
      rules: [...clean().rules, rule(back, 0, { by: 'roll-back' })],
    };
    const grown = withColour(back, 'green', { desired: 3, healthy: 3 });
    expect(said(1, sampled(evidence, grown))).toBe('');
    const smaller = { ...grown, colours: { ...grown.colours, blue: { ...grown.colours.blue, healthy: 1 } } };
    expect(said(1, sampled(evidence, smaller))).toMatch(/blue got weight 100 .* with 1 of 2 healthy targets/);
  });
});
