/** The figures: right when everything is known, null when something is not, and never a difference of two clocks. */
import { describe, expect, it } from 'vitest';
import { type Known, measure } from '../../functions/region-failover/measure.ts';

/** The target's clock is an hour ahead of the witness's, to show that they are never mixed. */
const known = {
  impaired: { byTarget: '2026-11-20T04:00:00.000Z', byWitness: '2026-11-20T03:00:00.000Z' },
  declaredAt: '2026-11-20T04:01:15.000Z',
  steps: [
    { step: 'Decide', at: '2026-11-20T04:01:20.000Z' },
    { step: 'Promote and scale', at: '2026-11-20T04:03:00.000Z' },
    { step: 'Verify', at: '2026-11-20T04:05:00.000Z' },
  ],
  claimedAt: '2026-11-20T04:01:21.000Z',
  verifiedAt: '2026-11-20T04:04:59.000Z',
  witness: { at: '2026-11-20T03:05:00.500Z', localAt: '2026-11-20T04:05:00.000Z' },
  loss: {
    acked: '2026-11-20T02:59:58.000Z',
    renewedAt: '2026-11-20T03:00:00.000Z',
    newestHeartbeat: '2026-11-20T02:59:56.000Z',
  },
} satisfies Known;

describe('measure', () => {
  it('gives detection, decision, RTO, RPO and the share explained', () => {
    expect(measure(known, 30)).toMatchObject({
      detectSeconds: 75,
      decideSeconds: 5,
      rtoSeconds: 299.5,
      rpoSeconds: 2,
      rpoSecondsMax: 34,
      steps: [
        { step: 'Decide', seconds: 5 },
        { step: 'Promote and scale', seconds: 100 },
        { step: 'Verify', seconds: 120 },
      ],
      explainedShare: 0.998,
    });
  });

  it.each([
    [
      'nothing was ever seen or claimed',
      { impaired: { byTarget: null, byWitness: null }, claimedAt: null },
      { rtoSeconds: null, rtoBy: null, explainedShare: null },
    ],
    ['nothing was acknowledged', { loss: { ...known.loss, acked: null } }, { rpoSeconds: null }],
    ['nobody told when the lease was renewed', { loss: { ...known.loss, renewedAt: null } }, { rpoSecondsMax: null }],
    ['nothing was noted', { loss: null }, { rpoSeconds: null }],
    ['nothing was verified', { verifiedAt: null }, { rtoSeconds: null }],
  ])('says unknown, not zero, when %s', (_why, change, wanted) => {
    expect(measure({ ...known, ...change }, 30)).toMatchObject(wanted);
  });

  it('falls back to the clock of the target when the witness cannot be asked, and says so', () => {
    expect(measure({ ...known, witness: null }, 30)).toMatchObject({
      rtoSeconds: 299,
      rtoBy: 'target',
      explainedShare: 1,
    });
  });

  it('counts from the claim when a person moved a region that nobody saw fail', () => {
    const unseen = { ...known, impaired: { byTarget: null, byWitness: null } };
    expect(measure({ ...unseen, claimedAt: '2026-11-20T04:01:20.000Z' }, 30)).toMatchObject({
      detectSeconds: null,
      rtoSeconds: 219,
      rtoBy: 'target',
      explainedShare: 1,
    });
  });

  it('counts no loss when more arrived than was told', () => {
    const loss = { ...known.loss, acked: '2026-11-20T02:59:56.000Z', newestHeartbeat: '2026-11-20T02:59:58.000Z' };
    expect(measure({ ...known, loss }, 30)).toMatchObject({ rpoSeconds: 0, rpoSecondsMax: 32 });
  });

  it('counts what a writer may have stored that was fenced, admitted again and then cut off, from its last renewal on', () => {
    const loss = {
      acked: '2026-11-20T02:59:00.000Z',
      renewedAt: '2026-11-20T02:59:41.000Z',
      newestHeartbeat: '2026-11-20T02:59:42.000Z',
    };
    expect(measure({ ...known, loss }, 30)).toMatchObject({ rpoSeconds: 0, rpoSecondsMax: 29 });
  });

  it('counts nothing that a successor did after the first verification', () => {
    const steps = [...known.steps, { step: 'Verify', at: '2026-11-20T04:09:00.000Z' }];
    expect(measure({ ...known, steps }, 30)).toMatchObject({ rtoSeconds: 299.5, explainedShare: 0.998 });
  });

  it('knows no decision of a move that was rolled forward by a successor', () => {
    const steps = [{ step: 'Take over', at: '2026-11-20T04:03:00.000Z' }, ...known.steps.slice(2)];
    expect(measure({ ...known, steps }, 30)).toMatchObject({ decideSeconds: null, explainedShare: 0.998 });
  });
});
