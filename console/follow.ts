/** Asks for a move to another region and follows its execution to the end, on AWS or in a simulated cloud. */
import type { FailoverRequest } from '../events/failover-request.ts';
import type { Configuration } from '../infra/config/index.ts';
import { namesOf } from '../infra/names.ts';
import type { Cloud } from '../simulator/cloud.ts';
import { RegionFailoverOutput } from '../statemachines/region-failover.io.ts';
import { narratorOf } from './drills/region-failover/narrator.ts';
import type { Target } from './target.ts';
import type { Timeline } from './terminal.ts';

/** Real time on AWS, virtual time otherwise. */
const POLL_MS = { aws: 5_000, local: 1_000 } as const;
const START_MS_MAX = 5 * 60_000;
const FOLLOW_MS_MAX = 3 * 3_600_000;

export interface Followed {
  readonly target: Target;
  readonly configuration: Configuration;
  readonly detail: FailoverRequest['detail'];
  readonly timeline: Timeline;
  /** The simulated cloud, where there is one: then the world's part is told too. */
  readonly cloud?: Cloud;
}

/** How an execution ended. */
export interface Ended {
  readonly status: string;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/**
 * Puts the request on the bus of the region to be activated and tells the states as they are entered. Throws when the
 * bus refuses it, when no execution follows, or when it is still running after hours (it then goes on without us).
 */
export async function follow(followed: Followed): Promise<Ended> {
  const { target, configuration, detail, timeline, cloud } = followed;
  const names = namesOf(configuration);
  const region = detail.target;
  const { Account } = await target.call('sts', 'GetCallerIdentity', {}, region);
  const told = cloud ? narrated(followed, cloud) : undefined;
  const sent = await target.call(
    'events',
    'PutEvents',
    { Entries: [{ Source: 'mainstay', DetailType: 'Region failover requested', Detail: JSON.stringify(detail) }] },
    region,
  );
  const [entry] = sent.Entries ?? [];
  if (!entry?.EventId)
    throw new Error(`${region} did not take the request: ${entry?.ErrorCode} ${entry?.ErrorMessage}`);
  // The event's id names the execution (functions/region-failover/declare.ts).
  const executionArn = `arn:aws:states:${region}:${Account}:execution:${names.workflow}:person-${entry.EventId}`;
  const states = new States(target, timeline, executionArn, region);
  for (let waited = 0; waited < FOLLOW_MS_MAX; waited += POLL_MS[target.name]) {
    await target.wait(POLL_MS[target.name]);
    const execution = await found(target, executionArn, region);
    if (!execution) {
      if (waited < START_MS_MAX) continue;
      throw new Error(`the request ${entry.EventId} was taken, but no execution followed; see the log of 'declare'`);
    }
    const current = await states.read(told === undefined);
    told?.();
    timeline.moment({ t: waited / 1000, sinceFault: true, text: current });
    if (execution.status === 'RUNNING') continue;
    const { status = 'unknown', output, error, cause } = execution;
    return { status, output, error, cause };
  }
  throw new Error(`${executionArn} still runs after ${FOLLOW_MS_MAX / 3_600_000} h; it goes on without this command`);
}

/** In a simulated cloud the drill's narrator tells, with the world's part. */
function narrated({ configuration, timeline }: Followed, cloud: Cloud): () => void {
  const now = (cloud.now - cloud.state.startedAt) / 1000;
  const words = { names: namesOf(configuration), domain: configuration.domain };
  const narrator = narratorOf(cloud, words, now, (entry) => timeline.entry(entry));
  return () => narrator.poll();
}

async function found(target: Target, executionArn: string, region: string) {
  try {
    return await target.call('states', 'DescribeExecution', { executionArn }, region);
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist' || codeOf(error) === 'ExecutionDoesNotExist')
      return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** Reads the execution's history and tells each state once. */
class States {
  readonly #target: Target;
  readonly #timeline: Timeline;
  readonly #executionArn: string;
  readonly #region: string;
  readonly #told = new Set<string>();

  constructor(target: Target, timeline: Timeline, executionArn: string, region: string) {
    this.#target = target;
    this.#timeline = timeline;
    this.#executionArn = executionArn;
    this.#region = region;
  }

  /** Returns what it does now, in words. */
  async read(tell: boolean): Promise<string> {
    let current = 'the machine starts';
    let startedAt: number | undefined;
    for (let nextToken: string | undefined, more = true; more; more = nextToken !== undefined) {
      const page = await this.#target.call(
        'states',
        'GetExecutionHistory',
        { executionArn: this.#executionArn, maxResults: 1000, ...(nextToken !== undefined && { nextToken }) },
        this.#region,
      );
      for (const { type = '', timestamp, stateEnteredEventDetails } of page.events ?? []) {
        const at = (timestamp?.getTime() ?? 0) / 1000;
        startedAt ??= at;
        const name = stateEnteredEventDetails?.name;
        if (!name) continue;
        current = `in '${name}'`;
        if (!tell || this.#told.has(name) || !/^(Task|Fail|Succeed)/.test(type)) continue;
        this.#told.add(name);
        this.#timeline.entry({ t: at - startedAt, what: name, region: this.#region, actor: 'region-failover' });
      }
      nextToken = page.nextToken;
    }
    return current;
  }
}

export interface End {
  /** As the machine says it, or its status in small letters when it said nothing. */
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly measures: RegionFailoverOutput['measures'];
}

export function endOf({ status, output, error, cause }: Ended): End {
  const parsed = output === undefined ? undefined : RegionFailoverOutput.safeParse(JSON.parse(output));
  if (parsed?.success) {
    const { outcome, reasons, measures } = parsed.data;
    return { outcome, reasons, measures };
  }
  const why = [error, cause].filter((text) => text !== undefined).join(': ');
  return { outcome: status.toLowerCase(), reasons: why === '' ? [] : [why], measures: null };
}

/** The end as text. What was not measured says so. */
export function endLines({ outcome, reasons, measures }: End): string[] {
  const figure = (value: number | null) => (value === null ? 'unknown' : `${Math.round(value * 10) / 10} s`);
  return [
    `outcome     ${outcome}`,
    ...[...new Set(reasons)].map((reason, index) => `${index === 0 ? 'because     ' : '            '}${reason}`),
    ...(measures
      ? [
          `detection   ${figure(measures.detectSeconds)}`,
          `decision    ${figure(measures.decideSeconds)}`,
          `RTO         ${figure(measures.rtoSeconds)}`,
          `RPO         ${figure(measures.rpoSeconds)}`,
        ]
      : []),
  ];
}
