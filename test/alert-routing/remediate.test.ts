/** Remediation over the core on a virtual clock: claimed once, asked for once, said in the messages, followed to its end. */
import { describe, expect, it } from 'vitest';
import type { Runs } from '../../functions/alert-routing/item-runs.ts';
import type { ItemStore } from '../../functions/alert-routing/item-store.ts';
import { makeRemediate, type RemediatePorts } from '../../functions/alert-routing/remediate.ts';
import type { Run } from '../../functions/alert-routing/remediation.ts';
import type { Remediation } from '../../functions/alert-routing/routing.ts';
import { MINUTE, routing, START, signal, World } from './world.ts';

class MemoryRuns implements Runs {
  readonly rows = new Map<string, Run>();
  version = 0;
  async read() {
    return { runs: [...this.rows.values()], version: this.version };
  }
  async claim(run: Run, version: number) {
    if (version !== this.version || this.rows.has(run.name)) return false;
    this.version += 1;
    this.rows.set(run.name, run);
    return true;
  }
  async note(run: Run) {
    this.rows.set(run.name, run);
  }
}

const leave: Remediation = {
  id: 'leave',
  action: 'region-failover',
  target: 'region-failover',
  when: [{ name: 'failing' }, { name: 'outage' }],
  withinSeconds: 600,
  cooldownSeconds: 3600,
  perDayMax: 2,
  approval: 'automatic',
};
const failing = signal({ name: 'failing', resource: 'a', severity: 'P0' });
const outage = signal({ name: 'outage', resource: 'b', severity: 'P0' });

function setUp(change: Partial<Remediation> = {}) {
  const world = new World(routing({ remediations: [{ ...leave, ...change }] }));
  const runs = new MemoryRuns();
  const asked: string[] = [];
  const state = {
    isOn: true as boolean | Error,
    fails: false,
    releases: { lease: null, live: null, retained: null } as object | Error,
  };
  const ports = {
    store: Object.assign(world.store, {
      evidence: async () => [...world.store.alertRows.values()].map(({ value }) => value).filter((one) => one.evidence),
    }) as unknown as ItemStore,
    table: world.table,
    runs,
    automation: {
      isOn: async () => {
        if (state.isOn instanceof Error) throw state.isOn;
        return state.isOn;
      },
    },
    bus: {
      put: async (detailType: string, { by: _, reason: __, ...detail }: object & Record<string, unknown>) => {
        if (state.fails) throw new Error('the process died');
        asked.push(`${detailType} ${JSON.stringify(detail)}`);
      },
    },
    releases: {
      read: async () => {
        if (state.releases instanceof Error) throw state.releases;
        return state.releases;
      },
    },
    machine: (name: string) => ({
      start: async (execution: string) => void asked.push(`${name} ${execution.length <= 80}`),
    }),
    work: { send: async () => {} },
    config: { application: 'orders-prod', region: 'us-west-2', servingRegions: ['us-west-2', 'us-east-2'] },
    clock: { now: () => world.now },
    log: { info: () => {}, warn: () => {} },
  } as unknown as RemediatePorts;
  const look = makeRemediate(ports);
  return { world, runs, asked, state, look: () => look({}) };
}
const MOVE =
  'Region failover requested {"application":"orders-prod","target":"us-west-2","from":"us-east-2","automatic":true}';
const doing = ({ world }: ReturnType<typeof setUp>) => [
  ...new Set([...world.store.groupRows.values()].map(({ group }) => group.doing)),
];

