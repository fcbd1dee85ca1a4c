/**
 * Does what is due: decides about groups, delivers messages, and sets the clock for what comes next. Started by: Lambda's
 * poller of the work queue, and infra/wiring.ts "dispatch" each minute. Twice at once changes nothing.
 */
import { secretsManager } from '../shared/aws/secrets.ts';
import { sesMail } from '../shared/aws/ses.ts';
import { snsTopics } from '../shared/aws/sns.ts';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { Queue, Topics } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { channelsOf } from './channels.ts';
import { RouterConfig, tableIn } from './config.ts';
import { type Delivering, deliver } from './deliver.ts';
import { StoreConflict } from './errors.ts';
import type { ItemStore } from './item-store.ts';
import type { Peers } from './peers.ts';
import type { Channel } from './ports.ts';
import { recordTo } from './record.ts';
import { settle, suppressorsOf } from './settle.ts';
import { sharedItems } from './shared-items.ts';
import type { Table } from './table.ts';
import { askToFollow, wakeAt } from './wakes.ts';

/** Longer than the function may run. */
const LEASE_MS = 60_000;
const AT_ONCE = 50;
/** A run ends by itself well before its time limit. */
const WORK_MS_MAX = 20_000;
/** How soon a message that is not delivered is tried again, at the earliest. */
const AGAIN_MS = 1_000;

export interface DispatchPorts {
  readonly store: ItemStore;
  readonly table: Table;
  readonly work: Queue;
  readonly escalations: Queue;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly topics: Topics;
  readonly peers: Peers;
}

type Ports = DispatchPorts & Surroundings<RouterConfig>;

export const makeDispatch =
  (ports: Ports) =>
  async (_input: unknown): Promise<{ settled: number; sent: number; refused: number }> => {
    const { clock, log, store, work } = ports;
    const until = clock.now() + WORK_MS_MAX;
    const done = { settled: 0, sent: 0, refused: 0 };
    const wakes: number[] = [];
    const rounds = new Set<string>();
    const onRound = (incident: string) => void rounds.add(incident);
    for (let busy = true; busy && clock.now() < until; ) {
      const due = await store.due(clock.now(), AT_ONCE);
      wakes.push(...(await settleAll(due, ports, onRound)));
      const report = await deliver({ ...delivering(ports), onRound });
      done.settled += due.length;
      done.sent += report.sent;
      done.refused += report.refused;
      if (report.postponed > 0) wakes.push(clock.now() + AGAIN_MS);
      if (report.againAt !== null) wakes.push(report.againAt);
      busy = due.length > 0 || report.sent + report.folded + report.refused + report.spared > 0;
    }
    await wakeAt(work, wakes, clock.now());
    // After the messages: nobody waits for a machine to be told.
    await askToFollow(ports.escalations, rounds);
    log.info('dispatched', done);
    return done;
  };

const delivering = (ports: Ports): Delivering => {
  const { clock, log, peers, config } = ports;
  const { now } = clock;
  return {
    ...ports,
    sharing: { peers, place: config },
    now,
    leaseMs: LEASE_MS,
    limit: AT_ONCE,
    record: recordTo(log),
    ...refusals(ports),
  };
};

/** When the groups are to be looked at again. A group that others keep changing is theirs. */
async function settleAll(
  due: readonly string[],
  { store, table, clock, log }: Ports,
  onRound: (incident: string) => void,
): Promise<number[]> {
  if (due.length === 0) return [];
  const suppressors = await suppressorsOf(store, clock.now());
  const record = recordTo(log);
  const wakes = await Promise.all(
    due.map(async (key) => {
      try {
        const settling = { store, table, record, onRound };
        const { wakeAt: next } = await settle(settling, key, clock.now(), {}, suppressors);
        return next === null ? [] : [next];
      } catch (error) {
        if (error instanceof StoreConflict) return [clock.now() + AGAIN_MS];
        throw error;
      }
    }),
  );
  return wakes.flat();
}

/** A permanent error is an alert of its own, by the way that needs nothing of what failed. */
const refusals = ({ topics, config, log }: Ports) => ({
  onRefused: async (intent: { channel: string; incident: string; severity: string }, detail: string): Promise<void> => {
    const { channel, incident, severity } = intent;
    log.warn('refused for good', { channel, incident, detail });
    await topics.publish({
      topicArn: config.operationsTopicArn,
      subject: `Mainstay: channel ${channel} refuses messages`.slice(0, 100),
      message: `${channel} refused a ${severity} message of incident ${incident}: ${detail}. Its next channel is told instead.`,
      attributes: { channel, severity },
    });
  },
});

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config, clock) => {
    const table = tableIn(config);
    const topics = snsTopics(config);
    const web = fetchWeb(clock);
    const secrets = secretsManager(config, clock);
    const { peers, store } = sharedItems(config, clock);
    const ports = { web, secrets, mail: sesMail(config), topics, posts: peers.posts, clock, config };
    return {
      store,
      peers,
      table,
      topics,
      work: sqsQueue({ region: config.region, queueUrl: config.workQueueUrl }),
      escalations: sqsQueue({ region: config.region, queueUrl: config.escalationsQueueUrl }),
      channels: channelsOf(ports, table.routing.channels),
    };
  },
  make: makeDispatch,
});
