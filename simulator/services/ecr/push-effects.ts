/** What a push sets going beside the image itself: its event, a scan, signatures, copies. Called for each PutImage. */
import { publishPush } from './events.ts';
import { isRunnable } from './manifests.ts';
import { startReplication } from './replication.ts';
import { startScan } from './scanning.ts';
import { startSigning } from './signing.ts';
import type { EcrContext, Image, Repository } from './state.ts';

export interface Push {
  readonly repository: Repository;
  readonly image: Image;
  readonly tag: string | undefined;
  /** The manifest was not there before; otherwise only a tag is. */
  readonly isNew: boolean;
}

export function afterPush(context: EcrContext, { repository, image, tag, isNew }: Push): void {
  publishPush(context, repository, image, tag);
  if (isNew && repository.scanOnPush && isRunnable(image)) startScan(context, repository, image);
  if (isNew) startSigning(context, repository, image);
  startReplication(context, repository, image, tag);
}
