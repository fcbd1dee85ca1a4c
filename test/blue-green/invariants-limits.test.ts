/** Where invariants end: what AWS refuses, what a named person asks for, and what a return is on the record. */
import { describe, expect, it } from 'vitest';
import type { ColourSample, Evidence } from '../../console/drills/blue-green/evidence.ts';
import { healthyAt, surelyAbove } from '../../console/drills/blue-green/facts.ts';
import { INVARIANTS } from '../../console/drills/blue-green/invariants.ts';
import { rollbacks } from '../../console/drills/blue-green/invariants-rollback.ts';
import { ARN, AT, call, chain, clean, held, NEW, OLD, rolledBack, rule, sample, state, withColour } from './forged.ts';

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
  it('is in time when nobody was there to go back to, and the other colour served', () => {
    const alone = (t: number, change: Partial<ColourSample>) => withColour(t, 'blue', change);
    const away = (change: Partial<ColourSample>) => {
      const whole = late('ThrottlingException');
      return { ...whole, samples: whole.samples.map((each) => (each.t === 700 ? alone(700, change) : each)) };
    };
    expect(objections(18, away({ healthy: 0 }))).toEqual([]);
    expect(objections(18, away({ healthy: 0, registered: 0 }))).toEqual([]);
    expect(objections(18, away({ healthy: 1 }))).toHaveLength(1);
  });
  it('is in time from when a wish came that something had kept from the release', () => {
    const whole = late('ThrottlingException');
    const input = { ExpressionAttributeValues: { ':steering': { M: { decision: { S: 'roll-back' } } } } };
    const laid = call(770, 'UpdateItem', { service: 'dynamodb', by: 'steer', input });
    const heard = { ...whole, calls: [...whole.calls, laid] };
    expect(objections(18, heard)).toHaveLength(1);
    const kept = { kind: 'latency', from: 601, until: 640, momentary: false };
    expect(objections(18, { ...heard, disturbances: [kept] })).toEqual([]);
    expect(objections(18, { ...whole, disturbances: [kept] })).toHaveLength(1);
  });
});

describe('a rollback is decided', () => {
  const asked = { t: 550, wish: 'roll-back', digest: null, by: 'ana' } as const;
  const whole = { ...rolledBack(), asked: [asked] };
  const decidedAt = (evidence: Evidence) => rollbacks(evidence).map((each) => each.decidedAt);

  it('when a person asks for it while the release is under way', () => expect(decidedAt(whole)).toEqual([550]));
  it('not by a wish that came while the release before was: that one was meant', () => {
    const before = [held(540, { holder: `${ARN}-before` }), held(560, { fence: 2 })];
    const states = [...whole.states, ...before].sort((a, b) => a.t - b.t);
    expect(decidedAt({ ...whole, states })).toEqual([600]);
  });
});

describe('a way back to a colour where no machine is healthy', () => {
  const back = (blue: number, green: number) => {
    const whole = rolledBack();
    const seen = (t: number) => ({
      ...sample(t),
      colours: {
        blue: { ...sample(t).colours.blue, healthy: blue },
        green: { ...sample(t).colours.green, healthy: green },
      },
    });
    return { ...whole, samples: whole.samples.map((each) => (each.t === 602 ? seen(602) : each)) };
  };
  it('is wrong while the other one has some', () => expect(objections(1, back(0, 1))).toHaveLength(1));
  it('is right when neither has', () => expect(objections(1, back(0, 0))).toEqual([]));
  it('is none of that with a single one', () => expect(objections(1, back(1, 2))).toEqual([]));
});

describe('a release that leaks', () => {
  const committed = (failed: number, wearsOut = true): string => {
    const whole = clean();
    const those = whole.requests.filter(({ who, t }) => who === 'user' && t >= AT.full && t < AT.commit);
    const bad = new Set(those.slice(0, failed));
    const requests = whole.requests.map((each) => (bad.has(each) ? { ...each, ok: false, status: 502 } : each));
    const pushes = whole.pushes.map((each) => ({ ...each, good: false, wearsOut }));
    return objections(15, { ...whole, requests, pushes }).join();
  };
  it('is bad from when it fails more users than it may, and any other bad one always is', () => {
    expect(committed(20)).toBe('');
    expect(committed(21)).toMatch(/is a bad release/);
    expect(committed(0, false)).toMatch(/is a bad release/);
  });
});

