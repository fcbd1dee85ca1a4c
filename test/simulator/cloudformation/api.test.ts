/** CloudFormation as its clients see it: change sets, events, drift, capabilities, roles, and what is refused by name. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Clients, Input, OperationName, Output } from '../../../simulator/clients.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import type { Caller } from '../../../simulator/service.ts';
import { createSimulation } from '../../../simulator/simulation.ts';

const region = 'us-west-2';
const account = '123456789012';

let cloud: Cloud;
beforeEach(() => {
  cloud = createSimulation({ seed: 1, account, regions: [region, 'us-east-1'], startAt: Date.UTC(2027, 0, 12) });
});

type CloudFormation = Clients['cloudformation'];

const ask = <O extends OperationName<CloudFormation>>(
  operation: O,
  input: Input<CloudFormation, O>,
  caller: Caller = { kind: 'account' },
): Promise<Output<CloudFormation, O>> =>
  cloud.resolve(cloud.call('cloudformation', operation, input, { region, caller }));

const refusal = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was refused',
    (error: { code?: string; name: string; message: string }) => `${error.code ?? error.name}: ${error.message}`,
  );

interface Shape {
  readonly display?: string;
  readonly value?: string;
  readonly more?: object;
}

/** A topic and a parameter that names it. */
const template = ({ display = 'Alerts', value = 'on', more = {} }: Shape = {}): string =>
  JSON.stringify({
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alerts', DisplayName: display } },
      Switch: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: '/switch', Value: value } },
      ...more,
    },
    Outputs: { Topic: { Value: { Ref: 'Topic' } } },
  });

async function deployed(text = template()): Promise<void> {
  await ask('CreateStack', { StackName: 'alerts', TemplateBody: text });
  await cloud.advance(1000);
}

const statusOf = async (): Promise<string | undefined> =>
  (await ask('DescribeStacks', { StackName: 'alerts' })).Stacks?.[0]?.StackStatus;

async function planned(input: Partial<Input<CloudFormation, 'CreateChangeSet'>> = {}) {
  const set = { StackName: 'alerts', ChangeSetName: 'next', TemplateBody: template(), ...input };
  await ask('CreateChangeSet', set);
  await cloud.advance(1000);
  return ask('DescribeChangeSet', { StackName: 'alerts', ChangeSetName: 'next', IncludePropertyValues: true });
}

