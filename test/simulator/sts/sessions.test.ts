/** What AssumeRole asks and what the session may then do: trust with conditions, length, session policies. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import type { Caller } from '../../../simulator/service.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { sts } from '../../../simulator/services/sts/index.ts';

const account = '111122223333';
const region = 'us-west-2';
const at = { region };
const root = `arn:aws:iam::${account}:root`;
const TARGET = `arn:aws:iam::${account}:role/target`;
const CALLER = `arn:aws:iam::${account}:role/caller`;
const caller: Caller = { kind: 'role', arn: CALLER, session: 'one' };
const document = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const trusting = (AWS: string, rest: object = {}): string =>
  document({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...rest });

let cloud: Cloud;
const makeRole = (RoleName: string, trust: string) =>
  cloud.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200 }, at);
const give = (RoleName: string, ...statements: object[]) =>
  cloud.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'own', PolicyDocument: document(...statements) }, at);
const assume = (input: object = {}, by: Caller = caller) =>
  cloud.call('sts', 'AssumeRole', { RoleArn: TARGET, RoleSessionName: 'work', ...input }, { region, caller: by });
const sessionOf = async (input: object): Promise<Caller> => {
  const { Credentials } = await assume(input);
  return cloud.state.credentials[Credentials?.AccessKeyId ?? ''] as Caller;
};

beforeEach(() => {
  cloud = Cloud.create({ seed: 1, account, regions: [region, 'us-east-1'], services: [iam, sts, sns], startAt: 0 });
});

describe('a role is assumed', () => {
  it('by a role that its trust policy names, without further permission', async () => {
    await makeRole('target', trusting(CALLER));
    await makeRole('caller', trusting(root));
    await assume();
  });

  it('by a role of the account that it trusts, when that role may', async () => {
    await makeRole('target', trusting(root));
    await makeRole('caller', trusting(root));
    await expect(assume()).rejects.toThrow('because no identity-based policy allows the sts:AssumeRole action');
    await give('caller', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: TARGET });
    await assume();
  });

  it('with the external id that the trust policy asks for, and not without', async () => {
    await makeRole('target', trusting(CALLER, { Condition: { StringEquals: { 'sts:ExternalId': 'ours' } } }));
    await assume({ ExternalId: 'ours' });
    const denied = 'because no role trust policy allows the sts:AssumeRole action';
    await expect(assume()).rejects.toMatchObject({ code: 'AccessDenied', message: expect.stringContaining(denied) });
    await expect(assume({ ExternalId: 'theirs' })).rejects.toThrow(denied);
  });

  it('not where the trust policy denies, nor where there is no role', async () => {
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sts:AssumeRole',
      Condition: { StringLike: { 'sts:RoleSessionName': 'w*' } },
    };
    await makeRole('target', document({ Effect: 'Allow', Principal: { AWS: CALLER }, Action: 'sts:AssumeRole' }, deny));
    await assume({ RoleSessionName: 'other' });
    await expect(assume()).rejects.toThrow('with an explicit deny in the role trust policy');
    await expect(assume({ RoleArn: `${TARGET}2` })).rejects.toThrow('because no role trust policy allows');
  });

  it('by a person for as long as the role allows, by another role for an hour at most', async () => {
    await makeRole(
      'target',
      document(...[root, CALLER].map((AWS) => ({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }))),
    );
    const person: Caller = { kind: 'account' };
    await assume({ DurationSeconds: 7200 }, person);
    await expect(assume({ DurationSeconds: 7201 }, person)).rejects.toThrow('exceeds the MaxSessionDuration');
    await expect(assume({ DurationSeconds: 899 }, person)).rejects.toThrow('greater than or equal to 900');
    await expect(assume({ DurationSeconds: 3601 })).rejects.toThrow('role chaining');
  });

  it('but not with what is not modelled', async () => {
    await makeRole('target', trusting(CALLER));
    await expect(assume({ Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toThrow(
      'sts:AssumeRole with Tags is not modelled',
    );
  });
});

describe('a session with a policy of its own', () => {
  const topic = `arn:aws:sns:${region}:${account}:pages`;
  const publish = (by: Caller) =>
    cloud.call('sns', 'Publish', { TopicArn: topic, Message: 'x' }, { region, caller: by });
  const all = { Effect: 'Allow', Action: 'sns:*', Resource: '*' };

  beforeEach(async () => {
    await makeRole('target', trusting(CALLER));
    await give('target', all);
    await cloud.call('sns', 'CreateTopic', { Name: 'pages' }, at);
  });

  it('may no more than both allow', async () => {
    await publish(await sessionOf({}));
    await publish(await sessionOf({ Policy: document(all) }));
    const narrow = await sessionOf({ Policy: document({ ...all, Action: 'sns:List*' }) });
    await expect(publish(narrow)).rejects.toThrow('because no session policy allows the sns:Publish action');
    const forbidden = await sessionOf({ Policy: document(all, { ...all, Effect: 'Deny' }) });
    await expect(publish(forbidden)).rejects.toThrow('with an explicit deny in a session policy');
  });

  it('may be given managed ones, and is refused what is too long or no policy', async () => {
    const { Policy } = await cloud.call(
      'iam',
      'CreatePolicy',
      { PolicyName: 'list', PolicyDocument: document({ ...all, Action: 'sns:List*' }) },
      at,
    );
    const narrow = await sessionOf({ PolicyArns: [{ arn: Policy?.Arn }] });
    await expect(publish(narrow)).rejects.toThrow('because no session policy allows');
    await expect(assume({ Policy: document({ ...all, Resource: 'x'.repeat(2048) }) })).rejects.toMatchObject({
      code: 'PackedPolicyTooLargeException',
    });
    await expect(assume({ Policy: document({ ...all, Principal: '*' }) })).rejects.toThrow(
      'should not specify a principal',
    );
  });
});
