/** How an escalation stands by the ledger, and how its machines are kept in step: started, answered, followed. */
import { describe, expect, it } from 'vitest';
import { makeAwaitAcknowledgement } from '../../functions/alert-routing/await-acknowledgement.ts';
import { makeEscalate } from '../../functions/alert-routing/escalate.ts';
import { executionName, roundOf, roundsChanged, standOf } from '../../functions/alert-routing/escalation.ts';
import { type FollowPorts, makeFollow } from '../../functions/alert-routing/follow.ts';
import { emptyGroup, type GroupSnapshot } from '../../functions/alert-routing/incident.ts';
import type { Follower, Followers } from '../../functions/alert-routing/item-escalations.ts';
import type { ItemStore } from '../../functions/alert-routing/item-store.ts';
import { HOUR, MINUTE, routing, START, signal, World } from './world.ts';

/** An open P0 or P1 as it is `minutes` after its page. */
async function open(minutes: number, severity: 'P0' | 'P1' | 'P2' = 'P0') {
  const world = new World(routing({ policies: { ...routing().policies, P2: routing().policies.P1 } }));
  await world.take(signal({ severity }));
  await world.until(START + MINUTE);
  await world.until(START + minutes * MINUTE);
  const [key] = [...world.store.groupRows.keys()] as [string];
  const snapshot = await world.store.group(key);
  const incident = snapshot.group.incident!;
  return { world, key, snapshot, incident, round: { incident: incident.key, countedFrom: incident.countedFrom } };
}
const changed = (snapshot: GroupSnapshot, change: object): GroupSnapshot => ({
  ...snapshot,
  group: { ...snapshot.group, incident: { ...snapshot.group.incident!, ...change } },
});

describe('an escalation', () => {
  it.each([
    [2, 0, 'waiting', START + 5 * MINUTE],
    [6, 1, 'waiting', START + 15 * MINUTE],
    [16, 2, 'waiting', START + 25 * MINUTE],
    [26, 3, 'exhausted', null],
  ])('%i minutes after the page has taken %i steps and is %s', async (minutes, level, state, dueAt) => {
    const { world, snapshot, round } = await open(minutes);
    expect(standOf(snapshot, round, world.table, world.now)).toEqual({ state, level, dueAt });
  });

  it('is due when its time has come and nobody has decided yet, and at last it is the default owner’s turn', async () => {
    const { world, snapshot, round } = await open(6);
    expect(standOf(snapshot, round, world.table, START + 15 * MINUTE).state).toBe('due');
    expect(standOf(changed(snapshot, { steps: 2 }), round, world.table, START + 25 * MINUTE).state).toBe('last');
  });

  it.each([
    ['acknowledged', { acknowledged: { by: 'ada', reason: '', at: START, until: START + HOUR, severity: 'P0' } }],
    ['suppressed', { suppressed: true }],
    ['superseded', { countedFrom: START + 1 }],
    ['over', { key: 'another' }],
  ])('is %s where the ledger says so', async (state, change) => {
    const { world, snapshot, round } = await open(2);
    expect(standOf(changed(snapshot, change), round, world.table, world.now).state).toBe(state);
  });

  it('is followed by a machine for P0 and P1, until all steps are over', async () => {
    for (const [minutes, severity, follows] of [
      [2, 'P0', true],
      [2, 'P1', true],
      [2, 'P2', false],
      [26, 'P0', false],
    ] as const) {
      const { world, snapshot } = await open(minutes, severity);
      expect([minutes, severity, roundOf(snapshot, world.table, world.now) !== null]).toEqual([
        minutes,
        severity,
        follows,
      ]);
    }
  });

  it('has a new round, with a machine of another name, when an acknowledgement runs out', async () => {
    const { world, key, round } = await open(2);
    await world.acknowledge(round.incident, 'ada', HOUR);
    const taken = await world.store.group(key);
    await world.until(START + 62 * MINUTE);
    const again = roundOf(await world.store.group(key), world.table, world.now)!;
    expect(again.incident).toBe(round.incident);
    expect(executionName(again, 0)).not.toBe(executionName(round, 0));
    expect(executionName(again, 12).length).toBeLessThanOrEqual(80);
    expect(roundsChanged(taken.group, (await world.store.group(key)).group)).toEqual([round.incident]);
  });

  it('is nobody’s news while nothing about it changes', async () => {
    const { snapshot } = await open(2);
    const { group } = snapshot;
    expect(roundsChanged(group, group)).toEqual([]);
    expect(roundsChanged(emptyGroup(group.key), group)).toEqual([group.incident!.key]);
    expect(roundsChanged(group, emptyGroup(group.key))).toEqual([group.incident!.key]);
  });
});

class MemoryFollowers implements Followers {
  known: Follower | null = null;
  async of() {
    return this.known;
  }
  async appoint(next: Omit<Follower, 'token'>, before: Follower | null) {
    if (this.known?.attempt !== before?.attempt || this.known?.countedFrom !== before?.countedFrom) return false;
    this.known = { ...next, token: null };
    return true;
  }
  async waits({ countedFrom, attempt }: Omit<Follower, 'token'>, token: string | null) {
    if (this.known?.countedFrom !== countedFrom || this.known.attempt !== attempt) return false;
    this.known = { ...this.known, token };
    return true;
  }
}

