/**
 * One look at an escalation, for its machine: what is due is decided and kept as any decision is, and the machine hears
 * where it stands. Started by: the states "Tell the level that is due" and "Tell the default owner". Whoever decided first,
 * the dispatch or this, it is told once: the ledger is one conditional write.
 */
import * as z from 'zod';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Queue } from '../shared/ports.ts';
import { RouterConfig, tableIn } from './config.ts';
import { type Stand, type Standing, standOf } from './escalation.ts';
import { type Followers, itemFollowers } from './item-escalations.ts';
import type { ItemStore } from './item-store.ts';
import { recordTo } from './record.ts';
import { settle } from './settle.ts';
import { sharedItems } from './shared-items.ts';
import type { Table } from './table.ts';
import { wakeAt } from './wakes.ts';

const EscalateInput = z.object({
  incident: z.string().min(1),
  countedFrom: z.number().int(),
  attempt: z.number().int().min(0),
  /** Whether the default owner is to be told as well. */
  last: z.boolean(),
});

export interface Looked {
  readonly state: Exclude<Standing, 'due'>;
  readonly level: number;
  /** At least 1; null when nothing is due any more. */
  readonly waitSeconds: number | null;
}

type Ports = {
  readonly store: ItemStore;
  readonly followers: Pick<Followers, 'of'>;
  readonly table: Table;
  readonly work: Queue;
} & Surroundings<RouterConfig>;

/** Outside of the policy's hours nothing is told although it is due: looked at again after this long, or sooner. */
const HELD_MS = 60_000;

export const makeEscalate =
  ({ store, followers, table, work, clock, log }: Ports) =>
  async (input: unknown): Promise<Looked> => {
    const { last, ...follower } = parse(EscalateInput, input);
    const { incident, countedFrom, attempt } = follower;
    const appointed = await followers.of(incident);
    if (appointed?.countedFrom !== countedFrom || appointed.attempt !== attempt) return over('superseded');
    const key = await store.groupOf(incident);
    if (key === null) return over('over');
    const look = async () => standOf(await store.group(key), follower, table, clock.now());
    let stand = await look();
    if (stand.state === 'due' || (last && stand.state === 'last')) {
      await settle({ store, table, record: recordTo(log) }, key, clock.now());
      await wakeAt(work, [clock.now()], clock.now());
      stand = await look();
    }
    log.info('looked at an escalation', { incident, ...stand });
    return lookedAt(stand, last, clock.now());
  };

const over = (state: Looked['state']): Looked => ({ state, level: 0, waitSeconds: null });

/** What is still due after it was decided is held by the policy's hours. */
function lookedAt({ state, level, dueAt }: Stand, last: boolean, now: number): Looked {
  const isHeld = state === 'due' || (last && state === 'last');
  const until = isHeld ? now + HELD_MS : dueAt;
  const waitSeconds = until === null ? null : Math.max(1, Math.ceil((until - now) / 1000));
  if (state === 'due' || isHeld) return { state: 'waiting', level, waitSeconds };
  // Told by the dispatch, it is recorded by the machine's own state all the same.
  return { state: state === 'exhausted' && !last ? 'last' : state, level, waitSeconds };
}

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config, clock) => {
    const { items, store } = sharedItems(config, clock);
    return {
      store,
      followers: itemFollowers(items),
      table: tableIn(config),
      work: sqsQueue({ region: config.region, queueUrl: config.workQueueUrl }),
    };
  },
  make: makeEscalate,
});
