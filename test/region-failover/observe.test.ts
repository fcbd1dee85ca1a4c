/** The observer: how a vote follows from the one before, and what one run of two minutes writes and tells. */
import { describe, expect, it } from 'vitest';
import { nextCounter, nextVote } from '../../functions/region-failover/observation.ts';
import { makeObserve } from '../../functions/region-failover/observe.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import { A, B, START, World } from './memory.ts';

const ready = { ready: true, detail: '200' };
const lost = { ready: false, detail: 'no answer' };

describe('a vote', () => {
  it('keeps when its state began, as long as it lasts', () => {
    const first = nextVote(undefined, lost, 100);
    expect(nextVote(first, lost, 110)).toEqual({ state: 'failing', since: 100, slot: 110, detail: 'no answer' });
  });

  it('begins anew after one healthy probe', () => {
    const healthy = nextVote(nextVote(undefined, lost, 100), ready, 110);
    expect(nextVote(healthy, lost, 120)).toMatchObject({ state: 'failing', since: 120 });
  });

  it('begins anew after a silence of more than three slots', () => {
    const before = nextVote(undefined, lost, 100);
    expect(nextVote(before, lost, 130)).toMatchObject({ since: 100 });
    expect(nextVote(before, lost, 140)).toMatchObject({ since: 140 });
  });
});

describe('the counter', () => {
  it('is dated when it was first seen, not when it was last seen', () => {
    const first = nextCounter(undefined, 7, isoOf(START));
    expect(nextCounter(first, 7, isoOf(START + 10_000))).toEqual(first);
    expect(nextCounter(first, 8, isoOf(START + 10_000))).toEqual({ value: 8, seenAt: isoOf(START + 10_000) });
  });
});

/** Observes from B while A is lost; B's own application answers. */
function observer(world: World, fault: { authority?: boolean } = {}) {
  const metrics: [value: number, region: string | undefined][] = [];
  const meter = {
    put: (_: string, value: number, { region }: Record<string, string>) => void metrics.push([value, region]),
  };
  const authority = fault.authority
    ? { ...world.ports.authority, read: () => Promise.reject(new Error('no route')) }
    : world.ports.authority;
  return { metrics, run: makeObserve({ ...world.ports, authority, meter }) };
}

describe('a run', () => {
  it('votes every ten seconds for two minutes', async () => {
    const world = new World({ now: START + 3_210 });
    const { run, metrics } = observer(world);
    expect(await run()).toEqual({ slots: 12 });
    expect(world.state.observations).toMatchObject([
      {
        region: B,
        slot: START / 1000 + 120,
        targets: { [A]: { state: 'failing', since: START / 1000 + 10 }, [B]: { state: 'healthy' } },
        self: { capacity: 2 },
      },
    ]);
    expect(metrics.filter(([, region]) => region === A)).toEqual(Array(12).fill([1, A]));
    expect(metrics.filter(([, region]) => region === B)).toEqual(Array(12).fill([0, B]));
  });

  it('changes nothing when another run already wrote the slots', async () => {
    const world = new World();
    await observer(world).run();
    const before = structuredClone(world.state.observations);
    world.state.now = START;
    await observer(world).run();
    expect(world.state.observations).toEqual(before);
  });

  it('still tells the metric when the authority cannot be reached, and casts no vote', async () => {
    const world = new World();
    const { run, metrics } = observer(world, { authority: true });
    await run();
    expect(metrics.length).toBeGreaterThan(0);
    expect(world.state.observations).toEqual([]);
  });
});
