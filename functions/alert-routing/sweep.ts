/**
 * Makes the router's state equal the alarms' own, and the provider's equal the router's: what an event failed to bring is
 * read from CloudWatch and taken in by the same door; what is open in one place and over in the other is told again.
 * Started by: infra/wiring.ts "sweep". What is known already says nothing new; what cannot be asked is unknown.
 */
import * as z from 'zod';
import { cloudWatchAlarms } from '../shared/aws/alarms.ts';
import { secretsManager } from '../shared/aws/secrets.ts';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Alarms, Queue } from '../shared/ports.ts';
import { fetchWeb } from '../shared/web.ts';
import { type Alert, isFiring } from './alert.ts';
import { RouterConfig, tableIn } from './config.ts';
import type { ItemStore } from './item-store.ts';
import { alertKey } from './keys.ts';
import { PAGERDUTY_API_SECRET, type ProviderIncidents, pagerdutyIncidents } from './pagerduty-incidents.ts';
import type { Peers } from './peers.ts';
import { receive } from './receive.ts';
import { sharedItems } from './shared-items.ts';
import type { Signal } from './signal.ts';
import { goneOf, ofListing } from './sources/listing.ts';
import { type Compared, comparePages } from './sweep-pages.ts';
import type { Table } from './table.ts';
import { wakeAt } from './wakes.ts';

export type SweepPorts = {
  readonly alarms: Alarms;
  readonly provider: ProviderIncidents;
  readonly store: ItemStore;
  readonly peers: Peers;
  readonly table: Table;
  readonly work: Queue;
} & Surroundings<RouterConfig>;

/** An event is given this long; then the alarm is asked. */
const LATE_MS = 60_000;

const Scheduled = z.object({ scheduledAt: z.iso.datetime() });

export interface Swept {
  readonly alarms: number;
  /** States that no event brought. */
  readonly missed: number;
  /** Alarms that are gone while their episodes stood open. */
  readonly vanished: number;
  /** Null: unknown. */
  readonly pagerduty: Compared | null;
}

export const makeSweep =
  (ports: SweepPorts) =>
  async (input: unknown): Promise<Swept> => {
    const slot = Date.parse(parse(Scheduled, input, 'schedule').scheduledAt);
    const swept = await sweepAlarms(ports);
    const now = ports.clock.now();
    const pagerduty = await comparePages({ ...ports, region: ports.config.region }, now, slot);
    if (pagerduty && pagerduty.reopened + pagerduty.ended > 0) await wakeAt(ports.work, [now], now);
    return { ...swept, pagerduty };
  };

async function sweepAlarms({
  alarms,
  store,
  table,
  work,
  clock,
  log,
  config,
}: SweepPorts): Promise<Omit<Swept, 'pagerduty'>> {
  const now = clock.now();
  const all = await alarms.all();
  const listed = all.filter(({ at }) => at <= now - LATE_MS);
  const signals = listed.map((alarm) => ofListing(alarm));
  const known = await store.alerts(signals.map(alertKey));
  const unheard = listed.filter((_, index) => isMissed(signals[index] as Signal, known[index]?.value ?? null, now));
  // By its tags an alarm is as grave as it is, and is the same signal as its event.
  const missed = await Promise.all(unheard.map(async (alarm) => ofListing(alarm, await alarms.tagsOf(alarm.arn))));
  const open = (await openAlerts(store)).filter(({ signal }) => isOfHere(signal, config));
  const vanished = goneOf(open, new Set(all.map(({ arn }) => arn)), now);
  if (missed.length + vanished.length > 0) {
    const alarms = [...missed, ...vanished].map(({ name, state }) => `${name} ${state}`);
    log.warn('events were missed', { alarms });
    await receive({ store, table }, [...missed, ...vanished], now);
    const quiet = vanished.map((signal) => now + table.routeOf(signal).quietSeconds * 1000);
    await wakeAt(work, [now, now + 2_000, ...quiet], now);
  }
  return { alarms: listed.length, missed: missed.length, vanished: vanished.length };
}

/** A state that is not what we have, of later than what we have. An alarm that was never heard of and is fine is no news. */
function isMissed(signal: Signal, alert: Alert | null, now: number): boolean {
  if (signal.state === 'unknown') return false;
  if (!alert) return signal.state === 'firing';
  return isFiring(alert, now) !== (signal.state === 'firing');
}

async function openAlerts(store: ItemStore): Promise<Alert[]> {
  const groups = await Promise.all((await store.openIncidents()).map((incident) => store.groupOf(incident)));
  const keys = new Set(groups.flatMap((group) => group ?? []));
  return (await Promise.all([...keys].map(async (key) => (await store.group(key)).alerts))).flat();
}

const isOfHere = ({ source, account, region }: Signal, config: RouterConfig): boolean =>
  source === 'aws.cloudwatch' && account === config.account && region === config.region;

export const handler = lambda({
  slug: 'alert-routing',
  config: RouterConfig,
  ports: (config, clock) => {
    const { store, peers } = sharedItems(config, clock);
    const secret = `${config.secretPrefix}${PAGERDUTY_API_SECRET}`;
    return {
      alarms: cloudWatchAlarms(config),
      provider: pagerdutyIncidents(fetchWeb(clock), secretsManager(config, clock), secret),
      store,
      peers,
      table: tableIn(config),
      work: sqsQueue({ region: config.region, queueUrl: config.workQueueUrl }),
    };
  },
  make: makeSweep,
});
