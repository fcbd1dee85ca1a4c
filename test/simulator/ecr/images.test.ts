/** Images in a repository: by digest and by tag, in their own region only. */
import { expect, test } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { ecr, imageBlob, pushImage } from '../../../simulator/services/ecr/index.ts';
import { manifestOf } from '../../../simulator/services/ecr/push.ts';

const [west, ohio] = ['us-west-2', 'us-east-2'] as const;
const options = { region: west };
const repositoryName = 'orders';

async function withRepository(imageTagMutability: 'MUTABLE' | 'IMMUTABLE' = 'MUTABLE'): Promise<Cloud> {
  const cloud = Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [west, ohio],
    services: [ecr],
    startAt: Date.UTC(2026, 0, 1),
  });
  await cloud.call('ecr', 'CreateRepository', { repositoryName, imageTagMutability }, options);
  return cloud;
}

test('a pushed bundle is found by digest, in its region only', async () => {
  const cloud = await withRepository();
  const blobHash = cloud.blobs.put('module.exports = 1');
  const digest = pushImage(cloud, west, repositoryName, { blobHash, tags: ['1.0.0'] });
  expect(imageBlob(cloud, west, repositoryName, digest)).toBe(blobHash);
  expect(imageBlob(cloud, ohio, repositoryName, digest)).toBeNull();
  expect(imageBlob(cloud, west, repositoryName, 'sha256:other')).toBeNull();
  const { imageDetails } = await cloud.call('ecr', 'DescribeImages', { repositoryName }, options);
  expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['1.0.0'] }]);
});

test('a manifest put by the API carries its bundle, and its digest is the same in every region', async () => {
  const cloud = await withRepository();
  const blobHash = cloud.blobs.put('module.exports = 2');
  const imageManifest = manifestOf(blobHash, 18);
  const { image } = await cloud.call('ecr', 'PutImage', { repositoryName, imageManifest, imageTag: 'a' }, options);
  const digest = image?.imageId?.imageDigest ?? '';
  expect(imageBlob(cloud, west, repositoryName, digest)).toBe(blobHash);
  expect(pushImage(cloud, west, repositoryName, { blobHash })).toBe(digest);
  const again = cloud.call('ecr', 'PutImage', { repositoryName, imageManifest, imageTag: 'a' }, options);
  await expect(again).rejects.toMatchObject({ code: 'ImageAlreadyExistsException' });
});

test('an immutable tag stays where it is', async () => {
  const cloud = await withRepository('IMMUTABLE');
  const put = (imageManifest: string) =>
    cloud.call('ecr', 'PutImage', { repositoryName, imageManifest, imageTag: 'v1' }, options);
  await put('{"a":1}');
  await expect(put('{"a":2}')).rejects.toMatchObject({ code: 'ImageTagAlreadyExistsException' });
});

test('missing images and repositories are told apart', async () => {
  const cloud = await withRepository();
  const imageIds = [{ imageTag: 'none' }];
  const { images, failures } = await cloud.call('ecr', 'BatchGetImage', { repositoryName, imageIds }, options);
  expect(images).toEqual([]);
  expect(failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
  await expect(cloud.call('ecr', 'DescribeImages', { repositoryName, imageIds }, options)).rejects.toMatchObject({
    code: 'ImageNotFoundException',
  });
  await expect(cloud.call('ecr', 'DescribeImages', { repositoryName: 'none' }, options)).rejects.toMatchObject({
    code: 'RepositoryNotFoundException',
  });
});
