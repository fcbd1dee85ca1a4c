/** What the users say about a release; the measure for everything Mainstay reports. */
import type { Evidence } from './evidence.ts';
import { commits, exposures, usersOf } from './facts.ts';
import { rollbacks } from './invariants-rollback.ts';
import type { Outcome } from './scenario.ts';

export interface Truth {
  readonly served: number;
  readonly failed: number;
  /** From the first user of the bad release whose request failed until every node sent users back; null without one. */
  readonly harmSeconds: number | null;
  /** From the first failed request of the candidate to the decision to go back. */
  readonly detectSeconds: number | null;
  /** The longest one, from the decision until every node sends users back; null when there was none. */
  readonly rollbackSeconds: number | null;
  /** From the push to the commit; null when none was committed. */
  readonly pushToCommitSeconds: number | null;
}

export function truthOf(evidence: Evidence): Truth {
  const users = evidence.requests.filter(({ who, t }) => who === 'user' && t >= evidence.faultAt);
  const back = rollbacks(evidence);
  const known = back.flatMap(({ seconds }) => (seconds === null ? [] : [seconds]));
  const [firstBack] = back;
  const harmed = exposures(evidence).find(({ ended }) => ended === 'withdrawn');
  const firstFailed = harmed && usersOf(evidence, harmed.candidate, harmed.from, harmed.until).find(({ ok }) => !ok)?.t;
  const since = (until: number | null | undefined) =>
    firstFailed === undefined || until == null ? null : round(until - firstFailed);
  const committed = commits(evidence).at(-1);
  const push = committed && evidence.pushes.find(({ digests }) => digests.includes(committed.live.digest));
  return {
    served: users.filter(({ ok }) => ok).length,
    failed: users.filter(({ ok }) => !ok).length,
    harmSeconds: since(firstBack?.verifiedAt),
    detectSeconds: since(firstBack?.decidedAt),
    rollbackSeconds: known.length === 0 ? null : round(Math.max(...known)),
    pushToCommitSeconds: committed && push ? round(committed.t - push.t) : null,
  };
}

/** What became of the newest release, in one word. */
export function outcomeOf(evidence: Evidence): Outcome {
  const { rules, states, faultAt, executions, entries, before } = evidence;
  const last = states.at(-1);
  const rule = rules.at(-1);
  const live = last?.live ?? before;
  const settled = rule !== undefined && rule.weights[live.colour] > 0 && rule.weights.blue * rule.weights.green === 0;
  const running = executions.some(({ until, from }) => until === null && from >= faultAt);
  if (!settled || (running && last?.holder !== null)) return 'incomplete';
  const since = executions.filter(({ from }) => from >= faultAt);
  const lastCommit = commits(evidence).at(-1);
  const lastExposure = exposures(evidence).at(-1);
  const lastStart = states.findLast(({ holder }, index) => isExecution(holder) && states[index - 1]?.holder !== holder);
  if (lastStart === undefined || since.length === 0) {
    if (entries.some(({ kind, t }) => kind === 'refused' && t >= faultAt)) return 'refused';
    return last?.candidate ? 'waiting' : 'undisturbed';
  }
  if (lastCommit && lastCommit.t >= lastStart.t) {
    return lastCommit.how === 'returned' ? 'returned' : 'committed';
  }
  // Also of one that users were taken back from for a freeze: it begins again.
  if (last?.candidate && last.holder === null) return 'waiting';
  if (lastExposure && lastExposure.from >= lastStart.t) return 'rolled-back';
  return 'abandoned';
}

/** Not a job that holds the lease for seconds. */
const isExecution = (holder: string | null): boolean => holder?.startsWith('arn:aws:states:') === true;

const round = (seconds: number): number => Math.round(seconds * 10) / 10;
