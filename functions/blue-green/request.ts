/** What one execution of the machine is asked to do; statemachines/blue-green.io.ts is its schema. */
import type { Candidate, ImageView } from '../shared/release-ports.ts';
import { schemaOf } from './schema.ts';

export interface Request {
  readonly releaseId: string;
  readonly kind: Candidate['kind'] | 'roll-back';
  /** Of the platform. */
  readonly digest: string;
  readonly tag: string | null;
  readonly by: string;
  readonly reason: string;
  readonly requestedAt: string;
  /** The last fence that was given when it was started. */
  readonly fence: number;
  readonly schema: { readonly min: number; readonly max: number } | null;
  readonly revision: string | null;
  readonly revisedAt: string | null;
  /** Percent of the users at each step, and whether a person is asked before the first. */
  readonly steps: readonly number[];
  readonly approval: boolean;
}

/** Step Functions allows 80 characters of these (StartExecution, "name"). */
const NAME_LENGTH_MAX = 80;
const NAME_LENGTH_KEPT = 60;

/**
 * The same release with the same fence is one execution. A release that begins again (after a freeze) finds a higher
 * fence, and so another name: names stay taken for 90 days.
 */
export const executionName = (releaseId: string, fence: number): string =>
  `${plain(releaseId).slice(0, NAME_LENGTH_KEPT)}-${fence}`.slice(0, NAME_LENGTH_MAX);

/**
 * Of the clean-up after an execution, by its name: whoever starts it first, an event that comes twice or the reconciler,
 * there is one. An execution that is redriven ends more than once.
 */
export const cleanUpName = (execution: string, stoppedAt: number): string =>
  `ended-${plain(execution).slice(0, 50)}-${stoppedAt}`;

export const plain = (text: string): string => text.replaceAll(/[^\w-]/g, '');

export function requestFor(
  candidate: Candidate,
  found: { readonly image: ImageView; readonly digest: string; readonly fence: number },
  policy: { readonly mode: 'weighted' | 'atomic'; readonly steps: readonly number[]; readonly approval: boolean },
): Request {
  const { id, kind, tag, by, reason, requestedAt } = candidate;
  const { labels } = found.image;
  return {
    releaseId: id,
    kind,
    digest: found.digest,
    tag,
    by,
    reason,
    requestedAt,
    fence: found.fence,
    schema: schemaOf(labels),
    revision: labels['org.opencontainers.image.revision'] ?? null,
    revisedAt: labels['org.opencontainers.image.created'] ?? null,
    steps: policy.mode === 'atomic' ? [100] : policy.steps,
    approval: policy.approval,
  };
}
