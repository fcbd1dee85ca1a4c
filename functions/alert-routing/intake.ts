/**
 * Takes alerts in: from the events queue into the store, durably, before the queue forgets them. Started by: Lambda's
 * poller of the events queue, infra/wiring.ts "intake". A message that could not be kept comes again; after enough times
 * it is in the dead-letter queue, whose alarm pages by another way.
 */
import * as z from 'zod';
import { secretsManager } from '../shared/aws/secrets.ts';
import { sesMail } from '../shared/aws/ses.ts';
import { snsTopics } from '../shared/aws/sns.ts';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Queue } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { channelsOf } from './channels.ts';
import { RouterConfig, tableIn } from './config.ts';
import type { ItemStore } from './item-store.ts';
import { applyNews, newsIn } from './news.ts';
import type { Peers } from './peers.ts';
import type { Channel } from './ports.ts';
import { read } from './read.ts';
import { receive } from './receive.ts';
import { recordTo } from './record.ts';
import { sharedItems } from './shared-items.ts';
import type { Signal } from './signal.ts';
import type { Table } from './table.ts';
import { tellAnyway } from './tell-anyway.ts';
import { wakeAt } from './wakes.ts';

export const QueueEvent = z.object({
  Records: z.array(z.object({ messageId: z.string(), body: z.string(), attributes: z.record(z.string(), z.string()) })),
});

export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface IntakePorts {
  readonly store: ItemStore;
  readonly table: Table;
  readonly work: Queue;
  readonly escalations: Queue;
  readonly remedies: Queue;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly peers: Peers;
}

/** What pages goes first; what is done about it is said after that. */
const REMEDY_DELAY_SECONDS = 5;

/** While the store is away, people are told at most so often of one message; later ones wait for the store. */
const TELLINGS_MAX = 2;

export const makeIntake =
  (ports: IntakePorts & Surroundings<RouterConfig>) =>
  async (input: unknown): Promise<BatchAnswer> => {
    const { Records } = parse(QueueEvent, input, 'event');
    const outcomes = await Promise.all(
      Records.map(async (record) => ((await take(record, ports)) ? [] : [{ itemIdentifier: record.messageId }])),
    );
    return { batchItemFailures: outcomes.flat() };
  };

type Message = z.infer<typeof QueueEvent>['Records'][number];

/** False when it has to come again. */
async function take({ body, attributes }: Message, ports: IntakePorts & Surroundings<RouterConfig>): Promise<boolean> {
  const { clock, log } = ports;
  const recording = { ...ports, record: recordTo(log) };
  const news = newsIn(body);
  const sentAt = Number(attributes.SentTimestamp ?? clock.now());
  const { kind, signals, problem } = news ? { kind: 'news', signals: [], problem: null } : read(body, { now: sentAt });
  try {
    const wakes = news ? await applyNews(news, recording, clock.now()) : await keep(signals, ports);
    await wakeAt(ports.work, wakes, clock.now());
    log.info('taken in', { kind, problem, alerts: signals.map(({ name, state }) => `${name} ${state}`) });
    return true;
  } catch (error) {
    log.warn('not taken in, comes again', { kind, error: (error as Error).name });
    const isEarly = Number(attributes.ApproximateReceiveCount ?? 1) <= TELLINGS_MAX;
    if (isEarly && (error as Error).name !== 'StoreConflict') await tellAnyway(signals, recording, clock.now());
    return false;
  }
}

async function keep(signals: readonly Signal[], ports: IntakePorts & Surroundings<RouterConfig>): Promise<number[]> {
  const { table, clock } = ports;
  const now = clock.now();
  const received = await receive(ports, signals, now);
  if (received.some(({ alert, isNews }) => isNews && alert.evidence)) {
    await ports.remedies.send('{"look":true}', REMEDY_DELAY_SECONDS);
  }
  // Known or not: whoever kept it may have died before it set the clock.
  return received.flatMap(({ alert }) => {
    if (alert.group === null) return [];
    const { waitSeconds } = table.policy(table.route(alert.route), alert.severity);
    return [now, now + 1000, now + waitSeconds * 1000];
  });
}

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config, clock) => {
    const table = tableIn(config);
    const { peers, store } = sharedItems(config, clock);
    const adapters = {
      web: fetchWeb(clock),
      secrets: secretsManager(config, clock),
      mail: sesMail(config),
      topics: snsTopics(config),
      posts: peers.posts,
    };
    return {
      store,
      peers,
      table,
      work: sqsQueue({ region: config.region, queueUrl: config.workQueueUrl }),
      escalations: sqsQueue({ region: config.region, queueUrl: config.escalationsQueueUrl }),
      remedies: sqsQueue({ region: config.region, queueUrl: config.remediesQueueUrl }),
      channels: channelsOf({ ...adapters, clock, config }, table.routing.channels),
    };
  },
  make: makeIntake,
});
