/**
 * The five figures of delivery (dora.dev, 2025 definitions), from the record alone. Pure; used by `mainstay status` and by
 * `export`, which puts them on the dashboard. What cannot be known is null, never 0.
 */
import type { Entry } from '../shared/release-ports.ts';

export interface Dora {
  /** Releases that got all users and were kept. */
  readonly deployments: number;
  readonly deploymentsPerDay: number | null;
  /** Median from commit to commit of the release; only of images whose label says when the commit was made. */
  readonly leadTimeSeconds: number | null;
  /** Median from push to release; not lead time, which begins earlier. */
  readonly pushToLiveSeconds: number | null;
  /** Of the releases that had users: those that were rolled back, by the judge, a person, or afterwards. */
  readonly changeFailureRate: number | null;
  /** Median from the decision to go back until the answers showed it. */
  readonly failedDeploymentRecoverySeconds: number | null;
  /** Share of the deployments that were unplanned: hotfixes. */
  readonly reworkRate: number | null;
  /** Failed before anybody was sent: not failures of a change, but worth knowing. */
  readonly caughtBeforeUsers: number;
}

/** Of the entries between two moments. An entry that stands twice counts once. */
export function dora(entries: readonly Entry[], from: string, to: string): Dora {
  const within = [...new Map(entries.map((entry) => [entry.id, entry])).values()].filter(
    ({ at }) => at >= from && at < to,
  );
  const of = (kind: Entry['kind']) => within.filter((entry) => entry.kind === kind);
  const committed = of('committed');
  const exposed = new Set(of('shifted').map(({ releaseId }) => releaseId));
  // A release that was committed earlier and is returned from now counts against itself.
  const failed = new Set([...of('rolled-back'), ...of('rollback-failed')].map(({ releaseId }) => releaseId));
  const changes = new Set([...exposed, ...failed]);
  const ended = of('ended').filter(({ facts, releaseId }) => facts.outcome === 'aborted' && !exposed.has(releaseId));
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return {
    deployments: committed.length,
    deploymentsPerDay: days > 0 ? committed.length / days : null,
    leadTimeSeconds: median(committed.map(({ facts }) => secondsBetween(facts.revisedAt, facts.committedAt))),
    pushToLiveSeconds: median(committed.map(({ facts }) => secondsBetween(facts.requestedAt, facts.committedAt))),
    changeFailureRate: changes.size > 0 ? failed.size / changes.size : null,
    failedDeploymentRecoverySeconds: median(
      of('rolled-back').map(({ facts }) => secondsBetween(facts.decidedAt, facts.verifiedAt)),
    ),
    reworkRate:
      committed.length > 0 ? committed.filter(({ facts }) => facts.kind === 'hotfix').length / committed.length : null,
    caughtBeforeUsers: new Set(ended.map(({ releaseId }) => releaseId)).size,
  };
}

function secondsBetween(from: unknown, to: unknown): number | null {
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isNaN(seconds) || seconds < 0 ? null : seconds;
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((one, other) => one - other);
  const middle = Math.floor(known.length / 2);
  if (known.length === 0) return null;
  return known.length % 2 === 1 ? Number(known[middle]) : (Number(known[middle - 1]) + Number(known[middle])) / 2;
}
