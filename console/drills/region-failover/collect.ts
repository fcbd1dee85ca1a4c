/** Turns what a simulated cloud holds after a drill into evidence. */
import type { Configuration } from '../../../infra/config/index.ts';
import type { Names } from '../../../infra/names.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import type { TraceEntry } from '../../../simulator/trace.ts';
import { ledgerOf } from '../../../simulator/world/index.ts';
import { refusalsIn } from '../../drill/refusals.ts';
import { roleName, rolesOf } from '../../drill/roles.ts';
import type {
  Authority,
  Call,
  Claim,
  Evidence,
  Execution,
  ExecutionStep,
  Message,
  Policy,
  Promotion,
} from './evidence.ts';
import { wasCarriedOut } from './evidence.ts';
import type { AuthorityVersion, Monitor } from './monitor.ts';

/** Operations that only read, by the AWS convention for their names. */
const READS = /^(Get|Describe|List|Query|Scan|Head|BatchGet|Lookup|Test)/;

export function collect(
  cloud: Cloud,
  configuration: Configuration,
  names: Names,
  monitor: Monitor,
  faultAt: number,
  disturbedUntil: number | null = null,
): Evidence {
  const book = ledgerOf(cloud);
  const executions = cloud.state.regions.flatMap((region) => executionsIn(cloud, region, names.workflow));
  return {
    policy: policyOf(configuration),
    writes: book.writes.map((write) => ({ ...write, t: write.t / 1000 })),
    requests: book.requests
      .map(({ kind, who, from, host, ok, region, epoch, t, ms }) => ({
        kind,
        who,
        from,
        host,
        ok,
        region,
        epoch,
        t: t / 1000,
        seconds: ms / 1000,
      }))
      .sort((a, b) => a.t - b.t),
    jobs: book.jobs.map((job) => ({ ...job, t: job.t / 1000 })),
    authority: monitor.authority.map((version) => authorityOf(cloud, version, executions)),
    samples: monitor.samples,
    calls: callsOf(cloud.trace.entries, rolesOf(cloud, 'region-failover')),
    promotions: promotionsOf(cloud),
    executions,
    messages: cloud.state.regions.flatMap((region) => messagesIn(cloud, region)),
    refusals: refusalsIn(cloud),
    faultAt,
    disturbedUntil,
    endedAt: seconds(cloud.now - cloud.state.startedAt),
  };
}

function policyOf({ regions, domain, recovery, compute }: Configuration): Policy {
  return {
    serving: regions.serving,
    witness: regions.witness,
    domain,
    ...recovery,
    capacityFloor: Math.ceil((compute.min * recovery.minimumCapacityPercent) / 100),
  };
}

function authorityOf(cloud: Cloud, { t, item }: AuthorityVersion, executions: readonly Execution[]): Authority {
  const claim = item.claim as { executionArn: string; target: string; by: string } | null | undefined;
  return {
    t,
    epoch: Number(item.epoch),
    holder: String(item.holder),
    counter: Number(item.counter),
    phase: item.phase as Authority['phase'],
    automation: item.automation as Authority['automation'],
    movedAt: typeof item.movedAt === 'string' ? seconds(Date.parse(item.movedAt) - cloud.state.startedAt) : null,
    claim: claim ? { ...claim, ...consentOf(claim.executionArn, executions) } : null,
  };
}

/** What a person asked for or approved, in the execution that holds the claim or the one whose work it goes on with. */
function consentOf(
  arn: string,
  executions: readonly Execution[],
): Pick<Claim, 'person' | 'acceptedLossSeconds' | 'approved'> {
  const execution = executions.find((one) => one.arn === arn);
  if (!execution) return { person: false, acceptedLossSeconds: 0, approved: [] };
  const { input, approved } = execution;
  if (typeof input.resume === 'string' && input.resume !== arn) return consentOf(input.resume, executions);
  const person = input.trigger === 'person' || approved.length > 0;
  return { person, acceptedLossSeconds: Number(input.acceptLossSeconds ?? 0), approved };
}

interface CallDetail {
  readonly by?: string;
  readonly from?: string;
  readonly input?: Record<string, unknown>;
  readonly error?: string;
  readonly resent?: boolean;
  readonly stale?: boolean;
}

/** A step describes, and acts within this time. */
const ACTS_WITHIN_SECONDS = 5;

