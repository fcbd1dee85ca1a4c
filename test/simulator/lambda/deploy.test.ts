/** Functions made and changed, by the API and by templates. */
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import type { ResourceContext } from '../../../simulator/cloudformation/resource.ts';
import { resources } from '../../../simulator/cloudformation/resources/lambda.ts';
import { createFunction, invoke, lambdaCloud, region } from './functions.ts';

const bucket = 'cdk-hnb659fds-assets-111111111111-us-east-1';

describe('deploying a function', () => {
  it('takes its code from an asset in S3', async () => {
    const asset = JSON.stringify({ 'index.cjs': 'exports.handler = async () => __filename;', 'readme.txt': '' });
    const cloud = await lambdaCloud([], { [`${bucket}/h.zip`]: asset });
    await createFunction(cloud, '', { Code: { S3Bucket: bucket, S3Key: 'h.zip' } });
    expect((await invoke(cloud)).payload).toBe('/var/task/index.cjs');
  });

  it('fails as on AWS when the object is missing, the role does not trust it, or the name is taken', async () => {
    const cloud = await lambdaCloud();
    const invalid = { code: 'InvalidParameterValueException' };
    const missing = { Code: { S3Bucket: bucket, S3Key: 'none.zip' } };
    await expect(createFunction(cloud, '', missing)).rejects.toMatchObject(invalid);
    const stranger = { Role: 'arn:aws:iam::111111111111:role/none' };
    await expect(createFunction(cloud, '', stranger)).rejects.toMatchObject(invalid);
    await expect(createFunction(cloud, '', { Timeout: 901 })).rejects.toMatchObject(invalid);
    const reserved = { Environment: { Variables: { AWS_REGION: 'x' } } };
    await expect(createFunction(cloud, '', reserved)).rejects.toMatchObject(invalid);
    await createFunction(cloud, '');
    await expect(createFunction(cloud, '')).rejects.toMatchObject({ code: 'ResourceConflictException' });
  });

  it('refuses by name what is not modelled', async () => {
    const cloud = await lambdaCloud();
    const layers = { Layers: ['arn:aws:lambda:us-east-1:111111111111:layer:x:1'] };
    await expect(createFunction(cloud, '', layers)).rejects.toThrow('Layers of a function is not modelled');
    await expect(createFunction(cloud, '', { Runtime: 'python3.13' })).rejects.toThrow("runtime 'python3.13'");
  });

  it('replaces warm containers when code or configuration changes', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, 'let n = 0; exports.handler = async () => [++n, process.env.A];');
    await invoke(cloud);
    const change = { FunctionName: 'f', Environment: { Variables: { A: 'b' } } };
    await cloud.call('lambda', 'UpdateFunctionConfiguration', change, { region });
    expect((await invoke(cloud)).payload).toEqual([1, 'b']);
    const ZipFile = new TextEncoder().encode(JSON.stringify({ 'index.js': 'exports.handler = async () => "new";' }));
    await cloud.call('lambda', 'UpdateFunctionCode', { FunctionName: 'f', ZipFile }, { region });
    expect((await invoke(cloud)).payload).toBe('new');
    await cloud.call('lambda', 'DeleteFunction', { FunctionName: 'f' }, { region });
    await expect(invoke(cloud)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('finds a function by name, by partial and by whole ARN', async () => {
    const cloud = await lambdaCloud();
    await createFunction(cloud, '');
    const arn = 'arn:aws:lambda:us-east-1:111111111111:function:f';
    for (const FunctionName of ['f', '111111111111:function:f', arn, `${arn}:$LATEST`]) {
      const { Configuration } = await cloud.call('lambda', 'GetFunction', { FunctionName }, { region });
      expect(Configuration?.FunctionArn).toBe(arn);
    }
    const version = cloud.call('lambda', 'GetFunction', { FunctionName: `${arn}:7` }, { region });
    await expect(version).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

describe('the CloudFormation types', () => {
  function resource(cloud: Cloud, type: string, properties: Record<string, unknown>) {
    const model = resources[`AWS::Lambda::${type}`];
    if (!model || !('create' in model) || !model.create) throw new Error(`no type ${type}`);
    const context: ResourceContext = {
      ...{
        cloud,
        region,
        account: cloud.state.account,
        stackName: 's',
        stackId: 'arn:s',
        logicalId: type,
        tags: { team: 'x' },
      },
      physicalName: () => `s-${type}-1`,
      call: (service, operation, input) => cloud.call(service, operation, input, { region }),
    };
    return model.create(properties, context);
  }

  it('make a function with inline code, its permission and its retries', async () => {
    const cloud = await lambdaCloud();
    const made = await resource(cloud, 'Function', {
      ...{ Runtime: 'nodejs24.x', Handler: 'index.handler', Role: 'arn:aws:iam::111111111111:role/functions' },
      ...{ Code: { ZipFile: 'exports.handler = async () => process.env.A;' }, Environment: { Variables: { A: 'b' } } },
      ...{ Timeout: '10', FunctionName: 'f', ReservedConcurrentExecutions: 2, Tags: [{ Key: 'team', Value: 'x' }] },
    });
    expect(made).toEqual({
      physicalId: 'f',
      attributes: { Arn: 'arn:aws:lambda:us-east-1:111111111111:function:f' },
    });
    const SourceArn = 'arn:aws:events:us-east-1:111111111111:rule/r';
    const permission = {
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      FunctionName: made.physicalId,
    };
    await resource(cloud, 'Permission', { ...permission, SourceArn });
    await resource(cloud, 'EventInvokeConfig', { FunctionName: 'f', Qualifier: '$LATEST', MaximumRetryAttempts: '0' });
    const rule = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: SourceArn } as const;
    expect((await invoke(cloud, {}, rule)).payload).toBe('b');
    const { Configuration, Concurrency, Tags } = await cloud.call(
      'lambda',
      'GetFunction',
      { FunctionName: 'f' },
      { region },
    );
    expect({ Configuration, Concurrency, Tags }).toMatchObject({
      Configuration: { Timeout: 10 },
      Concurrency: { ReservedConcurrentExecutions: 2 },
      Tags: { team: 'x' },
    });
    const retries = await cloud.call('lambda', 'GetFunctionEventInvokeConfig', { FunctionName: 'f' }, { region });
    expect(retries.MaximumRetryAttempts).toBe(0);
  });
});
