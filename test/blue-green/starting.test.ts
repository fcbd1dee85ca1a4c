/** What starts, steers and ends releases from outside the machine, and the record with its figures. */
import { describe, expect, it } from 'vitest';
import { makeAdmit } from '../../functions/blue-green/admit.ts';
import { dora } from '../../functions/blue-green/dora.ts';
import { makeExport } from '../../functions/blue-green/export.ts';
import { makeReap } from '../../functions/blue-green/reap.ts';
import { makeReconcile } from '../../functions/blue-green/reconcile.ts';
import { makeStartCleanUp } from '../../functions/blue-green/start-clean-up.ts';
import { statusLines } from '../../functions/blue-green/status.ts';
import { makeSteer } from '../../functions/blue-green/steer.ts';
import { brokenAt, chained } from '../../functions/shared/chain.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import type { Entry, EntryKind, Retained, Served } from '../../functions/shared/release-ports.ts';
import { FORGER } from '../../simulator/services/signer/authorities.ts';
import { BlueGreenInput } from '../../statemachines/blue-green.io.ts';
import { candidate, EXECUTION, NEW, OLD, START, view, World } from './memory.ts';
import { PROFILE, signatureOf } from './signed.ts';

const push = (id = 'push-1', digest = NEW, at = START) => ({
  id,
  'detail-type': 'ECR Image Action',
  time: isoOf(at),
  detail: { 'repository-name': 'orders-prod', 'image-digest': digest, 'image-tag': '1.1.0' },
});
const request = (kind: string, digest = NEW) => ({
  id: 'request-1',
  'detail-type': 'Release requested',
  time: isoOf(START),
  detail: { application: 'orders-prod', kind, digest, by: 'ana', reason: 'INC-204' },
});
const decision = (wanted: string, release = 'push-1') => ({
  id: 'decision-1',
  time: isoOf(START),
  detail: { application: 'orders-prod', release, decision: wanted, by: 'ana', reason: 'because' },
});
const live: Served = { colour: 'green', digest: NEW, releaseId: 'push-1', schema: null, committedAt: isoOf(START) };
const retained: Retained = {
  ...live,
  colour: 'blue',
  digest: OLD,
  releaseId: 'r0',
  until: isoOf(START + 86_400_000),
  size: 3,
};
const started = (world: World) =>
  Object.values(world.state.executions).map(({ input }) => input as { releaseId: string });
const minute = (index: number) => ({ scheduledAt: isoOf(START + index * 60_000) });
const ended = (stopDate: number) => ({
  id: 'e',
  detail: {
    executionArn: EXECUTION,
    stateMachineArn: EXECUTION,
    name: EXECUTION.split(':').at(-1),
    stopDate,
    status: 'ABORTED',
    input: '{}',
  },
});
const lease = { releaseId: 'push-0', digest: OLD, executionArn: EXECUTION, fence: 1, takenAt: isoOf(START - 120_000) };

