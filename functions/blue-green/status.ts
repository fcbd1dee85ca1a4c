/** What `mainstay status` says of releases: lines for people, from the state and the record. Pure. */
import type { Entry, ReleaseState, Retained } from '../shared/release-ports.ts';
import { dora } from './dora.ts';

const DAYS = 30;

export function statusLines(state: ReleaseState, entries: readonly Entry[], now: number): string[] {
  const { live, retained, lease, candidate, steering } = state;
  const to = new Date(now).toISOString();
  const figures = dora(entries, new Date(now - DAYS * 86_400_000).toISOString(), to);
  const short = (digest: string) => digest.slice(0, 19);
  const waits = candidate && candidate.id !== lease?.releaseId;
  return [
    live
      ? `live: ${live.colour}, ${short(live.digest)} since ${live.committedAt} (${live.releaseId})`
      : 'live: no release was made here yet',
    retained
      ? `kept for a rollback: ${retained.colour}, ${short(retained.digest)} until ${retained.until}${unready(retained)}`
      : 'kept for a rollback: nothing, a rollback would be a new release',
    lease ? `under way: ${lease.releaseId}, ${short(lease.digest)} since ${lease.takenAt}` : 'under way: nothing',
    ...(steering ? [`a person wants: ${steering.decision}, ${steering.by}: ${steering.reason}`] : []),
    ...(waits
      ? [`waiting: ${candidate.tag ?? short(candidate.digest)}${candidate.ready ? ', admitted' : ', for its evidence'}`]
      : []),
    `last ${DAYS} days: ${figures.deployments} deployments, change failure rate ${percent(figures.changeFailureRate)}, ` +
      `lead time ${duration(figures.leadTimeSeconds)}, recovery ${duration(figures.failedDeploymentRecoverySeconds)}, ` +
      `rework ${percent(figures.reworkRate)}, ${figures.caughtBeforeUsers} caught before users`,
  ];
}

const unready = ({ unreadySince }: Retained): string => (unreadySince ? `, NOT READY since ${unreadySince}` : '');

const percent = (share: number | null): string => (share === null ? 'not known' : `${Math.round(share * 100)} %`);

function duration(seconds: number | null): string {
  if (seconds === null) return 'not known';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
