/** Each invariant's checker objects to the history it exists to catch, and to nothing in a clean one. */
import { describe, expect, it } from 'vitest';
import type { Evidence, RegionSample } from '../../console/drills/region-failover/evidence.ts';
import { INVARIANTS, violations } from '../../console/drills/region-failover/invariants.ts';
import { A, B, call, claim, clean, region, version, W, write } from './forged.ts';

const broken: Record<string, (evidence: Evidence) => Evidence> = {
  I1: (e) => ({ ...e, writes: [...e.writes, write(305, A, 1)] }),
  I2: (e) => ({ ...e, authority: [version(0, {}), version(10, { holder: B })] }),
  I3: (e) => ({
    ...e,
    authority: [
      ...e.authority.slice(0, 2),
      version(185, { counter: 6 }),
      ...e.authority.slice(2).map((v) => ({ ...v, counter: 6 })),
    ],
  }),
  I4: (e) => ({ ...e, samples: e.samples.slice(0, 1) }),
  I5: (e) => ({ ...e, jobs: [...e.jobs, { t: 330, region: A, epoch: 1 }] }),
  I6: (e) => ({
    ...e,
    samples: [
      { t: 0, regions: { [A]: region({ writable: true }), [B]: region({ healthyTargets: 1 }) } },
      ...e.samples.slice(1),
    ],
  }),
  I7: (e) => ({ ...e, requests: e.requests.map((r) => (r.from === W && r.t === 190 ? { ...r, ok: true } : r)) }),
  I8: (e) => ({ ...e, promotions: [{ t: 200, region: B, lagSeconds: 301, tookEffect: true }] }),
  I9: (e) => ({
    ...e,
    authority: [
      ...e.authority.slice(0, 3),
      version(195, { phase: 'fencing', claim: { ...claim, executionArn: 'other' } }),
      ...e.authority.slice(3),
    ],
  }),
  I10: (e) => ({ ...e, authority: e.authority.map((v) => ({ ...v, automation: 'off' as const })) }),
  I11: (e) => ({
    ...e,
    calls: [...e.calls, call(280, 'ChangeResourceRecordSets', {}, { service: 'route53', region: W })],
  }),
  I12: (e) => ({ ...e, calls: [call(199.5, 'FailoverGlobalCluster', {}, { service: 'rds' }), ...e.calls] }),
  I13: (e) => ({ ...e, authority: [...e.authority, version(350, { epoch: 3, holder: A })] }),
  I15: (e) => ({ ...e, requests: e.requests.filter((r) => r.t !== 320) }),
  I16: (e) => ({
    ...e,
    executions: e.executions.map((x) => ({ ...x, output: { outcome: 'moved', measures: { rtoSeconds: 0 } } })),
  }),
  rights: (e) => ({ ...e, refusals: ['AccessDenied: User: r is not authorized to perform: a on resource: b'] }),
};

