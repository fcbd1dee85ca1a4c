/** The state on disk: written as a whole or not at all, and refused when it is not ours. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { cloudFormation } from '../../../simulator/cloudformation/service.ts';
import { type StackRecord, stacksIn } from '../../../simulator/cloudformation/state.ts';
import { administratorKey } from '../../../simulator/local/administrator.ts';
import { DataDirectory } from '../../../simulator/local/data-directory.ts';
import { restoreCloud } from '../../../simulator/local/restart.ts';
import type { AnyService } from '../../../simulator/service.ts';
import { functionArn, machine, REGION, start, testCloud } from '../stepfunctions/cloud.ts';
import { services } from './endpoint.ts';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'mainstay-data-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const region = 'us-east-2';
const fresh = (more: readonly AnyService[] = services) =>
  Cloud.create({ seed: 1, account: '111111111111', regions: [region, 'us-east-1'], services: more, startAt: 0 });

/** Saves, as a process would before it ends, and restores, as the next one would. */
function restarted(cloud: Cloud): Cloud {
  const before = new DataDirectory(path);
  before.save(cloud);
  before.close();
  const after = new DataDirectory(path);
  const kept = after.read();
  after.close();
  if (!kept) throw new Error('nothing was kept');
  return restoreCloud(kept, [...cloud.services.values()]);
}

describe('a data directory', () => {
  it('gives a cloud back as it was: state, objects, keys, time and what is due', async () => {
    const cloud = fresh();
    const key = administratorKey(cloud);
    await cloud.call('ssm', 'PutParameter', { Name: '/x', Type: 'String', Value: 'y' }, { region });
    const Bucket = 'things';
    const CreateBucketConfiguration = { LocationConstraint: region } as const;
    await cloud.call('s3', 'CreateBucket', { Bucket, CreateBucketConfiguration }, { region });
    await cloud.call('s3', 'PutObject', { Bucket, Key: 'a', Body: 'old' }, { region });
    await cloud.call('s3', 'PutObject', { Bucket, Key: 'a', Body: 'new' }, { region });
    await cloud.advance(5_000);
    const again = restarted(restarted(cloud));
    expect(again.now).toBe(5_000);
    expect(administratorKey(again)).toEqual(key);
    expect(await again.call('ssm', 'GetParameter', { Name: '/x' }, { region })).toMatchObject({
      Parameter: { Value: 'y' },
    });
    const { Body } = await again.call('s3', 'GetObject', { Bucket, Key: 'a' }, { region });
    expect(Buffer.from(Body as unknown as Uint8Array).toString()).toBe('new');
    // What nothing names any more is not carried along.
    expect([...again.blobs.hashes()]).toHaveLength(1);
  });

  it('fails a task whose function was at work as AWS does when the answer is lost, so that it is retried', async () => {
    const never = () => new Promise(() => {});
    const { cloud } = testCloud({ work: never });
    const task = { Type: 'Task', Resource: functionArn('work'), End: true };
    const executionArn = await start(cloud, machine({ Work: task }));
    await cloud.advance(1_000);
    const again = restarted(cloud);
    await again.advance(1_000);
    const execution = await again.call('states', 'DescribeExecution', { executionArn }, { region: REGION });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Lambda.SdkClientException' });
  });

  it('leaves a stack that was being changed as failed, not as being changed for ever', () => {
    const cloud = fresh([...services, cloudFormation]);
    const resource = { logicalId: 'A', type: 'AWS::SSM::Parameter', status: 'CREATE_IN_PROGRESS' };
    const record = {
      stackName: 's',
      stackId: 'id',
      status: 'CREATE_IN_PROGRESS',
      resources: { A: resource },
      events: [],
    };
    stacksIn(cloud, region).stacks.s = record as unknown as StackRecord;
    const stack = stacksIn(restarted(cloud), region).stacks.s;
    expect(stack).toMatchObject({ status: 'CREATE_FAILED', reason: expect.stringContaining('restart') });
    expect(stack?.resources.A?.status).toBe('CREATE_FAILED');
  });

  it('is written only when something happened', async () => {
    const cloud = fresh();
    const directory = new DataDirectory(path);
    directory.save(cloud);
    rmSync(join(path, 'state'));
    directory.save(cloud);
    expect(directory.read()).toBeUndefined();
    await cloud.call('sts', 'GetCallerIdentity', {}, { region });
    directory.save(cloud);
    expect(directory.read()).toBeDefined();
    directory.close();
  });

  it('that cannot be used says why and what to do', () => {
    const cloud = fresh();
    const open = (spoil: () => void) => () => {
      const directory = new DataDirectory(path);
      directory.save(cloud);
      directory.close();
      spoil();
      new DataDirectory(path).read();
    };
    const state = join(path, 'state');
    const edit = (change: (text: Buffer) => Buffer) => () => writeFileSync(state, change(readFileSync(state)));
    const remedy = `delete ${path} or name another directory`;
    expect(open(edit(() => Buffer.from('{"format":"another"}')))).toThrow(
      `is not a state of mainstay local; ${remedy}`,
    );
    expect(open(edit((text) => text.subarray(0, text.length - 1)))).toThrow(
      `is damaged: its checksum does not match; ${remedy}`,
    );
    const older = (text: Buffer) => Buffer.from(text.toString('latin1').replace(/state \d+ /, 'state 0 '), 'latin1');
    expect(open(edit(older))).toThrow('has version 0, and this program reads version 1');
    expect(open(() => writeFileSync(join(path, 'lock'), '1'))).toThrow(`${path} is used by process 1`);
    rmSync(join(path, 'lock'));
    expect(open(() => writeFileSync(join(path, 'thesis.doc'), ''))).toThrow('holds other files (thesis.doc)');
  });

  it('of a process that is gone can be used at once', () => {
    writeFileSync(join(path, 'lock'), '999999999');
    new DataDirectory(path).close();
  });
});
