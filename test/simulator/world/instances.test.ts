/** An instance from boot to end: which release it runs, what restarts it, and what world events do to it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { ecr } from '../../../simulator/services/ecr/index.ts';
import { pushImage } from '../../../simulator/services/ecr/push.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import {
  crashInstance,
  haltInstances,
  pauseInstance,
  resumeInstances,
  runningInstances,
  scheduleEvents,
  tellApplication,
  wakeInstance,
  worldParts,
} from '../../../simulator/world/index.ts';
import { bootInstance, probeInstance, stopInstance } from '../../../simulator/world/instances.ts';
import { makeRole } from '../eventbridge/harness.ts';

const region = 'us-west-2';
const instanceId = 'i-1';
const PROBE = { instanceId, port: 3000, path: '/health' };

/** Answers everything with its release; stopping takes 3 s. */
const APP = `exports.start = () => ({
  handle: async (request) => ({ status: request.path === '/health' ? 200 : 404, headers: {}, body: process.env.RELEASE_DIGEST }),
  stop: () => new Promise((resolve) => setTimeout(resolve, 3000)),
});`;

let cloud: Cloud;
let role: string;
beforeEach(async () => {
  cloud = Cloud.create({
    seed: 1,
    account: '111122223333',
    regions: [region, 'us-east-1'],
    services: [iam, ssm, ecr, ...worldParts],
    startAt: Date.UTC(2026, 0, 1),
  });
  role = await makeRole(cloud, 'ec2', ['ssm:GetParameter', 'ecr:BatchGetImage']);
  await cloud.call('ecr', 'CreateRepository', { repositoryName: 'orders' }, { region });
});

async function release(code = APP): Promise<void> {
  const Value = pushImage(cloud, region, 'orders', { blobHash: cloud.blobs.put(code) });
  await cloud.call('ssm', 'PutParameter', { Name: '/digest', Value, Type: 'String', Overwrite: true }, { region });
}

async function boot(roleArn = role): Promise<void> {
  const userData = '# app.env begin\nDIGEST_PARAMETER=/digest\nIMAGE_REPOSITORY=orders\nPORT=3000\n# app.env end\n';
  await bootInstance(cloud, { instanceId, region, zone: `${region}a`, userData, roleArn, tags: {} });
  await cloud.advance(280_000);
}

const notes = (what: string) => cloud.trace.entries.filter((entry) => entry.what === what).map(({ detail }) => detail);

