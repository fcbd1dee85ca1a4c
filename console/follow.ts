/** Puts a person's request on the bus and follows its execution to the end, on AWS or in a simulated cloud. */
import type { Cloud } from '../simulator/cloud.ts';
import type { Asked, Ended } from './by-hand.ts';
import type { Target } from './target.ts';
import type { Timeline } from './terminal.ts';

/** Real time on AWS, virtual time otherwise. */
const POLL_MS = { aws: 5_000, local: 1_000 } as const;
const START_MS_MAX = 5 * 60_000;
const FOLLOW_MS_MAX = 3 * 3_600_000;

export interface Followed {
  readonly target: Target;
  readonly asked: Asked;
  readonly timeline: Timeline;
  /** The simulated cloud, where there is one: then the world's part is told too. */
  readonly cloud?: Cloud;
}

/**
 * Puts the request on the bus of its region and tells the states as they are entered. Throws when the
 * bus refuses it, when no execution follows, or when it is still running after hours (it then goes on without us).
 */
export async function follow(followed: Followed): Promise<Ended> {
  const { target, asked, timeline, cloud } = followed;
  const { region, detailType, detail } = asked;
  const { Account } = await target.call('sts', 'GetCallerIdentity', {}, region);
  const narrator = cloud && asked.narrator(cloud, timeline);
  const sent = await target.call(
    'events',
    'PutEvents',
    { Entries: [{ Source: 'mainstay', DetailType: detailType, Detail: JSON.stringify(detail) }] },
    region,
  );
  const [entry] = sent.Entries ?? [];
  if (!entry?.EventId)
    throw new Error(`${region} did not take the request: ${entry?.ErrorCode} ${entry?.ErrorMessage}`);
  const executionArn = `arn:aws:states:${region}:${Account}:execution:${asked.machine}:${asked.execution(entry.EventId)}`;
  const states = new States(followed, executionArn);
  for (let waited = 0; waited < FOLLOW_MS_MAX; waited += POLL_MS[target.name]) {
    await target.wait(POLL_MS[target.name]);
    const execution = await found(target, executionArn, region);
    if (!execution) {
      if (waited < START_MS_MAX) continue;
      throw new Error(
        `the request ${entry.EventId} was taken, but no execution followed; see the logs of ${asked.slug}`,
      );
    }
    const current = await states.read(narrator === undefined);
    narrator?.poll();
    timeline.moment({ t: waited / 1000, sinceFault: true, text: current });
    if (execution.status === 'RUNNING') continue;
    const { status = 'unknown', output, error, cause } = execution;
    return { status, output, error, cause };
  }
  throw new Error(`${executionArn} still runs after ${FOLLOW_MS_MAX / 3_600_000} h; it goes on without this command`);
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
  readonly #asked: Asked;
  readonly #told = new Set<string>();

  constructor({ target, timeline, asked }: Followed, executionArn: string) {
    this.#target = target;
    this.#timeline = timeline;
    this.#executionArn = executionArn;
    this.#asked = asked;
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
        this.#asked.region,
      );
      for (const { type = '', timestamp, stateEnteredEventDetails } of page.events ?? []) {
        const at = (timestamp?.getTime() ?? 0) / 1000;
        startedAt ??= at;
        const name = stateEnteredEventDetails?.name;
        if (!name) continue;
        current = `in '${name}'`;
        if (!tell || this.#told.has(name) || !/^(Task|Fail|Succeed)/.test(type)) continue;
        this.#told.add(name);
        this.#timeline.entry({ t: at - startedAt, what: name, region: this.#asked.region, actor: this.#asked.slug });
      }
      nextToken = page.nextToken;
    }
    return current;
  }
}