describe('the invariants of region failover', () => {
  it('hold for a clean failover', () => {
    expect(violations(clean())).toEqual([]);
  });

  it.each(INVARIANTS.map(({ id }) => id.split('/')[1] as string))(
    '%s objects to the history it exists to catch',
    (number) => {
      const evidence = broken[number]?.(clean());
      if (!evidence) throw new Error(`no broken history for ${number}`);
      expect(violations(evidence).map(({ id }) => id)).toContain(`region-failover/${number}`);
    },
  );

  it('I12 objects to a claim that was left behind', () => {
    const evidence = clean();
    const left = { ...evidence, authority: evidence.authority.slice(0, 4) };
    expect(violations(left).map(({ id }) => id)).toContain('region-failover/I12');
  });

  it('I12 asks no end of a move that began in the last five seconds', () => {
    const evidence = clean();
    const left = (endedAt: number, until: number | null) => {
      const executions = evidence.executions.map((execution) => ({ ...execution, until }));
      const found = violations({ ...evidence, authority: evidence.authority.slice(0, 3), executions, endedAt });
      return found.some(({ id }) => id === 'region-failover/I12');
    };
    expect(left(194, null)).toBe(false);
    expect(left(196, null)).toBe(true);
    expect(left(194, 193)).toBe(true);
  });

  it('I12 asks no end of a move whose target was lost in the middle of it', () => {
    const evidence = clean();
    const left = {
      ...evidence,
      authority: evidence.authority.slice(0, 4),
      samples: [...evidence.samples, { t: 399, regions: { [A]: region(), [B]: region({ lost: true }) } }],
    };
    expect(violations(left).map(({ id }) => id)).not.toContain('region-failover/I12');
  });

  it.each([
    ['by one who saw that it was under way', {}, 'InvalidGlobalClusterStateFault', true],
    ['by one who was shown the past, and was refused', { misled: true }, 'InvalidGlobalClusterStateFault', false],
    ['by one who was shown the past, and was not refused', { misled: true }, null, true],
    ['by the network', { resent: true }, 'InvalidGlobalClusterStateFault', false],
  ])('I12 judges a promotion asked for again %s', (_, change, error, objects) => {
    const evidence = clean();
    const again = call(201, 'FailoverGlobalCluster', {}, { service: 'rds', error, ...change });
    const ids = violations({ ...evidence, calls: [...evidence.calls, again] }).map(({ id }) => id);
    expect(ids.includes('region-failover/I12')).toBe(objects);
  });

  it('I4 objects to the second latch object laid before the region is ready, and not to the third', () => {
    const evidence = clean();
    const third = call(390, 'PutObject', { Key: 'moved' }, { region: A });
    expect(violations({ ...evidence, calls: [...evidence.calls, third] })).toEqual([]);
    const early = evidence.calls.map((each) => (each.operation === 'PutObject' ? { ...each, t: 150 } : each));
    expect(violations({ ...evidence, calls: early }).map(({ id }) => id)).toContain('region-failover/I4');
  });

  it('I4 counts a target that became healthy between two samples as healthy, and one that came later as not', () => {
    const evidence = clean();
    const at = (healthyAt: number) => ({
      ...evidence,
      samples: [
        ...evidence.samples.slice(0, 1),
        ...Array.from({ length: 40 }, (_, i) => {
          const t = 260 + i;
          const target = region({ writable: true, databaseEpoch: 2, healthyTargets: t >= healthyAt ? 2 : 1 });
          return { t, regions: { [A]: region({ lost: true }), [B]: target } };
        }),
      ],
      calls: evidence.calls.map((each) => (each.operation === 'PutObject' ? { ...each, t: each.t - 0.5 } : each)),
    });
    const ids = (healthyAt: number) => violations(at(healthyAt)).map(({ id }) => id);
    expect(ids(295)).toEqual([]);
    expect(ids(297)).toContain('region-failover/I4');
  });

  it('I11 objects to a step that changes the region being left, and not to what that region does at home', () => {
    const evidence = clean();
    const change = (from: string) =>
      call(195, 'PutParameter', { Name: '/x', Value: '{"epoch":1}' }, { service: 'ssm', region: A, from });
    const problems = (from: string) => violations({ ...evidence, calls: [change(from), ...evidence.calls] });
    expect(problems(A)).toEqual([]);
    expect(problems(B).map(({ id }) => id)).toEqual(['region-failover/I11']);
  });

  it.each([
    ['that nobody accepted', { person: true }, 301, true],
    ['above what was accepted', { person: true, acceptedLossSeconds: 400 }, 401, true],
    ['that was accepted', { person: true, acceptedLossSeconds: 400 }, 400, false],
    ['whose question was approved', { person: true, approved: ['lag'] }, 400, false],
    ['when another question was approved', { person: true, approved: ['quorum'] }, 400, true],
    ['that is unknown, however much was accepted', { person: true, acceptedLossSeconds: 400 }, null, true],
    ['that is unknown, when the question was approved', { person: true, approved: ['lag'] }, null, false],
  ])("I8 judges a person's move by the loss %s", (_, consent, lagSeconds, objects) => {
    const evidence = clean();
    const asked = {
      ...evidence,
      promotions: [{ t: 200, region: B, lagSeconds, tookEffect: true }],
      authority: evidence.authority.map((one) => (one.claim ? { ...one, claim: { ...one.claim, ...consent } } : one)),
    };
    const ids = violations(asked).map(({ id }) => id);
    expect(ids.includes('region-failover/I8')).toBe(objects);
  });

  it('I16 objects to a loss beyond the most that was told, and not to one between the two figures', () => {
    const losing = (lagSeconds: number): Evidence => ({
      ...clean(),
      promotions: [{ t: 200, region: B, lagSeconds, tookEffect: true }],
    });
    expect(violations(losing(30))).toEqual([]);
    expect(violations(losing(60)).map(({ id }) => id)).toEqual(['region-failover/I16']);
  });

  it('I13 objects to an abort that leaves deployments frozen', () => {
    const evidence = clean();
    const frozen = {
      ...evidence,
      promotions: [],
      executions: [],
      calls: [],
      writes: evidence.writes.slice(0, 2),
      jobs: evidence.jobs.slice(0, 1),
      authority: [...evidence.authority.slice(0, 3), version(210, {})],
      samples: [
        ...evidence.samples.slice(0, 1),
        { t: 230, regions: { [A]: region({ writable: true }), [B]: region({ deploymentsFrozen: true }) } },
      ],
    };
    expect(violations(frozen).map(({ id }) => id)).toEqual(['region-failover/I13']);
  });

  it.each([
    ['a freeze that the next move takes over at once and ends', 212, false, []],
    ['a freeze that outlives both moves', 212, true, ['region-failover/I13']],
    ['a freeze that is still there when the next move comes late', 250, false, ['region-failover/I13']],
  ])('I13 judges %s', (_, nextAt, frozenAtEnd, wanted) => {
    const evidence = clean();
    const sample = (t: number, deploymentsFrozen: boolean) => ({
      t,
      regions: { [A]: region({ writable: true }), [B]: region({ deploymentsFrozen }) },
    });
    const aborted = {
      ...evidence,
      promotions: [],
      executions: [],
      calls: [],
      writes: evidence.writes.slice(0, 2),
      jobs: evidence.jobs.slice(0, 1),
      authority: [
        ...evidence.authority.slice(0, 3),
        version(210, {}),
        version(nextAt, { phase: 'fencing', claim }),
        version(nextAt + 10, {}),
      ],
      samples: [sample(0, false), sample(205, true), sample(nextAt + 11, frozenAtEnd)],
    };
    expect([...new Set(violations(aborted).map(({ id }) => id))]).toEqual(wanted);
  });

  it.each([
    ['when the abort turns the switch', ['on', 'off'], true],
    ['when a person turned it during the claim', ['off', 'off'], false],
  ] as const)('I13 judges the switch of automation %s', (_, [during, released], objects) => {
    const evidence = clean();
    const aborted = {
      ...evidence,
      promotions: [],
      executions: [],
      calls: [],
      writes: evidence.writes.slice(0, 2),
      jobs: evidence.jobs.slice(0, 1),
      authority: [
        ...evidence.authority.slice(0, 3),
        ...evidence.authority.slice(2, 3).map((fencing) => ({ ...fencing, t: fencing.t + 1, automation: during })),
        version(210, { automation: released }),
      ],
    };
    expect(violations(aborted).some(({ id }) => id === 'region-failover/I13')).toBe(objects);
  });

  it('I13 judges a region that is lost after an abort when it is back and reconciled, and not before', () => {
    const evidence = clean();
    const regions = (a: Partial<RegionSample>) => ({ [A]: region({ writable: true, ...a }), [B]: region() });
    const problemsWith = (...samples: Evidence['samples']): string[] =>
      violations({
        ...evidence,
        promotions: [],
        executions: [],
        calls: [],
        writes: evidence.writes.slice(0, 2),
        jobs: evidence.jobs.slice(0, 1),
        authority: [...evidence.authority.slice(0, 3), version(210, {})],
        samples: [
          { t: 0, regions: regions({}) },
          { t: 230, regions: regions({ lost: true, moved: true }) },
          ...samples,
        ],
      }).map(({ id }) => id);
    expect(problemsWith()).toEqual([]);
    // Reconcile has a minute and a half from its return.
    const back = { t: 300, regions: regions({ moved: true }) };
    expect(problemsWith(back, { t: 385, regions: regions({}) })).toEqual([]);
    expect(problemsWith(back, { t: 395, regions: regions({}) })).toEqual(['region-failover/I13']);
  });

  it('I4 objects to capacity that was gone long before traffic came, and not to what is lost in the last moment', () => {
    const evidence = clean();
    const ready = region({ writable: true, databaseEpoch: 2 });
    const losing = (t: number): Evidence => ({
      ...evidence,
      samples: [
        ...evidence.samples,
        { t: 270, regions: { [A]: region({ lost: true }), [B]: ready } },
        { t, regions: { [A]: region({ lost: true }), [B]: { ...ready, healthyTargets: 1 } } },
        { t: 294, regions: { [A]: region({ lost: true }), [B]: { ...ready, healthyTargets: 1 } } },
      ],
    });
    expect(violations(losing(290))).toEqual([]);
    const long = losing(290).samples.filter(({ t }) => t < 260 || t > 280);
    expect(violations({ ...evidence, samples: long }).map(({ id }) => id)).toEqual(['region-failover/I4']);
  });

  it('I7 judges by the last look before the one-way step, which must be recent', () => {
    const evidence = clean();
    const confirmed = (until: number): Evidence => ({
      ...evidence,
      requests: evidence.requests.map((r) => (r.from === W && r.t === 190 ? { ...r, ok: true } : r)),
      executions: evidence.executions.map((x) => ({ ...x, steps: [{ name: 'Confirm', from: until - 1, until }] })),
    });
    expect(violations(confirmed(192))).toEqual([]);
    expect(violations(confirmed(199)).map(({ id }) => id)).toEqual([]);
    expect(violations({ ...confirmed(192), executions: evidence.executions }).map(({ id }) => id)).toEqual([
      'region-failover/I7',
    ]);
    const stale = { ...confirmed(160), requests: evidence.requests };
    expect(violations(stale).map(({ message }) => message)[0]).toMatch(/on a look that ended at 160 s/);
  });

  it('I7 knows what an observer did not wait for, and counts any two of which the witness is one', () => {
    const evidence = clean();
    const seen = (from: string, seconds: number): Evidence => ({
      ...evidence,
      requests: evidence.requests.map((r) => (r.from === from && r.t === 160 ? { ...r, ok: true, seconds } : r)),
    });
    const ids = (of: Evidence) => violations(of).map(({ id }) => id);
    expect(ids(seen(W, 5))).toEqual([]);
    expect(ids(seen(W, 4.9))).toEqual(['region-failover/I7']);
    // The target saw it healthy and nobody else was asked; then the region itself saw what the witness saw.
    const byTarget = seen(B, 0.1);
    expect(ids(byTarget)).toEqual(['region-failover/I7']);
    const own = evidence.requests
      .filter(({ who, from }) => who === 'probe' && from === W)
      .map((r) => ({ ...r, from: A }));
    expect(ids({ ...byTarget, requests: [...byTarget.requests, ...own] })).toEqual([]);
    expect(ids({ ...seen(W, 0.1), requests: [...seen(W, 0.1).requests, ...own] })).toEqual(['region-failover/I7']);
  });

  it('I8 asks nothing of a promotion that storage never carried out', () => {
    const evidence = clean();
    const promotions = [{ t: 200, region: B, lagSeconds: null, tookEffect: false }];
    expect(violations({ ...evidence, promotions })).toEqual([]);
    const effective = [{ t: 200, region: B, lagSeconds: null, tookEffect: true }];
    expect(violations({ ...evidence, promotions: effective }).map(({ id }) => id)).toContain('region-failover/I8');
  });

  it('I12 does not take what the network sent twice for a second asking', () => {
    const evidence = clean();
    const again = (resent: boolean) =>
      call(200.5, 'FailoverGlobalCluster', {}, { service: 'rds', error: 'InvalidGlobalClusterStateFault', resent });
    expect(violations({ ...evidence, calls: [...evidence.calls, again(true)] })).toEqual([]);
    expect(violations({ ...evidence, calls: [...evidence.calls, again(false)] }).map(({ id }) => id)).toEqual([
      'region-failover/I12',
    ]);
  });

  it('I16 under random faults holds RTO to what it may begin and end with, and lets it be unknown', () => {
    const measured = (rtoSeconds: number | null | undefined): Evidence => {
      const evidence = clean();
      const measures = { rtoSeconds, rpoSeconds: null, rpoSecondsMax: null, explainedShare: 0.5 };
      const executions = evidence.executions.map((x) => ({ ...x, output: { outcome: 'moved', measures } }));
      return { ...evidence, disturbedUntil: 300, executions };
    };
    for (const fine of [null, 200, 240]) expect(violations(measured(fine))).toEqual([]);
    for (const wrong of [undefined, 0, 100, 400]) {
      expect([wrong, violations(measured(wrong)).map(({ id }) => id)]).toEqual([wrong, ['region-failover/I16']]);
    }
  });
});
