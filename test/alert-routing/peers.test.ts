/** What one region knows of what was said in the other, on a global table of the simulated DynamoDB. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Incident, Told } from '../../functions/alert-routing/incident.ts';
import { emptyGroup } from '../../functions/alert-routing/incident.ts';
import { itemStore } from '../../functions/alert-routing/item-store.ts';
import { itemPeers, type Peers } from '../../functions/alert-routing/peers.ts';
import { sharedStore } from '../../functions/alert-routing/shared-store.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { cloudWithTable, itemsIn } from './table-items.ts';
import { HOUR, MINUTE, START } from './world.ts';

const [HERE, THERE] = ['us-west-2', 'us-east-2'] as const;
const KEY = 'incident';

const told = (change: Partial<Told> = {}): Told => ({
  askedAt: START,
  outcome: 'accepted',
  page: 0,
  messages: 1,
  ...change,
});

const incident = (change: Partial<Incident> = {}): Incident => ({
  key: KEY,
  after: 0,
  startedAt: START,
  openedAt: START,
  severity: 'P0',
  told: { pager: told(), phone: told({ page: 1, messages: 2 }) },
  acknowledged: null,
  countedFrom: START,
  steps: 0,
  suppressed: false,
  notifiedAt: START,
  said: '',
  ...change,
});

let cloud: Cloud;
let here: Peers;
let there: Peers;

beforeEach(async () => {
  cloud = await cloudWithTable([HERE, THERE], START);
  [here, there] = [HERE, THERE].map((region) => itemPeers(itemsIn(cloud, region), region, () => cloud.now)) as [
    Peers,
    Peers,
  ];
});

/** The incident as the other region's decisions see it. */
async function seenThere(open: Incident): Promise<Incident | null> {
  const own = itemStore(itemsIn(cloud, THERE));
  const { version } = await own.group('group');
  const group = { ...emptyGroup('group'), incident: open };
  await own.commit({ group, version, wakeAt: null, intents: [], done: [] });
  return (await sharedStore(own, there).group('group')).group.incident;
}

const taken = { what: 'acknowledged', by: 'ada', reason: 'on it', at: START + MINUTE, until: START + HOUR } as const;

describe('what is said in one region', () => {
  it('counts in the other about a second later, and not before', async () => {
    await here.hear(KEY, taken);
    expect((await seenThere(incident()))?.acknowledged).toBeNull();
    await cloud.advance(2_000);
    expect((await seenThere(incident()))?.acknowledged).toMatchObject({ by: 'ada', until: START + HOUR });
  });

  it('counts for who opens the incident only later, and not once it ran out or was overtaken by a rise', async () => {
    await here.hear(KEY, taken);
    await cloud.advance(2_000);
    const late = { openedAt: START + 2 * MINUTE, countedFrom: START + 2 * MINUTE };
    expect((await seenThere(incident(late)))?.acknowledged?.by).toBe('ada');
    expect((await seenThere(incident({ countedFrom: START + HOUR })))?.acknowledged).toBeNull();
    expect((await seenThere(incident({ countedFrom: START + 3 * MINUTE })))?.acknowledged).toBeNull();
  });

  it('confirms the first page of the channel that it is about, and no later one', async () => {
    for (const channel of ['pager', 'phone']) await here.hear(KEY, { what: 'shown', channel });
    await cloud.advance(2_000);
    const seen = await seenThere(incident());
    expect([seen?.told.pager?.outcome, seen?.told.phone?.outcome]).toEqual(['confirmed', 'accepted']);
  });

  it('changes nothing where it cannot be read', async () => {
    const silent: Peers = { ...there, heard: () => Promise.reject(new Error('no answer')) };
    const own = itemStore(itemsIn(cloud, THERE));
    const { version } = await own.group('group');
    const group = { ...emptyGroup('group'), incident: incident() };
    await own.commit({ group, version, wakeAt: null, intents: [], done: [] });
    expect((await sharedStore(own, silent).group('group')).group).toEqual(group);
  });

  it('silences in both, and is not lost by what the other says meanwhile', async () => {
    const silence = { matchers: { name: 'x' }, startsAt: START, endsAt: START + HOUR, by: 'ada', reason: 'known' };
    await here.putSilence({ ...silence, id: 'one', at: START });
    await there.putSilence({ ...silence, id: 'two', at: START });
    await cloud.advance(2_000);
    for (const peers of [here, there]) {
      expect((await peers.silences(cloud.now)).map(({ id }) => id).sort()).toEqual(['one', 'two']);
    }
  });

  it('is a telling with its region, and a Slack message that the other changes where it has none of its own', async () => {
    await here.told(KEY, 'chat', [{ transition: 'first', at: START, outcome: 'confirmed' }]);
    await here.posts.note(KEY, 'chat', '1.0');
    await cloud.advance(2_000);
    expect(await there.tellings(KEY, 'chat')).toEqual([
      { transition: 'first', at: START, outcome: 'confirmed', region: HERE },
    ]);
    expect(await there.posts.find(KEY, 'chat')).toBe('1.0');
    await there.posts.note(KEY, 'chat', '2.0');
    await cloud.advance(2_000);
    expect([await here.posts.find(KEY, 'chat'), await there.posts.find(KEY, 'chat')]).toEqual(['1.0', '2.0']);
  });
});
