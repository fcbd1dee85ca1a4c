/** Updates of stacks: what is skipped, changed in place or replaced, and in which order. */
import { beforeEach, describe, expect, test } from 'vitest';
import { beginUpdate } from '../../../simulator/cloudformation/engine.ts';
import { type Bench, bench, custom, leftIn, thing } from './store.ts';

let on: Bench;
beforeEach(() => {
  on = bench();
});

const one = (resource: object, rest: object = {}) => ({ Resources: { A: resource }, ...rest });

describe('what a change of the template does to a resource', () => {
  const table: [title: string, before: object, after: object, calls: string[], replaced: boolean][] = [
    ['another value of a property in place', thing({ Value: 1 }), thing({ Value: 2 }), ['update A'], false],
    ['a property that comes', thing(), thing({ Value: 2 }), ['update A'], false],
    ['a property that goes', thing({ Value: 1 }), thing(), ['update A'], false],
    ['a property that replaces', thing({ Kind: 'a' }), thing({ Kind: 'b' }), ['create A', 'delete A'], true],
    [
      'both kinds at once',
      thing({ Kind: 'a', Value: 1 }),
      thing({ Kind: 'b', Value: 2 }),
      ['create A', 'delete A'],
      true,
    ],
    ['another name', thing({ Name: 'x' }), thing({ Name: 'y' }), ['create A', 'delete A'], true],
    ['metadata alone', thing({}, { Metadata: { a: 1 } }), thing({}, { Metadata: { a: 2 } }), [], false],
    ['a policy alone', thing(), thing({}, { DeletionPolicy: 'Retain' }), [], false],
  ];
  test.each(table)('%s', async (_title, before, after, calls, replaced) => {
    await on.create(one(before));
    const id = on.stack().resources.A?.physicalId;
    on.calls.length = 0;
    const stack = await on.update(one(after));
    expect(on.calls).toEqual(calls);
    expect(stack.status).toBe('UPDATE_COMPLETE');
    expect(stack.resources.A?.status).toBe('UPDATE_COMPLETE');
    expect(stack.resources.A?.physicalId !== id).toBe(replaced);
    expect(leftIn(on.cloud).items).toEqual([stack.resources.A?.physicalId]);
  });

  const nothing: [title: string, before: object, after: object][] = [
    ['the same template', one(thing({ Value: 1 })), one(thing({ Value: 1 }))],
    ['a number written as text', one(thing({ Value: 60 })), one(thing({ Value: '60' }))],
    [
      'another dependency',
      { Resources: { A: thing(), B: thing() } },
      { Resources: { A: thing(), B: thing({}, { DependsOn: 'A' }) } },
    ],
    ['a description', one(thing()), one(thing(), { Description: 'new' })],
  ];
  test.each(nothing)('%s is no update', async (_title, before, after) => {
    await on.create(before);
    await expect(on.update(after)).rejects.toThrow('No updates are to be performed.');
    expect(on.stack().status).toBe('CREATE_COMPLETE');
  });

  test('a custom-named resource cannot be replaced under its name', async () => {
    await on.create(one(thing({ Name: 'x', Kind: 'a' })));
    await expect(on.update(one(thing({ Name: 'x', Kind: 'b' })))).rejects.toThrow(
      'CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename x and update the stack again.',
    );
    expect(on.stack().status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(leftIn(on.cloud).items).toEqual(['x']);
  });

  test('another type under the same logical id is refused', async () => {
    await on.create(one(thing()));
    await expect(on.update(one({ Type: 'Test::Stored::Only' }))).rejects.toThrow(
      'Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]',
    );
  });

  test('a property whose update is in no table is refused by name, before anything is changed', async () => {
    const type = 'Test::Stored::Only';
    await on.create(one({ Type: type, Properties: { Colour: 'red' } }));
    await expect(on.update(one({ Type: type, Properties: { Colour: 'blue' } }))).rejects.toThrow(
      'update of Colour of Test::Stored::Only (A) is not modelled',
    );
    expect(on.stack().status).toBe('CREATE_COMPLETE');
  });

  test('an inert resource has the new properties, and another id when it is replaced', async () => {
    const inert = (properties: object) => one({ Type: 'Test::Stored::Only', Properties: properties });
    await on.create(inert({ Value: 1, Kind: 'a' }));
    const id = on.stack().resources.A?.physicalId;
    await on.update(inert({ Value: 2, Kind: 'a' }));
    expect(on.stack().resources.A?.physicalId).toBe(id);
    await on.update(inert({ Value: 2, Kind: 'b' }));
    expect(on.stack().resources.A?.physicalId).not.toBe(id);
  });
});

describe('an update', () => {
  test('makes no call for resources that did not change', async () => {
    const template = (value: number) => ({
      Resources: { A: thing({ Value: value }), B: thing(), C: thing({ Value: { Ref: 'B' } }) },
    });
    await on.create(template(1));
    on.calls.length = 0;
    on.events();
    await on.update(template(2));
    expect(on.calls).toEqual(['update A']);
    expect(on.events()).toEqual([
      'shop UPDATE_IN_PROGRESS',
      'A UPDATE_IN_PROGRESS',
      'A UPDATE_COMPLETE',
      'shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'shop UPDATE_COMPLETE',
    ]);
  });

  test('gives dependents the new id, and deletes the old resource only after them', async () => {
    const template = (kind: string) => ({
      Resources: { A: thing({ Kind: kind }), B: thing({ Value: { Ref: 'A' } }) },
      Outputs: { Id: { Value: { Ref: 'A' } } },
    });
    await on.create(template('a'));
    const old = on.stack().outputs.Id?.value;
    on.calls.length = 0;
    on.events();
    const stack = await on.update(template('b'));
    expect(on.calls).toEqual(['create A', 'update B', 'delete A']);
    expect(stack.outputs.Id?.value).not.toBe(old);
    expect(on.events()).toEqual([
      'shop UPDATE_IN_PROGRESS',
      'A UPDATE_IN_PROGRESS',
      'A UPDATE_COMPLETE',
      'B UPDATE_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      'shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'A DELETE_IN_PROGRESS',
      'A DELETE_COMPLETE',
      'shop UPDATE_COMPLETE',
    ]);
    expect(stack.events.find(({ reason }) => reason !== undefined)?.reason).toBe(
      'Requested update requires the creation of a new physical resource; hence creating one.',
    );
  });

  test('gives dependents an attribute that changed in place', async () => {
    const template = (value: number) => ({
      Resources: { A: thing({ Value: value }), B: thing({ Value: { 'Fn::GetAtt': 'A.Version' } }) },
    });
    await on.create(template(1));
    on.calls.length = 0;
    await on.update(template(2));
    expect(on.calls).toEqual(['update A', 'update B']);
  });

  test('makes what is new after what it needs and deletes what is gone, dependents first', async () => {
    await on.create({ Resources: { A: thing(), B: thing({ Value: { Ref: 'A' } }) } });
    on.calls.length = 0;
    const stack = await on.update({ Resources: { C: thing({ Value: { Ref: 'D' } }), D: thing() } });
    expect(on.calls).toEqual(['create D', 'create C', 'delete B', 'delete A']);
    expect(Object.keys(stack.resources).sort()).toEqual(['C', 'D']);
  });

  test('turns resources on and off with a condition on a parameter', async () => {
    const template = {
      Parameters: { On: { Type: 'String', Default: 'no' } },
      Conditions: { IsOn: { 'Fn::Equals': [{ Ref: 'On' }, 'yes'] } },
      Resources: { A: thing(), B: thing({}, { Condition: 'IsOn' }) },
      Outputs: { B: { Value: { Ref: 'B' }, Condition: 'IsOn' } },
    };
    await on.create(template);
    expect(Object.keys(on.stack().resources)).toEqual(['A']);
    await on.update(undefined, { parameters: { On: 'yes' } });
    expect(Object.keys(on.stack().outputs)).toEqual(['B']);
    expect(leftIn(on.cloud).items).toHaveLength(2);
    await on.update(undefined, { parameters: { On: 'no' } });
    expect(leftIn(on.cloud).items).toHaveLength(1);
    expect(on.stack().outputs).toEqual({});
  });

  test('keeps parameters that it is told to keep, and takes the default of those it is not told of', async () => {
    const template = {
      Parameters: { X: { Type: 'String', Default: 'd' }, Secret: { Type: 'String', NoEcho: true, Default: 's' } },
      Resources: { A: thing({ Value: { 'Fn::Sub': '${X} ${Secret}' } }) },
    };
    await on.create(template, { parameters: { X: 'x', Secret: 'hush' } });
    await on.update(undefined, { parameters: { X: 'y', Secret: { usePrevious: true } } });
    expect(Object.values(leftItems())).toEqual([{ Value: 'y hush' }]);
    await on.update(undefined, { parameters: { X: { usePrevious: true } } });
    expect(Object.values(leftItems())).toEqual([{ Value: 'y s' }]);
    await expect(on.update(undefined, { parameters: { Other: { usePrevious: true } } })).rejects.toThrow(
      'Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    );
  });

  test('looks an SSM parameter up anew though its name is kept', async () => {
    const put = (Value: string) =>
      on.cloud.call(
        'ssm',
        'PutParameter',
        { Name: '/x', Type: 'String', Value, Overwrite: true },
        { region: 'us-west-2' },
      );
    await put('one');
    const template = {
      Parameters: { X: { Type: 'AWS::SSM::Parameter::Value<String>' } },
      Resources: { A: thing({ Value: { Ref: 'X' } }) },
    };
    await on.create(template, { parameters: { X: '/x' } });
    await put('two');
    await on.update(undefined, { parameters: { X: { usePrevious: true } } });
    expect(Object.values(leftItems())).toEqual([{ Value: 'two' }]);
    expect(on.stack().resolvedParameters).toEqual({ X: 'two' });
  });

  test('sends stack tags to the types that take them', async () => {
    await on.create(one(thing()), { tags: { team: 'ops' } });
    on.calls.length = 0;
    await on.update(undefined, { tags: { team: 'dev' } });
    expect(on.calls).toEqual(['update A']);
    await expect(on.update(undefined)).rejects.toThrow('No updates are to be performed.');
  });

  test('of outputs alone is an update', async () => {
    await on.create(one(thing()));
    await on.update(one(thing(), { Outputs: { O: { Value: 'x' } } }));
    expect(on.stack().outputs.O?.value).toBe('x');
  });

  test('is refused while another one is under way', async () => {
    await on.create(one(custom({ Silent: 'Update' })));
    const request = { region: 'us-west-2', stackName: 'shop', resources: on.table };
    const template = JSON.stringify(one(custom({ Silent: 'Update', Value: 1 })));
    const { done } = await beginUpdate(on.cloud, { ...request, template });
    await expect(on.update(one(custom({ Value: 2 })))).rejects.toThrow(
      /is in UPDATE_IN_PROGRESS state and can not be updated/,
    );
    expect((await on.cloud.resolve(done)).failure?.message).toContain('did not receive a response');
  });

  const kept: [policy: string, left: number][] = [
    ['Delete', 1],
    ['Retain', 2],
  ];
  test.each(kept)('leaves a replaced resource with UpdateReplacePolicy %s as that says', async (policy, left) => {
    const template = (kind: string) => one(thing({ Kind: kind }, { UpdateReplacePolicy: policy }));
    await on.create(template('a'));
    await on.update(template('b'));
    expect(leftIn(on.cloud).items).toHaveLength(left);
    expect(on.events()).toContain(`A ${policy === 'Retain' ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE'}`);
  });

  test('is complete though the clean-up could not delete something, and tells it', async () => {
    await on.create({ Resources: { A: thing({ Fail: 'delete' }), B: thing() } });
    const stack = await on.update({ Resources: { B: thing() } });
    expect(stack.status).toBe('UPDATE_COMPLETE');
    expect(on.events()).toContain('A DELETE_FAILED');
    expect(Object.keys(stack.resources)).toEqual(['B']);
  });
});

describe('drift', () => {
  test('is set back only by an update that is asked to', async () => {
    await on.create({ Resources: { A: thing({ Value: 1 }), B: thing({ Value: 1 }) } });
    const id = on.stack().resources.A?.physicalId ?? '';
    leftItems()[id] = { Value: 9, Own: 'not in the template' };
    await expect(on.update(undefined)).rejects.toThrow('No updates are to be performed.');
    on.calls.length = 0;
    await on.update(undefined, { revertDrift: true });
    expect(on.calls).toEqual(['update A']);
    expect(leftItems()[id]).toEqual({ Value: 1 });
  });

  test('of a value that the template does not name is left alone', async () => {
    await on.create(one(thing({ Value: 1 })));
    leftItems()[on.stack().resources.A?.physicalId ?? ''] = { Value: 1, Own: 'runtime' };
    await expect(on.update(undefined, { revertDrift: true })).rejects.toThrow('No updates are to be performed.');
  });

  test('of a resource that was deleted makes it again', async () => {
    await on.create(one(thing({ Value: 1, Name: 'x' })));
    delete leftItems().x;
    await on.update(undefined, { revertDrift: true });
    expect(leftItems()).toEqual({ x: { Value: 1, Name: 'x' } });
  });
});

describe('exports', () => {
  const exporting = (name: string, value: string) => ({
    Resources: { A: thing() },
    Outputs: { O: { Value: value, Export: { Name: name } } },
  });
  const importing = (name: string) => ({ Resources: { B: thing({ Value: { 'Fn::ImportValue': name } }) } });

  test('in use can be neither changed nor taken away, and can when nobody uses them', async () => {
    await on.create(exporting('x', '1'));
    await on.create(importing('x'), { stackName: 'user' });
    await expect(on.update(exporting('x', '2'))).rejects.toThrow('Export x cannot be updated as it is in use by user');
    await expect(on.update(exporting('y', '1'))).rejects.toThrow('Export x cannot be deleted as it is in use by user');
    expect(on.stack().status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(on.stack().outputs.O).toEqual({ value: '1', exportName: 'x' });
    await on.update({ Resources: { B: thing() } }, { stackName: 'user' });
    await on.update(exporting('y', '2'));
    expect(on.stack().outputs.O).toEqual({ value: '2', exportName: 'y' });
  });
});

const leftItems = () =>
  on.cloud.stateOf<{ items: Record<string, unknown> }>(on.cloud.services.get('lambda')!, 'us-west-2').items;
