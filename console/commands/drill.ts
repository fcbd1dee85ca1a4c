/** `mainstay drill <slug>[/<scenario>]`: deploys into the simulator, breaks something, and judges what Mainstay did. */
import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { deployAssemblyInto } from '../deployment/deploy.ts';
import { removeAssembly, synthesize } from '../deployment/synthesize.ts';
import { runPool } from '../drill/pool.ts';
import { type DrillResult, held, type Summary, summarize } from '../drill/result.ts';
import { parseSeeds } from '../drill/seeds.ts';
import { targetsMissed } from '../drill/targets.ts';
import { type Drill, drills } from '../drills/index.ts';
import { EXIT, UsageProblem } from '../problem.ts';
import { renderReport } from '../report/html.ts';
import { checkSlug } from '../slugs.ts';
import { printResult } from '../summary.ts';
import { Timeline } from '../terminal.ts';

interface Options {
  readonly seed?: string;
  readonly seeds?: string;
  readonly json?: boolean;
  readonly report?: string;
  readonly environment: string;
}

export function addDrill(program: Command): void {
  program
    .command('drill')
    .argument('<slug[/scenario]>', "'list' shows the scenarios")
    .description('deploy into the simulator, break something, judge what Mainstay does about it')
    .option('--seed <n>', 'one seed (default 1)')
    .option('--seeds <a..b>', 'many seeds, on all cores')
    .addOption(new Option('--faults <profile>', 'random faults beside the scenario').choices(['calm']).default('calm'))
    .option('--environment <name>', 'dev, staging or prod', 'prod')
    .option('--json', 'one JSON object per seed on standard output')
    .option('--report <file.html>', 'write a report of one seed')
    .action(async (name: string, options: Options) => {
      if (name === 'list') {
        listScenarios();
        return;
      }
      const { drill, scenario } = parseName(name);
      const seeds = parseSeeds(options);
      if (options.report && seeds.length > 1)
        throw new UsageProblem('--report: shows one seed; give --seed, not --seeds');
      process.exitCode = await (seeds.length === 1
        ? runOne(drill, scenario, seeds[0] as number, options)
        : runMany(drill, scenario, seeds, options));
    });
}

export function parseName(name: string): { drill: Drill; scenario: string } {
  const [slug = '', scenario] = name.split('/');
  checkSlug(slug);
  const drill = drills[slug];
  const chosen = scenario ?? drill.defaultScenario;
  if (!(chosen in drill.scenarios)) {
    throw new UsageProblem(`scenario: got '${chosen}'; use one of ${Object.keys(drill.scenarios).join(', ')}`);
  }
  return { drill, scenario: chosen };
}

function listScenarios(): void {
  for (const drill of Object.values(drills)) {
    for (const [scenario, sentence] of Object.entries(drill.scenarios)) {
      process.stdout.write(`${`${drill.slug}/${scenario}`.padEnd(48)} ${sentence}\n`);
    }
  }
}

async function runOne(drill: Drill, scenario: string, seed: number, options: Options): Promise<number> {
  const timeline = new Timeline();
  timeline.heading(`${drill.slug}/${scenario}, seed ${seed}: ${drill.scenarios[scenario]}`);
  timeline.progress('building the functions, synthesizing the templates, deploying them …');
  const assembly = await synthesize(options.environment);
  try {
    const { cloud, configuration, resources } = await deployAssemblyInto(assembly, options.environment);
    timeline.line(`  deployed ${resources} resources in ${cloud.state.regions.length} regions`);
    const run = await drill.run(cloud, configuration, scenario, seed, (entry) => timeline.entry(entry));
    if (options.report) writeFileSync(options.report, await renderReport(run.report));
    if (options.json) process.stdout.write(`${JSON.stringify(run.result)}\n`);
    else printResult(run.result, run.report);
    if (options.report) timeline.line(`report: ${options.report}`);
    return verdict([run.result]);
  } finally {
    removeAssembly(assembly);
  }
}

async function runMany(drill: Drill, scenario: string, seeds: readonly number[], options: Options): Promise<number> {
  const timeline = new Timeline();
  const assembly = await synthesize(options.environment);
  const results: DrillResult[] = [];
  // Only the command's own speed is told by the wall clock; nothing simulated sees it.
  const started = performance.now();
  try {
    const job = { slug: drill.slug, scenario, assembly, environment: options.environment };
    await runPool(job, seeds, (result) => {
      results.push(result);
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
      if (!held(result)) timeline.line(failure(result));
      timeline.progress(`${results.length} of ${seeds.length} seeds`);
    });
  } finally {
    removeAssembly(assembly);
  }
  const summary = summarize(results, (performance.now() - started) / 1000);
  process.stdout.write(options.json ? `${JSON.stringify({ summary })}\n` : `${summaryText(summary)}\n`);
  return verdict(results);
}

function verdict(results: readonly DrillResult[]): number {
  const broken = results.filter((result) => !held(result));
  const missed = targetsMissed(results);
  for (const message of missed) console.error(`mainstay: target missed: ${message}`);
  return broken.length === 0 && missed.length === 0 ? EXIT.held : EXIT.broken;
}

function failure(result: DrillResult): string {
  const [violation] = result.invariants.violated;
  const why = violation ? `${violation.id}: ${violation.message}` : `${result.outcome}, expected ${result.expected}`;
  return `seed ${result.seed}: ${why}\n  npx mainstay replay ${result.slug}/${result.scenario} --seed ${result.seed}`;
}

const summaryText = (summary: Summary): string =>
  `${summary.runs} runs, ${summary.violated} with a violated invariant, ${summary.unexpected} with another outcome than expected; ` +
  `RTO p50 ${summary.p50RtoSeconds} s, p95 ${summary.p95RtoSeconds} s, max ${summary.maxRtoSeconds} s; ${summary.perSecond} runs/s`;