describe('admit', () => {
  it('starts one release for a push that may be released, with an input that the machine takes', async () => {
    const world = new World();
    expect(await makeAdmit(world.ports)(push())).toEqual({ candidate: 'push-1', action: 'go' });
    expect(BlueGreenInput.safeParse(started(world)[0]).error).toBeUndefined();
    expect(started(world)[0]).toMatchObject({ digest: NEW, fence: 0, steps: [10, 50, 100] });
    expect(world.state.entries[0]).toMatchObject({ kind: 'requested', facts: { evidence: expect.any(Array) } });
  });

  it('makes one release of an event that comes twice, and nothing of an older one', async () => {
    const world = new World();
    await makeAdmit(world.ports)(push());
    await makeAdmit(world.ports)(push());
    await makeAdmit(world.ports)(push('push-0', OLD, START - 1000));
    expect(started(world)).toHaveLength(1);
    expect(world.state.releases.candidate?.id).toBe('push-1');
  });

  it('lets the newest of two pushes win while neither may be released yet', async () => {
    const world = new World({ scans: {} });
    await makeAdmit(world.ports)(push('push-1', OLD));
    await makeAdmit(world.ports)(push('push-2', NEW, START + 1000));
    expect(started(world)).toEqual([]);
    expect(world.state.releases.candidate).toMatchObject({ id: 'push-2', digest: NEW });
  });

  it('looks again when the scan is over', async () => {
    const world = new World({ scans: {} });
    expect(await makeAdmit(world.ports)(push())).toMatchObject({ action: 'wait' });
    world.state.scans[NEW] = { status: 'COMPLETE', findings: {} };
    const scan = {
      id: 's',
      source: 'aws.ecr',
      'detail-type': 'ECR Image Scan',
      account: '111111111111',
      region: 'us-west-2',
      time: isoOf(START),
      detail: { 'repository-name': 'orders-prod', 'image-digest': NEW, 'scan-status': 'COMPLETE' },
    };
    expect(await makeAdmit(world.ports)(scan)).toMatchObject({ action: 'go' });
  });

  it('refuses with a reason, on the record and to people, and only once', async () => {
    const world = new World({ scans: { [NEW]: { status: 'COMPLETE', findings: { CRITICAL: 1 } } } });
    expect(await makeAdmit(world.ports)(push())).toMatchObject({ action: 'refuse' });
    expect(await makeAdmit(world.ports)(push())).toMatchObject({ action: 'none' });
    expect(world.kinds()).toEqual(['refused']);
    expect(world.state.told).toHaveLength(1);
    expect(world.state.told[0]?.message).toContain('1 CRITICAL');
  });

  it('refuses at once what is signed by somebody else, although the registry says that it is signed', async () => {
    const world = new World({ signatures: { [NEW]: [signatureOf(NEW, {}, FORGER)] } });
    expect(await makeAdmit(world.ports)(push())).toMatchObject({ action: 'refuse' });
    expect(world.state.told[0]?.message).toContain('Forged Root CA');
    expect(started(world)).toEqual([]);
  });

  it('refuses what was revoked, and waits while Signer does not say whether it was', async () => {
    const revoked = new World({ revoked: [`${PROFILE}/AbCdEfGhIj`] });
    expect(await makeAdmit(revoked.ports)(push())).toMatchObject({ action: 'refuse' });
    expect(revoked.state.told[0]?.message).toContain(`${PROFILE}/AbCdEfGhIj was revoked`);
    const world = new World();
    world.silent.add('revocations');
    expect(await makeAdmit(world.ports)(push())).toMatchObject({ action: 'wait' });
    world.silent.clear();
    expect(await makeReconcile(world.ports)(minute(1))).toMatchObject({ action: 'go' });
  });

  it('waits while the signatures cannot be read', async () => {
    const world = new World();
    world.silent.add('signatures');
    expect(await makeAdmit(world.ports)(push())).toMatchObject({ action: 'wait' });
  });

  it('takes a hotfix of a named person, and leaves what is not ours alone', async () => {
    const world = new World();
    expect(await makeAdmit(world.ports)(request('hotfix'))).toMatchObject({ action: 'go' });
    expect(started(world)[0]).toMatchObject({ kind: 'hotfix', by: 'ana', reason: 'INC-204' });
    const other = { ...push(), detail: { ...push().detail, 'repository-name': 'billing-prod' } };
    expect(await makeAdmit(world.ports)(other)).toMatchObject({ action: 'not ours' });
    await expect(makeAdmit(world.ports)({ ...push(), time: 'today' })).rejects.toThrow(/time: .*"today"/);
  });
});