describe('a remediation', () => {
  it('is asked for once, however often and by however many it is looked at', async () => {
    const set = setUp();
    await set.world.take(failing, outage);
    await Promise.all([set.look(), set.look()]);
    await set.look();
    expect(set.asked).toEqual([MOVE]);
    expect(doing(set)).toEqual([expect.stringMatching(/^leave: asked for the move from us-east-2 to us-west-2 at /)]);
  });

  it('is not considered, and nobody told of it, on one signal, nor on one that people keep quiet', async () => {
    const set = setUp();
    await set.world.take(failing);
    expect(await set.look()).toEqual({ leave: expect.stringContaining('no two independent alerts say so') });
    await set.world.take(outage);
    await set.world.store.putSilence({
      id: 'known',
      matchers: { name: 'outage' },
      by: 'ada',
      reason: 'work',
      startsAt: START,
      endsAt: START + 60 * MINUTE,
      at: START,
    });
    await set.look();
    expect([set.asked, doing(set)]).toEqual([[], [null]]);
  });

  it.each([
    ['it is switched off', false, 'automation is switched off'],
    ['nobody knows whether it is', new Error('no answer'), 'could not be read'],
  ])('is held when %s, the messages say so, and starts when that is over', async (_, isOn, says) => {
    const set = setUp();
    set.state.isOn = isOn;
    await set.world.take(failing, outage);
    await set.look();
    expect(set.asked).toEqual([]);
    expect(doing(set)).toEqual([expect.stringContaining(says)]);
    await set.world.until(START + 10 * MINUTE);
    const told = set.world.sent.filter(({ intent }) => intent.content.doing?.includes(says));
    expect(new Set(told.map(({ intent }) => intent.content.title)).size).toBe(2);
    set.state.isOn = true;
    await set.look();
    expect(set.asked).toEqual([MOVE]);
  });

  it('that was claimed by one who died is asked for by another, after a minute', async () => {
    const set = setUp();
    await set.world.take(failing, outage);
    set.state.fails = true;
    await expect(set.look()).rejects.toThrow('the process died');
    set.state.fails = false;
    await set.look();
    expect(set.asked).toEqual([]);
    await set.world.until(START + MINUTE);
    await set.look();
    await set.look();
    expect(set.asked).toEqual([MOVE]);
  });

  it('that has helped ends, and is in its cooldown when the two come again', async () => {
    const set = setUp();
    await set.world.take(failing, outage);
    await set.look();
    await set.world.until(START + 5 * MINUTE);
    await set.world.take({ ...outage, state: 'resolved', at: START + 5 * MINUTE });
    await set.look();
    expect([...set.runs.rows.values()]).toMatchObject([{ outcome: 'helped', endedAt: START + 5 * MINUTE }]);
    await set.world.until(START + 8 * MINUTE);
    await set.world.take({ ...outage, at: START + 8 * MINUTE });
    expect(await set.look()).toEqual({
      leave: expect.stringMatching(/is held: it ran at .*, and runs not again before/),
    });
    expect(set.asked).toEqual([MOVE]);
  });

  it('that did not help is said to need a person, and who had relied on it is asked anew', async () => {
    const set = setUp();
    await set.world.take(failing, outage);
    await set.look();
    for (const incident of new Set(set.world.sent.map((message) => message.incident))) {
      await set.world.acknowledge(incident, 'ada', 600 * MINUTE);
    }
    await set.world.until(START + 30 * MINUTE);
    await set.look();
    expect(doing(set)).toEqual([expect.stringContaining('it did not help, a person is needed')]);
    const before = set.world.sent.length;
    await set.world.until(START + 36 * MINUTE);
    const after = set.world.sent.slice(before).filter(({ action }) => action === 'escalate');
    expect(after).toHaveLength(2);
  });

  it('takes back the release that is under way or live, where something is kept to go back to', async () => {
    const back = { action: 'rollback', target: 'blue-green' } as const;
    const decided = (release: string) =>
      `Release decided {"application":"orders-prod","release":"${release}","decision":"roll-back"}`;
    const cases: readonly [object | Error, string[], RegExp][] = [
      [{ lease: { releaseId: 'r2' }, live: { releaseId: 'r1' }, retained: null }, [decided('r2')], /take back/],
      [{ lease: null, live: { releaseId: 'r1' }, retained: {} }, [decided('r1')], /take back/],
      [{ lease: null, live: { releaseId: 'r1' }, retained: null }, [], /is held: no release is under way/],
      [new Error('no answer'), [], /is held: whether it can be done could not be read/],
    ];
    for (const [releases, asked, says] of cases) {
      const set = setUp(back);
      set.state.releases = releases;
      await set.world.take(failing, outage);
      await set.look();
      expect(set.asked).toEqual(asked);
      expect(doing(set)).toEqual([expect.stringMatching(says)]);
    }
  });

  it('starts the machine of a runbook, once', async () => {
    const set = setUp({ action: 'runbook', target: 'orders-prod-drain' });
    await set.world.take(failing, outage);
    await set.look();
    await set.look();
    expect(set.asked).toEqual(['orders-prod-drain true']);
  });

  it('waits for a person where that is configured, and the messages say so', async () => {
    const set = setUp({ approval: 'person' });
    await set.world.take(failing, outage);
    await set.look();
    expect(set.asked).toEqual([]);
    expect(doing(set)).toEqual(['leave waits for a person: a person has to approve it']);
  });

  it('no more says what holds no more', async () => {
    const set = setUp({ approval: 'person' });
    await set.world.take(failing, outage);
    await set.look();
    await set.world.take({ ...outage, state: 'resolved', at: START + 1 });
    await set.look();
    expect(doing(set)).toEqual([null]);
  });
});
