/**
 * The mishaps that must hit one exact moment: something happens to the world, or an execution is aborted, as an execution
 * enters a state; and a function's process dies right after it changed something, before it could say so. Started by
 * the acts of a scenario.
 */
import type { Cloud } from '../../../simulator/cloud.ts';
import { lambda } from '../../../simulator/lambda/index.ts';
import { crashFunction } from '../../../simulator/lambda/pool.ts';
import type { Execution } from '../../../simulator/stepfunctions/model.ts';
import { stepFunctions } from '../../../simulator/stepfunctions/service.ts';
import { happen } from '../../../simulator/world/index.ts';
import type { Act, Places } from './scenario.ts';

export type Crash = Extract<Act, { act: 'abortAt' | 'dieAfter' | 'eventsAt' }>;

const CRASHES: ReadonlySet<string> = new Set<Crash['act']>(['abortAt', 'dieAfter', 'eventsAt']);

export const isCrash = <A extends Act>(act: A): act is A & Crash => CRASHES.has(act.act);

/** Whether its moment is now; to be asked after each event, since it passes with the next one. */
export const isDue = (cloud: Cloud, act: Crash, places: Places): boolean =>
  act.act === 'dieAfter' ? workerOf(cloud, act, places) !== undefined : standingIn(cloud, act, places) !== undefined;

/** Returns whether it hit. */
export async function crash(cloud: Cloud, act: Crash, places: Places): Promise<boolean> {
  if (act.act === 'dieAfter') {
    const name = workerOf(cloud, act, places);
    return name !== undefined && crashFunction(cloud, places.target, name) > 0;
  }
  const execution = standingIn(cloud, act, places);
  if (!execution) return false;
  if (act.act === 'eventsAt') {
    for (const event of act.events(places)) await happen(cloud, event);
    return true;
  }
  const stop = { executionArn: execution.arn, error: 'Crash', cause: 'the drill' };
  await cloud.call('states', 'StopExecution', stop, { region: places.target });
  return true;
}

/** The first execution that has entered this state; its task is not called before some milliseconds later. */
function standingIn(
  cloud: Cloud,
  act: Exclude<Crash, { act: 'dieAfter' }>,
  { target, old, names }: Places,
): Execution | undefined {
  const region = act.act === 'eventsAt' && act.where === 'old' ? old : target;
  return Object.values(cloud.stateOf(stepFunctions, region).executions).find(
    ({ status, machineName, flows }) =>
      status === 'RUNNING' &&
      machineName === names.workflow &&
      Object.values(flows).some((flow) => flow.stateName === act.state && flow.enteredEventId > 0),
  );
}

/** The function that in this very instant was granted the call. */
function workerOf(cloud: Cloud, act: Extract<Crash, { act: 'dieAfter' }>, { target }: Places): string | undefined {
  const [service, operation] = act.call.split(':');
  const { functions } = cloud.stateOf(lambda, target);
  const name = Object.values(functions).find(
    ({ description }) => description === `region-failover/${act.function}`,
  )?.name;
  const instant = cloud.now - cloud.state.startedAt;
  const { entries } = cloud.trace;
  for (let index = entries.length - 1; entries[index]?.t === instant; index--) {
    const { source, what, detail } = entries[index] ?? {};
    if (source !== service || what !== operation) continue;
    const { by, error } = detail as { by?: string; error?: string };
    if (error === undefined && by?.split('/').at(-1) === name) return name;
  }
  return undefined;
}
