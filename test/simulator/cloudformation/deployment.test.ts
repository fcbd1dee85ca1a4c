/** A cloud assembly on its way into stacks: their order, regions, parameters and assets, and what is refused beforehand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { bootstrap } from '../../../simulator/cloudformation/bootstrap.ts';
import { deployWith } from '../../../simulator/cloudformation/deployment.ts';
import { ACCOUNT, fakeCloud, fakeTypes, REGION } from './fakes.ts';

const PLACEHOLDER = '111111111111';
let directory: string;
let cloud: Cloud;
let types: ReturnType<typeof fakeTypes>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'assembly-'));
  cloud = fakeCloud();
  types = fakeTypes();
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(path: string, contents: unknown): void {
  const absolute = join(directory, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(
    absolute,
    contents instanceof Uint8Array ? contents : typeof contents === 'string' ? contents : JSON.stringify(contents),
  );
}

const stackArtifact = (name: string, region: string, dependencies: string[] = [], properties: object = {}) => ({
  type: 'aws:cloudformation:stack',
  environment: `aws://${PLACEHOLDER}/${region}`,
  dependencies,
  properties: { templateFile: `${name}.template.json`, ...properties },
});

/** Writes an assembly of stacks with one thing each. */
function writeAssembly(artifacts: Record<string, ReturnType<typeof stackArtifact>>, properties: object = {}): void {
  write('manifest.json', { version: '48.0.0', artifacts });
  for (const id of Object.keys(artifacts)) {
    write(`${id}.template.json`, {
      Resources: { [`In${id}`]: { Type: 'Test::Plain::Thing', Properties: properties } },
    });
  }
}

const deploy = (options = {}) => deployWith(cloud, directory, types.table, options);
const objects = () => cloud.stateOf<{ objects: Record<string, string> }>(cloud.services.get('s3')!, REGION).objects;

describe('deploying a cloud assembly', () => {
  test('makes stacks after those they need, each in its region', async () => {
    writeAssembly({
      B: stackArtifact('B', 'us-east-2', ['A']),
      A: stackArtifact('A', REGION),
      C: stackArtifact('C', REGION),
    });
    const results = await deploy();
    expect(results.map(({ stackName, region, status }) => [stackName, region, status])).toEqual([
      ['A', REGION, 'CREATE_COMPLETE'],
      ['B', 'us-east-2', 'CREATE_COMPLETE'],
      ['C', REGION, 'CREATE_COMPLETE'],
    ]);
    expect(results[1]?.resources).toEqual([
      expect.objectContaining({ logicalId: 'InB', type: 'Test::Plain::Thing', model: 'modelled' }),
    ]);
  });

  test('takes stacks in the order asked for, where their needs allow it', async () => {
    writeAssembly({
      A: stackArtifact('A', REGION),
      B: stackArtifact('B', REGION, ['A']),
      C: stackArtifact('C', REGION),
    });
    const results = await deploy({ stackOrder: ['B', 'C'] });
    expect(results.map(({ stackName }) => stackName)).toEqual(['C', 'A', 'B']);
    await expect(deploy({ stackOrder: ['Z'] })).rejects.toThrow('no stack Z in the assembly');
  });

  test("puts the cloud's account in place of the assembly's", async () => {
    writeAssembly(
      { A: stackArtifact('A', REGION) },
      { Arn: `arn:aws:sns:us-west-2:${PLACEHOLDER}:t`, Not: `9${PLACEHOLDER}` },
    );
    await deploy();
    expect(types.made[0]?.properties).toEqual({ Arn: `arn:aws:sns:us-west-2:${ACCOUNT}:t`, Not: `9${PLACEHOLDER}` });
  });

  test('hands parameters and tags to each stack, and parameters given here come first', async () => {
    writeAssembly({
      A: stackArtifact('A', REGION, [], { parameters: { X: 'manifest', Y: 'manifest' }, tags: { team: 'ops' } }),
    });
    write('A.template.json', {
      Parameters: { X: { Type: 'String' }, Y: { Type: 'String' } },
      Resources: { T: { Type: 'Test::Plain::Thing', Properties: { X: { Ref: 'X' }, Y: { Ref: 'Y' } } } },
      Outputs: { Team: { Value: { 'Fn::Select': [0, ['ops']] } } },
    });
    const [stack] = await deploy({ parameters: { A: { Y: 'option' } } });
    expect(types.made[0]?.properties).toEqual({ X: 'manifest', Y: 'option' });
    expect(stack?.outputs).toEqual({ Team: 'ops' });
  });

  test('puts assets into the bucket that the bootstrap made, a directory as one JSON text', async () => {
    await bootstrap(cloud);
    writeAssembly({ A: stackArtifact('A', REGION, ['A.assets']) });
    const manifest = JSON.stringify({
      version: '48.0.0',
      artifacts: {
        'A.assets': { type: 'cdk:asset-manifest', properties: { file: 'A.assets.json' } },
        A: stackArtifact('A', REGION, ['A.assets']),
      },
    });
    write('manifest.json', manifest);
    const destination = (key: string) => ({
      here: { bucketName: 'cdk-hnb659fds-assets-${AWS::AccountId}-us-west-2', objectKey: key, region: REGION },
    });
    write('A.assets.json', {
      files: {
        one: { source: { path: 'asset.one', packaging: 'zip' }, destinations: destination('one.zip') },
        two: { source: { path: 'two.json', packaging: 'file' }, destinations: destination('two.json') },
      },
    });
    write('asset.one/index.cjs', 'exports.handler = 1;');
    write('asset.one/lib/more.cjs', '// more');
    write('two.json', '{}');
    await deploy();
    expect(objects()).toEqual({
      [`cdk-hnb659fds-assets-${ACCOUNT}-us-west-2/one.zip`]:
        '{"index.cjs":"exports.handler = 1;","lib/more.cjs":"// more"}',
      [`cdk-hnb659fds-assets-${ACCOUNT}-us-west-2/two.json`]: '{}',
    });
  });

  test('names every unmodelled resource of every stack at once, before anything is made', async () => {
    writeAssembly({ A: stackArtifact('A', REGION), B: stackArtifact('B', 'us-east-2'), C: stackArtifact('C', REGION) });
    write('B.template.json', { Resources: { X: { Type: 'AWS::Pinpoint::App' }, Y: { Type: 'Test::Plain::Thing' } } });
    write('C.template.json', { Resources: { Z: { Type: 'AWS::IoT::Thing' } } });
    await expect(deploy()).rejects.toThrow('stack B: X (AWS::Pinpoint::App); stack C: Z (AWS::IoT::Thing)');
    expect(types.made).toEqual([]);
  });

  const refused: [title: string, artifacts: Record<string, ReturnType<typeof stackArtifact>>, message: string][] = [
    ['a region that the cloud does not have', { A: stackArtifact('A', 'eu-west-1') }, 'stack A is for eu-west-1'],
    ['no region', { A: stackArtifact('A', 'unknown-region') }, 'stack A has no region'],
    [
      'stacks in a circle',
      { A: stackArtifact('A', REGION, ['B']), B: stackArtifact('B', REGION, ['A']) },
      'need each other: A, B',
    ],
  ];
  test.each(refused)('refuses %s', async (_title, artifacts, message) => {
    writeAssembly(artifacts);
    await expect(deploy()).rejects.toThrow(message);
  });
});
