/** The two routers as processes with the same timing: group wait 5 s, group interval 5 s, repeat 4 h, by the alert's name. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { plainRouting } from '../../../console/route/plain-routing.ts';

export const WAIT_SECONDS = 5;

export type Kind = 'alertmanager' | 'mainstay full' | 'mainstay normal';

export interface Running {
  readonly kind: Kind;
  readonly port: number;
  /** Seconds of user and system time since it began. */
  cpuSeconds(): number;
  /** Now, and at most so far. */
  memoryMiB(): { readonly now: number; readonly peak: number };
  /** kill -9 or TERM; resolves when it is gone. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface Place {
  readonly directory: string;
  readonly webhookPort: number;
}

/** Starts one; with the same directory again it finds what the one before left. */
export async function start(kind: Kind, { directory, webhookPort }: Place): Promise<Running> {
  const url = `http://127.0.0.1:${webhookPort}/notify`;
  const port = await freePort();
  const child =
    kind === 'alertmanager' ? startAlertmanager(directory, port, url) : startMainstay(kind, directory, port, url);
  await healthy(port, child);
  return { kind, port, ...figures(child) };
}

function startAlertmanager(directory: string, port: number, url: string): ChildProcess {
  const config = join(directory, 'alertmanager.yml');
  writeFileSync(
    config,
    `route: {receiver: hook, group_by: [alertname], group_wait: ${WAIT_SECONDS}s, group_interval: ${WAIT_SECONDS}s, repeat_interval: 4h}
receivers: [{name: hook, webhook_configs: [{url: "${url}", send_resolved: true}]}]
`,
  );
  const data = join(directory, 'alertmanager');
  return spawn(
    'prometheus-alertmanager',
    // A node of its own: without a peer nothing is gossiped.
    [
      `--config.file=${config}`,
      `--storage.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
}

function startMainstay(kind: Kind, directory: string, port: number, url: string): ChildProcess {
  const config = join(directory, 'routing.json');
  writeFileSync(
    config,
    JSON.stringify(plainRouting(url, { waitSeconds: WAIT_SECONDS, intervalSeconds: WAIT_SECONDS, quietSeconds: 0 })),
  );
  const durability = kind === 'mainstay full' ? 'full' : 'normal';
  const data = join(directory, 'route.sqlite');
  const main = join(import.meta.dirname, '../../../console/main.ts');
  const options = ['--port', String(port), '--data', data, '--config', config, '--durability', durability];
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'route', ...options], {
    stdio: 'ignore',
  });
}

/** From Linux's own accounts. */
function figures(child: ChildProcess): Pick<Running, 'cpuSeconds' | 'memoryMiB' | 'stop'> {
  const { pid } = child;
  const status = () => readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status())?.[1]) / 1024;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    cpuSeconds() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      // Fields 14 and 15 in ticks of a hundredth (proc_pid_stat(5)).
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    memoryMiB: () => ({ now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') }),
    async stop(signal) {
      child.kill(signal);
      await gone;
    },
  };
}

async function healthy(port: number, child: ChildProcess): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} before it served`);
    const answer = await fetch(`http://127.0.0.1:${port}/-/healthy`).catch(() => null);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error('it does not serve within 10 s');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
