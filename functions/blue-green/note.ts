/** Writing the record: what was meant to be done before it is done, and what was seen afterwards (blue-green/I24). */
import { type Clock, isoOf } from '../shared/clock.ts';
import type { Chronicle, EntryKind } from '../shared/release-ports.ts';

/** `which` tells two entries of one kind apart, such as two steps. */
export const entryId = (releaseId: string, kind: EntryKind, which: string | number = ''): string =>
  `${releaseId}/${kind}/${which}`;

/**
 * Adds an entry about a release; a repetition of the same adds nothing.
 */
export const note = (
  { chronicle, clock }: { readonly chronicle: Chronicle; readonly clock: Clock },
  releaseId: string,
  kind: EntryKind,
  facts: Readonly<Record<string, unknown>>,
  which: string | number = '',
): Promise<void> =>
  chronicle.append({ id: entryId(releaseId, kind, which), at: isoOf(clock.now()), releaseId, kind, facts });
