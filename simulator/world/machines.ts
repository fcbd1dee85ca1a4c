/**
 * What runs the application, whether an EC2 instance, by its id, or a Fargate task, by its address: what mishaps name and
 * strike.
 */
import type { Cloud } from '../cloud.ts';
import { crashInstance, pauseInstance, regionOf, runningInstances, wakeInstance } from './instances.ts';
import { crashTask, pauseTask, runningTasks, taskAt, wakeTask } from './tasks.ts';

/** Those whose application runs, in the order in which they started. */
export const runningMachines = (cloud: Cloud, region?: string): string[] => [
  ...runningInstances(cloud, region),
  ...runningTasks(cloud, region),
];

const isTask = (cloud: Cloud, id: string): boolean => taskAt(cloud, id) !== undefined;

/** Kills the process: its unit starts it again, or ECS another task. Throws when there is none. */
export const crashMachine = (cloud: Cloud, id: string): void =>
  isTask(cloud, id) ? crashTask(cloud, id) : crashInstance(cloud, id);

/** SIGSTOP and SIGCONT. Each throws when no process runs. */
export const pauseMachine = (cloud: Cloud, id: string): void =>
  isTask(cloud, id) ? pauseTask(cloud, id) : pauseInstance(cloud, id);
export const wakeMachine = (cloud: Cloud, id: string): void =>
  isTask(cloud, id) ? wakeTask(cloud, id) : wakeInstance(cloud, id);

/** Its hardware fails. Nothing runs in the dark, so nothing more can be lost there. */
export async function loseMachine(cloud: Cloud, id: string): Promise<void> {
  // Guess: a task whose host fails ends like one whose container does; AWS documents no stop code of its own.
  if (isTask(cloud, id)) return crashTask(cloud, id);
  const region = regionOf(cloud, id);
  if (cloud.state.faults.dark[region]) return;
  await cloud.call('ec2', 'TerminateInstances', { InstanceIds: [id] }, { region });
}
