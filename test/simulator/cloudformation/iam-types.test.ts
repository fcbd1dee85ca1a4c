/** Roles, policies and instance profiles of a template grant what they would grant on AWS. */
import { beforeEach, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { createStack } from '../../../simulator/cloudformation/engine.ts';
import type { IamState } from '../../../simulator/iam/state.ts';
import { ACCOUNT, fakeCloud, fakeTypes, REGION } from './fakes.ts';

const statement = (action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
});
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
};

let cloud: Cloud;
beforeEach(() => {
  cloud = fakeCloud();
});

const create = (resources: object, outputs: object = {}) =>
  createStack(cloud, {
    region: REGION,
    stackName: 'shop',
    resources: fakeTypes().table,
    template: JSON.stringify({ Resources: resources, Outputs: outputs }),
  });
const role = (properties: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: trust, ...properties },
});
const iamState = (): IamState => cloud.stateOf<IamState>(cloud.services.get('iam')!, 'us-east-1');

test('a role with inline, attached and separate policies allows what all of them allow', async () => {
  const stack = await create(
    {
      Instance: role({ Policies: [{ PolicyName: 'own', PolicyDocument: statement('sns:Publish') }] }),
      Separate: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'separate',
          PolicyDocument: statement('sns:ListTopics'),
          Roles: [{ Ref: 'Instance' }],
        },
      },
      Managed: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: statement('sns:CreateTopic'), Roles: [{ Ref: 'Instance' }] },
      },
      Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Instance' }] } },
    },
    { RoleArn: { Value: { 'Fn::GetAtt': 'Instance.Arn' } }, ProfileArn: { Value: { 'Fn::GetAtt': 'Profile.Arn' } } },
  );
  const arn = stack.outputs.RoleArn?.value;
  const profileArn = stack.outputs.ProfileArn?.value;
  expect(arn).toMatch(new RegExp(`^arn:aws:iam::${ACCOUNT}:role/shop-Instance-[A-Z0-5]{12}$`));
  expect(profileArn).toContain(':instance-profile/shop-Profile-');
  const { EvaluationResults: results } = await cloud.call(
    'iam',
    'SimulatePrincipalPolicy',
    { PolicySourceArn: arn, ActionNames: ['sns:Publish', 'sns:ListTopics', 'sns:CreateTopic', 'sns:DeleteTopic'] },
    { region: 'us-east-1' },
  );
  expect(results?.map((result) => result.EvalDecision)).toEqual(['allowed', 'allowed', 'allowed', 'implicitDeny']);
  expect(Object.values(iamState().instanceProfiles)[0]?.roleName).toBe(stack.resources.Instance?.physicalId);
});

test.each([
  [
    'an AWS managed policy outside the table',
    role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/job-function/DataScientist'] }),
    'DataScientist is not in the table',
  ],
  ['a property that nothing reads', role({ Colour: 'blue' }), 'Colour of AWS::IAM::Role (Thing)'],
  [
    'a malformed document',
    role({ Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Perhaps' }] } }] }),
    'Effect must be Allow or Deny',
  ],
  [
    'a policy for a user',
    { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'p', PolicyDocument: statement('sns:*'), Users: ['eve'] } },
    'users and groups are not modelled: eve',
  ],
])('a stack with %s fails by its name', async (_title, resource, message) => {
  await expect(create({ Thing: resource })).rejects.toThrow(message);
});
