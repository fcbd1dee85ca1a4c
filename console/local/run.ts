/** Runs the local AWS: a cloud from its data directory or freshly made, the endpoint, the wall clock. For `mainstay local`. */
import type { Cloud } from '../../simulator/cloud.ts';
import { DataDirectory, DataDirectoryProblem } from '../../simulator/local/data-directory.ts';
import { boundRecords } from '../../simulator/local/forget.ts';
import { restoreCloud } from '../../simulator/local/restart.ts';
import { type LocalEndpoint, serve } from '../../simulator/local/server.ts';
import { runOnWallClock } from '../../simulator/local/wall-clock.ts';
import { currentMachine } from '../../simulator/runtime/modules.ts';
import { services } from '../../simulator/services/index.ts';
import { onInterrupt } from '../interrupt.ts';
import { UsageProblem } from '../problem.ts';
import { Timeline } from '../terminal.ts';
import { banner } from './banner.ts';
import { freshCloud } from './fresh.ts';
import { checkPort, portProblem } from './port.ts';

export interface LocalOptions {
  readonly port: number;
  readonly speed: number;
  readonly environment: string;
  readonly empty: boolean;
  readonly data?: string;
}

const SAVE_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 60_000;

/**
 * Resolves once it serves; it then runs until the process is told to stop. Throws UsageProblem for a busy port or an
 * unusable data directory, and what a deployment throws.
 */
export async function runLocal(options: LocalOptions): Promise<void> {
  await checkPort(options.port);
  const directory = openDirectory(options.data);
  const timeline = new Timeline();
  const kept = readKept(directory);
  const cloud = kept ? restoreCloud(kept, services) : await freshCloud(options, (text) => timeline.stage(text));
  timeline.end();
  const records = boundRecords(cloud);
  setInterval(() => records.forget(), FORGET_EVERY_MS);
  const endpoint = await listen(cloud, options.port);
  const { speed } = options;
  const tellSlow = () => tell(`this machine is too slow for --speed ${speed}: virtual time falls behind`);
  runOnWallClock(cloud, { speed, onError: tellError, onSlow: tellSlow });
  // One that a program inside the cloud left ends that program, and is no defect of ours.
  process.on('unhandledRejection', (reason) => currentMachine.getStore() ?? tellError(reason));
  if (directory) keepSaving(cloud, directory);
  const { data } = options;
  process.stdout.write(
    banner(cloud, endpoint, { speed, restored: kept !== undefined, ...(data !== undefined && { data }) }),
  );
}

function openDirectory(path: string | undefined): DataDirectory | undefined {
  if (path === undefined) return undefined;
  const directory = usable(() => new DataDirectory(path));
  onInterrupt(() => directory.close());
  process.once('exit', () => directory.close());
  return directory;
}

const readKept = (directory: DataDirectory | undefined) => directory && usable(() => directory.read());

function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof DataDirectoryProblem) throw new UsageProblem(`--data: ${error.message}`, { cause: error });
    throw error;
  }
}

async function listen(cloud: Cloud, port: number): Promise<LocalEndpoint> {
  try {
    return await serve(cloud, { port, log: tell });
  } catch (error) {
    throw portProblem(port, error);
  }
}

/** Now and then, and for the last time when the process is told to stop. */
function keepSaving(cloud: Cloud, directory: DataDirectory): void {
  const save = (): void => {
    try {
      directory.save(cloud);
    } catch (error) {
      tell(`--data: the state cannot be kept: ${(error as Error).message}`);
    }
  };
  save();
  setInterval(save, SAVE_EVERY_MS);
  onInterrupt(save);
}

function tell(text: string): void {
  console.error(`mainstay: ${text}`);
}

/** A defect of the simulator: told, and the rest goes on. */
function tellError(error: unknown): void {
  const shown = error instanceof Error ? error : new Error(String(error));
  tell(`internal error: ${process.env.MAINSTAY_DEBUG ? shown.stack : shown.message}`);
}
