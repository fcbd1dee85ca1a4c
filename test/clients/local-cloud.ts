/** An account as `mainstay local --empty` has it, on a free port, for programs that are no part of this project. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareAccount } from '../../console/deployment/deploy.ts';
import { SIMULATED_ACCOUNT } from '../../console/deployment/synthesize.ts';
import { loadConfiguration } from '../../infra/config/index.ts';
import type { Cloud } from '../../simulator/cloud.ts';
import { bootstrapWithRoles } from '../../simulator/cloudformation/bootstrap-stack.ts';
import { serve } from '../../simulator/local/server.ts';
import { runOnWallClock, type WallClock } from '../../simulator/local/wall-clock.ts';
import { createSimulation } from '../../simulator/simulation.ts';

export interface LocalCloud {
  readonly cloud: Cloud;
  readonly url: string;
  /** What the simulator said it does not model, and its defects. */
  readonly log: readonly string[];
  /** For programs: credentials, a region, a home of their own and nothing of this machine's settings. */
  readonly environment: Readonly<Record<string, string>>;
  /** Empty, theirs to fill. */
  readonly directory: string;
  /** Gives virtual time to the test while no program is at work: it may run as fast as it can. */
  still<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Virtual seconds for each real one: programs that poll every five seconds wait for little else; sessions last two minutes. */
const SPEED = 30;

export async function startLocalCloud(): Promise<LocalCloud> {
  const regions = ['us-west-2', 'us-east-2', 'us-east-1'];
  // Programs compare times of the account with their own clock.
  const cloud = createSimulation({ seed: 0, account: SIMULATED_ACCOUNT, regions, startAt: Date.now() });
  await cloud.resolve(prepareAccount(cloud, loadConfiguration('prod'), bootstrapWithRoles));
  const log: string[] = [];
  const endpoint = await serve(cloud, { port: 0, log: (line) => void log.push(line) });
  const directory = mkdtempSync(join(tmpdir(), 'mainstay-clients-'));
  let clock: WallClock = runOnWallClock(cloud, { speed: SPEED });
  return {
    cloud,
    url: endpoint.url,
    log,
    directory,
    environment: {
      PATH: process.env.PATH ?? '',
      HOME: directory,
      AWS_ACCESS_KEY_ID: endpoint.administrator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: endpoint.administrator.secretAccessKey,
      AWS_REGION: 'us-west-2',
      AWS_DEFAULT_REGION: 'us-west-2',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    async still(work) {
      await clock.stop();
      try {
        return await work();
      } finally {
        clock = runOnWallClock(cloud, { speed: SPEED });
      }
    },
    async close() {
      await clock.stop();
      await endpoint.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever that is. */
export function run(
  program: string,
  parameters: readonly string[],
  { environment, directory }: Pick<LocalCloud, 'environment' | 'directory'>,
): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { env: environment, cwd: directory, maxBuffer: 64 * 1024 * 1024, timeout: 110_000 };
    execFile(program, parameters, options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
  });
}
