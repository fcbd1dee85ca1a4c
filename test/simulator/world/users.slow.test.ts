/** Users and other clients of the deployed application, with and without faults: what each of them sees. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Unreachable } from '../../../simulator/errors.ts';
import { happen, ledgerOf, pauseInstance, startUsers, stopUsers, worldHttp } from '../../../simulator/world/index.ts';
import { EAST, forkOf, HOST, type SmallWorld, smallWorld, WEST } from './small-world.ts';

let base: SmallWorld;
beforeAll(async () => {
  base = await smallWorld();
});

const second = 1_000;

describe('users of a serving application', () => {
  it('are all served, by the region that the name leads to, under the epoch of the holder', async () => {
    const { cloud, digest } = await forkOf(base);
    startUsers(cloud, { host: HOST, insideRegions: [WEST, EAST] });
    await cloud.advance(60 * second);
    stopUsers(cloud);
    await cloud.advance(10 * second);
    const { requests, writes } = ledgerOf(cloud);
    expect(requests.length).toBeGreaterThan(200);
    expect(requests.filter(({ ok }) => !ok)).toEqual([]);
    expect(new Set(requests.map(({ from }) => from))).toEqual(new Set(['internet', WEST, EAST]));
    for (const request of requests)
      expect(request).toMatchObject({ region: WEST, resolvedRegion: WEST, epoch: 1, digest });
    const asked = requests.filter(({ kind }) => kind === 'write').length;
    expect(writes.filter(({ kind }) => kind === 'user')).toHaveLength(asked);
    expect(writes.every(({ ackedAt, t }) => ackedAt !== null && ackedAt >= t)).toBe(true);
  });

  it('wait five seconds and then give up while the region is dark', async () => {
    const { cloud } = await forkOf(base);
    startUsers(cloud, { host: HOST });
    await cloud.advance(30 * second);
    const darkAt = cloud.now - cloud.state.startedAt;
    happen(cloud, { do: 'goDark', region: WEST });
    await cloud.advance(30 * second);
    const late = ledgerOf(cloud).requests.filter(({ t }) => t > darkAt);
    expect(late.length).toBeGreaterThan(50);
    for (const request of late) expect(request).toMatchObject({ ok: false, status: null, ms: 5_000, region: null });
    expect(ledgerOf(cloud).writes.filter(({ t }) => t > darkAt)).toEqual([]);
  });

  it('inside a region that is cut off still reach the application there, and those outside do not', async () => {
    const { cloud } = await forkOf(base);
    startUsers(cloud, { host: HOST, insideRegions: [WEST, EAST] });
    await cloud.advance(30 * second);
    const cutAt = cloud.now - cloud.state.startedAt;
    happen(cloud, { do: 'cutOff', region: WEST });
    await cloud.advance(15 * second);
    const later = ledgerOf(cloud).requests.filter(({ t }) => t > cutAt);
    const ok = later.filter((request) => request.ok);
    expect(ok.length).toBeGreaterThan(0);
    expect(new Set(ok.map(({ from }) => from))).toEqual(new Set([WEST]));
  });

  it('see the same world again with the same seed, to the byte, and another one with another seed', async () => {
    const run = async (seed: number): Promise<string> => {
      const { cloud } = await forkOf(base, seed);
      startUsers(cloud, { host: HOST, insideRegions: [WEST] });
      await cloud.advance(40 * second);
      return `${JSON.stringify(ledgerOf(cloud))}\n${cloud.trace.toJsonLines()}`;
    };
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });
});

describe('running code that asks the application over HTTP', () => {
  const ask = (cloud: SmallWorld['cloud'], from: string, method: string, url: string, body = '') =>
    cloud.resolve(
      worldHttp(cloud, { from, method, url: new URL(url), headers: {}, body: new TextEncoder().encode(body) }),
    );

  it('reaches a region by its own name, also the one that does not write', async () => {
    const { cloud } = await forkOf(base);
    for (const [region, writes] of [
      [WEST, 'admitted'],
      [EAST, 'refused'],
    ] as const) {
      const answer = await ask(cloud, EAST, 'GET', `https://${region}.${HOST}/ready`);
      expect(answer.status).toBe(200);
      const ready = JSON.parse(new TextDecoder().decode(answer.body));
      expect(ready).toMatchObject({ status: 'healthy', region, writes, epoch: 1, database: { reachable: true } });
      // The standby sees the holder's heartbeats in its own copy.
      expect(Date.parse(ready.database.newestHeartbeat.at)).toBeGreaterThan(cloud.now - 8 * second);
    }
  });

  it('leaves a probe in the ledger as such, with its write', async () => {
    const { cloud } = await forkOf(base);
    expect((await ask(cloud, EAST, 'POST', `https://${HOST}/orders`, '{"id":"probe-1"}')).status).toBe(201);
    expect((await ask(cloud, EAST, 'GET', `https://${HOST}/orders/probe-1`)).status).toBe(200);
    expect((await ask(cloud, EAST, 'DELETE', `https://${HOST}/orders/probe-1`)).status).toBe(204);
    const { requests, writes } = ledgerOf(cloud);
    expect(requests.map(({ who, kind, ok, region }) => [who, kind, ok, region])).toEqual([
      ['probe', 'write', true, WEST],
      ['probe', 'read', true, WEST],
      ['probe', 'delete', true, WEST],
    ]);
    expect(writes.filter(({ kind }) => kind === 'probe').map(({ epoch }) => epoch)).toEqual([1, 1]);
  });

  it('gets 503 for a write in the region that does not hold the lease', async () => {
    const { cloud } = await forkOf(base);
    const url = `https://${EAST}.${HOST}/orders`;
    expect((await ask(cloud, WEST, 'POST', url, '{"id":"probe-1"}')).status).toBe(503);
  });

  it('gets no answer for a name that does not exist or a region that is dark', async () => {
    const { cloud } = await forkOf(base);
    await expect(ask(cloud, EAST, 'GET', 'https://nowhere.example.com/')).rejects.toThrow(Unreachable);
    happen(cloud, { do: 'goDark', region: WEST });
    await expect(ask(cloud, EAST, 'GET', `https://${WEST}.${HOST}/ready`)).rejects.toThrow(Unreachable);
  });

  it('gets 504 from the load balancer after a minute when the application is stopped', async () => {
    const { cloud } = await forkOf(base);
    const url = `https://${EAST}.${HOST}/health`;
    expect((await ask(cloud, WEST, 'GET', url)).status).toBe(200);
    pauseInstance(cloud, 'i-east-1');
    const before = cloud.now;
    expect((await ask(cloud, WEST, 'GET', url)).status).toBe(504);
    expect(cloud.now - before).toBeGreaterThanOrEqual(60 * second);
  });
});
