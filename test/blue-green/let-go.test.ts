/** What a release suspended is given back when it ends: to the colour that is live then, and to no other. */
import { describe, expect, it } from 'vitest';
import { makeFinish } from '../../functions/blue-green/finish.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import type { Bounds, Colour, Served } from '../../functions/shared/release-ports.ts';
import { NEW, OLD, release, START, view, World } from './memory.ts';

const ending = { release, digest: NEW, reasons: [], cause: null, decidedAt: null, retreat: null };

/** Both colours are pinned, and these bounds were noted when they were. */
function atTheEnd(live: Colour, pins: Partial<Record<Colour, Bounds>>): World {
  const world = new World({ colours: { blue: view(4, true), green: view(4, true) } });
  const lease = { ...release, digest: NEW, takenAt: isoOf(START) };
  const served: Served = {
    colour: live,
    digest: live === 'green' ? NEW : OLD,
    releaseId: 'push-1',
    schema: null,
    committedAt: isoOf(START),
  };
  world.state.releases = { ...world.state.releases, fence: 1, lease, live: served, pins };
  return world;
}

describe('a release that ends', () => {
  // The idle colour was suspended before: what is noted of it is what the configuration says.
  const pins = { blue: { min: 4, max: 10 }, green: { min: 2, max: 10 } };

  it('hands the least that a schedule had set on to the colour that is live now', async () => {
    const world = atTheEnd('green', pins);
    await makeFinish(world.ports)({ ...ending, outcome: 'committed' });
    expect(world.state.colours.green).toMatchObject({ pinned: false, min: 4, max: 10 });
    expect(world.state.colours.blue.pinned).toBe(true);
  });

  it('gives the old colour back what it had when users were taken back', async () => {
    const world = atTheEnd('blue', pins);
    await makeFinish(world.ports)({ ...ending, outcome: 'rolled-back', cause: 'verdict' });
    expect(world.state.colours.blue).toMatchObject({ pinned: false, min: 4, max: 10 });
    expect(world.state.colours.green.pinned).toBe(true);
  });

  it('lets go of what it pinned a moment ago, although what is read is older than the pin', async () => {
    const world = atTheEnd('blue', pins);
    const { compute } = world.ports;
    let looks = 0;
    const stale = async (colour: Colour) =>
      ++looks <= 2 ? { ...view(4), min: 4, max: 10 } : await compute.describe(colour);
    const ports = { ...world.ports, compute: { ...compute, describe: stale } };
    await makeFinish(ports)({ ...ending, outcome: 'aborted', cause: 'ReadBackUnsafe' });
    expect(world.state.colours.blue).toMatchObject({ pinned: false, min: 4, max: 10 });
  });

  it('goes by the configuration where nothing else is known', async () => {
    const world = atTheEnd('green', {});
    await makeFinish(world.ports)({ ...ending, outcome: 'committed' });
    expect(world.state.colours.green).toMatchObject({ pinned: false, min: 2, max: 10 });
  });
});
