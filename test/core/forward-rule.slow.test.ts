/**
 * The forward rule in the deployed production: the real bundle with its real rights, asked by CloudFormation's events.
 * The deployment itself was the first; the others are sent here, as an update, its rollback and a deletion send them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../simulator/cloud.ts';
import { allStacks } from '../../simulator/cloudformation/state.ts';
import { forkSimulation } from '../../simulator/simulation.ts';
import { noteUse, production } from '../drills.ts';

const REGION = 'us-west-2';
/** Signed for nobody: the answer is refused there, which is as final as an acceptance. */
const NOWHERE = `https://cloudformation-custom-resource-response-${REGION}.s3.${REGION}.amazonaws.com/none?X-Amz-Signature=0`;

let cloud: Cloud;
let stackId: string;
let logicalId: string;
let arn: string;
let properties: Record<string, unknown>;

beforeAll(async () => {
  const { cloud: deployed, names } = await production();
  cloud = forkSimulation(deployed, 1);
  const stack = allStacks(cloud).find(({ stackName }) => stackName === `${names.prefix}-region-${REGION}`);
  const made = Object.values(stack?.resources ?? {}).find(({ type }) => type === 'Custom::ForwardRule');
  stackId = stack?.stackId ?? '';
  logicalId = made?.logicalId ?? '';
  arn = made?.physicalId ?? '';
  properties = JSON.parse(cloud.blobs.text(made?.snapshot ?? '')).properties;
});

afterAll(() => noteUse(cloud, 'test/core/forward-rule.slow.test.ts'));

const rules = async () => {
  const call = cloud.call('elasticloadbalancing', 'DescribeRules', { RuleArns: [arn] }, { region: REGION });
  return (await cloud.resolve(call)).Rules ?? [];
};

const weights = async () => {
  const [rule] = await rules();
  return rule?.Actions?.[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight);
};

/** As the controller of blue/green will do it. */
const shift = async (blue: number, green: number) => {
  const [rule] = await rules();
  const forward = rule?.Actions?.[0]?.ForwardConfig;
  const [one, other] = forward?.TargetGroups ?? [];
  const action = {
    Type: 'forward' as const,
    ForwardConfig: {
      ...forward,
      TargetGroups: [
        { ...one, Weight: blue },
        { ...other, Weight: green },
      ],
    },
  };
  const input = { RuleArn: arn, Actions: [action] };
  await cloud.resolve(cloud.call('elasticloadbalancing', 'ModifyRule', input, { region: REGION }));
};

const send = async (RequestType: string, more: object = {}): Promise<unknown> => {
  const event = {
    RequestType,
    ResponseURL: NOWHERE,
    StackId: stackId,
    RequestId: 'from-a-test',
    LogicalResourceId: logicalId,
    PhysicalResourceId: arn,
    ResourceProperties: properties,
    ...more,
  };
  const input = { FunctionName: String(properties.ServiceToken), Payload: Buffer.from(JSON.stringify(event)) };
  const answer = await cloud.resolve(cloud.call('lambda', 'Invoke', input, { region: REGION }));
  return JSON.parse(Buffer.from(answer.Payload ?? []).toString());
};

describe('the forward rule of production', () => {
  it('is known by its ARN and forwards everything to blue', async () => {
    expect(await rules()).toMatchObject([{ RuleArn: arn, Priority: '100', Conditions: [{ Field: 'path-pattern' }] }]);
    expect(await weights()).toEqual([100, 0]);
  });

  it('keeps its live weights through an update of what the template owns, and through the rollback', async () => {
    await shift(10, 90);
    const changed = { ...properties, Priority: '7', PathPatterns: ['/*', '/api/*'] };
    const updated = { ResourceProperties: changed, OldResourceProperties: properties };
    expect(await send('Update', updated)).toEqual({ status: 'SUCCESS' });
    expect(await rules()).toMatchObject([
      { Priority: '7', Conditions: [{ PathPatternConfig: { Values: ['/*', '/api/*'] } }] },
    ]);
    expect(await weights()).toEqual([10, 90]);

    expect(await send('Update', { OldResourceProperties: changed })).toEqual({ status: 'SUCCESS' });
    expect(await rules()).toMatchObject([{ Priority: '100', Conditions: [{ PathPatternConfig: { Values: ['/*'] } }] }]);
    expect(await weights()).toEqual([10, 90]);
  });

  it('is made once, and deleted once', async () => {
    expect(await send('Create', { PhysicalResourceId: undefined })).toEqual({ status: 'SUCCESS' });
    expect(await weights()).toEqual([10, 90]);
    expect(await send('Delete')).toEqual({ status: 'SUCCESS' });
    await expect(rules()).rejects.toThrow('not found');
    expect(await send('Delete')).toEqual({ status: 'SUCCESS' });
  });
});
