/**
 * Makes the router's state equal the alarms' own: what an event failed to bring is read from CloudWatch and taken in by the
 * same door. Started by: infra/wiring.ts "sweep". What is known already says nothing new.
 */
import { cloudWatchAlarms } from '../shared/aws/alarms.ts';
import { dynamoItems } from '../shared/aws/items.ts';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { Alarms, Queue } from '../shared/ports.ts';
import { type Alert, isFiring } from './alert.ts';
import { RouterConfig, tableIn } from './config.ts';
import { type ItemStore, itemStore } from './item-store.ts';
import { alertKey } from './keys.ts';
import { receive } from './receive.ts';
import type { Signal } from './signal.ts';
import { ofListing } from './sources/listing.ts';
import type { Table } from './table.ts';
import { wakeAt } from './wakes.ts';

type Ports = {
  readonly alarms: Alarms;
  readonly store: ItemStore;
  readonly table: Table;
  readonly work: Queue;
} & Surroundings<RouterConfig>;

/** An event is given this long; then the alarm is asked. */
const LATE_MS = 60_000;

export const makeSweep =
  ({ alarms, store, table, work, clock, log }: Ports) =>
  async (_input: unknown): Promise<{ alarms: number; missed: number }> => {
    const now = clock.now();
    const listed = (await alarms.all()).filter(({ at }) => at <= now - LATE_MS);
    const signals = listed.map((alarm) => ofListing(alarm));
    const known = await store.alerts(signals.map(alertKey));
    const unheard = listed.filter((_, index) => isMissed(signals[index] as Signal, known[index]?.value ?? null, now));
    // By its tags an alarm is as grave as it is, and is the same signal as its event.
    const missed = await Promise.all(unheard.map(async (alarm) => ofListing(alarm, await alarms.tagsOf(alarm.arn))));
    if (missed.length > 0) {
      log.warn('events were missed', { alarms: missed.map(({ name, state }) => `${name} ${state}`) });
      await receive({ store, table }, missed, now);
      await wakeAt(work, [now, now + 2_000], now);
    }
    return { alarms: listed.length, missed: missed.length };
  };

/** A state that is not what we have, of later than what we have. An alarm that was never heard of and is fine is no news. */
function isMissed(signal: Signal, alert: Alert | null, now: number): boolean {
  if (signal.state === 'unknown') return false;
  if (!alert) return signal.state === 'firing';
  return isFiring(alert, now) !== (signal.state === 'firing');
}

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config) => ({
    alarms: cloudWatchAlarms(config),
    store: itemStore(dynamoItems(config)),
    table: tableIn(config),
    work: sqsQueue({ region: config.region, queueUrl: config.workQueueUrl }),
  }),
  make: makeSweep,
});
