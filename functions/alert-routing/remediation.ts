/**
 * May Mainstay do something about what fires by itself? Pure: each row is one guard, as in region failover. Whatever the
 * verdict, people are told: remediation never takes the place of a page. Unknown holds.
 */
import { type Alert, isFiring } from './alert.ts';
import { compile } from './matchers.ts';
import type { Remediation } from './routing.ts';

/** What was started before, from the ledger. */
export interface Run {
  /** Of the verdict that started it: the same for the same two episodes. */
  readonly name: string;
  readonly remediation: string;
  readonly action: Remediation['action'];
  readonly target: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** How it ended; null while it runs. */
  readonly outcome: 'helped' | 'did not help' | null;
  /** Whether what it asks for was surely asked; a process may have died in between. */
  readonly asked: boolean;
  /** What exactly was asked, in a sentence. */
  readonly says: string;
  /** Keys of the two alerts. */
  readonly evidence: readonly [string, string];
}

export interface RemediationFacts {
  readonly now: number;
  readonly remediation: Remediation;
  readonly alerts: readonly Alert[];
  /** Of the last day at least, of every remediation; null when they could not be read. */
  readonly runs: readonly Run[] | null;
  /** The kill switch; null when it could not be read. */
  readonly automation: 'on' | 'off' | null;
  /** Why it cannot be done now; null when it can. */
  readonly obstacle: string | null;
}

export interface RemediationFinding {
  readonly guard: string;
  readonly verdict: 'pass' | 'hold' | 'ask';
  readonly sentence: string;
}

export interface RemediationVerdict {
  readonly verdict: 'start' | 'hold' | 'ask';
  readonly findings: readonly RemediationFinding[];
  /** The same for the same two episodes: starting twice is starting once. */
  readonly name: string | null;
  /** Where to look again by itself; null when only an event changes anything. */
  readonly evidence: readonly [Alert, Alert] | null;
}

const DAY_MS = 86_400_000;

const at = (ms: number): string => new Date(ms).toISOString();

type Check = (facts: RemediationFacts) => Omit<RemediationFinding, 'guard'>;

const pass = (sentence: string) => ({ verdict: 'pass', sentence }) as const;
const hold = (sentence: string) => ({ verdict: 'hold', sentence }) as const;

export const remediationGuards: readonly { readonly id: string; readonly check: Check }[] = [
  {
    id: 'two-signals',
    check(facts) {
      const pair = evidenceOf(facts);
      if (pair) return pass(`${pair[0].signal.name} and ${pair[1].signal.name} both fire`);
      return hold('no two independent alerts say so');
    },
  },
  {
    id: 'kill-switch',
    check({ automation }) {
      if (automation === 'on') return pass('automation is on');
      return hold(automation === 'off' ? 'automation is switched off' : 'whether automation is on could not be read');
    },
  },
  {
    id: 'single-flight',
    check({ runs, remediation }) {
      if (!runs) return hold('what runs already could not be read');
      // One change at a time: two at once could undo each other, whatever they are.
      const running = runs.find(({ endedAt }) => endedAt === null);
      return running
        ? hold(`${running.remediation} is running`)
        : pass(`nothing runs that ${remediation.id} could meet`);
    },
  },
  {
    id: 'cooldown',
    check({ runs, remediation, now }) {
      if (!runs) return hold('what ran before could not be read');
      const own = runs.filter(({ remediation: id }) => id === remediation.id).map(({ startedAt }) => startedAt);
      const again = own.length > 0 ? Math.max(...own) + remediation.cooldownSeconds * 1000 : null;
      if (again === null || again <= now) return pass('it did not run lately');
      // No figure that changes by itself: each change of the sentence would be told.
      return hold(`it ran at ${at(Math.max(...own))}, and runs not again before ${at(again)}`);
    },
  },
  {
    id: 'budget',
    check({ runs, remediation, now }) {
      if (!runs) return hold('what ran before could not be read');
      const today = runs.filter(({ remediation: id, startedAt }) => id === remediation.id && startedAt > now - DAY_MS);
      if (today.length < remediation.perDayMax) return pass(`${today.length} of ${remediation.perDayMax} in a day`);
      return hold(`it ran ${today.length} times in a day, at most ${remediation.perDayMax} are allowed`);
    },
  },
  {
    id: 'possible',
    check: ({ obstacle }) => (obstacle === null ? pass('it can be done') : hold(obstacle)),
  },
  {
    id: 'approval',
    check: ({ remediation }) =>
      remediation.approval === 'automatic'
        ? pass('no approval is needed')
        : { verdict: 'ask', sentence: 'a person has to approve it' },
  },
];

