/** Turns what a simulated cloud holds after a drill of blue/green into evidence. */
import type { Configuration } from '../../../infra/config/index.ts';
import { COLOURS, type Colour } from '../../../infra/names.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import { ledgerOf } from '../../../simulator/world/index.ts';
import { refusalsIn } from '../../drill/refusals.ts';
import { roleName, rolesOf, topicsOf } from '../../drill/roles.ts';
import { PlainNames } from '../../plain-names.ts';
import { deedOf } from './deeds.ts';
import type { Call, Evidence, Execution, ExecutionStep, Message, Policy, Push, Request, Served } from './evidence.ts';
import type { Monitor, Watched } from './monitor.ts';
import { targetGroupOf } from './nodes.ts';
import { entriesOf, stateOf } from './stored.ts';
import { ROLLBACK_SECONDS_MAX } from './targets.ts';

export interface Collected {
  readonly watched: Watched;
  readonly monitor: Monitor;
  /** What served when the scenario began. */
  readonly before: Served;
  readonly faultAt: number;
  readonly disturbances: Evidence['disturbances'];
  readonly pushes: readonly Push[];
  readonly asked: Evidence['asked'];
}

export function collect({ watched, monitor, before, faultAt, disturbances, pushes, asked }: Collected): Evidence {
  const { cloud, region } = watched;
  const since = (atMs: number): number => seconds(atMs - cloud.state.startedAt);
  const roles = rolesOf(cloud, 'blue-green');
  // What another capability or the alert router says tells nobody of a release.
  const topics = topicsOf(cloud, 'blue-green');
  return {
    policy: policyOf(watched),
    before,
    requests: requestsOf(watched),
    elsewhere: elsewhere(watched),
    rules: monitor.rules,
    samples: monitor.samples,
    states: monitor.items.map(({ t, item }) => stateOf(t, item, since)),
    pushes,
    calls: callsOf(watched, roles),
    executions: executionsOf(watched, roles, since),
    asked,
    entries: entriesOf(watched, since),
    messages: cloud
      .stateOf(sns, region)
      .outbox.filter(({ topicArn }) => topics.has(topicArn))
      .map(({ t, subject }): Message => ({ t: since(t), subject: subject ?? '' }))
      .filter(({ subject }) => !/^(ALARM|OK|INSUFFICIENT_DATA): "/.test(subject)),
    refusals: refusalsIn(cloud),
    faultAt,
    disturbances,
    endedAt: seconds(cloud.now - cloud.state.startedAt),
  };
}

function policyOf({ cloud, configuration, names, region }: Watched): Policy {
  const { release, compute } = configuration;
  const groupName = (colour: Colour): string =>
    targetGroupOf(cloud, region, names, colour)?.TargetGroupArn.split(':').at(-1) ?? '';
  return {
    region,
    kind: compute.kind,
    bakeSeconds: release.bakeSeconds,
    errorShareMax: release.errorPercentMax / 100,
    p95SecondsMax: release.p95SecondsMax,
    requestsMin: release.requestsMin,
    capacityFloor: compute.min,
    rollbackSecondsMax: ROLLBACK_SECONDS_MAX,
    releaseSecondsMax: longest(configuration),
    stepSecondsMax: release.stepSecondsMax,
    bakeSecondsMax: release.bakeSecondsMax,
    pauseSecondsMax: release.pauseSecondsMax,
    reconcileSeconds: RECONCILE_SECONDS,
    targetGroups: { blue: groupName('blue'), green: groupName('green') },
  };
}

/** Its row in infra/wiring.ts. */
const RECONCILE_SECONDS = 60;
/** To prepare, to validate, to prove each weight and to go back, retries included. */
const STEPS_SECONDS_MAX = 3600;

/** What a release may wait for at most, all of it. */
function longest({ release }: Configuration): number {
  const { steps, stepSecondsMax, bakeSecondsMax, approval, approvalSecondsMax, pauseSecondsMax } = release;
  const watched = steps.length * stepSecondsMax + bakeSecondsMax + pauseSecondsMax;
  return STEPS_SECONDS_MAX + watched + (approval ? approvalSecondsMax : 0);
}

/** Everybody who asked the application by a public name, and whom the region's load balancer answered or should have. */
function requestsOf({ cloud, region, configuration, names }: Watched): Request[] {
  const hosts = new Set([configuration.domain, names.endpoint(region)]);
  return ledgerOf(cloud)
    .requests.filter(
      ({ host, resolvedRegion }) => hosts.has(host) && (resolvedRegion === null || resolvedRegion === region),
    )
    .map(({ t, ms, who, ok, status, digest, target }) => ({
      t: t / 1000,
      seconds: ms / 1000,
      who,
      ok,
      status,
      digest,
      colour: isColour(target?.colour) ? target.colour : null,
      release: target?.release ?? null,
    }))
    .sort((a, b) => a.t - b.t);
}

/** When users were answered by another region's name. */
const elsewhere = ({ cloud, region, configuration }: Watched): number[] =>
  ledgerOf(cloud)
    .requests.filter(
      ({ who, host, resolvedRegion }) =>
        who === 'user' && host === configuration.domain && resolvedRegion !== null && resolvedRegion !== region,
    )
    .map(({ t }) => t / 1000)
    .sort((a, b) => a - b);

const isColour = (text: unknown): text is Colour => (COLOURS as readonly unknown[]).includes(text);

/** Operations that only read, by the AWS convention for their names. */
const READS = /^(Get|Describe|List|Query|Scan|Head|BatchGet|Lookup|Test)/;

interface CallDetail {
  readonly by?: string;
  readonly input?: Record<string, unknown>;
  readonly error?: string;
}

/** What these roles asked for in the region. */
function callsOf(watched: Watched, roles: ReadonlySet<string>): Call[] {
  const { cloud, region } = watched;
  const plain = PlainNames.of(cloud);
  return cloud.trace.entries.flatMap((entry) => {
    const { by, input, error } = (entry.detail ?? {}) as CallDetail;
    if (!by || input === undefined || entry.region !== region || !roles.has(roleName(by))) return [];
    const { source: service, what: operation } = entry;
    return [
      {
        t: seconds(entry.t),
        service,
        operation,
        input,
        by: plain.actor(by),
        error: error ?? null,
        reads: READS.test(operation),
        ...deedOf(watched, service, operation, input),
      },
    ];
  });
}

function executionsOf(
  { cloud, region }: Watched,
  roles: ReadonlySet<string>,
  since: (atMs: number) => number,
): Execution[] {
  const { executions } = cloud.stateOf(stepFunctions, region);
  return Object.values(executions)
    .filter(({ roleArn, machineName }) => roles.has(roleName(roleArn)) && !machineName.endsWith('-clean-up'))
    .map((execution) => ({
      arn: execution.arn,
      status: execution.status,
      from: since(execution.startedAtMs),
      until: execution.stoppedAtMs === undefined ? null : since(execution.stoppedAtMs),
      steps: stepsOf(execution.history, since),
      input: JSON.parse(execution.input),
      output: execution.output === undefined ? null : JSON.parse(execution.output),
      error: execution.error ?? null,
    }));
}

type History = readonly {
  readonly atMs: number;
  readonly stateEnteredEventDetails?: { readonly name?: string | undefined } | undefined;
  readonly stateExitedEventDetails?: { readonly name?: string | undefined } | undefined;
}[];

/** Every visit of a state, also when it was entered again. */
function stepsOf(history: History, since: (atMs: number) => number): ExecutionStep[] {
  const open = new Map<string, number>();
  const steps: ExecutionStep[] = [];
  for (const event of history) {
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    if (entered) open.set(entered, since(event.atMs));
    const from = exited === undefined ? undefined : open.get(exited);
    if (exited && from !== undefined) {
      steps.push({ name: exited, from, until: since(event.atMs) });
      open.delete(exited);
    }
  }
  const last = history.at(-1);
  for (const [name, from] of open) steps.push({ name, from, until: last ? since(last.atMs) : from });
  return steps;
}

const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;
