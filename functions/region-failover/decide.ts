/**
 * May the application be moved to another region now? Pure: facts and policy in, verdict and every reason out. Asked by
 * `assess` twice with the same rows: when a failover is declared, and again right before the one-way step.
 *
 * Each row is one guard. Unknown is never yes: what cannot be known holds, or is put to a person.
 */
import type { Policy } from '../shared/config.ts';
import type { ApplicationItem, CapacityView, ClusterView, Observation, Vote } from '../shared/ports.ts';

export interface Facts {
  /** first: nothing is claimed yet. confirm: this execution holds the claim and has waited the lease out. */
  readonly purpose: 'first' | 'confirm';
  readonly request: {
    readonly trigger: 'alarm' | 'reconcile' | 'person';
    readonly target: string;
    readonly from: string;
    readonly by: string;
    readonly acceptLossSeconds?: number | undefined;
  };
  readonly executionArn: string;
  /** Milliseconds, by the target region's clock. */
  readonly now: number;
  readonly application: ApplicationItem;
  readonly observations: readonly Observation[];
  readonly servingRegions: readonly string[];
  /** The cluster in the target region. Null when it could not be described. */
  readonly database: ClusterView | null;
  /** The application in the target region, asked on its regional endpoint. */
  readonly standby: {
    readonly ready: boolean;
    readonly databaseReachable: boolean;
    readonly newestHeartbeatAt: string | null;
    readonly detail: string;
  };
  readonly capacity: CapacityView | null;
  /** A person declined this move then; null when nobody did. */
  readonly declinedAt: string | null;
  /** What people already approved for this execution. */
  readonly approvals: readonly { readonly guards: readonly string[]; readonly by: string }[];
}

export type Verdict = 'go' | 'hold' | 'ask';

interface Check {
  readonly verdict: 'pass' | 'hold' | 'ask';
  readonly sentence: string;
}

export interface Finding extends Check {
  readonly guard: string;
  readonly invariant: string;
}

interface Guard {
  readonly id: string;
  /** The invariant of DESIGN that the guard serves. */
  readonly invariant: `region-failover/I${number}`;
  readonly check: (facts: Facts, policy: Policy) => Check;
}

const pass = (sentence: string): Check => ({ verdict: 'pass', sentence });
const hold = (sentence: string): Check => ({ verdict: 'hold', sentence });
const ask = (sentence: string): Check => ({ verdict: 'ask', sentence });

const byPerson = ({ request }: Facts): boolean => request.trigger === 'person';

