/** How an instance gets its release: the digest that its colour's parameter names, then that image from the registry. */
import type { Cloud } from '../cloud.ts';
import { NotModelled } from '../errors.ts';
import type { Caller } from '../service.ts';

export interface Release {
  readonly digest: string;
  /** The application's bundle in `cloud.blobs`. */
  readonly codeHash: string;
  /** The other files of its package, by path beside it. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Where {
  readonly region: string;
  readonly caller: Caller;
  readonly digestParameter: string;
  readonly repository: string;
}

/**
 * With the instance's own rights and in its own region, as `docker pull` after `aws ssm get-parameter`. Of the pull, the
 * look at the image's manifest is modelled; the registry's token and the download of layers are not.
 * @throws AwsError when the parameter or the image is missing or may not be read, ImageMissing, Unreachable
 */
export async function pullRelease(cloud: Cloud, where: Where): Promise<Release> {
  const { region, caller, digestParameter: Name, repository: repositoryName } = where;
  const options = { region, caller };
  const parameter = await cloud.call('ssm', 'GetParameter', { Name }, options);
  return pullImage(cloud, {
    region,
    caller,
    repository: repositoryName,
    imageDigest: parameter.Parameter?.Value ?? '',
  });
}

export interface Pull {
  readonly region: string;
  readonly caller: Caller;
  readonly repository: string;
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/**
 * By digest or tag; of an index, the manifest of linux/amd64 is taken, and the index stays what is named as the release.
 * @throws AwsError, ImageMissing, Unreachable
 */
export async function pullImage(cloud: Cloud, pull: Pull): Promise<Release> {
  const { repository: repositoryName, imageDigest, imageTag, ...options } = pull;
  const named = `${repositoryName}${imageDigest === undefined ? `:${imageTag}` : `@${imageDigest}`}`;
  const read = async (imageId: { imageDigest?: string | undefined; imageTag?: string | undefined }) => {
    const input = { repositoryName, imageIds: [imageId] };
    const { images, failures } = await cloud.call('ecr', 'BatchGetImage', input, options);
    const [image] = images ?? [];
    if (!image?.imageManifest) throw new ImageMissing(`${named}: ${failures?.[0]?.failureReason ?? 'no image'}`);
    return { manifest: image.imageManifest, digest: image.imageId?.imageDigest ?? '' };
  };
  const { manifest, digest } = await read({ imageDigest, imageTag });
  const { manifests } = JSON.parse(manifest) as { manifests?: readonly Platform[] };
  if (manifests === undefined) return { digest, ...packageOf(manifest, named) };
  const platform = manifests.find((one) => one.platform?.os === 'linux' && one.platform.architecture === 'amd64');
  if (!platform) throw new ImageMissing(`${named}: no manifest of linux/amd64`);
  return { digest, ...packageOf((await read({ imageDigest: platform.digest })).manifest, named) };
}

/** An entry of an index (OCI image index specification). */
interface Platform {
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** The registry has no such image (yet). */
export class ImageMissing extends Error {
  override readonly name = 'ImageMissing';
}

/**
 * A simulated image has one layer for each file of the bundle's package (services/ecr/push.ts): the digest is the text's
 * hash in `cloud.blobs`; all but the first, which is the bundle, have a title.
 */
function packageOf(manifest: string, image: string): Pick<Release, 'codeHash' | 'files'> {
  const { layers = [] } = JSON.parse(manifest) as { layers?: Layer[] };
  const [bundle, ...others] = layers.map(({ digest, annotations }) => ({
    hash: digest.replace(/^sha256:/, ''),
    path: annotations?.['org.opencontainers.image.title'],
  }));
  if (!bundle || bundle.path !== undefined || others.some(({ path }) => path === undefined)) {
    throw new NotModelled(`${image}: only images that are one bundle with titled files beside it are modelled`);
  }
  return { codeHash: bundle.hash, files: Object.fromEntries(others.map(({ path, hash }) => [path, hash])) };
}

interface Layer {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}
