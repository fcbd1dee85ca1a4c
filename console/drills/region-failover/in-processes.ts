/**
 * The same drill the other way: Mainstay's functions as child processes over HTTP, the whole world on the wall clock.
 * Deployment and coming up are on virtual time still; from the fork on every function is a process. Started by
 * `mainstay drill --processes`.
 */
import type { Configuration } from '../../../infra/config/index.ts';
import type { Cloud } from '../../../simulator/cloud.ts';
import { type FunctionProcesses, runFunctionsInProcesses } from '../../../simulator/lambda/process/index.ts';
import { runOnWallClock } from '../../../simulator/local/wall-clock.ts';
import { forkSimulation } from '../../../simulator/simulation.ts';
import { withoutGaps } from '../../drill/gaps.ts';
import type { InProcesses, Watcher } from '../index.ts';
import { allScenarios, type RegionFailoverRun, runOn } from './drill.ts';

export interface RegionFailoverRunInProcesses extends RegionFailoverRun {
  /** How many child processes ran its functions. */
  readonly processes: number;
}

/** `standing` is production as standUp leaves it. Throws GapInSimulator, and whatever went wrong in the simulator. */
export function runRegionFailoverInProcesses(
  standing: Cloud,
  configuration: Configuration,
  scenarioName: string,
  seed: number,
  options: InProcesses,
  watcher: Watcher = {},
): Promise<RegionFailoverRunInProcesses> {
  const scenario = allScenarios[scenarioName];
  if (!scenario) throw new Error(`no scenario '${scenarioName}'`);
  const cloud = forkSimulation(standing, seed);
  return withoutGaps(cloud, () =>
    inProcesses(cloud, options, async (processes) => {
      const run = await runOn(cloud, configuration, { name: scenarioName, scenario }, seed, watcher);
      const name = `${run.result.engine.name}; functions in ${processes.started} child processes at speed ${options.speed}`;
      const result = { ...run.result, engine: { ...run.result.engine, name } };
      return { ...run, result, processes: processes.started };
    }),
  );
}

/** Rejects also with an error that escaped a timer; leaves no process behind. */
async function inProcesses<T>(
  cloud: Cloud,
  { speed, onSlow }: InProcesses,
  run: (processes: FunctionProcesses) => Promise<T>,
): Promise<T> {
  const defect = Promise.withResolvers<never>();
  const clock = runOnWallClock(cloud, { speed, onError: defect.reject, ...(onSlow && { onSlow }) });
  const processes = runFunctionsInProcesses(cloud, { speed, onError: defect.reject });
  try {
    return await Promise.race([run(processes), defect.promise]);
  } finally {
    await processes.close();
    await clock.stop();
  }
}