/** One hold holds, else one question asks. */
export function decideRemediation(facts: RemediationFacts): RemediationVerdict {
  const findings = remediationGuards.map(({ id, check }) => ({ guard: id, ...check(facts) }));
  const has = (verdict: string) => findings.some((finding) => finding.verdict === verdict);
  const evidence = evidenceOf(facts);
  const name = evidence
    ? [facts.remediation.id, ...evidence.map(({ key, fired }) => `${key.slice(0, 12)}-${fired[0]}`).sort()].join('-')
    : null;
  return { verdict: has('hold') ? 'hold' : has('ask') ? 'ask' : 'start', findings, name, evidence };
}

/** Two alerts, one for each matcher set, of different origin, that began near each other. The first by their keys. */
function evidenceOf({ alerts, remediation, now }: RemediationFacts): readonly [Alert, Alert] | null {
  const [first, second] = remediation.when.map((matchers) => {
    const holds = compile(matchers);
    return alerts
      .filter((alert) => isFiring(alert, now) && holds(alert.signal, alert.severity))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }) as [Alert[], Alert[]];
  for (const one of first) {
    const other = second.find((candidate) => isIndependent(one, candidate) && isNear(one, candidate, remediation));
    if (other) return [one, other];
  }
  return null;
}

/** What one source says twice under one name is one signal. */
const isIndependent = (a: Alert, b: Alert): boolean =>
  a.key !== b.key && (a.signal.source !== b.signal.source || a.signal.name !== b.signal.name);

const isNear = (a: Alert, b: Alert, { withinSeconds }: Remediation): boolean =>
  Math.abs((a.fired[0] ?? 0) - (b.fired[0] ?? 0)) <= withinSeconds * 1000;

/** After so long without effect it did not help. Region failover: twice its RTO target; the others by their own limits. */
const HELPS_WITHIN_MS: Readonly<Record<Remediation['action'], number>> = {
  'region-failover': 1_800_000,
  rollback: 900_000,
  runbook: 3_600_000,
};

/** It helped when its two alerts no longer both fire; null while that is open. */
export function outcomeOf({ action, evidence, startedAt }: Run, alerts: readonly Alert[], now: number): Run['outcome'] {
  const both = evidence.every((key) => alerts.some((alert) => alert.key === key && isFiring(alert, now)));
  if (!both) return 'helped';
  return now - startedAt >= HELPS_WITHIN_MS[action] ? 'did not help' : null;
}

export const NEEDS_A_PERSON = 'a person is needed';

/** What the messages about the two alerts say, of one that was started. */
export function runSentence({ remediation, says, startedAt, outcome }: Run): string {
  const begun = `${remediation}: ${says} at ${at(startedAt)}`;
  return outcome === 'did not help' ? `${begun}; it did not help, ${NEEDS_A_PERSON}` : begun;
}

/** The same of one that was not started. */
export function heldSentence({ id }: Remediation, { verdict, findings }: RemediationVerdict): string {
  const why = findings.filter((finding) => finding.verdict === verdict).map(({ sentence }) => sentence);
  return verdict === 'ask' ? `${id} waits for a person: ${why.join('; ')}` : `${id} is held: ${why.join('; ')}`;
}
