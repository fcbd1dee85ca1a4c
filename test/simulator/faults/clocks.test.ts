/** Wrong clocks, starved processes, and broken, lossy and slow ways between places. */
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { Unreachable } from '../../../simulator/errors.ts';
import { addFault, type Fault } from '../../../simulator/faults.ts';
import { networkOf } from '../../../simulator/runtime/network.ts';
import { fakeService, startAt, startProcess, testCloud } from '../runtime/processes.ts';

const here = 'us-east-1';
const there = 'us-west-2';
const SLEEPER = `exports.now = async () => [Date.now(), performance.now()];
  exports.sleep = (ms) => new Promise((resolve) => setTimeout(() => resolve(performance.now()), ms));`;

describe('a clock that is wrong', () => {
  it('jumps by the skew when the fault begins and back when it ends; monotonic time does not', async () => {
    const cloud = testCloud();
    const window = { from: startAt + 1_000, until: startAt + 2_000 };
    const id = addFault(cloud, { kind: 'clock-skew', region: here, byMs: -60_000, ...window });
    const { call } = startProcess(cloud, SLEEPER);
    const seen = [];
    for (const at of [999, 1_000, 2_000]) {
      await cloud.clock.run(startAt + at);
      seen.push(await call('now'));
    }
    expect(seen).toEqual([
      [startAt + 999, 999],
      [startAt - 59_000, 1_000],
      [startAt + 2_000, 2_000],
    ]);
    expect(cloud.state.faults.hits[id]).toBeGreaterThan(0);
    expect([cloud.clockSkewMs(there), cloud.clockSkewMs(here)]).toEqual([0, 0]);
  });
});

describe('a starved process', () => {
  it('gets to run later than it should; another one, and one elsewhere, does not', async () => {
    const woken = async (fault?: Fault) => {
      const cloud = testCloud();
      const id = fault ? addFault(cloud, fault) : '';
      return [await startProcess(cloud, SLEEPER).call('sleep', 1_000), cloud.state.faults.hits[id]];
    };
    expect(await woken()).toEqual([1_000, undefined]);
    expect(await woken({ kind: 'slow-process', region: here, addedMs: 700 })).toEqual([1_700, 1]);
    expect(await woken({ kind: 'slow-process', region: here, process: 'test', addedMs: 700 })).toEqual([1_700, 1]);
    expect(await woken({ kind: 'slow-process', region: here, process: 'other', addedMs: 700 })).toEqual([1_000, 0]);
    expect(await woken({ kind: 'slow-process', region: there, addedMs: 700 })).toEqual([1_000, 0]);
  });

  it('sees its answers late', async () => {
    const answeredAfter = async (fault?: Fault) => {
      const cloud = testCloud([fakeService('sts', { GetCallerIdentity: () => ({}) })]);
      if (fault) addFault(cloud, fault);
      const { sandbox } = startProcess(cloud, SLEEPER);
      await cloud.resolve(send(cloud, here, here, sandbox.owner));
      return cloud.now - startAt;
    };
    const usual = await answeredAfter();
    expect(await answeredAfter({ kind: 'slow-process', region: here, addedMs: 700 })).toBe(usual + 700);
  });
});

/** One request over the network, to an endpoint of AWS. */
function send(cloud: Cloud, from: string, to: string, owner?: Parameters<Network['send']>[0]['owner']) {
  const { accessKeyId } = cloud.issueCredentials({ kind: 'account' });
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261121/${to}/sts/aws4_request, SignedHeaders=host, Signature=0`;
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const url = new URL(`https://sts.${to}.amazonaws.com/`);
  const body = new TextEncoder().encode('Action=GetCallerIdentity&Version=2011-06-15');
  return networkOf(cloud).send({ from, method: 'POST', url, headers, body, ...(owner && { owner }) });
}

type Network = ReturnType<typeof networkOf>;

describe('a way between two places', () => {
  async function sendUnder(fault: Fault | undefined, [from, to] = [here, there]) {
    let deeds = 0;
    const GetCallerIdentity = () => {
      deeds++;
      return {};
    };
    const cloud = testCloud([fakeService('sts', { GetCallerIdentity })]);
    const id = fault ? addFault(cloud, fault) : '';
    const outcome = await cloud.resolve(send(cloud, from, to).catch((error: Error) => error.name));
    const status = typeof outcome === 'string' ? outcome : outcome.status;
    return { status, deeds, ms: cloud.now - startAt, hits: cloud.state.faults.hits[id] };
  }

  it('lets nothing through in the direction in which it is cut', async () => {
    expect(await sendUnder(undefined)).toMatchObject({ status: 200, deeds: 1 });
    const cut = (sender: string, receiver: string) => ({ kind: 'cut', sender, receiver }) as const;
    expect(await sendUnder(cut(here, there))).toMatchObject({ status: 'Unreachable', deeds: 0, hits: 1 });
    expect(await sendUnder(cut(there, '*'))).toMatchObject({ status: 'AnswerLost', deeds: 1, hits: 1 });
    expect(await sendUnder(cut('*', here), [here, here])).toMatchObject({ status: 200, hits: 0 });
  });

  it('is mended when the time of the cut is over', async () => {
    const cloud = testCloud();
    addFault(cloud, { kind: 'cut', sender: here, receiver: there, until: startAt + 100 });
    expect([cloud.delivers(here, there), cloud.reaches(there, here)]).toEqual([false, false]);
    await cloud.advance(100);
    expect(cloud.reaches(there, here)).toBe(true);
  });

  it('loses a request or an answer', async () => {
    const loss = (sender: string, receiver: string) => ({ kind: 'packet-loss', sender, receiver }) as const;
    expect(await sendUnder(loss(here, there))).toMatchObject({ status: 'Unreachable', deeds: 0, hits: 1 });
    expect(await sendUnder(loss(there, here))).toMatchObject({ status: 'AnswerLost', deeds: 1, hits: 1 });
    expect(await sendUnder(loss('*', '*'), [here, here])).toMatchObject({ status: 200, hits: 0 });
    expect(await sendUnder(loss(here, here), [here, here])).toMatchObject({ status: 'Unreachable', hits: 1 });
    expect(await sendUnder({ ...loss(here, there), probability: 0 })).toMatchObject({ status: 200, hits: 0 });
  });

  it('is slow, each direction by itself', async () => {
    const { ms: usual } = await sendUnder(undefined);
    const slow = (sender: string, receiver: string) =>
      ({ kind: 'slow-link', sender, receiver, addedMs: 5_000 }) as const;
    expect(await sendUnder(slow(here, there))).toMatchObject({ status: 200, ms: usual + 5_000, hits: 1 });
    expect(await sendUnder(slow(there, here))).toMatchObject({ status: 200, ms: usual + 5_000, hits: 1 });
  });

  it('to one endpoint cannot be opened, while others in the region can', async () => {
    const cloud = testCloud();
    const id = addFault(cloud, { kind: 'endpoint', service: 'sts', region: there });
    const open = (host: string) => networkOf(cloud).roundTrip({ from: here, url: new URL(`https://${host}`) });
    await expect(open(`sts.${there}.amazonaws.com`)).rejects.toThrow(Unreachable);
    await cloud.resolve(open(`b.s3.${there}.amazonaws.com`));
    await cloud.resolve(open(`sts.${here}.amazonaws.com`));
    expect(cloud.state.faults.hits[id]).toBe(1);
  });
});