describe('reconcile', () => {
  it('asks for its state and the rule only when nothing is to be done', async () => {
    const world = new World();
    for (const name of ['images', 'compute', 'metrics', 'settings']) world.silent.add(name);
    expect(await makeReconcile(world.ports)(minute(1))).toEqual({ action: 'none' });
  });

  it('finds a push whose event was lost, once', async () => {
    const world = new World({ newest: { digest: NEW, tag: '1.1.0', pushedAt: isoOf(START - 1) } });
    expect(await makeReconcile(world.ports)(minute(0))).toEqual({ action: 'go' });
    expect(started(world)[0]).toMatchObject({ releaseId: `found-${'b'.repeat(12)}`, digest: NEW });
    // The event comes after all: the digest is being released.
    world.state.releases = { ...world.state.releases, lease: { ...lease, releaseId: 'found', digest: NEW } };
    await makeAdmit(world.ports)(push());
    expect(started(world)).toHaveLength(1);
  });

  it('knows a push again whose event told of its second only', async () => {
    const world = new World({ newest: { digest: NEW, tag: '1.1.0', pushedAt: isoOf(START + 298) } });
    world.state.releases = { ...world.state.releases, newest: `${isoOf(START)}/push-1` };
    expect(await makeReconcile(world.ports)(minute(0))).toEqual({ action: 'none' });
    world.state.newest = { digest: NEW, tag: '1.1.1', pushedAt: isoOf(START + 1000) };
    expect(await makeReconcile(world.ports)(minute(5))).toEqual({ action: 'go' });
  });

  it('refuses evidence that has not come by its deadline', async () => {
    const world = new World({ signing: {}, signatures: {} });
    await makeAdmit(world.ports)(push());
    world.state.now += 899_000;
    expect(await makeReconcile(world.ports)(minute(14))).toEqual({ action: 'wait' });
    world.state.now += 1_000;
    expect(await makeReconcile(world.ports)(minute(15))).toEqual({ action: 'refuse' });
    expect(world.state.releases.candidate).toBeNull();
  });

  it('starts a candidate that waited for its turn, and marks it ready meanwhile', async () => {
    const world = new World();
    world.state.releases = { ...world.state.releases, fence: 1, lease };
    world.state.executions.one = { status: 'RUNNING', input: {}, stoppedAt: null };
    await makeAdmit(world.ports)(push());
    expect(world.state.releases.candidate?.ready).toBe(true);
    world.state.releases = { ...world.state.releases, lease: null };
    expect(await makeReconcile(world.ports)(minute(1))).toEqual({ action: 'go' });
    expect(Object.keys(world.state.executions)).toContain('push-1-1');
  });

  it('has what a dead execution holds cleaned up, and leaves a running one alone', async () => {
    const world = new World();
    world.state.releases = { ...world.state.releases, fence: 1, lease };
    world.state.executions.one = { status: 'RUNNING', input: {}, stoppedAt: null };
    expect(await makeReconcile(world.ports)(minute(1))).toEqual({ action: 'none' });
    world.state.executions.one = { status: 'ABORTED', input: { kind: 'push' }, stoppedAt: START };
    expect(await makeReconcile(world.ports)(minute(2))).toEqual({ action: 'clean up' });
    expect(world.state.executions[`ended-one-${START}`]?.input).toMatchObject({
      detail: { executionArn: EXECUTION, status: 'ABORTED' },
    });
  });

  it('starts no second clean-up beside the one that the end started, and another one when that failed', async () => {
    const world = new World();
    world.state.releases = { ...world.state.releases, fence: 1, lease };
    world.state.executions.one = { status: 'ABORTED', input: { kind: 'push' }, stoppedAt: START };
    await makeStartCleanUp(world.ports)(ended(START));
    const cleanUps = () => Object.keys(world.state.executions).filter((name) => name.startsWith('ended-'));
    await makeReconcile(world.ports)(minute(2));
    expect(cleanUps()).toHaveLength(1);
    const [first = ''] = cleanUps();
    world.state.executions[first] = { status: 'FAILED', input: {}, stoppedAt: START + 100_000 };
    world.state.now = START + 180_000;
    await makeReconcile(world.ports)(minute(3));
    await makeReconcile(world.ports)(minute(4));
    expect(cleanUps()).toEqual([first, `${first}-3`]);
  });

  it('takes the lease from a reaper that died', async () => {
    const world = new World();
    world.state.releases = { ...world.state.releases, fence: 1, lease: { ...lease, executionArn: 'reap/x' } };
    await makeReconcile(world.ports)(minute(1));
    expect(world.state.releases.lease).toBeNull();
  });
});

