/**
 * An image was pushed to a repository. ECR sends it to the default bus of the repository's region, best effort, and
 * also for what nothing can run: signatures, and the untagged manifests under an index. The rule adds repository and
 * tag pattern.
 */
import * as z from 'zod';

/** OCI and Docker, image and index; signatures and attestations have other types or no tag. */
const IMAGE_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;

export const imagePushPattern = {
  source: ['aws.ecr'],
  'detail-type': ['ECR Image Action'],
  detail: {
    result: ['SUCCESS'],
    'action-type': ['PUSH'],
    'image-tag': [{ 'anything-but': '' }],
    'manifest-media-type': IMAGE_TYPES,
  },
} as const;

export const ImagePush = z.object({
  id: z.string().min(1),
  time: z.iso.datetime(),
  detail: z.object({
    'repository-name': z.string().min(1),
    'image-digest': z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest: sha256: and 64 hexadecimal digits'),
    'image-tag': z.string().min(1),
  }),
});

export type ImagePush = z.infer<typeof ImagePush>;
