/** Batch operations: up to ten entries with ids of their own, each of which succeeds or fails by itself. */
import { AwsError } from '../../errors.ts';

interface Failed {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/** @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, BatchEntryIdsNotDistinct */
export function batch<Entry extends { Id?: string | undefined }, Done extends object>(
  entries: readonly Entry[] | undefined = [],
  perform: (entry: Entry) => Done,
): { Successful: ({ Id: string } & Done)[]; Failed: Failed[] } {
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', message);
  }
  const ids = entries.map(({ Id = '' }) => Id);
  if (new Set(ids).size < ids.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  const Successful: ({ Id: string } & Done)[] = [];
  const failed: Failed[] = [];
  for (const entry of entries) {
    const { Id = '' } = entry;
    try {
      Successful.push({ Id, ...perform(entry) } as { Id: string } & Done);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed: failed };
}
