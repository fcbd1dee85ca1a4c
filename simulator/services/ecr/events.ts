/** Events of ECR on the default bus (ECR user guide, "Amazon ECR events and EventBridge"): best effort, so faults lose and double them. */
import { publishServiceEvent } from '../../eventbridge/bus.ts';
import { tagsOf } from './images.ts';
import { artifactTypeIn } from './manifests.ts';
import { type EcrContext, type Image, type Repository, repositoryArn } from './state.ts';

/** A push, of each manifest and each tag; untagged ones (platforms of an index, signatures) with an empty tag. */
export const publishPush = (context: EcrContext, repository: Repository, image: Image, tag: string | undefined): void =>
  publishAction(context, 'PUSH', repository, image, tag);

/** A deletion, by a client or by a lifecycle policy. To be called before the image is gone. */
export function publishDelete(context: EcrContext, repository: Repository, image: Image): void {
  const tags = tagsOf(repository, image);
  for (const tag of tags.length === 0 ? [undefined] : tags) publishAction(context, 'DELETE', repository, image, tag);
}

function publishAction(
  context: EcrContext,
  action: 'PUSH' | 'DELETE',
  repository: Repository,
  image: Image,
  tag: string | undefined,
): void {
  publishServiceEvent(context, {
    source: 'aws.ecr',
    detailType: 'ECR Image Action',
    detail: {
      result: 'SUCCESS',
      'repository-name': repository.name,
      'image-digest': image.digest,
      'action-type': action,
      'image-tag': tag ?? '',
      'manifest-media-type': image.mediaType,
      'artifact-media-type': artifactTypeIn(image.manifest),
    },
  });
}

/** The end of a basic scan, whatever it was. */
export function publishScan(context: EcrContext, repository: Repository, image: Image): void {
  publishServiceEvent(context, {
    source: 'aws.ecr',
    detailType: 'ECR Image Scan',
    resources: [repository.arn],
    detail: {
      'scan-status': image.scan?.status,
      'repository-name': repository.name,
      'image-digest': image.digest,
      'image-tags': tagsOf(repository, image),
      'finding-severity-counts': { ...image.scan?.findings },
    },
  });
}

/** A copy that has arrived, told in the region where it arrived. */
export function publishReplication(
  context: EcrContext,
  copy: { region: string; repositoryName: string; digest: string; tag: string | undefined },
): void {
  const service = context.cloud.services.get('ecr');
  if (!service) return;
  const there = context.cloud.context(service, copy.region, { kind: 'service', principal: 'ecr.amazonaws.com' });
  publishServiceEvent(there, {
    source: 'aws.ecr',
    detailType: 'ECR Replication Action',
    resources: [repositoryArn(there, copy.repositoryName)],
    detail: {
      result: 'SUCCESS',
      'repository-name': copy.repositoryName,
      'image-digest': copy.digest,
      'source-account': context.account,
      'action-type': 'REPLICATE',
      'source-region': context.region,
      'image-tag': copy.tag ?? '',
    },
  });
}
