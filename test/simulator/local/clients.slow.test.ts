/** Real SDK clients of every protocol over real sockets to the local endpoint. */
import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, sdk, servedCloud } from './endpoint.ts';

let served: Served;
beforeAll(async () => {
  served = await servedCloud();
});
afterAll(() => served.stop());

describe('real SDK clients on the local endpoint', () => {
  it('answers each protocol: JSON, query, EC2, REST-JSON, REST-XML', async () => {
    const name = 'orders';
    await sdk('ssm', served).call('PutParameter', { Name: '/x', Type: 'String', Value: 'y' });
    const parameter = await sdk('ssm', served).call('GetParameter', { Name: '/x' });
    expect(parameter.Parameter).toMatchObject({ Value: 'y' });
    expect(await sdk('sts', served).call('GetCallerIdentity')).toMatchObject({ Account: '111111111111' });
    expect(await sdk('ec2', served).call('DescribeInstances')).toMatchObject({ $metadata: { httpStatusCode: 200 } });
    await expect(sdk('lambda', served).call('GetFunction', { FunctionName: name })).rejects.toThrow(
      'Function not found',
    );
    const zone = await sdk('route-53', served).call('CreateHostedZone', { Name: 'a.example', CallerReference: '1' });
    expect(zone.HostedZone).toMatchObject({ Name: 'a.example.' });
    const sns = sdk('sns', served);
    expect(await sns.call('CreateTopic', { Name: name })).toMatchObject({
      TopicArn: `arn:aws:sns:us-east-2:111111111111:${name}`,
    });
  });

  it('serves every region on the one port', async () => {
    for (const region of ['us-east-2', 'us-west-2']) {
      await sdk('ssm', served, { region }).call('PutParameter', { Name: '/where', Type: 'String', Value: region });
    }
    const west = await sdk('ssm', served, { region: 'us-west-2' }).call('GetParameter', { Name: '/where' });
    expect(west.Parameter).toMatchObject({ Value: 'us-west-2' });
    await expect(sdk('ssm', served, { region: 'eu-west-1' }).call('GetParameter', { Name: '/where' })).rejects.toThrow(
      "region 'eu-west-1' is not part of this cloud",
    );
  });

  it('takes objects by path, by host, in chunks and large, and gives them back unchanged', async () => {
    const s3 = sdk('s3', served);
    await s3.call('CreateBucket', { Bucket: 'assets', CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } });
    const large = Buffer.alloc(12 * 1024 * 1024, 'abcdefgh');
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']) {
      await s3.call('PutObject', { Bucket: 'assets', Key: 'a b/ü+1.txt', Body: 'text', ChecksumAlgorithm });
    }
    await s3.call('PutObject', { Bucket: 'assets', Key: 'large', Body: large });
    // The SDK puts the bucket into the host's name when that is no address; not every resolver knows such names.
    const agent = new Agent({ lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]) });
    const local = sdk('s3', { url: `http://localhost:${served.port}` }, { requestHandler: { httpAgent: agent } });
    const answer = await s3.call('GetObject', { Bucket: 'assets', Key: 'large' });
    const bytes = await (answer.Body as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray();
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(createHash('sha256').update(large).digest('hex'));
    expect(await local.call('ListObjectsV2', { Bucket: 'assets' })).toMatchObject({ KeyCount: 2 });
  });
});
