/** Failed creations and updates: what was is restored, and what cannot be is told. */
import { beforeEach, describe, expect, test } from 'vitest';
import * as engine from '../../../simulator/cloudformation/engine.ts';
import { type Bench, bench, custom, leftIn, PROVIDER, thing, world } from './store.ts';

let on: Bench;
beforeEach(() => {
  on = bench();
});

const base = () => ({ region: 'us-west-2', stackName: 'shop', resources: on.table });

describe('a creation that fails', () => {
  const template = {
    Resources: {
      A: thing({}, { DeletionPolicy: 'Retain' }),
      B: thing({}, { DeletionPolicy: 'RetainExceptOnCreate', DependsOn: 'A' }),
      C: thing({ Fail: 'create' }, { DependsOn: 'B' }),
      D: thing({}, { DependsOn: 'C' }),
    },
  };

  test('is rolled back: what was made is deleted, dependents first, but for what is to be kept', async () => {
    await expect(on.create(template)).rejects.toThrow('LimitExceededException: create failed as asked');
    expect(on.stack().status).toBe('ROLLBACK_COMPLETE');
    expect(on.calls).toEqual(['create A', 'create B', 'create C', 'delete C', 'delete B']);
    expect(on.stack().resources).toMatchObject({
      A: { status: 'DELETE_SKIPPED' },
      B: { status: 'DELETE_COMPLETE' },
      C: { status: 'DELETE_COMPLETE' },
    });
    const events = on.stack().events.filter(({ logicalId }) => logicalId === 'shop');
    expect(events.map(({ status, reason }) => [status, reason])).toEqual([
      ['CREATE_IN_PROGRESS', undefined],
      ['ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [C]. Rollback requested by user.'],
      ['ROLLBACK_COMPLETE', undefined],
    ]);
    await expect(on.update({ Resources: { A: thing() } })).rejects.toThrow(
      /is in ROLLBACK_COMPLETE state and can not be updated/,
    );
  });

  test('keeps nothing new when it is told to keep only what it had', async () => {
    await expect(on.create(template, { retainExceptOnCreate: true })).rejects.toThrow();
    expect(leftIn(on.cloud).items).toEqual([]);
  });

  test('is left as it is when it is not to be rolled back, and can be gone on with or rolled back later', async () => {
    await expect(on.create(template, { disableRollback: true })).rejects.toThrow();
    expect(on.stack()).toMatchObject({
      status: 'CREATE_FAILED',
      reason: 'The following resource(s) failed to create: [C].',
    });
    const { C: _, ...Resources } = { ...template.Resources, D: thing() };
    await on.update({ Resources: { ...Resources, C: thing() } });
    expect(on.stack().status).toBe('UPDATE_COMPLETE');
    expect(leftIn(on.cloud).items).toHaveLength(4);
  });

  test('can be rolled back later', async () => {
    await expect(on.create(template, { disableRollback: true })).rejects.toThrow();
    const stack = await on.cloud.resolve(engine.rollbackStack(on.cloud, base()));
    expect(stack.status).toBe('ROLLBACK_COMPLETE');
    expect(leftIn(on.cloud).items).toHaveLength(1);
  });

  test('is deleted when that is asked for', async () => {
    await expect(on.create(template, { onFailure: 'DELETE' })).rejects.toThrow();
    expect(on.stack()).toBeUndefined();
  });

  test('ends ROLLBACK_FAILED when something cannot be deleted', async () => {
    const A = thing({ Fail: 'delete' });
    await expect(on.create({ Resources: { A, B: thing({ Fail: 'create' }, { DependsOn: 'A' }) } })).rejects.toThrow();
    expect(on.stack().status).toBe('ROLLBACK_FAILED');
    expect(on.stack().reason).toBe('The following resource(s) failed to delete: [A]. ');
  });

  test('fails when it takes longer than it may', async () => {
    const Resources = { A: thing(), B: custom({ Silent: 'Create' }) };
    await expect(on.create({ Resources }, { timeoutMinutes: 5 })).rejects.toThrow('exceeded the specified timeout');
    expect(on.cloud.now).toBe(Date.parse('2026-01-01T00:05:00Z'));
    expect(on.stack().status).toBe('ROLLBACK_COMPLETE');
  });

  test('names the id again that a custom resource answered with, so that its function can clean up', async () => {
    await expect(on.create({ Resources: { A: custom({ Fail: 'Create', Kind: 'k' }) } })).rejects.toThrow('as asked');
    expect(on.requests()).toEqual(['Create A -', 'Delete A A/k']);
  });
});

