/** A cloud on the wall clock whose functions are child processes; everything is ended after each test. */
import { afterEach } from 'vitest';
import type { Cloud } from '../../../simulator/cloud.ts';
import { type FunctionProcesses, runFunctionsInProcesses } from '../../../simulator/lambda/process/index.ts';
import { runOnWallClock } from '../../../simulator/local/wall-clock.ts';

/** High enough that seconds pass quickly, low enough that a busy machine keeps up. */
export const SPEED = 10;

const running: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** From now on this cloud's time is real and its functions are processes. */
export function goReal(cloud: Cloud, speed = SPEED): FunctionProcesses {
  const clock = runOnWallClock(cloud, { speed });
  const processes = runFunctionsInProcesses(cloud, { speed });
  running.push(async () => {
    await processes.close();
    await clock.stop();
  });
  return processes;
}

/** Whether a process of this machine lives; a stopped one does. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits in real time. */
export async function eventually(holds: () => boolean, secondsMax = 20): Promise<void> {
  for (let i = 0; i < secondsMax * 50; i++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`this did not come true within ${secondsMax} s: ${holds}`);
}
