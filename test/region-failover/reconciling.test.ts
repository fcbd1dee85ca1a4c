/** What is made right with time: a start that was lost, the latch, what a deployment plants. */
import { describe, expect, it } from 'vitest';
import { makeMendLatch } from '../../functions/region-failover/mend-latch.ts';
import { makeReconcile } from '../../functions/region-failover/reconcile.ts';
import { makeSeed } from '../../functions/region-failover/seed.ts';
import { isoOf } from '../../functions/shared/clock.ts';
import type { ApplicationItem } from '../../functions/shared/ports.ts';
import { RegionFailoverInput } from '../../statemachines/region-failover.io.ts';
import { A, B, EXECUTION, outage, START, W, World } from './memory.ts';

const scheduledAt = isoOf(START);
const claim: NonNullable<ApplicationItem['claim']> = {
  executionArn: EXECUTION,
  target: B,
  from: A,
  by: 'alarm',
  reason: 'lost',
  at: isoOf(START - 60_000),
  declaredAt: isoOf(START - 70_000),
  impairedAt: null,
  seenAt: null,
  shiftedAt: null,
};

describe('reconcile', () => {
  const reconcile = (world: World) => makeReconcile(world.ports)({ scheduledAt });

  it('starts what a lost alarm should have started, once per minute due', async () => {
    const world = new World({ observations: outage(START) });
    expect(await reconcile(world)).toMatchObject({ action: 'start' });
    await reconcile(world);
    expect(Object.keys(world.state.executions)).toEqual(['reconcile-1-2026-11-20T030000000Z']);
  });

  it('leaves it to an execution that runs already', async () => {
    const world = new World({
      observations: outage(START),
      executions: { one: { status: 'RUNNING', input: {}, stoppedAt: null } },
    });
    await reconcile(world);
    expect(Object.keys(world.state.executions)).toEqual(['one']);
  });

  it.each([
    ['nothing fails', outage(START, A, [W])],
    ['the vote is old', outage(START - 40_000)],
  ])('does nothing when %s', async (_why, observations) => {
    const world = new World({ observations });
    expect(await reconcile(world)).toMatchObject({ action: 'none' });
    expect(world.changes).toEqual([]);
  });

  it('does nothing in the region that holds the application', async () => {
    const world = new World(
      {
        observations: outage(START, B, [A, W]),
        settings: { ...new World().state.settings, consumers: { epoch: 1, enabled: true } },
      },
      A,
    );
    expect(await reconcile(world)).toMatchObject({ action: 'none' });
  });

  const claimed = (change: Partial<ApplicationItem>): { item: ApplicationItem } => ({
    item: { ...new World().state.item, claim, ...change },
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED'])(
    'undoes the claim of an execution that ended %s before the one-way step, and tells',
    async (status) => {
      const world = new World({
        ...claimed({ phase: 'fencing' }),
        executions: { one: { status, input: {}, stoppedAt: null } },
      });
      await reconcile(world);
      expect(world.state.item).toMatchObject({ epoch: 1, holder: A, phase: 'active', claim: null });
      expect(world.state.told[0]?.subject).toContain('was undone');
    },
  );

  it.each(['promoting', 'active'] as const)(
    'rolls forward, never back, when the execution died in phase %s',
    async (phase) => {
      const world = new World({
        ...claimed({ phase, epoch: 2, holder: B }),
        executions: { one: { status: 'FAILED', input: {}, stoppedAt: null } },
      });
      await reconcile(world);
      const resumed = world.state.executions['resume-2-2026-11-20T030000000Z'];
      expect(RegionFailoverInput.parse(resumed?.input)).toMatchObject({
        resume: EXECUTION,
        declaredAt: claim.declaredAt,
      });
      expect(world.state.item).toMatchObject({ phase, epoch: 2, holder: B, claim });
    },
  );

  it('leaves a claim alone while its execution runs', async () => {
    const world = new World({
      ...claimed({ phase: 'fencing' }),
      executions: { one: { status: 'RUNNING', input: {}, stoppedAt: null } },
    });
    expect(await reconcile(world)).toMatchObject({ action: 'none' });
    expect(world.state.item.claim).toEqual(claim);
  });

  it.each([
    [60, 'fencing', 'none'],
    [301, 'fencing', 'undo'],
    [3000, 'promoting', 'none'],
  ] as const)('in the other region, for a claim %i s old in phase %s: %s', async (age, phase, action) => {
    const world = new World(claimed({ phase, claim: { ...claim, at: isoOf(START - age * 1000) } }), A);
    expect(await reconcile(world)).toMatchObject({ action });
  });

  it('switches off the consumers of a returned region, and ends a freeze whose execution is over, in the epoch of the authority', async () => {
    const world = new World(
      {
        item: { ...new World().state.item, epoch: 2, holder: B, movedAt: isoOf(START) },
        settings: {
          database: { epoch: 1, endpoint: 'a', reader: 'a' },
          consumers: { epoch: 1, enabled: true },
          deployments: { epoch: 1, frozen: true, by: EXECUTION },
        },
      },
      A,
    );
    await reconcile(world);
    expect(world.state.settings.consumers).toEqual({ epoch: 2, enabled: false });
    expect(world.state.settings.deployments).toEqual({ epoch: 2, frozen: false, by: null });
  });
});

describe('mend-latch', () => {
  const moved = { ...new World().state.item, epoch: 2, holder: B };

  it('lays the third object when its region has returned', async () => {
    const world = new World({ item: moved, latch: { [A]: false, [B]: true, [W]: true } }, A);
    expect(await makeMendLatch(world.ports)()).toEqual({ mended: [A] });
    expect(world.state.latch).toEqual({ [A]: true, [B]: true, [W]: true });
  });

  it("lays the witness's from the holder's region", async () => {
    const world = new World({ item: moved, latch: { [A]: true, [B]: true, [W]: false } });
    expect(await makeMendLatch(world.ports)()).toEqual({ mended: [W] });
  });

  it('takes them away when the first region has the application again', async () => {
    const world = new World({ latch: { [A]: true, [B]: true, [W]: true } });
    expect(await makeMendLatch(world.ports)()).toEqual({ mended: [B] });
  });

  it('lays its own as soon as the move has begun to turn the traffic, since the witness may be lost', async () => {
    const item = { ...moved, claim: { ...claim, shiftedAt: isoOf(START) } };
    const world = new World({ item, latch: { [A]: false, [B]: true, [W]: false } }, A);
    expect(await makeMendLatch(world.ports)()).toEqual({ mended: [A] });
  });

  it('touches nothing while a move is under way', async () => {
    const world = new World({ item: { ...moved, claim }, latch: { [A]: false, [B]: false, [W]: false } });
    expect(await makeMendLatch(world.ports)()).toEqual({ mended: [] });
    expect(world.changes).toEqual([]);
  });
});

describe('seed', () => {
  const event = (RequestType: string) => ({
    RequestType,
    ResponseURL: 'https://response.example.com/answer',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Seeds',
  });
  const run = async (world: World, RequestType: string, planted: unknown[] = [], fails = false) => {
    const sent: { Status: string; PhysicalResourceId: string; Reason: string }[] = [];
    const web = {
      send: async ({ body }: { body?: string | undefined }) => {
        sent.push(JSON.parse(body ?? ''));
        return { status: 200, headers: {}, body: '' };
      },
    };
    const seeds = {
      plant: async (item: unknown) => {
        if (fails) throw new Error('no table');
        planted.push(item);
      },
    };
    await makeSeed({ ...world.ports, seeds, web })(event(RequestType));
    return sent;
  };

  it('plants what is missing and leaves what is there', async () => {
    const { settings } = new World().state;
    const world = new World({ settings: { ...settings, database: null, consumers: null } }, A);
    world.state.settings.deployments = { epoch: 7, frozen: true, by: 'ada' };
    const [answer] = await run(world, 'Create');
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'orders-prod-seed' });
    expect(world.state.settings).toEqual({
      database: { epoch: 1, endpoint: 'writer.b', reader: 'reader.b' },
      consumers: { epoch: 1, enabled: true },
      deployments: { epoch: 7, frozen: true, by: 'ada' },
    });
  });

  it('switches consumers on only where the holder is', async () => {
    const world = new World({ settings: { database: null, consumers: null, deployments: null } });
    await run(world, 'Create');
    expect(world.state.settings.consumers).toEqual({ epoch: 1, enabled: false });
  });

  it('keeps everything on deletion', async () => {
    const planted: unknown[] = [];
    const world = new World();
    const before = structuredClone(world.state);
    expect(await run(world, 'Delete', planted)).toMatchObject([{ Status: 'SUCCESS' }]);
    expect([planted, world.state]).toEqual([[], before]);
  });

  it('tells CloudFormation when it fails, instead of leaving it to wait', async () => {
    const sent = await run(new World(), 'Create', [], true);
    expect(sent).toMatchObject([{ Status: 'FAILED', Reason: 'Error: no table' }]);
  });
});
