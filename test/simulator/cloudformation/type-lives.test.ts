/** One life of each modelled type on the real services: made, changed in place, set back after a failure, deleted. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { bootstrap } from '../../../simulator/cloudformation/bootstrap.ts';
import * as engine from '../../../simulator/cloudformation/engine.ts';
import { readLive } from '../../../simulator/cloudformation/resource-work.ts';
import { resources } from '../../../simulator/cloudformation/resources/index.ts';
import { stacksIn } from '../../../simulator/cloudformation/state.ts';
import { createSimulation } from '../../../simulator/simulation.ts';
import { ACCOUNT, REGION } from './fakes.ts';
import { LIVES, type Life, type Properties } from './lives.ts';

let cloud: Cloud;
beforeEach(() => {
  cloud = createSimulation({
    seed: 3,
    account: ACCOUNT,
    regions: [REGION, 'us-east-2', 'us-east-1'],
    startAt: Date.parse('2026-01-01T00:00:00Z'),
  });
});

const request = { region: REGION, stackName: 'shop', resources };

function templateOf({ type, with: others = {} }: Life, properties: Properties, more: object = {}): string {
  const given = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
  return JSON.stringify({ Resources: { ...others, It: { Type: type, Properties: given }, ...more } });
}

/** What its model reads of it, scalars as text; undefined when it is gone. */
async function live(): Promise<unknown> {
  const { stacks, deleted } = stacksIn(cloud, REGION);
  const record = stacks.shop ?? Object.values(deleted)[0]!;
  const secrets = new Set<string>();
  const work = { cloud, record, table: resources, caller: { kind: 'account' as const }, secrets };
  const found = await cloud.resolve(readLive(work, record.resources.It!));
  return (
    found?.live &&
    JSON.parse(JSON.stringify(found.live, (_key, value) => (typeof value === 'number' ? `${value}` : value)))
  );
}

/** Resource ids stand for references: only what the template says itself is compared. */
const literal = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties).filter(([, value]) => !JSON.stringify(value ?? null).match(/"Ref"|"Fn::/)),
  );
const asTold = (properties: Properties): Properties =>
  JSON.parse(
    JSON.stringify(properties, (_key, value) => (typeof value === 'number' ? `${value}` : value)),
  ) as Properties;

describe('a resource of type', () => {
  test.each(LIVES.map((life) => [life.type, life] as const))('%s', async (_type, life) => {
    await cloud.resolve(bootstrap(cloud));
    const before = life.before;
    const after = { ...before, ...life.edit };
    await cloud.resolve(engine.createStack(cloud, { ...request, template: templateOf(life, before) }));
    const first = await live();
    const bad = {
      Bad: {
        Type: 'AWS::SNS::Subscription',
        DependsOn: 'It',
        Properties: { TopicArn: 'none', Protocol: 'sms', Endpoint: '1' },
      },
    };
    const failing = engine.updateStack(cloud, { ...request, template: templateOf(life, after, bad) });
    await expect(cloud.resolve(failing)).rejects.toThrow('Topic does not exist');
    expect(stacksIn(cloud, REGION).stacks.shop?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await live()).toEqual(first);
    const { physicalId } = stacksIn(cloud, REGION).stacks.shop!.resources.It!;
    await cloud.resolve(engine.updateStack(cloud, { ...request, template: templateOf(life, after) }));
    expect(stacksIn(cloud, REGION).stacks.shop?.resources.It?.physicalId).toBe(physicalId);
    expect(await live()).toMatchObject(asTold(life.told ?? literal(life.edit)));
    const deleted = await cloud.resolve(engine.deleteStack(cloud, request));
    expect(Object.values(deleted!.resources).flatMap(({ reason }) => reason ?? [])).toEqual([]);
    expect(deleted?.status).toBe('DELETE_COMPLETE');
    expect(await live()).toBeUndefined();
  });
});
