/** The repository's lifecycle policy as the template has it, applied by the registry over two years of pushes. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../infra/config/index.ts';
import { namesOf } from '../../infra/names.ts';
import { images } from '../../infra/stacks/core/images.ts';
import { ecr } from '../../simulator/services/ecr/index.ts';
import { pushImage } from '../../simulator/services/ecr/push.ts';
import { pushRelease, worldParts } from '../../simulator/world/index.ts';
import { makeCloud, west } from '../simulator/eventbridge/harness.ts';

const configuration = loadConfiguration('prod');
const names = namesOf(configuration);
const repositoryName = names.repository;
const DAY_MS = 86_400_000;

let policy: string;
beforeAll(() => {
  const env = { account: '111111111111', region: configuration.regions.serving[0] };
  const stack = new Stack(new App(), 'core', { env });
  images(stack, { configuration, names });
  const [repository] = Object.values(Template.fromStack(stack).findResources('AWS::ECR::Repository'));
  policy = repository?.Properties.LifecyclePolicy.LifecyclePolicyText;
});

/** Tags that are left `days` after these were pushed. '-' is an untagged manifest. */
async function left(days: number, tags: readonly (string | null)[], lifecyclePolicyText: string): Promise<string[]> {
  const cloud = makeCloud(1, [ecr, ...worldParts]);
  await cloud.call('ecr', 'CreateRepository', { repositoryName }, { region: west });
  pushImage(cloud, west, repositoryName, { blobHash: cloud.blobs.put('module.exports = 1'), tags: ['1.0.0'] });
  for (const [index, tag] of tags.entries()) {
    const labels = { build: String(index) };
    const shape = tag?.startsWith('2.') ? 'index' : 'manifest';
    await pushRelease(cloud, { region: west, repository: repositoryName, tags: tag ? [tag] : [], labels, shape });
  }
  await cloud.call('ecr', 'PutLifecyclePolicy', { repositoryName, lifecyclePolicyText }, { region: west });
  await cloud.advance(days * DAY_MS + 60_000);
  const { imageIds = [] } = await cloud.call('ecr', 'ListImages', { repositoryName }, { region: west });
  return imageIds.map(({ imageTag }) => imageTag ?? '-').sort();
}

describe('the repository', () => {
  it('keeps releases, with the manifests that their indexes name, however old and however many', async () => {
    const many = Array.from({ length: 15 }, (_, patch) => `1.1.${patch}`);
    expect(await left(400, [...many, '2.0.0'], policy)).toEqual(['-', '-', '1.0.0', ...many, '2.0.0'].sort());
  });

  it('keeps other builds for thirty days and what was never tagged for a week', async () => {
    const pushed = ['git-0abc', null];
    expect(await left(6, pushed, policy)).toEqual(['-', '1.0.0', 'git-0abc']);
    expect(await left(29, pushed, policy)).toEqual(['1.0.0', 'git-0abc']);
    expect(await left(32, pushed, policy)).toEqual(['1.0.0']);
  });

  it('would lose a release that serves without the rule that keeps releases', async () => {
    const { rules } = JSON.parse(policy) as { rules: { rulePriority: number }[] };
    const without = JSON.stringify({ rules: rules.filter(({ rulePriority }) => rulePriority > 1) });
    expect(await left(32, ['1.1.0'], without)).toEqual([]);
  });
});