/** Eleven things that an update can do, in one update that fails at the end. */
const before = {
  Parameters: { P: { Type: 'String', Default: 'p' }, S: { Type: 'String', NoEcho: true, Default: 'hush' } },
  Resources: {
    Kept: thing({ Value: 1 }),
    Changed: thing({ Value: { Ref: 'P' } }),
    Secret: thing({ Value: { Ref: 'S' } }),
    Replaced: thing({ Kind: 'a', Value: 1 }),
    After: thing({ After: { Ref: 'Replaced' } }),
    Gone: thing({}, { DependsOn: 'Kept' }),
    Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'one', Description: 'd' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'one' } },
    Custom: custom({ Value: 1 }),
    Moved: custom({ Value: 1, Kind: 'a' }),
    Policy: thing({}, { DeletionPolicy: 'Retain' }),
  },
  Outputs: { O: { Value: { Ref: 'Replaced' }, Export: { Name: 'o' } } },
};
const after = {
  ...before,
  Resources: {
    Kept: thing({ Value: 1 }),
    Changed: thing({ Value: { Ref: 'P' } }),
    Secret: thing({ Value: { Ref: 'S' } }),
    Replaced: thing({ Kind: 'b', Value: 2 }),
    After: thing({ After: { Ref: 'Replaced' } }),
    New: thing({}, { DependsOn: 'After' }),
    Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'two' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: 'alias/aws/sns' } },
    Custom: custom({ Value: 2 }),
    Moved: custom({ Value: 2, Kind: 'b' }),
    Policy: thing({}, { DeletionPolicy: 'Delete' }),
    Last: thing(
      { Fail: 'create' },
      { DependsOn: ['New', 'Changed', 'Secret', 'Parameter', 'Topic', 'Custom', 'Moved', 'Policy'] },
    ),
  },
  Outputs: { O: { Value: { Ref: 'Replaced' }, Export: { Name: 'o' } } },
};
const values = { parameters: { P: 'q', S: 'shh' } };

