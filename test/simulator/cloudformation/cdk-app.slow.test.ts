/** What the CDK synthesizes is what CloudFormation here deploys: two stacks in two regions, an asset, a role across them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrap } from '../../../simulator/cloudformation/bootstrap.ts';
import { deployWith, type StackResult } from '../../../simulator/cloudformation/deployment.ts';
import type { IamState } from '../../../simulator/iam/state.ts';
import { ACCOUNT, fakeCloud, fakeTypes, REGION } from './fakes.ts';

const cloud = fakeCloud();
const types = fakeTypes();
let directory: string;
let results: StackResult[];

/** Two stacks in two regions; the second reads an output of the first, and its role may use what the first made. */
function synthesize(outdir: string): string {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const first = new Stack(app, 'First', { env: { account: '111111111111', region: REGION }, tags: { team: 'ops' } });
  const thing = new CfnResource(first, 'Thing', { type: 'Test::Plain::Thing', properties: { Name: first.stackName } });
  const asset = new Asset(first, 'Code', { path: import.meta.dirname });
  new CfnResource(first, 'UsesCode', {
    type: 'Test::Plain::Thing',
    properties: { Key: asset.s3ObjectKey, Bucket: asset.s3BucketName },
  });
  new CfnOutput(first, 'ThingArn', { value: thing.getAtt('Arn').toString() });
  const second = new Stack(app, 'Second', { env: { account: '111111111111', region: 'us-east-2' } });
  second.addStackDependency(first);
  const role = new Role(second, 'Reader', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole')],
  });
  const arn = Fn.getStackOutput('First', 'ThingArn', REGION).toString();
  role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [arn] }));
  app.synth();
  return outdir;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  await bootstrap(cloud);
  results = await deployWith(cloud, synthesize(directory), types.table);
});
afterAll(() => rmSync(directory, { recursive: true }));

test('a synthesized CDK app is deployed, its bootstrap check included', () => {
  expect(results.map(({ stackName, status }) => [stackName, status])).toEqual([
    ['First', 'CREATE_COMPLETE'],
    ['Second', 'CREATE_COMPLETE'],
  ]);
  expect(types.made[0]?.properties).toEqual({ Name: 'First' });
});

test('the code asset is in the bucket under the key that the template names', () => {
  const { Key, Bucket } = types.made[1]!.properties as { Key: string; Bucket: string };
  const { objects } = cloud.stateOf<{ objects: Record<string, string> }>(cloud.services.get('s3')!, REGION);
  expect(Bucket).toBe(`cdk-hnb659fds-assets-${ACCOUNT}-us-west-2`);
  expect(Object.keys(JSON.parse(objects[`${Bucket}/${Key}`] ?? '{}'))).toContain('fakes.ts');
});

test('the role has its policies, with the ARN that the other stack gave out', () => {
  const { roles } = cloud.stateOf<IamState>(cloud.services.get('iam')!, 'us-east-1');
  const role = Object.values(roles)[0];
  expect(role?.attached).toEqual(['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']);
  expect(JSON.parse(Object.values(role?.inline ?? {})[0] ?? '{}')).toMatchObject({
    Statement: [{ Action: 'sns:Publish', Resource: results[0]?.outputs.ThingArn }],
  });
});