describe('steer', () => {
  it('takes a decision to the release under way; nothing overrules a rollback', async () => {
    const world = new World();
    world.state.releases = { ...world.state.releases, lease: { ...lease, releaseId: 'push-1' } };
    expect(await makeSteer(world.ports)(decision('pause'))).toEqual({ action: 'steered' });
    expect(await makeSteer(world.ports)(decision('roll-back'))).toEqual({ action: 'steered' });
    expect(await makeSteer(world.ports)(decision('promote'))).toEqual({ action: 'known' });
    expect(world.state.releases.steering?.decision).toBe('roll-back');
    expect(world.kinds()).toContain('steered');
  });

  it('starts the return from a committed release, once', async () => {
    const world = new World();
    world.state.releases = { ...world.state.releases, fence: 4, live, retained };
    expect(await makeSteer(world.ports)(decision('roll-back'))).toEqual({ action: 'returning' });
    await makeSteer(world.ports)(decision('roll-back'));
    expect(started(world)).toHaveLength(1);
    expect(BlueGreenInput.safeParse(started(world)[0]).error).toBeUndefined();
  });

  it('refuses a stale decision, saying what is there, and tells at once that there is nothing to return to', async () => {
    const world = new World();
    world.state.releases = { ...world.state.releases, live };
    await expect(makeSteer(world.ports)(decision('pause'))).rejects.toThrow(/push-1 is neither under way nor live/);
    await expect(makeSteer(world.ports)(decision('roll-back', 'push-0'))).rejects.toThrow(/live is push-1/);
    expect(await makeSteer(world.ports)(decision('roll-back'))).toEqual({ action: 'refused' });
    expect(world.state.told[0]?.message).toMatch(/nothing is kept to roll back to/);
    expect(started(world)).toEqual([]);
  });
});

describe('start-clean-up', () => {
  it('starts one clean-up for one end', async () => {
    const world = new World();
    expect(await makeStartCleanUp(world.ports)(ended(1))).toMatchObject({ started: 'started' });
    expect(await makeStartCleanUp(world.ports)(ended(1))).toMatchObject({ started: 'known' });
  });
});

describe('reap', () => {
  const counted = [
    { at: isoOf(START + 86_400_000), requests: 100, errors: 0, unanswered: 0, gateway: 0, p95Seconds: 0.1 },
  ];
  function kept(): World {
    const world = new World({
      colours: { blue: view(3, true), green: view(3) },
      weights: { blue: 0, green: 100, stickySeconds: 0 },
    });
    world.state.releases = { ...world.state.releases, fence: 1, live, retained };
    world.state.minutes = { blue: [], green: counted, balancer: counted };
    return world;
  }

  it('keeps the old colour until its deadline, and lets it go after, with the schema contracted', async () => {
    const world = kept();
    expect(await makeReap(world.ports)(minute(0))).toMatchObject({ action: 'kept' });
    world.state.now = START + 86_400_000 + 300_000;
    expect(await makeReap(world.ports)(minute(1440))).toEqual({ action: 'reaped', reasons: [] });
    expect(world.state.colours.blue.machines).toBe(0);
    expect(world.state.migrated).toEqual(['contract']);
    expect(world.state.releases).toMatchObject({ retained: null, lease: null, fence: 2 });
    expect(world.kinds()).toEqual(['retention-ended', 'migrated', 'reaped']);
    expect(await makeReap(world.ports)(minute(1455))).toMatchObject({ action: 'none' });
  });

  it.each<[string, (world: World) => void]>([
    [
      'the colour has weight',
      ({ state }) => void Object.assign(state, { weights: { blue: 10, green: 90, stickySeconds: 0 } }),
    ],
    ['it still has requests', ({ state }) => void state.minutes.blue.push(counted[0]!)],
    ['metrics do not come at all', ({ state }) => void Object.assign(state.minutes, { balancer: [] })],
    ['metrics cannot be read', ({ silent }) => void silent.add('metrics')],
    ['a release is under way', ({ state }) => void Object.assign(state.releases, { lease })],
  ])('lets nothing go while %s', async (_what, change) => {
    const world = kept();
    world.state.now = START + 86_400_000 + 300_000;
    change(world);
    const { action } = await makeReap(world.ports)(minute(1440));
    expect(action).not.toBe('reaped');
    expect(world.state.colours.blue.machines).toBe(3);
  });
});