describe('an update that fails', () => {
  test('is rolled back to exactly what was', async () => {
    await on.create(before);
    const was = world(on.cloud);
    await expect(on.update(after, values)).rejects.toThrow('create failed as asked');
    expect(on.stack().status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(world(on.cloud)).toEqual(was);
    // And can be updated from there.
    const { Last: _, ...Resources } = after.Resources;
    await on.update({ ...after, Resources }, values);
    expect(on.stack().status).toBe('UPDATE_COMPLETE');
  });

  test('gives dependents of a version that only counts up the newest one, which says the same as the old', async () => {
    const template = (value: number) => ({
      A: thing({ Value: value }),
      B: thing({ Value: { 'Fn::GetAtt': 'A.Version' } }),
    });
    await on.create({ Resources: template(1) });
    const C = thing({ Fail: 'create' }, { DependsOn: 'B' });
    await expect(on.update({ Resources: { ...template(2), C } })).rejects.toThrow();
    const values = Object.values((world(on.cloud) as { items: Record<string, { Value: unknown }> }).items);
    expect(values.map(({ Value }) => Value)).toEqual([1, '3']);
  });

  test('tells what it does in the words of CloudFormation', async () => {
    await on.create({ Resources: { A: thing({ Value: 1 }), B: thing({ Kind: 'a' }) } });
    on.events();
    const failing = {
      Resources: {
        A: thing({ Value: 2 }),
        B: thing({ Kind: 'b' }, { DependsOn: 'A' }),
        C: thing({ Fail: 'create' }, { DependsOn: 'B' }),
      },
    };
    await expect(on.update(failing)).rejects.toThrow();
    expect(on.events()).toEqual([
      'shop UPDATE_IN_PROGRESS',
      'A UPDATE_IN_PROGRESS',
      'A UPDATE_COMPLETE',
      'B UPDATE_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      'C CREATE_IN_PROGRESS',
      'C CREATE_FAILED',
      'shop UPDATE_ROLLBACK_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      'A UPDATE_IN_PROGRESS',
      'A UPDATE_COMPLETE',
      'shop UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'C DELETE_IN_PROGRESS',
      'C DELETE_COMPLETE',
      'B DELETE_IN_PROGRESS',
      'B DELETE_COMPLETE',
      'shop UPDATE_ROLLBACK_COMPLETE',
    ]);
  });

  test('sends the old values again to what it had changed and to what failed, and to nothing else', async () => {
    await on.create({ Resources: { A: thing({ Value: 1 }), B: thing({ Value: 1 }), C: thing({ Value: 1 }) } });
    on.calls.length = 0;
    const B = thing({ Value: 2, Fail: 'update' }, { DependsOn: 'A' });
    const C = thing({ Value: 2 }, { DependsOn: 'B' });
    await expect(on.update({ Resources: { A: thing({ Value: 2 }), B, C } })).rejects.toThrow();
    expect(on.calls).toEqual(['update A', 'update B', 'update A', 'update B']);
  });

  test('is left as it is when it is not to be rolled back; then a further update or a rollback goes on', async () => {
    await on.create(before);
    const was = world(on.cloud);
    await expect(on.update(after, { ...values, disableRollback: true })).rejects.toThrow();
    expect(on.stack().status).toBe('UPDATE_FAILED');
    expect(world(on.cloud)).not.toEqual(was);
    const stack = await on.cloud.resolve(engine.rollbackStack(on.cloud, base()));
    expect(stack.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(world(on.cloud)).toEqual(was);
  });

  test('that is tried again applies what failed the first time though its template is the same', async () => {
    await on.create({ Resources: { A: custom({ Value: 1 }) } });
    const failing = { Resources: { A: custom({ Value: 2 }) } };
    on.setDown(true);
    await expect(on.update(failing, { disableRollback: true })).rejects.toThrow('ServiceException');
    on.setDown(false);
    await on.update(failing);
    expect(world(on.cloud)).toMatchObject({ things: { 'A/a': { Value: '2' } } });
  });

  test('and is cancelled while it waits is rolled back as well', async () => {
    await on.create({ Resources: { A: custom({ Value: 1 }), B: thing({ Value: 1 }) } });
    const was = world(on.cloud);
    const Resources = { A: custom({ Value: 2, Silent: 'Update' }), B: thing({ Value: 2 }) };
    const { done } = await engine.beginUpdate(on.cloud, { ...base(), template: JSON.stringify({ Resources }) });
    await on.cloud.advance(1000);
    engine.cancelUpdate(on.cloud, base());
    const { stack } = await on.cloud.resolve(done);
    expect(stack.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(world(on.cloud)).toEqual(was);
    expect(() => engine.cancelUpdate(on.cloud, base())).toThrow('CancelUpdateStack cannot be called');
  });
});

describe('a custom resource', () => {
  test('is updated with its old properties, and its old id is deleted when it took another one', async () => {
    await on.create({ Resources: { A: custom({ Value: 1, Kind: 'a' }) } });
    await on.update({ Resources: { A: custom({ Value: 2, Kind: 'a' }) } });
    await on.update({ Resources: { A: custom({ Value: 2, Kind: 'b' }) } });
    expect(on.requests()).toEqual(['Create A -', 'Update A A/a', 'Update A A/a', 'Delete A A/a']);
    expect(leftIn(on.cloud).things).toEqual(['A/b']);
  });

  test('that took another id is asked back in a rollback, and the new id is deleted', async () => {
    await on.create({ Resources: { A: custom({ Kind: 'a' }) } });
    on.requests();
    const B = thing({ Fail: 'create' }, { DependsOn: 'A' });
    await expect(on.update({ Resources: { A: custom({ Kind: 'b' }), B } })).rejects.toThrow();
    expect(on.requests()).toEqual(['Update A A/a', 'Update A A/b', 'Delete A A/b']);
    expect(leftIn(on.cloud).things).toEqual(['A/a']);
    expect(on.stack().resources.A?.physicalId).toBe('A/a');
  });

  test('of another function is another resource', async () => {
    await on.create({ Resources: { A: custom({ Kind: 'a' }) } });
    on.requests();
    await on.update({ Resources: { A: custom({ Kind: 'b', ServiceToken: `${PROVIDER}-2` }) } });
    expect(on.requests()).toEqual(['Create A -', 'Delete A A/a']);
  });
});

describe('a rollback that fails', () => {
  const start = async () => {
    await on.create({ Resources: { A: custom({ Value: 1 }), B: thing({ Value: 1 }), C: custom({ Value: 1 }) } });
    const was = world(on.cloud);
    const failing = {
      A: custom({ Value: 2 }),
      B: thing({ Value: 2, Fail: 'update' }, { DependsOn: ['A', 'C'] }),
      C: custom({ Value: 2 }),
    };
    // From the moment that B fails, the function does not answer any more.
    on.cloud.trace.onEntry(({ what, detail }) => {
      if (what !== 'resource.UPDATE_FAILED' || (detail as { logicalId: string }).logicalId !== 'B') return;
      on.setDown(true);
    });
    await expect(on.update({ Resources: failing })).rejects.toThrow('update failed as asked');
    return was;
  };

  test('leaves the stack in UPDATE_ROLLBACK_FAILED, and is gone on with when the cause is mended', async () => {
    const was = await start();
    expect(on.stack()).toMatchObject({
      status: 'UPDATE_ROLLBACK_FAILED',
      reason: expect.stringContaining('failed to update: [A, C]'),
    });
    await expect(on.update({ Resources: { B: thing() } })).rejects.toThrow(/UPDATE_ROLLBACK_FAILED state/);
    on.setDown(false);
    const stack = await on.cloud.resolve(engine.continueUpdateRollback(on.cloud, base()));
    expect(stack.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(world(on.cloud)).toEqual(was);
  });

  test('can be gone on with past resources that failed, and past no others', async () => {
    await start();
    const skipping = (resourcesToSkip: string[]) =>
      engine.beginContinueRollback(on.cloud, { ...base(), resourcesToSkip });
    expect(() => skipping(['Z'])).toThrow('could not be skipped: [Z]');
    on.setDown(true);
    const { stack } = await on.cloud.resolve(skipping(['A', 'C']).done);
    expect(stack.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(world(on.cloud)).toMatchObject({ things: { 'A/a': { Value: '2' } } });
  });
});
