/** A template that cannot be deployed: what is wrong, where, and whose it is to mend. */
import { describe, expect, it } from 'vitest';
import { deployAssemblyInto } from '../../console/deployment/deploy.ts';
import { changedAssembly, type Template } from '../assembly-copies.ts';

/** Deploys production with one change to the stack of the witness. Resolves to the error. */
const deployWith = (change: (resources: Template['Resources']) => void): Promise<unknown> =>
  deployAssemblyInto(
    changedAssembly(({ Resources }) => {
      if (Object.keys(Resources).some((id) => id.startsWith('Authority'))) change(Resources);
    }),
    'prod',
  ).catch((error: Error) => error);

describe('a template', { timeout: 60_000 }, () => {
  it('with a resource that is not modelled is refused, naming stack, resource and type', async () => {
    const error = await deployWith((resources) => {
      resources.Jobs = { Type: 'AWS::Kinesis::Stream', Properties: {} };
    });
    expect(error).toMatchObject({
      name: 'UsageProblem',
      message: expect.stringMatching(
        /^template: .*orders-prod-witness-us-east-1.*Jobs.*AWS::Kinesis::Stream.*KNOWN-GAPS\.md$/,
      ),
    });
  });

  it('with a property that is not modelled is refused, naming it', async () => {
    const error = await deployWith((resources) => {
      resources.Told = {
        Type: 'AWS::SNS::Topic',
        Properties: { FifoTopic: true, TopicName: 'told.fifo' },
      };
    });
    expect(error).toMatchObject({ name: 'UsageProblem', message: expect.stringMatching(/^template: .*Told.*[Ff]ifo/) });
  });

  it('that CloudFormation refuses is refused in its words', async () => {
    const error = await deployWith((resources) => {
      resources.Told = { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Nobody' } } };
    });
    expect(error).toMatchObject({ name: 'UsageProblem', message: expect.stringMatching(/^template: .*Nobody/) });
  });

  it('whose resource fails on the way is an application that does not come up', async () => {
    const error = await deployWith((resources) => {
      const [id = ''] = Object.entries(resources).find(([, { Type }]) => Type === 'AWS::S3::Bucket') ?? [];
      resources.Twin = structuredClone(resources[id]) as Template['Resources'][string];
    });
    expect(error).toMatchObject({
      name: 'DoesNotComeUp',
      message: expect.stringMatching(/orders-prod-witness-us-east-1.*: (Twin|LatchBucket\w+): AWS::S3::Bucket: /),
    });
  });
});
