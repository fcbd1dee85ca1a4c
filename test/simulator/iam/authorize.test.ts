/** What a role may do when it calls a service, by all of its policies, and who may become it. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Clients } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import type { IamState } from '../../../simulator/iam/state.ts';
import { assertTrusted } from '../../../simulator/iam/trust.ts';
import { type Caller, defineService } from '../../../simulator/service.ts';

const ACCOUNT = '123456789012';
const TOPIC = `arn:aws:sns:us-west-2:${ACCOUNT}:pages`;
const OTHER = `arn:aws:sns:us-west-2:${ACCOUNT}:other`;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/notify`;
const session: Caller = { kind: 'role', arn: ROLE_ARN, session: 'run-1' };

const sns = defineService<Clients['sns'], object>({
  name: 'sns',
  initialState: () => ({}),
  operations: { Publish: () => ({ MessageId: '1' }), ListTopics: () => ({ Topics: [] }) },
  access: {
    Publish: (input) => ({ resources: [input.TopicArn ?? '*'], conditions: { 'sns:Subject': input.Subject ?? '' } }),
  },
});
const ec2 = defineService<Clients['ec2'], object>({
  name: 'ec2',
  initialState: () => ({}),
  operations: { DescribeVpcs: () => ({ Vpcs: [] }) },
  access: {},
});

let cloud: Cloud;
const administer = { region: 'us-east-1' };
const policy = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const trust = policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
const allowTopic = { Sid: 'Page', Effect: 'Allow', Action: 'sns:Publish', Resource: TOPIC };
const put = (document: string, name = 'inline') =>
  cloud.call('iam', 'PutRolePolicy', { RoleName: 'notify', PolicyName: name, PolicyDocument: document }, administer);
const publish = (topicArn = TOPIC, caller: Caller = session) =>
  cloud.call('sns', 'Publish', { TopicArn: topicArn, Message: 'x' }, { region: 'us-west-2', caller });

beforeEach(async () => {
  cloud = Cloud.create({
    seed: 1,
    account: ACCOUNT,
    regions: ['us-west-2', 'us-east-1'],
    services: [iam, sns, ec2],
    startAt: 0,
  });
  await cloud.call('iam', 'CreateRole', { RoleName: 'notify', AssumeRolePolicyDocument: trust }, administer);
});

describe('a role', () => {
  test('without a policy is denied in the words of AWS', async () => {
    await expect(publish()).rejects.toMatchObject({
      code: 'AuthorizationErrorException',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/notify/run-1 is not authorized to perform: sns:Publish on resource: ${TOPIC} because no identity-based policy allows the sns:Publish action`,
    });
  });

  test('may do what its policy allows, on that resource only, and the statement is counted', async () => {
    await put(policy(allowTopic));
    await publish();
    await publish();
    await expect(publish(OTHER)).rejects.toThrow('no identity-based policy');
    expect(cloud.stateOf<IamState>(iam, 'us-east-1').usage).toEqual({
      notify: { [`inline/Page sns:Publish ${TOPIC}`]: 2 },
    });
  });

  test('is denied by an explicit deny in another policy', async () => {
    await put(policy(allowTopic));
    await put(policy({ Effect: 'Deny', Action: 'sns:*', Resource: '*' }), 'frozen');
    await expect(publish()).rejects.toThrow(/with an explicit deny in an identity-based policy$/);
  });

  test('loses a permission as soon as the policy is taken away', async () => {
    await put(policy(allowTopic));
    await publish();
    await cloud.call('iam', 'DeleteRolePolicy', { RoleName: 'notify', PolicyName: 'inline' }, administer);
    await expect(publish()).rejects.toThrow('no identity-based policy');
  });

  test('may no more than its permissions boundary', async () => {
    const { Policy: boundary } = await cloud.call(
      'iam',
      'CreatePolicy',
      { PolicyName: 'limit', PolicyDocument: policy({ Effect: 'Allow', Action: 'sns:List*', Resource: '*' }) },
      administer,
    );
    await put(policy(allowTopic));
    await cloud.call(
      'iam',
      'PutRolePermissionsBoundary',
      { RoleName: 'notify', PermissionsBoundary: boundary?.Arn },
      administer,
    );
    await expect(publish()).rejects.toThrow(/because no permissions boundary allows the sns:Publish action$/);
  });

  test('may what an attached managed policy allows, and an unknown AWS managed policy is refused by name', async () => {
    const { Policy: own } = await cloud.call(
      'iam',
      'CreatePolicy',
      { PolicyName: 'page', PolicyDocument: policy(allowTopic) },
      administer,
    );
    await cloud.call('iam', 'AttachRolePolicy', { RoleName: 'notify', PolicyArn: own?.Arn }, administer);
    await publish();
    const unknown = 'arn:aws:iam::aws:policy/AmazonSNSFullAccess';
    await expect(
      cloud.call('iam', 'AttachRolePolicy', { RoleName: 'notify', PolicyArn: unknown }, administer),
    ).rejects.toThrow(`${unknown} is not in the table`);
  });

  test('is judged by the condition keys of the request, its own and the global ones', async () => {
    const condition = {
      StringEquals: { 'sns:Subject': '', 'aws:RequestedRegion': 'us-west-2', 'aws:PrincipalArn': ROLE_ARN },
    };
    await put(policy({ ...allowTopic, Condition: condition }));
    await publish();
    await expect(
      cloud.call(
        'sns',
        'Publish',
        { TopicArn: TOPIC, Message: 'x', Subject: 'hello' },
        { region: 'us-west-2', caller: session },
      ),
    ).rejects.toThrow('not authorized');
  });

  test('is asked for the whole service when an operation has no resources, and EC2 has its own code', async () => {
    await put(policy({ Effect: 'Allow', Action: 'ec2:*', Resource: 'arn:aws:ec2:us-west-2:*:vpc/*' }));
    await expect(cloud.call('ec2', 'DescribeVpcs', {}, { region: 'us-west-2', caller: session })).rejects.toMatchObject(
      {
        code: 'UnauthorizedOperation',
        message: expect.stringContaining('ec2:DescribeVpcs on resource: *'),
      },
    );
  });

  test('keeps its permissions while the region of IAM is dark', async () => {
    await put(policy(allowTopic));
    cloud.goDark('us-east-1');
    await publish();
    await expect(
      cloud.call('iam', 'GetRole', { RoleName: 'notify' }, { region: 'us-east-1', from: 'us-west-2' }),
    ).rejects.toThrow('cannot be reached');
  });

  test('is decided on by its own copy of the policies in a fork', async () => {
    await put(policy(allowTopic));
    const fork = cloud.fork(2);
    await cloud.call('iam', 'DeleteRolePolicy', { RoleName: 'notify', PolicyName: 'inline' }, administer);
    await expect(publish()).rejects.toThrow('not authorized');
    await fork.call('sns', 'Publish', { TopicArn: TOPIC, Message: 'x' }, { region: 'us-west-2', caller: session });
  });

  test('is simulated without being used', async () => {
    await put(policy(allowTopic));
    const { EvaluationResults: results } = await cloud.call(
      'iam',
      'SimulatePrincipalPolicy',
      { PolicySourceArn: ROLE_ARN, ActionNames: ['sns:Publish', 'sns:ListTopics'], ResourceArns: [TOPIC] },
      administer,
    );
    expect(results?.map((result) => result.EvalDecision)).toEqual(['allowed', 'implicitDeny']);
  });
});

describe('a role that was never made', () => {
  test('may nothing', async () => {
    await expect(publish(TOPIC, { ...session, arn: `arn:aws:iam::${ACCOUNT}:role/ghost` })).rejects.toThrow(
      'not authorized',
    );
  });
});

describe('assuming a role', () => {
  test('works for the service it trusts and fails in the words of the others', () => {
    assertTrusted(cloud, ROLE_ARN, 'lambda.amazonaws.com');
    expect(() => assertTrusted(cloud, ROLE_ARN, 'states.amazonaws.com')).toThrow(
      'Neither the global service principal',
    );
    expect(() => assertTrusted(cloud, ROLE_ARN, 'ec2.amazonaws.com')).toThrow('ec2.amazonaws.com is not authorized');
    expect(() => assertTrusted(cloud, `${ROLE_ARN}2`, 'lambda.amazonaws.com')).toThrow('cannot be assumed by Lambda');
  });

  test('works only for the source that the trust policy names, when it names one', async () => {
    const group = `arn:aws:scheduler:us-west-2:${ACCOUNT}:schedule-group/default`;
    const named = policy({
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': group } },
    });
    await cloud.call('iam', 'UpdateAssumeRolePolicy', { RoleName: 'notify', PolicyDocument: named }, administer);
    assertTrusted(cloud, ROLE_ARN, 'scheduler.amazonaws.com', group);
    expect(() => assertTrusted(cloud, ROLE_ARN, 'scheduler.amazonaws.com', `${group}2`)).toThrow(
      'must allow AWS EventBridge Scheduler',
    );
  });
});

describe('a condition key', () => {
  const when = (condition: object, effect = 'Allow') =>
    put(policy({ ...allowTopic, Effect: effect, Condition: condition }), `${effect} when`);

  test.each([
    ['aws:SourceVpce', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }],
    ['aws:MultiFactorAuthPresent', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }],
    ['aws:ResourceTag/team', { StringNotEquals: { 'aws:ResourceTag/team': 'a' } }],
    ['sns:Endpoint', { Null: { 'sns:Endpoint': 'true' } }],
    ['lambda:SourceFunctionArn', { ArnLike: { 'lambda:SourceFunctionArn': '*' } }],
  ])('that the simulator does not know, %s, ends the call with its name', async (key, condition) => {
    await when(condition);
    const message = `condition key ${key.toLowerCase()}: its value for sns:Publish called by a role is not known`;
    await expect(publish()).rejects.toMatchObject({ name: 'NotModelled', message: expect.stringContaining(message) });
  });

  test('that is not known ends the call also where it would only deny', async () => {
    await put(policy(allowTopic));
    await when({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'Deny');
    await expect(publish()).rejects.toThrow('condition key aws:sourcevpc');
  });

  test('of a statement about something else is not asked for', async () => {
    await put(policy(allowTopic));
    const condition = { StringEquals: { 'aws:SourceVpc': 'vpc-1' } };
    await put(policy({ ...allowTopic, Effect: 'Deny', Resource: OTHER, Condition: condition }), 'elsewhere');
    await publish();
  });

  test.each([
    ['another service', { StringEqualsIfExists: { 'kms:ViaService': 'x' }, Null: { 's3:prefix': 'true' } }],
    ['calls of AWS services', { Null: { 'aws:SourceArn': 'true', 'aws:PrincipalServiceName': 'true' } }],
    ['organizations', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }],
    ['users', { Null: { 'aws:username': 'true', 'aws:FederatedProvider': 'true' } }],
  ])('of %s is known to be absent', async (_title, condition) => {
    await when(condition);
    await publish();
  });

  test('tells the caller’s region apart by its address, which no real range holds', async () => {
    await when({ NotIpAddress: { 'aws:SourceIp': ['15.177.0.0/18', '10.0.0.0/8'] } });
    await publish();
    await when({ IpAddress: { 'aws:SourceIp': '15.177.0.0/18' } });
    await expect(publish()).rejects.toThrow('not authorized');
  });
});

describe('a policy document of the wrong kind', () => {
  const attach = (document: string) => put(document);
  test.each([
    ['with a principal', policy({ ...allowTopic, Principal: '*' }), 'should not specify a principal'],
    ['without a resource', policy({ Effect: 'Allow', Action: 'sns:Publish' }), 'must contain resources'],
  ])('%s is not attached to a role', async (_title, document, message) => {
    await expect(attach(document)).rejects.toMatchObject({
      code: 'MalformedPolicyDocumentException',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['for nobody', policy({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'Missing required field Principal'],
    [
      'about a resource',
      policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*', Resource: '*' }),
      'Has prohibited field Resource',
    ],
    ['about another action', policy({ Effect: 'Allow', Action: 's3:*', Principal: '*' }), 'may only specify STS'],
  ])('%s is no trust policy', async (_title, document, message) => {
    const input = { RoleName: 'notify', PolicyDocument: document };
    await expect(cloud.call('iam', 'UpdateAssumeRolePolicy', input, administer)).rejects.toThrow(message);
  });
});
