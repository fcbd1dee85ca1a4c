/**
 * `mainstay route` beside Debian's prometheus-alertmanager, on this machine, in one run: the same load, the same timing, the
 * same receiver, in turns, and the median of each figure. Not a test: it says what it measured.
 *
 *   apt-get install prometheus-alertmanager
 *   node_modules/.bin/node test/bench/alertmanager/run.ts [--runs 5] [--only <part of a scenario's name>]
 *
 * Both settings of durability are shown. Alertmanager keeps alerts in memory only; there is no setting of its own to match.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Kind } from './routers.ts';
import { type Figures, scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
});
const KINDS: readonly Kind[] = ['alertmanager', 'mainstay full', 'mainstay normal'];

const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
};

const rounded = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(2)));

/** Throughput varies from run to run; what is lost or doubled does not, and one run in three is enough. */
const runsOf = (id: string): number =>
  id.startsWith('ingest') ? Number(values.runs) : Math.ceil(Number(values.runs) / 3);

const version = execFileSync('prometheus-alertmanager', ['--version'], { encoding: 'utf8' }).split('\n')[0];
console.log(`${version}\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
for (const { id, run } of scenarios.filter((scenario) => scenario.id.includes(values.only))) {
  const results = new Map<Kind, Figures[]>(KINDS.map((kind) => [kind, []]));
  for (let round = 0; round < runsOf(id); round += 1) {
    // In turns, so that what else the machine does hits all of them.
    for (const kind of KINDS) results.get(kind)?.push(await run(kind));
  }
  console.log(`${id} (${runsOf(id)} run${runsOf(id) === 1 ? '' : 's'} each, median)`);
  for (const [kind, figures] of results) {
    const names = Object.keys(figures[0] as Figures);
    const shown = names.map((name) => `${name} ${rounded(median(figures.map((one) => one[name] as number)))}`);
    console.log(`  ${kind.padEnd(16)} ${shown.join(', ')}`);
  }
  console.log('');
}
