/** Events of ECR on the default bus (ECR user guide, "Amazon ECR events and EventBridge"): best effort, so faults lose and double them. */
import { publishServiceEvent } from '../../eventbridge/bus.ts';
import { artifactTypeIn } from './manifests.ts';
import type { EcrContext, Image, Repository } from './state.ts';

/** A push, of each manifest and each tag; untagged ones (platforms of an index, signatures) with an empty tag. */
export function publishPush(context: EcrContext, repository: Repository, image: Image, tag: string | undefined): void {
  publishServiceEvent(context, {
    source: 'aws.ecr',
    detailType: 'ECR Image Action',
    detail: {
      result: 'SUCCESS',
      'repository-name': repository.name,
      'image-digest': image.digest,
      'action-type': 'PUSH',
      'image-tag': tag ?? '',
      'manifest-media-type': image.mediaType,
      'artifact-media-type': artifactTypeIn(image.manifest),
    },
  });
}
