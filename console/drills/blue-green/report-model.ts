/** Gathers what the HTML report of a release shows, from the evidence. Asked by drill.ts. */
import { COLOURS } from '../../../infra/names.ts';
import type { DrillResult } from '../../drill/result.ts';
import type { Figure, Graph, Mark, ReportModel, Track, Visit } from '../../report/model.ts';
import { bucketSecondsFor, bucketsOf } from '../../report/parts.ts';
import { clockText } from '../../terminal.ts';
import type { Colour, Evidence } from './evidence.ts';
import { commits, raises, shareOf, withdrawals } from './facts.ts';
import { INVARIANTS } from './invariants.ts';
import { lookedAt } from './looked-at.ts';
import type { Scenario } from './scenario.ts';
import { ROLLBACK_SECONDS_MAX } from './targets.ts';
import type { Truth } from './truth.ts';

export interface Reported {
  readonly scenario: Scenario;
  readonly evidence: Evidence;
  readonly result: DrillResult;
  readonly truth: Truth;
  readonly graph: Graph;
}

export function reportModel({ scenario, evidence, result, truth, graph }: Reported): ReportModel {
  const { requests, faultAt, endedAt } = evidence;
  const bucketSeconds = bucketSecondsFor(endedAt - faultAt);
  const users = requests.filter(({ who }) => who === 'user');
  return {
    title: scenario.title,
    story: storyOf(result, truth),
    result,
    figures: figuresOf(result, truth),
    bucketSeconds,
    buckets: bucketsOf(users, faultAt, endedAt, bucketSeconds),
    tracks: {
      heading: 'Users and colours',
      says: 'Below: the share of users that each colour was given by the forward rule.',
      rows: COLOURS.map((colour) => trackOf(evidence, colour)),
    },
    marks: marksOf(evidence),
    checked: INVARIANTS.map(({ id, text }) => ({ id, text, lookedAt: lookedAt(id, evidence) })),
    graph,
    visits: visitsOf(evidence),
  };
}

const told = (value: number | null): string => (value === null ? 'unknown' : `${value} s`);

/** What is unknown says so; what did not happen is left out. */
function figuresOf({ outcome }: DrillResult, truth: Truth): Figure[] {
  const { rollbackSeconds, detectSeconds, pushToCommitSeconds } = truth;
  const wentBack = outcome === 'rolled-back' || rollbackSeconds !== null;
  return [
    ...(outcome === 'committed'
      ? [{ name: 'push→live', value: told(pushToCommitSeconds), says: 'from the push to the commit' }]
      : []),
    ...(wentBack
      ? [
          {
            name: 'detection',
            value: told(detectSeconds),
            says: "from the first user's failed request to the decision",
          },
          {
            name: 'rollback',
            value: told(rollbackSeconds),
            says: `from the decision until every node sends users back (target ${ROLLBACK_SECONDS_MAX} s)`,
          },
        ]
      : []),
  ];
}

const ENDINGS: Readonly<Record<string, string>> = {
  committed: 'The release is committed; the one before is kept for a rollback.',
  'rolled-back': 'Users were taken back to the release before.',
  returned: 'The release was taken back after its commit.',
  abandoned: 'The release was given up before any user met it.',
  refused: 'The release was refused, and the record says why.',
  waiting: 'The release waits.',
  undisturbed: 'Nothing was changed.',
  incomplete: 'Users are left between two releases.',
};

function storyOf({ outcome, requests, invariants }: DrillResult, { rollbackSeconds }: Truth): string {
  const broken = new Set(invariants.violated.map(({ id }) => id)).size;
  const back = rollbackSeconds === null ? '' : ` The way back took ${rollbackSeconds} s.`;
  const judged =
    broken === 0
      ? `All ${invariants.checked.length} invariants held.`
      : `${broken} of ${invariants.checked.length} invariants were broken.`;
  const failed = `${requests.failed} of ${requests.served + requests.failed} requests failed.`;
  return `${ENDINGS[outcome] ?? `It ended '${outcome}'.`}${back} ${failed} ${judged}`;
}

/** A box for each stretch in which a colour had users. */
function trackOf({ rules, faultAt, endedAt }: Evidence, colour: Colour): Track {
  const boxes = rules.flatMap((rule, index) => {
    const share = shareOf(rule.weights, colour);
    const until = rules[index + 1]?.t ?? endedAt;
    if (share === 0 || until <= faultAt) return [];
    const from = Math.max(rule.t - faultAt, 0);
    const title = `${Math.round(share * 100)} % of the users, ${clockText(from)} to ${clockText(until - faultAt)}`;
    return [{ from, until: until - faultAt, kind: share === 1 ? ('step' as const) : ('other' as const), title }];
  });
  const last = rules.at(-1);
  return { name: colour, value: `${Math.round(100 * (last ? shareOf(last.weights, colour) : 0))} %`, boxes };
}

function marksOf(evidence: Evidence): Mark[] {
  const { faultAt } = evidence;
  const marks = [
    { t: faultAt, what: 'the scenario begins' },
    ...raises(evidence).map(({ t, weights, candidate }) => ({ t, what: `${candidate} gets ${weights[candidate]} %` })),
    ...withdrawals(evidence).map(({ t }) => ({ t, what: 'users are taken back' })),
    ...commits(evidence).map(({ t }) => ({ t, what: 'committed' })),
  ];
  return marks.sort((a, b) => a.t - b.t).map(({ t, what }) => ({ t: t - faultAt, what }));
}

const visitsOf = ({ executions, faultAt }: Evidence): Visit[] =>
  executions
    .filter(({ from }) => from >= faultAt)
    .flatMap(({ steps }) => steps)
    .map(({ name, from, until }) => ({ name, from: from - faultAt, until: until - faultAt }))
    .sort((a, b) => a.from - b.from);