export const guards: readonly Guard[] = [
  {
    id: 'holder-as-asked',
    invariant: 'region-failover/I6',
    check({ request, application }) {
      const holder = application.holder;
      if (request.target === holder) return hold(`${holder} already has the application`);
      if (request.from !== holder) return hold(`asked to leave ${request.from}, but ${holder} has the application`);
      return pass(`${holder} has the application`);
    },
  },
  {
    id: 'single-flight',
    invariant: 'region-failover/I9',
    check({ purpose, application, executionArn }) {
      const claimant = application.claim?.executionArn ?? null;
      const wanted = purpose === 'confirm' ? executionArn : null;
      if (claimant === wanted) return pass(wanted ? 'the claim is ours' : 'no move is under way');
      return hold(claimant ? `${claimant} is moving the application` : 'our claim was taken back');
    },
  },
  {
    id: 'has-served',
    invariant: 'region-failover/I6',
    check(facts) {
      if (facts.application.counter > 0) return pass('the application has held its write lease');
      // Right after the first deployment nothing answers anywhere, which looks like a lost region.
      return byPerson(facts)
        ? pass('it never wrote, but a person asks')
        : hold('the application never wrote anywhere yet');
    },
  },
  {
    id: 'kill-switch',
    invariant: 'region-failover/I10',
    check(facts) {
      if (facts.application.automation === 'on') return pass('automation is on');
      return byPerson(facts) ? pass('automation is off, but a person asks') : hold('automation is switched off');
    },
  },
  {
    id: 'cooldown',
    invariant: 'region-failover/I10',
    check(facts, policy) {
      const { movedAt } = facts.application;
      if (movedAt === null) return pass('the application never moved before');
      const seconds = Math.floor((facts.now - Date.parse(movedAt)) / 1000);
      if (seconds >= policy.cooldownSeconds) return pass(`the last move was ${seconds} s ago`);
      if (byPerson(facts)) return pass(`the last move was only ${seconds} s ago, but a person asks`);
      return hold(`the last move was ${seconds} s ago, less than ${policy.cooldownSeconds} s`);
    },
  },
  {
    id: 'declined',
    invariant: 'region-failover/I10',
    check(facts, policy) {
      if (facts.declinedAt === null) return pass('nobody declined this move');
      const seconds = Math.floor((facts.now - Date.parse(facts.declinedAt)) / 1000);
      if (byPerson(facts) || seconds >= policy.cooldownSeconds) return pass(`it was declined ${seconds} s ago`);
      return hold(`a person declined it ${seconds} s ago; only a person can ask again`);
    },
  },
  {
    id: 'quorum',
    invariant: 'region-failover/I7',
    check(facts, policy) {
      if (byPerson(facts)) return pass('a person judged the region lost');
      const votes = freshVotes(facts, policy);
      const failing = votes.filter(({ vote }) => vote.state === 'failing').map(({ from }) => from);
      const outside = votes.find(({ from }) => !facts.servingRegions.includes(from));
      const said = votes.map(({ from, vote }) => `${from}: ${vote.state}`).join(', ') || 'nobody';
      if (failing.length >= 2 && outside?.vote.state === 'failing') {
        return pass(`${failing.join(' and ')} see ${facts.request.from} fail`);
      }
      // Without a vote from outside both serving regions a cut between the two looks like a loss of either.
      if (!outside && failing.length > 0) return ask(`${said}; the witness outside both regions is silent`);
      return hold(`no two of three observers with the witness see ${facts.request.from} fail (${said})`);
    },
  },
  {
    id: 'dwell',
    invariant: 'region-failover/I7',
    check(facts, policy) {
      if (byPerson(facts)) return pass('a person judged the region lost');
      const failing = freshVotes(facts, policy).filter(({ vote }) => vote.state === 'failing');
      const shortest = Math.min(...failing.map(({ vote }) => vote.slot - vote.since));
      if (failing.length === 0) return hold(`nobody sees ${facts.request.from} fail`);
      if (shortest >= policy.dwellSeconds) return pass(`it fails for ${shortest} s`);
      return hold(`it fails for ${shortest} s, less than ${policy.dwellSeconds} s`);
    },
  },
  {
    id: 'standby-database',
    invariant: 'region-failover/I6',
    check({ database }) {
      if (!database) return hold('the target cluster cannot be described');
      const { role, status, moving } = database;
      if (moving) return hold(`the global cluster is ${moving.status} to ${moving.to}`);
      if (role === 'reader' && status === 'available') return pass('the target cluster is an available secondary');
      return hold(`the target cluster is ${role} and ${status}, needed reader and available`);
    },
  },
  {
    id: 'standby-version',
    invariant: 'region-failover/I6',
    check({ database }) {
      if (!database) return hold('the target cluster cannot be described');
      const { engineVersion, globalEngineVersion } = database;
      // DocumentDB refuses both calls when versions differ (Developer Guide, global cluster disaster recovery).
      if (engineVersion === globalEngineVersion) return pass(`both run ${engineVersion}`);
      return hold(`the target runs ${engineVersion}, the global cluster ${globalEngineVersion}`);
    },
  },
  {
    id: 'standby-instances',
    invariant: 'region-failover/I6',
    check({ database }) {
      if (!database) return hold('the target cluster cannot be described');
      const count = database.instancesAvailable;
      return count > 0 ? pass(`${count} database instances are available`) : hold('the target cluster has no instance');
    },
  },
  {
    id: 'standby-application',
    invariant: 'region-failover/I6',
    check({ standby }) {
      if (!standby.ready) return hold(`the target application is not ready: ${standby.detail}`);
      if (!standby.databaseReachable) return hold('the target application does not reach its database');
      return pass('the target application is ready and reaches its database');
    },
  },
  {
    id: 'standby-capacity',
    invariant: 'region-failover/I4',
    check(facts, policy) {
      const { capacity } = facts;
      if (!capacity) return hold('the capacity of the target cannot be described');
      // It must serve now without any launch: launches failed for hours in past regional events.
      const floor = capacityLeast(policy.capacityMin, policy);
      if (capacity.healthyTargets < floor) {
        return hold(`${capacity.healthyTargets} targets are healthy, at least ${floor} must be before any move`);
      }
      const least = capacityLeast(capacityWanted(facts.observations, facts.request.from, policy), policy);
      if (capacity.max >= least)
        return pass(`${capacity.healthyTargets} serve, ${least} are needed, ${capacity.max} allowed`);
      return hold(`${least} instances are needed, the group allows ${capacity.max}`);
    },
  },
  {
    id: 'lag',
    invariant: 'region-failover/I8',
    check(facts, policy) {
      const lag = lagSeconds(facts, policy);
      if (lag === null) return ask('how much would be lost is unknown');
      const accepted = Math.max(policy.lagSecondsMax, facts.request.acceptLossSeconds ?? 0);
      const sentence = `${lag.least} s of writes are known to be lost, ${lag.most} s at most`;
      if (lag.most <= accepted) return pass(sentence);
      return ask(`${sentence}, the policy allows ${policy.lagSecondsMax} s`);
    },
  },
  {
    id: 'tier',
    invariant: 'region-failover/I7',
    check(facts, policy) {
      if (byPerson(facts)) return pass(`${facts.request.by} asks`);
      return policy.tier === 'critical' ? pass('the tier is critical') : ask('the tier leaves this to a person');
    },
  },
];

