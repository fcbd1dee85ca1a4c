/** What the adapter reads of the signatures beside an image, through the SDK's own client, and what it does not take. */
import type { ECRClient } from '@aws-sdk/client-ecr';
import { beforeEach, describe, expect, it } from 'vitest';
import { verifySignature } from '../../functions/blue-green/verify-signature.ts';
import { signaturesOf } from '../../functions/shared/aws/image-signatures.ts';
import type { Web } from '../../functions/shared/ports.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { ecr } from '../../simulator/services/ecr/index.ts';
import { downloadLayer, isLayerUrl } from '../../simulator/services/ecr/layers.ts';
import { pushImage } from '../../simulator/services/ecr/push.ts';
import { SIMULATED_ROOT } from '../../simulator/services/signer/authorities.ts';
import { signer } from '../../simulator/services/signer/index.ts';
import { pushRelease, worldParts } from '../../simulator/world/index.ts';
import { makeCloud, west } from '../simulator/eventbridge/harness.ts';
import { sdkClient } from '../simulator/wire/sdk.ts';

const options = { region: west };
const repositoryName = 'orders';
const profileArn = `arn:aws:signer:${west}:111122223333:/signing-profiles/orders`;
let cloud: Cloud;
let digest: string;
/** What was asked of the web. */
let asked: { url: URL; range: string | undefined }[];

beforeEach(async () => {
  cloud = makeCloud(1, [ecr, signer, ...worldParts]);
  asked = [];
  await cloud.call('ecr', 'CreateRepository', { repositoryName }, options);
  pushImage(cloud, west, repositoryName, { blobHash: cloud.blobs.put('module.exports = 1'), tags: ['1.0.0'] });
  const profile = { profileName: 'orders', platformId: 'Notation-OCI-SHA384-ECDSA' };
  await cloud.call('signer', 'PutSigningProfile', profile, options);
  const signingConfiguration = { rules: [{ signingProfileArn: profileArn }] };
  await cloud.call('ecr', 'PutSigningConfiguration', { signingConfiguration }, options);
  ({ digest } = await pushRelease(cloud, { region: west, repository: repositoryName, tags: ['2.0.0'] }));
});

const web: Web = {
  async send({ url: text, headers = {} }) {
    const url = new URL(text);
    asked.push({ url, range: headers.range });
    if (!isLayerUrl(url)) return null;
    const { status, body } = downloadLayer(cloud, url, headers);
    return { status, headers: {}, body: Buffer.from(body).toString() };
  },
};
const read = (by: Web = web) =>
  signaturesOf(repositoryName, digest, by)(sdkClient(cloud, 'ecr', options) as unknown as ECRClient);

/** Somebody who may push puts an artifact about the image beside it. */
const putBeside = (layers: readonly object[], more: object = {}) => {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const config = { mediaType: 'application/vnd.cncf.notary.signature', digest: `sha256:${'0'.repeat(64)}`, size: 2 };
  const imageManifest = JSON.stringify({ mediaType, config, layers, subject: { digest }, ...more });
  return cloud.call('ecr', 'PutImage', { repositoryName, imageManifest }, options);
};
const layer = (text: string, size = text.length) => ({
  mediaType: 'application/jose+json',
  digest: `sha256:${cloud.blobs.put(text)}`,
  size,
});
const problems = async () =>
  (await read())?.signatures.map((view) => ('problem' in view ? view.problem : view.mediaType));

describe('the signatures beside an image', () => {
  it('are none until it is signed', async () => {
    expect(await read()).toBeNull();
  });

  it('are what the registry’s managed signing put there, and prove that it signed this image', async () => {
    await cloud.advance(30_000);
    const found = (await read())!;
    expect(found.artifact).toMatchObject({ digest, mediaType: 'application/vnd.oci.image.manifest.v1+json' });
    const trust = { signingRoots: [SIMULATED_ROOT], signingProfiles: [profileArn] };
    const [view] = found.signatures;
    expect(verifySignature(view!, found.artifact, trust, cloud.now)).toMatchObject({ action: 'verified' });
    expect(asked).toMatchObject([{ range: 'bytes=0-65535' }]);
  });

  it('cannot be fetched by a URL that was changed, or an hour later', async () => {
    await cloud.advance(30_000);
    await read();
    const { url } = asked[0]!;
    const changed = new URL(url);
    changed.searchParams.set('X-Amz-Expires', '9999999999999');
    expect(downloadLayer(cloud, url, {}).status).toBe(200);
    expect(downloadLayer(cloud, changed, {}).status).toBe(403);
    await cloud.advance(3_600_001);
    expect(downloadLayer(cloud, url, {}).status).toBe(403);
  });

  it.each<[string, () => readonly object[], RegExp]>([
    ['no envelope', () => [], /has not one envelope/],
    ['two envelopes', () => [layer('a'), layer('b')], /has not one envelope/],
    ['an envelope that says it is huge', () => [layer('a', 65_537)], /is of 65537 bytes/],
    ['an envelope that is larger than it says', () => [layer('x'.repeat(70_000), 9)], /is not what the manifest says/],
  ])('are not believed, nor in each other’s way, when one has %s', async (_what, layers, says) => {
    await putBeside(layers());
    await cloud.advance(30_000);
    const [first, second] = [...((await problems()) ?? [])].sort();
    expect(first).toBe('application/jose+json');
    expect(second).toMatch(says);
  });

  it.each<[string, Web, RegExp]>([
    ['does not answer', { send: async () => null }, /does not come: no answer/],
    ['answers with an error', { send: async () => ({ status: 503, headers: {}, body: '' }) }, /does not come: 503/],
    ['answers with something else', { send: async () => ({ status: 200, headers: {}, body: '{}' }) }, /is not what/],
  ])('are unknown when S3 %s', async (_what, by, says) => {
    await cloud.advance(30_000);
    expect((await read(by))?.signatures).toMatchObject([{ envelope: null, problem: expect.stringMatching(says) }]);
  });
});