describe('the record', () => {
  const entryOf = (sequence: number, last: Entry | null) =>
    chained({ id: `r/${sequence}`, at: isoOf(START), releaseId: 'r', kind: 'ended', facts: { sequence } }, last);
  const chain: Entry[] = [];
  for (const sequence of [1, 2, 3]) chain.push(entryOf(sequence, chain.at(-1) ?? null));

  it('holds as long as nobody touches an entry', () => {
    expect(brokenAt(chain)).toBeNull();
    expect(brokenAt(chain.map((entry) => (entry.sequence === 2 ? { ...entry, facts: {} } : entry)))).toBe(2);
    expect(brokenAt(chain.filter(({ sequence }) => sequence !== 2))).toBe(3);
  });

  it('is exported once, and not at all from where it is broken', async () => {
    const world = new World({ entries: chain.slice(0, 2) });
    expect(await makeExport(world.ports)({})).toEqual({ exported: 2 });
    world.state.entries.push(chain[2]!);
    expect(await makeExport(world.ports)({})).toEqual({ exported: 1 });
    expect(await makeExport(world.ports)({})).toEqual({ exported: 0 });
    expect(world.state.archived).toEqual(chain);
    // Known figures only: of no release there is no failure rate.
    expect(world.measured).toContainEqual(['Deployments', 0]);
    expect(world.measured.map(([name]) => name)).not.toContain('ChangeFailureRate');
    const forged = new World({ entries: [chain[0]!, { ...chain[1]!, facts: { forged: true } }] });
    await expect(makeExport(forged.ports)({})).rejects.toMatchObject({ name: 'ChainUnsafe' });
    expect(forged.state.archived).toEqual([]);
  });
});

describe('the figures of delivery', () => {
  let sequence = 0;
  const entry = (releaseId: string, kind: EntryKind, facts: Record<string, unknown> = {}): Entry => {
    sequence += 1;
    return { sequence, previous: '', hash: '', id: `${releaseId}/${kind}/`, at: isoOf(START), releaseId, kind, facts };
  };
  const committedAt = isoOf(START);
  const entries = [
    entry('a', 'shifted'),
    entry('a', 'committed', {
      kind: 'push',
      revisedAt: isoOf(START - 3_600_000),
      requestedAt: isoOf(START - 1_800_000),
      committedAt,
    }),
    entry('b', 'shifted'),
    entry('b', 'rolled-back', { decidedAt: isoOf(START), verifiedAt: isoOf(START + 9_000) }),
    entry('b', 'ended', { outcome: 'rolled-back' }),
    entry('c', 'ended', { outcome: 'aborted' }),
    entry('d', 'shifted'),
    entry('d', 'committed', { kind: 'hotfix', revisedAt: null, requestedAt: isoOf(START - 600_000), committedAt }),
  ];
  const [from, to] = [isoOf(START - 43_200_000), isoOf(START + 43_200_000)];

  it('come from the record alone; an abort before users is no failed change', () => {
    expect(dora([...entries, ...entries], from, to)).toEqual({
      deployments: 2,
      deploymentsPerDay: 2,
      leadTimeSeconds: 3600,
      pushToLiveSeconds: 1200,
      changeFailureRate: 1 / 3,
      failedDeploymentRecoverySeconds: 9,
      reworkRate: 0.5,
      caughtBeforeUsers: 1,
    });
  });

  it('count a return from a committed release against it, and nothing is not known of nothing', () => {
    const returned = [...entries.slice(0, 2), entry('a', 'rolled-back', {})];
    expect(dora(returned, from, to)).toMatchObject({ changeFailureRate: 1, failedDeploymentRecoverySeconds: null });
    expect(dora([], from, to)).toMatchObject({ deployments: 0, changeFailureRate: null, leadTimeSeconds: null });
  });

  it('are in the status, with who serves and what is kept', () => {
    const { releases } = new World().state;
    const lines = statusLines(
      { ...releases, live, retained, candidate: { ...candidate, id: 'push-2' } },
      entries,
      START + 1000,
    );
    expect(lines.join('\n')).toMatch(
      /live: green.*\n.*rollback: blue.*\nunder way: nothing\nwaiting: 1.1.0, for its evidence\n.*2 deployments, change failure rate 33 %, lead time 60 min, recovery 9 s, rework 50 %, 1 caught/,
    );
    expect(statusLines(releases, [], START).join('\n')).toMatch(/no release was made here yet/);
  });
});