describe('a change set', () => {
  it('announces a stack, says what it will make, and makes it', async () => {
    const { StackId: id } = await ask('CreateChangeSet', {
      StackName: 'alerts',
      ChangeSetName: 'first',
      ChangeSetType: 'CREATE',
      TemplateBody: template(),
    });
    expect(await statusOf()).toBe('REVIEW_IN_PROGRESS');
    const named = { StackName: 'alerts', ChangeSetName: 'first' };
    expect(await ask('DescribeChangeSet', named)).toMatchObject({ Status: 'CREATE_IN_PROGRESS', Changes: [] });
    expect(await refusal(ask('ExecuteChangeSet', named))).toMatch(/^InvalidChangeSetStatusException/);
    await cloud.advance(1000);
    const { Changes: changes } = await ask('DescribeChangeSet', named);
    expect(changes?.map(({ ResourceChange: change }) => [change?.Action, change?.LogicalResourceId])).toEqual([
      ['Add', 'Topic'],
      ['Add', 'Switch'],
    ]);
    await ask('ExecuteChangeSet', named);
    await cloud.advance(1000);
    const { Stacks: stacks } = await ask('DescribeStacks', { StackName: 'alerts' });
    expect(stacks?.[0]).toMatchObject({ StackId: id, StackName: 'alerts', StackStatus: 'CREATE_COMPLETE' });
    const { StackEvents: events = [] } = await ask('DescribeStackEvents', { StackName: 'alerts' });
    expect(events.at(-1)).toMatchObject({ ResourceStatus: 'REVIEW_IN_PROGRESS' });
    expect(new Set(events.map(({ EventId }) => EventId)).size).toBe(events.length);
  });

  it('tells each change with its values, cause and replacement', async () => {
    await deployed();
    const { Changes: changes = [] } = await planned({ TemplateBody: template({ value: 'off' }) });
    expect(changes).toHaveLength(1);
    expect(changes[0]?.ResourceChange).toMatchObject({
      Action: 'Modify',
      LogicalResourceId: 'Switch',
      Replacement: 'False',
      Scope: ['Properties'],
      Details: [
        {
          Target: { Attribute: 'Properties', Name: 'Value', BeforeValue: 'on', AfterValue: 'off' },
          ChangeSource: 'DirectModification',
          Evaluation: 'Static',
        },
      ],
    });
    const plain = await ask('DescribeChangeSet', { StackName: 'alerts', ChangeSetName: 'next' });
    expect(JSON.stringify(plain)).not.toContain('off');
  });

  it('knows what follows from a replacement', async () => {
    const watcher = {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: '/topic', Value: { Ref: 'Topic' } },
    };
    await deployed(template({ more: { Watcher: watcher } }));
    const renamed = template({ more: { Watcher: watcher } }).replace('"TopicName":"alerts"', '"TopicName":"others"');
    const { Changes: changes = [] } = await planned({ TemplateBody: renamed });
    expect(
      changes.map(({ ResourceChange }) => [ResourceChange?.LogicalResourceId, ResourceChange?.Replacement]),
    ).toEqual([
      ['Topic', 'True'],
      ['Watcher', 'False'],
    ]);
    expect(changes[1]?.ResourceChange?.Details?.[0]).toMatchObject({
      Target: { AfterValue: '{{changeSet:KNOWN_AFTER_APPLY}}' },
      ChangeSource: 'ResourceReference',
      CausingEntity: 'Topic',
      Evaluation: 'Dynamic',
    });
  });

  it('without a change fails in words that clients know, and cannot be carried out', async () => {
    await deployed();
    const set = await planned();
    expect(set).toMatchObject({ Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE' });
    expect(set.StatusReason).toMatch(/^The submitted information didn't contain changes\./);
  });

  it('is refused for a stack that is not there, and leaves no name behind when its template is refused', async () => {
    expect(await refusal(planned())).toBe('ValidationError: Stack [alerts] does not exist');
    const create = { ChangeSetType: 'CREATE' as const, TemplateBody: '{"Resources":{}}' };
    expect(await refusal(planned(create))).toMatch(/^ValidationError/);
    expect(await refusal(ask('DescribeStacks', { StackName: 'alerts' }))).toBe(
      'ValidationError: Stack with id alerts does not exist',
    );
  });

  it('asked for twice with one token is made once, with another it is refused', async () => {
    await deployed();
    const set = {
      StackName: 'alerts',
      ChangeSetName: 'next',
      TemplateBody: template({ value: 'off' }),
      ClientToken: 'a',
    };
    const { Id: first } = await ask('CreateChangeSet', set);
    expect((await ask('CreateChangeSet', set)).Id).toBe(first);
    expect(await refusal(ask('CreateChangeSet', { ...set, ClientToken: 'b' }))).toMatch(/^AlreadyExistsException/);
  });

  it('is deleted, and then unknown', async () => {
    await deployed();
    await planned({ TemplateBody: template({ value: 'off' }) });
    const named = { StackName: 'alerts', ChangeSetName: 'next' };
    await ask('DeleteChangeSet', named);
    await ask('DeleteChangeSet', named);
    expect(await refusal(ask('DescribeChangeSet', named))).toBe(
      'ChangeSetNotFoundException: ChangeSet [next] does not exist',
    );
  });
});

describe('drift', () => {
  const drifts = async () => {
    const { StackDriftDetectionId: id } = await ask('DetectStackDrift', { StackName: 'alerts' });
    const progress = { StackDriftDetectionId: id };
    expect(await ask('DescribeStackDriftDetectionStatus', progress)).toMatchObject({
      DetectionStatus: 'DETECTION_IN_PROGRESS',
    });
    await cloud.advance(5000);
    const { StackResourceDrifts: all = [] } = await ask('DescribeStackResourceDrifts', { StackName: 'alerts' });
    const { DetectionStatus, StackDriftStatus } = await ask('DescribeStackDriftDetectionStatus', progress);
    expect(DetectionStatus).toBe('DETECTION_COMPLETE');
    return { stack: StackDriftStatus, all };
  };

  it('is told by property, and gone once a change set has reverted it', async () => {
    await deployed();
    expect(await drifts()).toMatchObject({ stack: 'IN_SYNC' });
    await cloud.call('ssm', 'PutParameter', { Name: '/switch', Value: 'by hand', Overwrite: true }, { region });
    const { stack, all } = await drifts();
    expect(stack).toBe('DRIFTED');
    expect(all.find(({ LogicalResourceId: name }) => name === 'Switch')).toMatchObject({
      StackResourceDriftStatus: 'MODIFIED',
      PropertyDifferences: [
        { PropertyPath: '/Value', ExpectedValue: 'on', ActualValue: 'by hand', DifferenceType: 'NOT_EQUAL' },
      ],
    });
    expect((await planned()).StatusReason).toContain("didn't contain changes");
    await ask('DeleteChangeSet', { StackName: 'alerts', ChangeSetName: 'next' });
    const { Changes: changes = [], DeploymentMode } = await planned({ DeploymentMode: 'REVERT_DRIFT' });
    expect(DeploymentMode).toBe('REVERT_DRIFT');
    expect(
      changes.map(({ ResourceChange: change }) => [change?.LogicalResourceId, change?.ResourceDriftStatus]),
    ).toEqual([['Switch', 'MODIFIED']]);
    await ask('ExecuteChangeSet', { StackName: 'alerts', ChangeSetName: 'next' });
    await cloud.advance(1000);
    expect(await statusOf()).toBe('UPDATE_COMPLETE');
    expect(await drifts()).toMatchObject({ stack: 'IN_SYNC' });
  });

  it('of what was deleted beside CloudFormation is mended by making it again', async () => {
    await deployed();
    await cloud.call('ssm', 'DeleteParameter', { Name: '/switch' }, { region });
    const { all } = await drifts();
    expect(all.find(({ LogicalResourceId: name }) => name === 'Switch')?.StackResourceDriftStatus).toBe('DELETED');
    await planned({ DeploymentMode: 'REVERT_DRIFT' });
    await ask('ExecuteChangeSet', { StackName: 'alerts', ChangeSetName: 'next' });
    await cloud.advance(1000);
    expect((await cloud.call('ssm', 'GetParameter', { Name: '/switch' }, { region })).Parameter?.Value).toBe('on');
  });
});

describe('an operation', () => {
  const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust('states.amazonaws.com') } };

  it('that makes roles needs them acknowledged, named ones by name', async () => {
    const unnamed = { StackName: 'alerts', TemplateBody: template({ more: { Role: role } }) };
    expect(await refusal(ask('CreateStack', unnamed))).toBe(
      'InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM]',
    );
    const named = { ...role, Properties: { ...role.Properties, RoleName: 'runner' } };
    const input = { StackName: 'alerts', TemplateBody: template({ more: { Role: named } }) };
    expect(await refusal(ask('CreateStack', { ...input, Capabilities: ['CAPABILITY_IAM'] }))).toBe(
      'InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]',
    );
    await ask('CreateStack', { ...input, Capabilities: ['CAPABILITY_NAMED_IAM'] });
  });

  it('is done with the rights of the role it is given, which the caller must be allowed to pass', async () => {
    const deployer = await makeRole('deployer', { AWS: account }, ['cloudformation:*']);
    const executor = await makeRole('executor', { Service: 'cloudformation.amazonaws.com' }, ['sns:*']);
    const caller: Caller = { kind: 'role', arn: deployer, session: 'me' };
    const input = { StackName: 'alerts', TemplateBody: template(), RoleARN: executor };
    expect(await refusal(ask('CreateStack', input, caller))).toMatch(/^AccessDenied.*iam:PassRole/);
    await allow('deployer', ['cloudformation:*', 'iam:PassRole']);
    await ask('CreateStack', input, caller);
    await cloud.advance(1000);
    expect(await statusOf()).toBe('ROLLBACK_COMPLETE');
    const { StackEvents: events = [] } = await ask('DescribeStackEvents', { StackName: 'alerts' });
    const failed = events.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    expect(failed?.LogicalResourceId).toBe('Switch');
    expect(failed?.ResourceStatusReason).toMatch(/executor\/AWSCloudFormation is not authorized.*ssm:PutParameter/);
  });

  it('without a role is done with the rights of who asks', async () => {
    const arn = await makeRole('reader', { AWS: account }, ['cloudformation:*']);
    await ask('CreateStack', { StackName: 'alerts', TemplateBody: template() }, { kind: 'role', arn, session: 'me' });
    await cloud.advance(1000);
    expect(await statusOf()).toBe('ROLLBACK_COMPLETE');
  });

  it('with a role that CloudFormation may not assume is refused', async () => {
    const arn = await makeRole('foreign', { Service: 'lambda.amazonaws.com' }, ['*']);
    const input = { StackName: 'alerts', TemplateBody: template(), RoleARN: arn };
    expect(await refusal(ask('CreateStack', input))).toBe(
      `ValidationError: Role ${arn} is invalid or cannot be assumed`,
    );
  });

  it('that is repeated with its token is done once', async () => {
    const input = { StackName: 'alerts', TemplateBody: template(), ClientRequestToken: 'once' };
    const first = await ask('CreateStack', input);
    await cloud.advance(1000);
    expect(await ask('CreateStack', input)).toEqual(first);
    expect(await refusal(ask('CreateStack', { ...input, ClientRequestToken: 'twice' }))).toMatch(/^AlreadyExists/);
    const { StackEvents: events = [] } = await ask('DescribeStackEvents', { StackName: 'alerts' });
    expect(events.every(({ ClientRequestToken: token }) => token === 'once')).toBe(true);
  });

  it.each([
    ['CreateStack', { NotificationARNs: ['arn:aws:sns:us-west-2:123456789012:x'] }, 'NotificationARNs'],
    ['CreateStack', { StackPolicyBody: '{}' }, 'StackPolicyBody'],
    ['CreateStack', { DeploymentConfig: { Mode: 'EXPRESS' } }, 'DeploymentConfig.Mode EXPRESS'],
    ['CreateChangeSet', { ChangeSetName: 'a', ChangeSetType: 'IMPORT' }, 'ChangeSetType IMPORT'],
    [
      'CreateChangeSet',
      { ChangeSetName: 'a', RollbackConfiguration: { MonitoringTimeInMinutes: 5 } },
      'RollbackConfiguration',
    ],
  ] as const)('%s with %j is refused by name', async (operation, more, named) => {
    const input = { StackName: 'alerts', TemplateBody: template(), ...more } as never;
    expect(await refusal(ask(operation, input))).toBe(
      `NotModelled: cloudformation:${operation} with ${named} is not modelled`,
    );
  });

  it('on a deleted stack finds it by its id only', async () => {
    await deployed();
    const { Stacks: [stack] = [] } = await ask('DescribeStacks', { StackName: 'alerts' });
    await ask('DeleteStack', { StackName: 'alerts' });
    await cloud.advance(1000);
    expect(await refusal(ask('DescribeStacks', { StackName: 'alerts' }))).toContain('does not exist');
    const gone = await ask('DescribeStacks', { StackName: stack?.StackId as string });
    expect(gone.Stacks?.[0]?.StackStatus).toBe('DELETE_COMPLETE');
    await ask('DeleteStack', { StackName: 'alerts' });
  });

  it('answers long lists in pages', async () => {
    const many = Array.from({ length: 120 }, (_, i) => [
      `P${i}`,
      { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: `/p/${i}`, Value: 'x' } },
    ]);
    await deployed(JSON.stringify({ Resources: Object.fromEntries(many) }));
    const first = await ask('ListStackResources', { StackName: 'alerts' });
    expect(first.StackResourceSummaries).toHaveLength(100);
    const rest = await ask('ListStackResources', { StackName: 'alerts', NextToken: first.NextToken });
    expect(rest.StackResourceSummaries).toHaveLength(20);
    expect(rest.NextToken).toBeUndefined();
    const stray = ask('ListStackResources', { StackName: 'alerts', NextToken: 'made up' });
    expect(await refusal(stray)).toBe('ValidationError: Invalid NextToken');
  });
});

function trust(service: string): object {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  };
}

async function makeRole(name: string, principal: object, actions: readonly string[]): Promise<string> {
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  };
  const input = { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(document) };
  const { Role: made } = await cloud.call('iam', 'CreateRole', input, { region: 'us-east-1' });
  await allow(name, actions);
  return made?.Arn as string;
}

async function allow(RoleName: string, actions: readonly string[]): Promise<void> {
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
  const input = { RoleName, PolicyName: 'own', PolicyDocument: JSON.stringify(document) };
  await cloud.call('iam', 'PutRolePolicy', input, { region: 'us-east-1' });
}
