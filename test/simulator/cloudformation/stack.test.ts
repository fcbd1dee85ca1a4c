/** One stack from its template to its resources: order, outputs, conditions, secrets, and how it fails. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { createStack } from '../../../simulator/cloudformation/engine.ts';
import { allStacks, stacksIn } from '../../../simulator/cloudformation/state.ts';
import { fakeCloud, fakeTypes, REGION, SECRET } from './fakes.ts';

let cloud: Cloud;
let types: ReturnType<typeof fakeTypes>;

beforeEach(() => {
  cloud = fakeCloud();
  types = fakeTypes();
});

const create = (template: object, options: { stackName?: string; parameters?: Record<string, string> } = {}) =>
  createStack(cloud, {
    region: REGION,
    stackName: 'shop',
    tags: { team: 'ops' },
    template: JSON.stringify(template),
    resources: types.table,
    onFailure: 'DO_NOTHING',
    ...options,
  });

const thing = (properties: object = {}, rest: object = {}) => ({
  Type: 'Test::Plain::Thing',
  Properties: properties,
  ...rest,
});
const madeInOrder = () => types.made.map(({ logicalId }) => logicalId);

describe('creating a stack', () => {
  test('makes resources after what they refer to and what they depend on', async () => {
    await create({
      Resources: {
        Last: thing({ A: { 'Fn::Sub': '${Middle.Arn}' } }),
        Middle: thing({ B: [{ Ref: 'First' }] }, { DependsOn: 'Other' }),
        First: thing(),
        Other: thing(),
      },
    });
    expect(madeInOrder()).toEqual(['Other', 'First', 'Middle', 'Last']);
  });

  test('answers with outputs, exports and the status of each resource', async () => {
    const stack = await create({
      Resources: { Thing: thing({ Tags: [{ Key: 'own', Value: 1 }] }), Stored: { Type: 'Test::Stored::Only' } },
      Outputs: { Name: { Value: { 'Fn::GetAtt': 'Thing.Arn' }, Export: { Name: 'shop-thing' } } },
    });
    expect(stack.status).toBe('CREATE_COMPLETE');
    expect(stack.outputs.Name?.value).toMatch(/^arn:test:shop-Thing-[A-Z0-5]{12}$/);
    expect(stack.resources).toMatchObject({
      Thing: { status: 'CREATE_COMPLETE', model: 'modelled', attributes: { Tags: { team: 'ops', own: '1' } } },
      Stored: { status: 'CREATE_COMPLETE', model: 'inert', physicalId: expect.stringMatching(/^shop-Stored-/) },
    });
    await create({ Resources: { Other: thing({ A: { 'Fn::ImportValue': 'shop-thing' } }) } }, { stackName: 'second' });
    expect(types.made.at(-1)?.properties).toEqual({ A: stack.outputs.Name?.value });
    expect(allStacks(cloud).map(({ stackName }) => stackName)).toEqual(['shop', 'second']);
  });

  test('keeps names within the length that a type allows', async () => {
    const stack = await create(
      { Resources: { AVeryLongLogicalNameOfAThing: thing() } },
      { stackName: 'a-long-stack-name' },
    );
    expect(stack.resources.AVeryLongLogicalNameOfAThing?.physicalId).toMatch(
      /^a-long-stack-AVeryLongLogi-[A-Z0-5]{12}$/,
    );
    expect(stack.resources.AVeryLongLogicalNameOfAThing?.physicalId?.length).toBeLessThanOrEqual(40);
  });

  test('leaves out resources and outputs whose condition is false, and dependencies on them', async () => {
    const stack = await create({
      Conditions: { Off: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { On: thing({}, { DependsOn: ['Gone'] }), Gone: thing({}, { Condition: 'Off' }) },
      Outputs: { Gone: { Value: { Ref: 'Gone' }, Condition: 'Off' } },
    });
    expect(madeInOrder()).toEqual(['On']);
    expect(stack.outputs).toEqual({});
  });

  test('survives a fork with its stacks', async () => {
    await create({ Resources: { Thing: thing() } });
    expect(allStacks(cloud.fork(2))[0]?.resources.Thing?.status).toBe('CREATE_COMPLETE');
  });
});

describe('a stack that cannot be made', () => {
  test('names every resource of a type in no table, and makes none', async () => {
    const template = {
      Resources: { Good: thing(), Bad: { Type: 'AWS::Pinpoint::App' }, Worse: { Type: 'AWS::IAM::User' } },
    };
    await expect(create(template)).rejects.toThrow(
      'stack shop: Bad (AWS::Pinpoint::App); stack shop: Worse (AWS::IAM::User)',
    );
    expect(types.made).toEqual([]);
    expect(allStacks(cloud)).toEqual([]);
  });

  const refused: [title: string, template: object, message: RegExp][] = [
    [
      'references that lead nowhere',
      { Resources: { A: thing({ X: { Ref: 'B' } }), C: thing({ Y: { 'Fn::Sub': '${D.Arn}' } }) } },
      /Unresolved resource dependencies \[B, D\] in the Resources block/,
    ],
    [
      'a circle, without those who only wait for it',
      { Resources: { A: thing({ X: { Ref: 'B' } }), B: thing({}, { DependsOn: 'A' }), C: thing({ X: { Ref: 'A' } }) } },
      /Circular dependency between resources: \[A, B\]/,
    ],
    [
      'a creation policy',
      { Resources: { A: thing({}, { CreationPolicy: { ResourceSignal: { Count: 1 } } }) } },
      /Resources\.A\.CreationPolicy is not modelled/,
    ],
    [
      'a transform',
      { Transform: 'AWS::Serverless-2016-10-31', Resources: { A: thing() } },
      /Transform \["AWS::Serverless-2016-10-31"\] is not modelled/,
    ],
    [
      'an unknown section',
      { Hooks: {}, Resources: { A: thing() } },
      /Invalid template property or properties \[Hooks\]/,
    ],
    [
      'an unknown resource attribute',
      { Resources: { A: thing({}, { Propertys: {} }) } },
      /Encountered unsupported property Propertys \(at Resources\.A\)/,
    ],
  ];
  test.each(refused)('because of %s is refused before anything is made', async (_title, template, message) => {
    await expect(create(template)).rejects.toThrow(message);
    expect(types.made).toEqual([]);
  });

  test('names the resource and the error of its service, and begins nothing that waited for it', async () => {
    const template = {
      Resources: { Broken: thing({ Fail: 'too many' }), Waiting: thing({ A: { Ref: 'Broken' } }), Free: thing() },
    };
    await expect(create(template)).rejects.toMatchObject({
      name: 'StackFailed',
      logicalId: 'Broken',
      message: 'stack shop (us-west-2): Broken: Test::Plain::Thing: LimitExceededException: too many',
      cause: { code: 'LimitExceededException' },
    });
    const stack = stacksIn(cloud, REGION).stacks.shop;
    expect(stack?.status).toBe('CREATE_FAILED');
    expect(Object.keys(stack?.resources ?? {})).toEqual(['Broken', 'Free']);
    expect(stack?.events.map(({ logicalId, status }) => `${logicalId} ${status}`)).toEqual([
      'shop CREATE_IN_PROGRESS',
      'Broken CREATE_IN_PROGRESS',
      'Free CREATE_IN_PROGRESS',
      'Broken CREATE_FAILED',
      'Free CREATE_COMPLETE',
      'shop CREATE_FAILED',
    ]);
  });

  test('is refused when its name is taken', async () => {
    await create({ Resources: { A: thing() } });
    await expect(create({ Resources: { A: thing() } })).rejects.toThrow('Stack [shop] already exists');
  });

  test('fails when another stack exports the same name', async () => {
    const template = { Resources: { A: thing() }, Outputs: { O: { Value: 'x', Export: { Name: 'n' } } } };
    await create(template);
    await expect(create(template, { stackName: 'other' })).rejects.toThrow('already exported by stack shop');
  });
});

describe('secrets', () => {
  const password =
    '{{resolve:secretsmanager:arn:aws:secretsmanager:us-west-2:123456789012:secret:db-x:SecretString:password::}}';

  test('resolved from Secrets Manager reach the resource and neither trace nor state', async () => {
    await create({ Resources: { Topic: { Type: 'Test::Called::Topic', Properties: { Password: password } } } });
    expect(types.made[0]?.properties).toEqual({ Password: SECRET });
    expect(cloud.trace.toJsonLines()).not.toContain(SECRET);
    expect(JSON.stringify(cloud.state)).not.toContain(SECRET);
    const snapshot = stacksIn(cloud, REGION).stacks.shop?.resources.Topic?.snapshot ?? '';
    expect(cloud.blobs.text(snapshot)).toContain('{{resolve:secretsmanager:');
  });

  test('given as NoEcho parameters are not shown either, even in an error', async () => {
    const template = {
      Parameters: { Password: { Type: 'String', NoEcho: true } },
      Resources: { Bad: thing({ Fail: { 'Fn::Sub': 'wrong password: ${Password}' } }) },
    };
    await expect(create(template, { parameters: { Password: SECRET } })).rejects.toThrow('wrong password: ****');
    const stack = stacksIn(cloud, REGION).stacks.shop;
    expect(stack?.parameters).toEqual({ Password: '****' });
    expect(JSON.stringify(stack)).not.toContain(SECRET);
    expect(cloud.blobs.text(stack?.resources.Bad?.snapshot ?? '')).not.toContain(SECRET);
  });

  test('cannot become outputs', async () => {
    const template = { Resources: { A: thing() }, Outputs: { O: { Value: password } } };
    await expect(create(template)).rejects.toThrow('a secret cannot be an output');
  });
});