/** Changes asked for by these roles. */
function callsOf(entries: readonly TraceEntry[], roles: ReadonlySet<string>): Call[] {
  const shownThePastAt = new Map<string, number>();
  return entries.flatMap((entry) => {
    const detail = entry.detail as CallDetail | undefined;
    if (!detail?.by || detail.input === undefined || !roles.has(roleName(detail.by))) return [];
    const looked = `${detail.by} ${entry.region} ${entry.source}`;
    if (detail.stale) shownThePastAt.set(looked, seconds(entry.t));
    if (READS.test(entry.what)) return [];
    return [
      {
        t: seconds(entry.t),
        region: entry.region,
        from: detail.from ?? entry.region,
        service: entry.source,
        operation: entry.what,
        input: detail.input,
        by: detail.by,
        error: detail.error ?? null,
        resent: detail.resent === true,
        misled: seconds(entry.t) - (shownThePastAt.get(looked) ?? Number.NEGATIVE_INFINITY) <= ACTS_WITHIN_SECONDS,
      },
    ];
  });
}

/** Each accepted promotion, at the moment of the call, with how far the target was behind the writes then taken. */
function promotionsOf(cloud: Cloud): Promotion[] {
  const accepted = cloud.trace.entries.filter(
    ({ source, what, detail }) =>
      source === 'rds' &&
      (what === 'FailoverGlobalCluster' || what === 'SwitchoverGlobalCluster') &&
      wasCarriedOut(detail as { error?: string }),
  );
  const { writes, promotions } = ledgerOf(cloud);
  return accepted.map(({ t, region }) => {
    const effect = promotions.find((promotion) => promotion.region === region && promotion.t >= t);
    const newest = writes
      .filter((write) => write.region !== region && write.ackedAt !== null && write.t <= (effect?.t ?? t))
      .at(-1);
    const behind =
      !effect || effect.newestAppliedAt === null || !newest ? null : Math.max(0, newest.t - effect.newestAppliedAt);
    return {
      t: seconds(t),
      region,
      lagSeconds: behind === null ? null : seconds(behind),
      tookEffect: effect !== undefined,
    };
  });
}

function executionsIn(cloud: Cloud, region: string, machineName: string): Execution[] {
  const { executions } = cloud.stateOf(stepFunctions, region);
  return Object.values(executions)
    .filter((execution) => execution.machineName === machineName)
    .map((execution) => ({
      arn: execution.arn,
      region,
      status: execution.status,
      from: since(cloud, execution.startedAtMs),
      until: execution.stoppedAtMs === undefined ? null : since(cloud, execution.stoppedAtMs),
      steps: stepsOf(cloud, execution.history),
      approved: approvedIn(execution.history),
      input: JSON.parse(execution.input),
      output: execution.output === undefined ? null : JSON.parse(execution.output),
    }));
}

type History = readonly {
  type: string;
  atMs: number;
  stateEnteredEventDetails?: { name?: string | undefined } | undefined;
  stateExitedEventDetails?:
    | { name?: string | undefined; assignedVariables?: Readonly<Record<string, string>> | undefined }
    | undefined;
}[];

/** From the variable that the state after a person's answer sets, and no other. */
function approvedIn(history: History): string[] {
  const assigned = history.findLast(({ stateExitedEventDetails: exited }) => exited?.assignedVariables?.approvals);
  const approvals = JSON.parse(assigned?.stateExitedEventDetails?.assignedVariables?.approvals ?? '[]');
  return (approvals as { guards: string[] }[]).flatMap(({ guards }) => guards);
}

function stepsOf(cloud: Cloud, history: History): ExecutionStep[] {
  const open = new Map<string, number>();
  const steps: ExecutionStep[] = [];
  for (const event of history) {
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    if (entered) open.set(entered, since(cloud, event.atMs));
    const from = exited === undefined ? undefined : open.get(exited);
    if (exited && from !== undefined) {
      steps.push({ name: exited, from, until: since(cloud, event.atMs) });
      open.delete(exited);
    }
  }
  const last = history.at(-1);
  for (const [name, from] of open) steps.push({ name, from, until: last ? since(cloud, last.atMs) : from });
  return steps;
}

function messagesIn(cloud: Cloud, region: string): Message[] {
  return cloud
    .stateOf(sns, region)
    .outbox.map(({ t, subject }) => ({ t: since(cloud, t), region, subject: subject ?? '' }));
}

const since = (cloud: Cloud, atMs: number): number => seconds(atMs - cloud.state.startedAt);
const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;