describe('weights that somebody else wrote', () => {
  const others = (t: number, green: number, change: Partial<Evidence> = {}): Evidence => {
    const whole = clean();
    const rules = [...whole.rules, rule(t, green, { by: null })].sort((a, b) => a.t - b.t);
    return { ...whole, rules, ...change };
  };
  it('are no way forward, but for a release that began when all users were with the old one', () => {
    expect(objections(2, others(AT.lease - 5, 0))).toEqual([]);
    expect(objections(2, others(AT.lease - 5, 5))).toHaveLength(1);
    expect(objections(2, others(AT.half - 5, 0))).toHaveLength(1);
  });
});

describe('a step that not every node followed before the next', () => {
  const slow = (change: Partial<Evidence> = {}): Evidence => {
    const whole = clean();
    const rules = whole.rules.map((each) => (each.t === AT.half ? { ...each, everywhereAt: AT.full + 9 } : each));
    return { ...whole, rules, ...change };
  };
  const promoted = (t: number) => ({ asked: [{ t, wish: 'promote', digest: null, by: 'ana' } as const] });
  it('was relied on, but by a person who promotes the release in it', () => {
    expect(objections(4, slow())).toHaveLength(1);
    expect(objections(4, slow(promoted(AT.full - 5)))).toEqual([]);
    expect(objections(4, slow(promoted(AT.half - 5)))).toHaveLength(1);
  });
});

describe('a share of requests', () => {
  it('is surely above a limit only when chance is ruled out, exactly', () => {
    expect(surelyAbove(3, 40, 0.01)).toBe(false);
    expect(surelyAbove(6, 40, 0.01)).toBe(true);
    expect(surelyAbove(0, 40, 0.01)).toBe(false);
    expect(surelyAbove(100, 10_000, 0.01)).toBe(false);
    expect(surelyAbove(140, 10_000, 0.01)).toBe(true);
    expect(surelyAbove(2700, 50_000, 0.05)).toBe(true);
  });
});

describe('users whom the new release failed', () => {
  const look = (t: number) =>
    call(t, 'GetMetricData', { by: 'watch', input: { TargetGroup: 'targetgroup/orders-prod-green/g' } });
  const failing = (from: number, count: number, lookedAt: number, change: Partial<Evidence> = {}): Evidence => {
    const whole = clean();
    const those = whole.requests.filter(({ who, colour, t }) => who === 'user' && colour === 'green' && t >= from);
    const failed = new Set(those.slice(0, count));
    const requests = whole.requests.map((each) => (failed.has(each) ? { ...each, ok: false, status: 500 } : each));
    return { ...whole, requests, calls: [...whole.calls, look(lookedAt)].sort((a, b) => a.t - b.t), ...change };
  };

  it('count among all that it had since its first one, as the judge counts', () => {
    expect(objections(5, failing(AT.half, 3, AT.full - 10))).toEqual([]);
    expect(objections(5, failing(AT.half, 6, AT.full - 10))).toHaveLength(1);
  });
  it('speak against a promotion from when metrics could show them', () => {
    const asked = [{ t: AT.commit - 20, wish: 'promote', digest: null, by: 'ana' }] as const;
    const [shown, notYet] = [AT.commit - 300, AT.commit - 180];
    expect(objections(15, failing(notYet, 200, AT.commit - 10, { asked }))).toEqual([]);
    expect(objections(15, failing(notYet, 200, AT.commit - 10)).join()).toMatch(/having failed/);
    expect(objections(15, failing(shown, 200, AT.commit - 10, { asked })).join()).toMatch(/having failed/);
  });
  it('were not shown by a look that got no answer', () => {
    const asked = [{ t: AT.full - 20, wish: 'promote', digest: null, by: 'ana' }] as const;
    const whole = failing(AT.half, 100, AT.full - 10, { asked });
    const calls = whole.calls.map((each) =>
      each.t === AT.full - 10 ? { ...each, error: 'InternalServiceFault' } : each,
    );
    expect(objections(5, whole)).toHaveLength(1);
    expect(objections(5, { ...whole, calls })).toEqual([]);
  });
});

describe('machines that are ended before the time of a promise', () => {
  const reaped = (change: Partial<Evidence>) => {
    const whole = clean();
    const t = AT.commit + 100;
    const ended = call(t, 'UpdateAutoScalingGroup', { by: 'reap', deed: 'size', colour: 'blue', size: 0 });
    return { ...whole, calls: [...whole.calls, ended], ...change };
  };
  it('are objected to, and not when a release had taken the colour, which ends the promise', () => {
    expect(objections(21, reaped({})).join()).toMatch(/before its time/);
    const live = { colour: 'green', digest: NEW } as const;
    const taken = held(AT.commit + 20, { fence: 2, live, retained: null });
    const given = state(AT.commit + 60, { fence: 2, live, retained: null });
    expect(objections(21, reaped({ states: [...clean().states, taken, given] })).join()).not.toMatch(/before its time/);
    const byReaper = { ...taken, holder: 'reap/2027' };
    expect(objections(21, reaped({ states: [...clean().states, byReaper, given] })).join()).toMatch(/before its time/);
  });
});

