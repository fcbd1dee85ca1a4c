/** Two regions of which one missed the end of an episode: PagerDuty is not told to and fro. */
import { describe, expect, it } from 'vitest';
import { heldBy, type Mend, type Mended } from '../../functions/alert-routing/agreement.ts';
import { alarm, SERVING, type SweepPeers, setUp } from './sweeping.ts';
import { HOUR, MINUTE, START } from './world.ts';

/** What both regions read and write, as the replicated table holds it. */
class Shared {
  readonly mends = new Map<string, Map<string, Mend>>();
  readonly sweeps = new Map<string, number>();

  of(region: string, now: () => number): SweepPeers {
    return {
      mends: async (incident) =>
        [...(this.mends.get(incident) ?? [])].map(([from, as]): Mended => ({ region: from, as })),
      mended: async (incident, as) => {
        this.mends.set(incident, (this.mends.get(incident) ?? new Map()).set(region, as));
      },
      sweeps: async () => new Map(this.sweeps),
      swept: async () => void this.sweeps.set(region, now()),
    };
  }
}

/** For an hour of sweeps: how often one of them opened the page again, which calls somebody each time. */
async function pagesOfAnHour(whoMissesTheEnd: string, read: (peers: SweepPeers) => SweepPeers): Promise<number> {
  const shared = new Shared();
  const clock = { now: START };
  const regions = await Promise.all(
    SERVING.map(async (region) => ({ region, ...(await setUp(region, read(shared.of(region, () => clock.now)))) })),
  );
  const pagerduty = new Set(regions.map(({ incident }) => incident));
  expect(pagerduty.size).toBe(1);
  let pages = 0;
  const seen = new Map<string, number>();
  const carryOut = () => {
    for (const { region, world } of regions) {
      const sent = world.sent.filter(({ channel }) => channel === 'pager');
      for (const { action, incident } of sent.slice(seen.get(region) ?? sent.length)) {
        if (action === 'resolve') pagerduty.delete(incident);
        else {
          // What the escalation says, it says by its own clock.
          if (action === 'repeat' && !pagerduty.has(incident)) pages += 1;
          pagerduty.add(incident);
        }
      }
      seen.set(region, sent.length);
    }
  };
  carryOut();
  for (const { region, world } of regions) {
    if (region !== whoMissesTheEnd) await world.take({ ...alarm, state: 'resolved', at: world.now });
  }
  for (let at = START + 5 * MINUTE; at <= START + HOUR; at += 5 * MINUTE) {
    for (const { world, state, sweep } of regions) {
      clock.now = at;
      await world.until(at);
      carryOut();
      state.there = new Set(pagerduty);
      await sweep();
      carryOut();
    }
  }
  return pages;
}

describe('two regions that do not agree whether it is over', () => {
  it.each(SERVING)('page at most once more in an hour, whichever missed the end (%s)', async (region) => {
    expect(await pagesOfAnHour(region, (peers) => peers)).toBeLessThanOrEqual(1);
  });

  it('page again and again where neither hears how the other mended it', async () => {
    const deaf = (peers: SweepPeers): SweepPeers => ({ ...peers, mends: async () => [] });
    expect(await pagesOfAnHour(SERVING[0], deaf)).toBeGreaterThan(3);
  });

  it('page again and again where the one for whom it fires is taken for away', async () => {
    const blind = (peers: SweepPeers): SweepPeers => ({ ...peers, sweeps: async () => new Map() });
    expect(await pagesOfAnHour(SERVING[0], blind)).toBeGreaterThan(3);
  });
});

describe('what is over here', () => {
  const [HERE, THERE] = SERVING;
  const others = (as: Mend): Mended[] => [{ region: THERE, as }];
  const at = (ago: number) => new Map([[THERE, START - ago]]);

  it('is left open while it fires for the other region, and that one sweeps', () => {
    expect(heldBy('ended', { mends: others('reopened'), sweeps: at(5 * MINUTE) }, HERE, START)).toBe(THERE);
    expect(heldBy('ended', { mends: others('reopened'), sweeps: at(16 * MINUTE) }, HERE, START)).toBeNull();
    expect(heldBy('ended', { mends: others('reopened'), sweeps: new Map() }, HERE, START)).toBeNull();
  });

  it('is ended where the other region ended it too, or said nothing, or where it was this one that said so', () => {
    for (const mends of [others('ended'), [], [{ region: HERE, as: 'reopened' as const }]]) {
      expect(heldBy('ended', { mends, sweeps: at(0) }, HERE, START)).toBeNull();
    }
  });

  it('never keeps the other region from opening what fires for it', () => {
    expect(heldBy('reopened', { mends: others('ended'), sweeps: at(0) }, HERE, START)).toBeNull();
  });
});
