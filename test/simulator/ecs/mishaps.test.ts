/** What befalls machines of the world befalls Fargate tasks as it does instances. */
import { beforeEach, expect, it } from 'vitest';
import { happen, runningTasks } from '../../../simulator/world/index.ts';
import { ask, createService, type Fleet, makeFleet, region, tasksOf } from './fixture.ts';

const READY_MS = 120_000;
const first = { region, nth: 0 };

let fleet: Fleet;
beforeEach(async () => {
  fleet = await makeFleet();
  await createService(fleet, await fleet.define('1'), 2);
  await fleet.cloud.advance(READY_MS);
});

it.each(['crash', 'lose'] as const)('a task that is told to %s ends, and another takes its place', async (what) => {
  const { cloud } = fleet;
  const [gone] = runningTasks(cloud);
  await happen(cloud, { do: what, instance: first });
  expect(runningTasks(cloud)).toHaveLength(1);
  await cloud.advance(READY_MS);
  expect(runningTasks(cloud)).toHaveLength(2);
  expect(runningTasks(cloud)).not.toContain(gone);
  expect(await tasksOf(cloud, 'STOPPED')).toHaveLength(1);
});

it('a task that is paused is replaced, as load balancers hold it for unfit', async () => {
  const { cloud } = fleet;
  const [paused] = runningTasks(cloud);
  await happen(cloud, { do: 'pause', instance: first });
  await cloud.advance(60_000);
  expect((await ask(fleet)).target).toMatchObject({ colour: 'blue' });
  await cloud.advance(600_000);
  expect(runningTasks(cloud)).toHaveLength(2);
  expect(runningTasks(cloud)).not.toContain(paused);
});

it('a task that was paused goes on when it is woken', async () => {
  const { cloud } = fleet;
  const both = runningTasks(cloud);
  await happen(cloud, { do: 'pause', instance: first });
  await cloud.advance(5_000);
  await happen(cloud, { do: 'wake', instance: first });
  await cloud.advance(60_000);
  expect(runningTasks(cloud)).toEqual(both);
});
