/** A region whose sweep compares with PagerDuty: one alarm that fires, and what the provider has open. */
import type { ItemStore } from '../../functions/alert-routing/item-store.ts';
import type { Peers } from '../../functions/alert-routing/peers.ts';
import { makeSweep, type SweepPorts } from '../../functions/alert-routing/sweep.ts';
import { MINUTE, routing, START, signal, World } from './world.ts';

const ARN = 'arn:aws:cloudwatch:us-west-2:123456789012:alarm:outage';

export const alarm = signal({
  kind: 'alarm-transition',
  source: 'aws.cloudwatch',
  resource: 'alarm:outage',
  name: 'outage',
  severity: 'P0',
});

export const SERVING = ['us-west-2', 'us-east-2'] as const;

/** A region that hears of no other. */
const ALONE = {
  mends: async () => [],
  mended: async () => {},
  sweeps: async () => new Map(),
  swept: async () => {},
} as const;

export type SweepPeers = Pick<Peers, 'mends' | 'mended' | 'sweeps' | 'swept'>;

/** `there` is what PagerDuty has open; null: it cannot be asked. */
export async function setUp(region: string = SERVING[0], peers: SweepPeers = ALONE) {
  const config = routing();
  const pager = { ...config.channels.pager!, provider: 'pagerduty' };
  const world = new World(routing({ channels: { ...config.channels, pager } }));
  const state = { there: new Set<string>() as Set<string> | null, listed: true };
  const open = () => [...world.store.groupRows.values()].flatMap(({ group }) => group.incident?.key ?? []);
  const groupOf = async (incident: string) => {
    const rows = [...world.store.groupRows].find(
      ([, { group }]) => group.incident?.key === incident || group.closed?.key === incident,
    );
    return rows?.[0] ?? null;
  };
  const listed = { name: 'outage', arn: ARN, state: 'ALARM', at: START, reason: '', description: null };
  const ports = {
    store: Object.assign(world.store, { openIncidents: async () => open(), groupOf }) as unknown as ItemStore,
    peers,
    table: world.table,
    alarms: { all: async () => (state.listed ? [listed] : []), tagsOf: async () => ({}) },
    provider: { open: async () => (state.there ? { keys: state.there } : { unknown: 'no answer' }) },
    work: { send: async () => {} },
    config: { account: '123456789012', region, serving: SERVING },
    clock: { now: () => world.now },
    log: { info: () => {}, warn: () => {} },
  } as unknown as SweepPorts;
  const sweep = async () => {
    const swept = await makeSweep(ports)({ scheduledAt: new Date(world.now).toISOString() });
    await world.work();
    return swept;
  };
  await world.take(alarm);
  await world.until(START + 4 * MINUTE);
  const [incident] = open() as [string];
  return { world, state, incident, sweep };
}