/** The handlers over one open incident; `runs` says how a machine stands. */
async function handlers(minutes = 2) {
  const opened = await open(minutes);
  const { world, key, incident } = opened;
  const did: string[] = [];
  const followers = new MemoryFollowers();
  const runs: Record<string, string> = {};
  const queue = { send: async (body: string) => void did.push(body) };
  const store = Object.assign(world.store, {
    groupOf: async (of: string) => (of === incident.key ? key : null),
    openIncidents: async () => [incident.key],
    evidence: async () => [],
  }) as ItemStore;
  const ports = {
    store,
    followers,
    table: world.table,
    executions: {
      start: async (name: string) => {
        did.push(`start ${name}`);
        runs[name] ??= 'RUNNING';
        return 'started' as const;
      },
      describe: async (arn: string) => {
        const status = runs[arn.slice(arn.lastIndexOf(':') + 1)];
        return status === undefined ? null : { status, input: {} };
      },
    },
    waiters: { answer: async (token: string) => did.push(`answer ${token}`) > 0 },
    work: queue,
    escalations: queue,
    config: { escalationMachineArn: 'arn:aws:states:us-west-2:1:stateMachine:escalation' },
    clock: { now: () => world.now },
    log: { info: () => {}, warn: () => {} },
  } as unknown as FollowPorts & Parameters<typeof makeEscalate>[0] & Parameters<typeof makeAwaitAcknowledgement>[0];
  const first = executionName({ incident: incident.key, countedFrom: incident.countedFrom }, 0);
  const message = { Records: [{ body: JSON.stringify({ incident: incident.key }) }] };
  const minute = { scheduledAt: '2026-11-18T10:03:00Z' };
  return { ...opened, did, followers, runs, first, message, minute, ports, follow: makeFollow(ports) };
}

describe('a machine', () => {
  it('is started once for a round, however often it is asked for', async () => {
    const { follow, message, minute, did, first } = await handlers();
    for (const input of [message, message, minute]) await follow(input);
    expect(did).toEqual([`start ${first}`]);
  });

  it('gets a successor when it is dead, and is started again when it never was', async () => {
    const { follow, message, minute, did, first, runs } = await handlers();
    await follow(message);
    runs[first] = 'ABORTED';
    await follow(minute);
    await follow(minute);
    delete runs[`${first}-1`];
    await follow(minute);
    expect(did).toEqual([`start ${first}`, `start ${first}-1`, `start ${first}-1`]);
  });

  it('is answered once when somebody acknowledges, and no other is started', async () => {
    const { follow, message, did, first, followers, world, round } = await handlers();
    await follow(message);
    followers.known = { ...followers.known!, token: 'its-token' };
    await world.acknowledge(round.incident);
    await follow(message);
    await follow(message);
    expect(did).toEqual([`start ${first}`, 'answer its-token']);
  });

  it('sees an acknowledgement that came before it waited: whoever follows is asked to look again', async () => {
    const { ports, follow, message, did, round, world, followers } = await handlers();
    await follow(message);
    await world.acknowledge(round.incident);
    did.length = 0;
    const waiting = makeAwaitAcknowledgement(ports);
    expect(await waiting({ ...round, attempt: 0, token: 'late' })).toEqual({ waits: true });
    expect(did).toEqual([JSON.stringify({ incident: round.incident })]);
    await follow(message);
    expect(did).toContain('answer late');
    expect(followers.known?.token).toBeNull();
  });

  it('that is not the appointed one neither waits nor tells', async () => {
    const { ports, follow, message, round, followers, world } = await handlers();
    await follow(message);
    followers.known = { ...followers.known!, attempt: 1 };
    expect(await makeAwaitAcknowledgement(ports)({ ...round, attempt: 0, token: 'old' })).toEqual({ waits: false });
    world.now = START + 10 * MINUTE;
    const looked = await makeEscalate(ports)({ ...round, attempt: 0, last: false });
    expect(looked).toEqual({ state: 'superseded', level: 0, waitSeconds: null });
    expect(world.store.outbox.size).toBe(0);
  });

  it('takes the step that is due, once, and hears when the next one is', async () => {
    const { ports, follow, message, round, world } = await handlers();
    await follow(message);
    const escalate = makeEscalate(ports);
    expect(await escalate({ ...round, attempt: 0, last: false })).toMatchObject({ state: 'waiting', waitSeconds: 180 });
    world.now = START + 5 * MINUTE;
    for (let times = 0; times < 2; times += 1) {
      const looked = await escalate({ ...round, attempt: 0, last: false });
      expect(looked).toEqual({ state: 'waiting', level: 1, waitSeconds: 600 });
    }
    expect([...world.store.outbox.keys()].filter((name) => name.includes('/phone/'))).toHaveLength(1);
  });

  it('leaves the default owner to the state that is named so, also when the dispatch was first', async () => {
    const { ports, follow, message, round, world } = await handlers();
    await follow(message);
    const escalate = makeEscalate(ports);
    await world.until(START + 20 * MINUTE);
    world.now = START + 25 * MINUTE;
    expect((await escalate({ ...round, attempt: 0, last: false })).state).toBe('last');
    expect(await escalate({ ...round, attempt: 0, last: true })).toMatchObject({ state: 'exhausted', level: 3 });
    expect((await escalate({ ...round, attempt: 0, last: false })).state).toBe('last');
  });
});