describe('what was found out as a lie', () => {
  const lying = (change: Partial<Evidence>) => {
    const whole = clean();
    const requests = whole.requests.map((each) => (each.t === AT.half + 20 ? { ...each, ...lie } : each));
    return { ...whole, requests, ...change };
  };
  const lie = { who: 'user', colour: 'green', digest: 'sha256:9', release: NEW } as const;
  it('is wrong where Mainstay sent the users, and not where a person did', () => {
    expect(objections(11, lying({})).join()).toMatch(/calls itself/);
    const byHand = clean().rules.map((each) => ({ ...each, by: null }));
    expect(objections(11, lying({ rules: byHand, states: [state(0)] })).join()).not.toMatch(/calls itself/);
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

describe('a write of the rule that comes when nobody holds the lease', () => {
  const late = call(AT.commit + 200, 'ModifyRule', { deed: 'weights', by: 'clean-up' });
  it('is wrong when it changes who gets what, and not when it says what the rule says already', () => {
    const whole = clean();
    const calls = [...whole.calls, late];
    expect(objections(7, { ...whole, calls })).toEqual([]);
    expect(objections(7, { ...whole, calls, rules: [...whole.rules, rule(late.t, 50)] })).toHaveLength(1);
  });
});

describe('a proof', () => {
  const asked = (change: (index: number) => Partial<Evidence['requests'][number]> | null): Evidence => {
    const whole = clean();
    let index = 0;
    const requests = whole.requests.flatMap((each) => {
      if (each.who !== 'probe' || each.t < AT.full) return [each];
      const other = change(index++);
      return other ? [{ ...each, ...other }] : [];
    });
    return { ...whole, requests };
  };
  it('is many answers at once, and an observer’s from a late node in between does not undo it', () => {
    const whole = asked(() => ({}));
    const late = whole.requests.findLast(({ who }) => who === 'probe');
    const old = late ? [{ ...late, t: late.t - 0.3, colour: 'blue', digest: OLD, release: OLD } as const] : [];
    const requests = [...whole.requests, ...old].sort((a, b) => a.t - b.t);
    expect(objections(4, { ...whole, requests })).toEqual([]);
    expect(
      objections(
        4,
        asked((index) => (index === 0 ? null : {})),
      ),
    ).toHaveLength(1);
    expect(
      objections(
        4,
        asked((index) => (index === 0 ? { colour: 'blue' } : {})),
      ),
    ).toHaveLength(1);
  });
});

describe('a proof that took long', () => {
  it('is one when processes were slow, and none otherwise', () => {
    const whole = clean();
    const first = AT.full + 9;
    const requests = whole.requests.map((each) =>
      each.who === 'probe' && each.t >= first ? { ...each, t: first + (each.t - first) * 30 } : each,
    );
    const slow = { kind: 'slow-process', from: first, until: first + 60, momentary: false };
    expect(objections(4, { ...whole, requests }).join()).toMatch(/without a request that proved it/);
    expect(objections(4, { ...whole, requests, disturbances: [slow] })).toEqual([]);
  });
});

describe('what is kept and was lost', () => {
  const { commit } = AT;
  const lost = (change: Partial<Evidence>) => {
    const whole = clean();
    const samples = whole.samples.map((each) =>
      each.t > commit + 20 ? withColour(each.t, 'blue', { desired: 0 }) : each,
    );
    return { ...whole, samples, ...change };
  };
  it('is told, or ended on the record by the release that takes the colour', () => {
    const whole = clean();
    const live = { colour: 'green', digest: NEW } as const;
    const taken = { states: [...whole.states, held(commit + 40, { fence: 2, live, retained: null })] };
    const ended = { entries: [...whole.entries, ...chain([[commit + 41, 'retention-ended']])] };
    expect(objections(19, lost({}))).toHaveLength(1);
    expect(objections(19, lost({ ...taken, ...ended }))).toEqual([]);
    expect(objections(19, lost(taken))).toHaveLength(1);
    expect(objections(19, lost(ended))).toHaveLength(1);
  });
});

describe('how many targets were healthy', () => {
  it('is what the sample says, or the next one where the moment is between both', () => {
    const whole = clean();
    const samples = whole.samples.map((each) => (each.t === 700 ? withColour(700, 'blue', { healthy: 0 }) : each));
    expect(healthyAt({ ...whole, samples }, 700, 'blue')).toBe(0);
    expect(healthyAt({ ...whole, samples }, 700.5, 'blue')).toBe(2);
  });
});
