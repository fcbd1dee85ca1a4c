/** Deletion of stacks: order, policies, protection, and what is left when a resource cannot go. */
import { beforeEach, describe, expect, test } from 'vitest';
import * as engine from '../../../simulator/cloudformation/engine.ts';
import { stacksIn } from '../../../simulator/cloudformation/state.ts';
import { type Bench, bench, custom, leftIn, thing } from './store.ts';

let on: Bench;
beforeEach(() => {
  on = bench();
});

const remove = (rest: Partial<engine.DeleteRequest> = {}) =>
  on.cloud.resolve(
    engine.deleteStack(on.cloud, { region: 'us-west-2', stackName: 'shop', resources: on.table, ...rest }),
  );

describe('deleting a stack', () => {
  test('deletes its resources, dependents first, and keeps what is to be kept', async () => {
    await on.create({
      Resources: {
        A: thing(),
        B: thing({ Value: { Ref: 'A' } }),
        C: thing({}, { DependsOn: 'B', DeletionPolicy: 'Retain' }),
        D: custom({}, { DependsOn: 'C' }),
      },
      Outputs: { O: { Value: 'x', Export: { Name: 'x' } } },
    });
    on.calls.length = 0;
    const stack = await remove();
    expect(on.calls).toEqual(['delete B', 'delete A']);
    expect(leftIn(on.cloud)).toMatchObject({ items: [stack?.resources.C?.physicalId], things: [] });
    expect(stack?.status).toBe('DELETE_COMPLETE');
    expect(on.stack()).toBeUndefined();
    expect(stacksIn(on.cloud, 'us-west-2').exports).toEqual({});
    expect(Object.values(stacksIn(on.cloud, 'us-west-2').deleted)).toEqual([stack]);
  });

  test('of a name that nobody has succeeds', async () => {
    expect(await remove()).toBeUndefined();
  });

  test('is refused under termination protection', async () => {
    await on.create({ Resources: { A: thing() } }, { terminationProtection: true });
    await expect(remove()).rejects.toThrow('Stack [shop] cannot be deleted while TerminationProtection is enabled');
    engine.setTerminationProtection(on.cloud, { region: 'us-west-2', stackName: 'shop', enabled: false });
    expect((await remove())?.status).toBe('DELETE_COMPLETE');
  });

  test('that another stack imports from is called off, and the stack is as before', async () => {
    await on.create({ Resources: { A: thing() }, Outputs: { O: { Value: 'x', Export: { Name: 'x' } } } });
    await on.create({ Resources: { B: thing({ Value: { 'Fn::ImportValue': 'x' } }) } }, { stackName: 'user' });
    on.events();
    expect((await remove())?.status).toBe('CREATE_COMPLETE');
    expect(on.events()).toEqual(['shop DELETE_IN_PROGRESS', 'shop CREATE_COMPLETE']);
    expect(on.stack().reason).toBe('Delete canceled. Cannot delete export x as it is in use by user.');
    await remove({ stackName: 'user' });
    expect((await remove())?.status).toBe('DELETE_COMPLETE');
  });

  test('that fails names what it could not delete, does not touch what that needs, and can then retain it', async () => {
    await on.create({
      Resources: { A: thing(), B: thing({ Value: { Ref: 'A' }, Fail: 'delete' }), C: thing() },
    });
    await expect(remove({ retainResources: ['B'] })).rejects.toThrow(
      'only when the stack is in the DELETE_FAILED state',
    );
    expect(await remove()).toMatchObject({
      status: 'DELETE_FAILED',
      reason: 'The following resource(s) failed to delete: [B]. ',
      resources: { A: { status: 'CREATE_COMPLETE' }, B: { status: 'DELETE_FAILED' }, C: { status: 'DELETE_COMPLETE' } },
    });
    await expect(remove({ retainResources: ['A'] })).rejects.toThrow('[A]');
    expect((await remove({ retainResources: ['B'] }))?.status).toBe('DELETE_COMPLETE');
    expect(leftIn(on.cloud).items).toHaveLength(1);
  });

  test('by force leaves alone what it cannot delete', async () => {
    await on.create({ Resources: { A: thing({ Fail: 'delete' }) } });
    await expect(remove({ force: true })).rejects.toThrow(
      'FORCE_DELETE_STACK is allowed only in the DELETE_FAILED state',
    );
    await remove();
    expect((await remove({ force: true }))?.status).toBe('DELETE_COMPLETE');
  });

  test('leaves a resource whose policy is Snapshot to types that can make one', async () => {
    await on.create({ Resources: { A: thing({}, { DeletionPolicy: 'Snapshot' }) } });
    const stack = await remove();
    expect(stack?.resources.A?.reason).toContain('policy Snapshot of Test::Store::Item (A) is not modelled');
  });

  test('lets a stack of the same name be made again beside what was kept', async () => {
    const template = { Resources: { A: thing({}, { DeletionPolicy: 'Retain' }) } };
    await on.create(template);
    await remove();
    await on.create(template);
    expect(leftIn(on.cloud).items).toHaveLength(2);
  });
});

describe('a reserved stack', () => {
  const reserve = () => engine.reserveStack(on.cloud, { region: 'us-west-2', stackName: 'shop' });

  test('has its id from the beginning and is filled by a creation', async () => {
    const { stackId, status } = reserve();
    expect(status).toBe('REVIEW_IN_PROGRESS');
    expect(reserve().stackId).toBe(stackId);
    const stack = await on.create({ Resources: { A: thing() } });
    expect(stack.stackId).toBe(stackId);
    expect(on.events()[0]).toBe('shop REVIEW_IN_PROGRESS');
    expect(reserve).toThrow('Stack [shop] already exists');
  });

  test('can be deleted', async () => {
    reserve();
    expect((await remove())?.status).toBe('DELETE_COMPLETE');
  });
});