/** The verdict over all guards. One hold holds; else one open question asks; an approval turns its questions to a pass. */
export function decide(facts: Facts, policy: Policy): { readonly verdict: Verdict; readonly findings: Finding[] } {
  const findings = guards.map(({ id, invariant, check }): Finding => {
    const found = check(facts, policy);
    const approval = facts.approvals.find(({ guards: approved }) => approved.includes(id));
    if (found.verdict !== 'ask' || !approval) return { guard: id, invariant, ...found };
    return { guard: id, invariant, verdict: 'pass', sentence: `${found.sentence}; ${approval.by} accepted it` };
  });
  const has = (verdict: Check['verdict']) => findings.some((finding) => finding.verdict === verdict);
  return { verdict: has('hold') ? 'hold' : has('ask') ? 'ask' : 'go', findings };
}

/** Votes on the region being left that are not silence. Slots are compared across regions only this loosely. */
export function freshVotes(facts: Facts, policy: Policy): { from: string; vote: Vote }[] {
  const oldest = facts.now / 1000 - policy.observationAgeSecondsMax;
  return facts.observations.flatMap(({ region, targets }) => {
    const vote = targets[facts.request.from];
    return vote && vote.slot >= oldest ? [{ from: region, vote }] : [];
  });
}

/**
 * How far the standby is behind, by the holder's own clock. The least: from the newest heartbeat that arrived here to the
 * newest one that the authority was told to be stored. The most: to the end of the lease that the holder last renewed; a
 * holder that is cut off tells no more but writes on until then, which is why the guard is asked about the most.
 */
function lagSeconds({ application, standby }: Facts, policy: Policy): { least: number; most: number } | null {
  const since = (time: string | null | undefined) =>
    (Date.parse(time ?? '') - Date.parse(standby.newestHeartbeatAt ?? '')) / 1000;
  const least = Math.round(since(application.acked?.at));
  const most = Math.ceil(since(application.renewedAt) + policy.leaseSeconds + policy.driftSeconds);
  if (Number.isNaN(least) || Number.isNaN(most)) return null;
  return { least: Math.max(0, least), most: Math.max(0, least, most) };
}

/** Instances that must serve after the move: what the lost region last reported, and never below the minimum. */
export function capacityWanted(observations: readonly Observation[], from: string, policy: Policy): number {
  const reported = observations.find(({ region }) => region === from)?.self?.capacity ?? 0;
  return Math.max(policy.capacityMin, reported);
}

/** How many of them must serve before users come. */
export const capacityLeast = (wanted: number, { minimumCapacityPercent }: Policy): number =>
  Math.ceil((wanted * minimumCapacityPercent) / 100);
