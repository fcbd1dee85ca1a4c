/**
 * Where the time of a run goes: processor seconds per run, runs per second on one core, the rooms of the code by their share
 * of it, and memory after each tenth of the runs. Two loads: hostile soaks with decoded hand-over, and the main drill
 * through the full codec, of one capability. Not a test: it says what it measured.
 *
 *   node_modules/.bin/node test/bench/run-profile.ts [region-failover|blue-green] [--seeds 1..40] [--only soak|drill]
 */
import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';
import { standUp } from '../../console/deployment/stand-up.ts';
import { withAssembly } from '../../console/deployment/synthesize.ts';
import { type Drill, drills } from '../../console/drills/index.ts';
import { runSoakSeed } from '../../console/soak/seed.ts';
import type { Configuration } from '../../infra/config/index.ts';
import type { Cloud } from '../../simulator/cloud.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '1..40' }, only: { type: 'string', default: '' } },
});
const [first = 1, last = 40] = values.seeds.split('..').map(Number);
/** Until libraries are loaded and compiled. */
const WARM_UP_RUNS = 3;
const SHOWN = 16;

interface Load {
  readonly title: string;
  readonly run: (seed: number) => Promise<unknown>;
}

const [slug = 'region-failover'] = positionals;
if (slug !== 'region-failover' && slug !== 'blue-green') throw new Error(`no load for '${slug}'`);
const drill: Drill = drills[slug];

const loads = (cloud: Cloud, configuration: Configuration): Readonly<Record<string, Load>> => ({
  soak: {
    title: 'hostile soak, decoded hand-over',
    run: (seed) => runSoakSeed(cloud, { drill, configuration, faults: { profile: 'hostile' } }, seed),
  },
  drill: {
    title: `drill ${drill.defaultScenario}, full codec`,
    run: (seed) => drill.run(cloud, configuration, drill.defaultScenario, seed),
  },
});

interface Sampled {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { functionName: string; url: string } }[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

/** The part of the code that a frame is of: a simulated service, a folder, a library, or what the engine itself does. */
function roomOf({ functionName, url }: { functionName: string; url: string }): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'built-ins';
  if (url.startsWith('node:')) return 'node';
  if (url.includes('libraries.cjs')) return 'libraries in packages (SDK, Powertools, zod)';
  if (url.includes('/var/task/')) return "functions' own code";
  if (url.includes('/app/index.cjs')) return "the application's own code";
  const path = url.split('/node_modules/');
  if (path.length > 1) return `package ${path.at(-1)?.split('/').slice(0, 2).join('/')}`;
  const [, own = url] = /\/((?:simulator|console|functions|infra|events|app)\/.*)/.exec(url) ?? [];
  return own
    .split('/')
    .slice(0, own.startsWith('simulator/services/') ? 3 : 2)
    .join('/');
}

function shares({ nodes, samples = [], timeDeltas = [] }: Sampled): [room: string, share: number][] {
  const rooms = new Map(nodes.map(({ id, callFrame }) => [id, roomOf(callFrame)]));
  const spent = new Map<string, number>();
  samples.forEach((id, index) => {
    const room = rooms.get(id) ?? '?';
    if (room !== '(idle)') spent.set(room, (spent.get(room) ?? 0) + (timeDeltas[index] ?? 0));
  });
  const all = [...spent.values()].reduce((sum, each) => sum + each, 0);
  return [...spent].map(([room, time]): [string, number] => [room, time / all]).sort(([, a], [, b]) => b - a);
}

const mebibytes = (): number => Math.round(process.memoryUsage().rss / 2 ** 20);

async function measure({ title, run }: Load): Promise<void> {
  for (let seed = 1; seed <= WARM_UP_RUNS; seed++) await run(seed);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  const before = process.cpuUsage();
  const runs = last - first + 1;
  const memory: number[] = [];
  for (let seed = first; seed <= last; seed++) {
    await run(seed);
    if ((seed - first + 1) % Math.max(1, Math.floor(runs / 10)) === 0) memory.push(mebibytes());
  }
  const { user, system } = process.cpuUsage(before);
  const { profile } = (await session.post('Profiler.stop')) as { profile: Sampled };
  session.disconnect();
  const perRun = (user + system) / 1e6 / runs;
  console.log(
    `${title}: ${runs} runs, ${perRun.toFixed(2)} CPU seconds a run, ${(1 / perRun).toFixed(2)} runs per CPU second`,
  );
  console.log(`  resident, MiB: ${memory.join(' ')}`);
  for (const [room, share] of shares(profile).slice(0, SHOWN)) {
    console.log(`  ${(100 * share).toFixed(1).padStart(5)} %  ${room}`);
  }
  console.log('');
}

await withAssembly(
  'prod',
  () => {},
  async (assembly) => {
    const { cloud, configuration } = await standUp(assembly, 'prod');
    for (const [name, load] of Object.entries(loads(cloud, configuration))) {
      if (name.includes(values.only)) await measure(load);
    }
  },
  drill.standing?.capabilities,
);
