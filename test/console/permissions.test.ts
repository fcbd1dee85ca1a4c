/** What `mainstay permissions` says of what was granted, used and explained. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../console/permissions/judge.ts';
import { type Granted, PermissionLedger, textOf } from '../../console/permissions/ledger.ts';
import { textLines } from '../../console/permissions/run.ts';
import { Cloud } from '../../simulator/cloud.ts';
import { cloudFormationState, stacksIn } from '../../simulator/cloudformation/state.ts';
import { iam } from '../../simulator/iam/service.ts';
import { sns } from '../../simulator/services/sns.ts';

const account = '111122223333';
const serving = ['us-west-2', 'us-east-2'] as const;
const places = { serving, witness: 'us-east-1' };

/** A cloud with one role for each serving region, made by its stack, that may publish to two topics of its region. */
async function twoRegions(): Promise<Cloud> {
  const services = [iam, sns, cloudFormationState];
  const cloud = Cloud.create({ seed: 1, account, regions: [...serving, 'us-east-1'], services, startAt: 0 });
  for (const region of serving) {
    const RoleName = `shop-${region}-Tell-A1B2C3D4E5F6`;
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const at = { region: 'us-east-1' };
    await cloud.call(
      'iam',
      'CreateRole',
      { RoleName, AssumeRolePolicyDocument: JSON.stringify({ Statement: trust }) },
      at,
    );
    const Resource = ['pages', 'mail'].map((name) => `arn:aws:sns:${region}:${account}:${name}`);
    const rights = { Statement: { Sid: 'Tell', Effect: 'Allow', Action: ['sns:Publish', 'sns:Subscribe'], Resource } };
    const PolicyName = 'TellFunctionServiceRoleDefaultPolicy0A1B2C3D';
    await cloud.call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: JSON.stringify(rights) }, at);
    const role = { logicalId: 'TellFunctionServiceRole1A2B3C4D', type: 'AWS::IAM::Role', physicalId: RoleName };
    const stackName = `shop-${region}`;
    stacksIn(cloud, region).stacks[stackName] = { stackName, resources: { [role.logicalId]: role } } as never;
  }
  return cloud;
}

const publish = async (cloud: Cloud, region: string, name: string): Promise<void> => {
  await cloud.call('sns', 'CreateTopic', { Name: name }, { region });
  const arn = `arn:aws:iam::${account}:role/shop-${region}-Tell-A1B2C3D4E5F6`;
  const TopicArn = `arn:aws:sns:${region}:${account}:${name}`;
  await cloud.call(
    'sns',
    'Publish',
    { TopicArn, Message: 'x' },
    { region, caller: { kind: 'role', arn, session: 's' } },
  );
};

const unusedIn = (ledger: PermissionLedger): string[] => ledger.granted.filter(({ used }) => !used).map(textOf);

describe('the ledger', () => {
  it('counts each action on each resource by itself, and what one serving region uses for both', async () => {
    const cloud = await twoRegions();
    await publish(cloud, 'us-west-2', 'pages');
    const ledger = new PermissionLedger(places);
    ledger.add(cloud, 'shop/one');
    const of = 'TellFunctionServiceRole of shop-{own}';
    const arn = `arn:aws:sns:{own}:${account}`;
    expect(unusedIn(ledger)).toEqual([
      `${of}: sns:Publish on ${arn}:mail (Tell)`,
      `${of}: sns:Subscribe on ${arn}:pages (Tell)`,
      `${of}: sns:Subscribe on ${arn}:mail (Tell)`,
    ]);
    const another = await twoRegions();
    await publish(another, 'us-east-2', 'mail');
    ledger.add(another, 'shop/two');
    expect(unusedIn(ledger)).toHaveLength(2);
    expect([...ledger.runs]).toEqual(['shop/one', 'shop/two']);
  });
});

const permission = (rest: Partial<Granted> = {}): Granted => ({
  stack: 'shop-{own}',
  role: 'TellRole',
  policy: null,
  statement: 'Tell',
  action: 'sns:Publish',
  resource: 'arn:aws:sns:{own}:1:pages',
  used: false,
  ...rest,
});
const because = 'only people use it';
const explanation = { role: 'Tell*', actions: ['sns:Publish'], because };

describe('a permission that nothing used', () => {
  it('is reported with role, action and resource when nobody explains it', () => {
    const verdict = judge({
      granted: [permission(), permission({ used: true, action: 'sns:List' })],
      explanations: [],
      withTests: false,
    });
    expect(verdict).toEqual({ explained: [], unexplained: [permission()], stale: [] });
    expect(textLines(verdict, new PermissionLedger(places))[0]).toBe(
      'unused and not explained: TellRole of shop-{own}: sns:Publish on arn:aws:sns:{own}:1:pages (Tell)',
    );
  });

  it('is listed with its reason when somebody does', () => {
    const verdict = judge({ granted: [permission()], explanations: [explanation], withTests: false });
    expect(verdict).toEqual({ explained: [{ permission: permission(), because }], unexplained: [], stale: [] });
  });

  it('is not explained by a reason for another resource', () => {
    const explanations = [{ ...explanation, resource: '*:mail' }];
    const granted = [permission(), permission({ resource: 'arn:aws:sns:{own}:1:mail' })];
    expect(judge({ granted, explanations, withTests: false }).unexplained).toEqual([permission()]);
  });
});

describe('an explanation', () => {
  it('is out of date when the permission is used', () => {
    const { stale } = judge({ granted: [permission({ used: true })], explanations: [explanation], withTests: false });
    expect(stale).toEqual([
      expect.stringMatching(/^explanation for Tell\*: sns:Publish: it is used by TellRole of .*; take it out$/),
    ]);
  });

  it('is out of date when no role is granted one of its actions', () => {
    const explanations = [{ ...explanation, actions: ['sns:Publish', 'sns:Subscribe'] }];
    expect(judge({ granted: [permission()], explanations, withTests: false }).stale).toEqual([
      'explanation for Tell*: sns:Publish, sns:Subscribe: no role is granted sns:Subscribe; take it out',
    ]);
  });

  it('is out of date when no role has its name: `mainstay permissions` asks about all that is deployed', () => {
    const explanations = [{ ...explanation, role: 'GoneRole' }];
    expect(judge({ granted: [permission({ used: true })], explanations, withTests: false }).stale).toEqual([
      'explanation for GoneRole: sns:Publish: no role is granted sns:Publish; take it out',
    ]);
  });

  it('that names a test holds as long as that test uses the permission', () => {
    const explanations = [{ ...explanation, usedBy: 'a.test.ts' }];
    const stale = (used: boolean, withTests: boolean) =>
      judge({ granted: [permission({ used })], explanations, withTests }).stale;
    expect(stale(true, true)).toEqual([]);
    expect(stale(false, false)).toEqual([]);
    expect(stale(false, true)).toEqual([expect.stringContaining('a.test.ts does not use TellRole of shop-{own}')]);
  });
});