describe('an instance', () => {
  it('starts the release that its parameter names, from its own region', async () => {
    await release();
    await boot();
    expect(runningInstances(cloud)).toEqual([instanceId]);
    expect(await cloud.resolve(probeInstance(cloud, PROBE))).toEqual({ status: 200 });
    expect(await cloud.resolve(probeInstance(cloud, { ...PROBE, path: '/other' }))).toEqual({ status: 404 });
  });

  it('is told what all applications are told besides, from its next start on', async () => {
    await release(APP.replace("request.path === '/health'", "process.env.BEAT_SECONDS === '20'"));
    await boot();
    expect(await cloud.resolve(probeInstance(cloud, PROBE))).toEqual({ status: 404 });
    tellApplication(cloud, { BEAT_SECONDS: '20' });
    expect(await cloud.resolve(probeInstance(cloud, PROBE))).toEqual({ status: 404 });
    haltInstances(cloud);
    resumeInstances(cloud);
    expect(await cloud.resolve(probeInstance(cloud, PROBE))).toEqual({ status: 200 });
  });

  it('is refused on a port where nothing listens, and before the application runs', async () => {
    expect(await probeInstance(cloud, PROBE)).toBeNull();
    await release();
    await boot();
    expect(await probeInstance(cloud, { ...PROBE, port: 80 })).toBeNull();
  });

  it('tries again until the parameter and the image are there, and says why once', async () => {
    await boot();
    await cloud.advance(30_000);
    expect(runningInstances(cloud)).toEqual([]);
    expect(notes('app.notStarted')).toHaveLength(1);
    await release();
    await cloud.advance(6_000);
    expect(runningInstances(cloud)).toEqual([instanceId]);
  });

  it('may only do what its role allows', async () => {
    await release();
    await boot('arn:aws:iam::111122223333:role/has-no-rights');
    expect(runningInstances(cloud)).toEqual([]);
    expect(notes('app.notStarted')).toMatchObject([{ message: expect.stringContaining('ssm:GetParameter') }]);
  });

  it('is started again by its unit after a crash, whether killed or ended by its own error', async () => {
    await release(`exports.start = () => { setTimeout(() => { throw new Error('bug'); }, 60_000);
      return { handle: async () => ({ status: 200, headers: {}, body: '' }), stop: async () => {} }; };`);
    await boot();
    crashInstance(cloud, instanceId);
    expect(await probeInstance(cloud, PROBE)).toBeNull();
    await cloud.advance(6_000);
    expect(runningInstances(cloud)).toEqual([instanceId]);
    const before = notes('app.crashed').length;
    await cloud.advance(120_000);
    expect(notes('app.crashed').length).toBeGreaterThan(before);
    expect(notes('app.crashed').at(-1)).toMatchObject({ why: expect.stringContaining('bug') });
  });

  it('answers nothing while its process is stopped, and everything when it goes on', async () => {
    await release();
    await boot();
    pauseInstance(cloud, instanceId);
    let answer: unknown = 'none yet';
    void probeInstance(cloud, PROBE).then((given) => {
      answer = given;
    });
    await cloud.advance(60_000);
    expect(answer).toBe('none yet');
    wakeInstance(cloud, instanceId);
    await cloud.advance(10);
    expect(answer).toEqual({ status: 200 });
  });

  it('stops gracefully, or at the latest when its grace is over', async () => {
    await release();
    await boot();
    await stopInstance(cloud, instanceId, { graceMs: 30_000 });
    await cloud.advance(2_900);
    expect(notes('app.stopped')).toEqual([]);
    await cloud.advance(200);
    expect(notes('app.stopped')).toHaveLength(1);
    expect(await probeInstance(cloud, PROBE)).toBeNull();
  });

  it('is killed when its grace is over although its process is stopped', async () => {
    await release();
    await boot();
    pauseInstance(cloud, instanceId);
    await stopInstance(cloud, instanceId, { graceMs: 30_000 });
    await cloud.advance(29_000);
    expect(notes('app.stopped')).toEqual([]);
    await cloud.advance(2_000);
    expect(notes('app.stopped')).toHaveLength(1);
  });

  it('never starts when it was stopped while it was still starting', async () => {
    await release();
    const booted = boot();
    await stopInstance(cloud, instanceId, { graceMs: 1_000 });
    await booted;
    expect(runningInstances(cloud)).toEqual([]);
  });

  it('refuses user data without an environment by saying what is missing', async () => {
    const booted = { instanceId, region, zone: 'a', userData: '#!/bin/bash', roleArn: undefined, tags: {} };
    await expect(bootInstance(cloud, booted)).rejects.toThrow('# app.env begin');
  });

  it('runs in a fork after the running code was halted, and goes on in the first cloud too', async () => {
    await release();
    await boot();
    haltInstances(cloud);
    const fork = cloud.fork(2);
    for (const one of [cloud, fork]) {
      resumeInstances(one);
      expect(await one.resolve(probeInstance(one, PROBE))).toEqual({ status: 200 });
    }
  });
});

describe('world events', () => {
  it('happen at their times, also while every region is dark', async () => {
    scheduleEvents(cloud, [
      { afterMs: 1_000, do: 'goDark', region },
      { afterMs: 2_000, do: 'skewClock', region, byMs: 500 },
      { afterMs: 3_000, do: 'comeBack', region },
    ]);
    await cloud.advance(2_500);
    expect([cloud.state.faults.dark[region], cloud.clockSkewMs(region)]).toEqual([true, 500]);
    await cloud.advance(1_000);
    expect(cloud.state.faults.dark[region]).toBeUndefined();
  });

  it('pause and wake the same process by its place, and do nothing where none runs', async () => {
    scheduleEvents(cloud, [{ afterMs: 0, do: 'pause', instance: { region, nth: 0 } }]);
    await cloud.advance(1);
    await release();
    await boot();
    const instance = { region, nth: 0 };
    scheduleEvents(cloud, [
      { afterMs: 1_000, do: 'pause', instance },
      { afterMs: 2_000, do: 'wake', instance },
    ]);
    await cloud.advance(3_000);
    expect([notes('app.paused').length, notes('app.woken').length]).toEqual([1, 1]);
  });
});
