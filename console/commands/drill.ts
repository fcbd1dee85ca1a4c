/** `mainstay drill <slug>[/<scenario>]`: deploys into the simulator, breaks something, and judges what Mainstay did. */
import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { deployAssemblyInto } from '../deployment/deploy.ts';
import { withAssembly } from '../deployment/synthesize.ts';
import { runPool, type SeedOutcome } from '../drill/pool.ts';
import { type DrillResult, held, type Run, runOf, summarize } from '../drill/result.ts';
import { parseSeeds } from '../drill/seeds.ts';
import { targetsMissed } from '../drill/targets.ts';
import { type Drill, type DrillRun, drills, parseName } from '../drills/index.ts';
import { EXIT, UsageProblem } from '../problem.ts';
import { renderReport } from '../report/html.ts';
import { poolSummaryText, summaryLines } from '../summary.ts';
import { Timeline } from '../terminal.ts';

interface Options {
  readonly seed?: string;
  readonly seeds?: string;
  readonly json?: boolean;
  readonly report?: string;
  readonly environment: string;
}

const EXAMPLES = `
Examples:
  mainstay drill list                                      what can be drilled
  mainstay drill region-failover                           a region goes dark; watch the application come back
  mainstay drill region-failover --report drill.html       the same, with pictures
  mainstay drill region-failover/cut-off-primary --seed 7  another scenario, another run of chance
  mainstay drill region-failover --seeds 1..1000 --json    a thousand runs, one JSON object a line

Times are virtual: a run takes seconds. One seed always gives the same run.
Exit code: 0 all held, 1 an invariant or a target was broken, 2 bad usage, 3 internal error.`;

export function addDrill(program: Command): void {
  program
    .command('drill')
    .argument('<slug[/scenario]>', "what to drill; 'list' shows all")
    .description('deploy into the simulator, break something, judge what Mainstay does about it')
    .option('--seed <n>', 'the run of chance (default 1)')
    .option('--seeds <a..b>', 'many runs, on all cores')
    .addOption(new Option('--faults <profile>', 'random faults beside the scenario').choices(['calm']).default('calm'))
    .option('--environment <name>', 'whose configuration: dev, staging or prod', 'prod')
    .option('--json', 'results as JSON, one object per seed')
    .option('--report <file.html>', 'write a report of one seed, with pictures')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: Options) => {
      if (name === 'list') {
        process.stdout.write(`${scenarioLines().join('\n')}\n`);
        return;
      }
      const { drill, scenario } = parseName(name);
      const seeds = parseSeeds(options);
      if (options.report !== undefined) checkReport(options.report, seeds);
      process.exitCode = await (seeds.length === 1 && options.seeds === undefined
        ? runOne(drill, scenario, seeds[0] as number, options)
        : runMany(drill, scenario, seeds, options));
    });
}

/** Before the work rather than after it. */
function checkReport(file: string, seeds: readonly number[]): void {
  if (seeds.length > 1) throw new UsageProblem('--report: shows one seed; give --seed, not --seeds');
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw new UsageProblem(`--report: got '${file}'; its folder is not there or cannot be written to`);
  }
}

/** Every scenario with what happens in it, the default one marked. */
export function scenarioLines(): string[] {
  return Object.values(drills).flatMap((drill) => {
    const width = Math.max(...Object.keys(drill.scenarios).map((name) => name.length));
    return [
      `${drill.slug}  (without a scenario: ${drill.defaultScenario})`,
      ...Object.entries(drill.scenarios).map(([name, sentence]) => `  ${name.padEnd(width)}  ${sentence}`),
    ];
  });
}

async function runOne(drill: Drill, scenario: string, seed: number, options: Options): Promise<number> {
  const timeline = new Timeline();
  const started = performance.now();
  timeline.heading(`${drill.slug}/${scenario}, seed ${seed}: ${drill.scenarios[scenario]}`);
  try {
    const { run, realSeconds } = await drillOnce(drill, scenario, seed, options, timeline);
    if (options.report !== undefined) writeFileSync(options.report, await renderReport(run.report));
    timeline.end();
    if (options.json) process.stdout.write(`${JSON.stringify(run.result)}\n`);
    else process.stdout.write(`${summaryLines(run.result, run.report).join('\n')}\n`);
    const all = (performance.now() - started) / 1000;
    timeline.line(`the drill took ${realSeconds.toFixed(1)} s of real time, ${all.toFixed(1)} s with the deployment`);
    if (options.report !== undefined) timeline.line(`report: ${options.report}`);
    return verdict([run.result], 0);
  } finally {
    timeline.end();
  }
}

/** Also for `replay`. Only the command's own speed is told by the wall clock; nothing simulated sees it. */
export function drillOnce(
  drill: Drill,
  scenario: string,
  seed: number,
  { environment }: Pick<Options, 'environment'>,
  timeline: Timeline,
): Promise<{ run: DrillRun; realSeconds: number }> {
  const stage = (text: string) => timeline.stage(text);
  return withAssembly(environment, stage, async (assembly) => {
    const { cloud, configuration, resources } = await deployAssemblyInto(assembly, environment, (stack, region) =>
      stage(`deploying ${stack} in ${region}`),
    );
    timeline.line(`  deployed ${resources} resources in ${cloud.state.regions.length} regions`);
    const started = performance.now();
    const run = await drill.run(cloud, configuration, scenario, seed, {
      entry: (entry) => timeline.entry(entry),
      moment: (moment) => timeline.moment(moment),
    });
    return { run, realSeconds: (performance.now() - started) / 1000 };
  });
}

async function runMany(drill: Drill, scenario: string, seeds: readonly number[], options: Options): Promise<number> {
  const timeline = new Timeline();
  const runs: Run[] = [];
  let crashed = 0;
  const stage = (text: string) => timeline.stage(text);
  const started = performance.now();
  const onOutcome = (outcome: SeedOutcome): void => {
    if ('result' in outcome) {
      const { result } = outcome;
      runs.push(runOf(result));
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
      if (!held(result)) timeline.line(troubleText(drill.slug, scenario, outcome.seed, whyNot(result)));
    } else {
      crashed += 1;
      timeline.line(troubleText(drill.slug, scenario, outcome.seed, outcome.failure));
    }
    timeline.count(runs.length + crashed, seeds.length);
  };
  try {
    await withAssembly(options.environment, stage, async (assembly) => {
      stage('deploying in every worker');
      await runPool({ slug: drill.slug, scenario, assembly, environment: options.environment }, seeds, onOutcome);
    });
  } finally {
    timeline.end();
  }
  const summary = summarize(runs, crashed, (performance.now() - started) / 1000);
  process.stdout.write(options.json ? `${JSON.stringify({ summary })}\n` : `${poolSummaryText(summary)}\n`);
  return verdict(runs, crashed);
}

function verdict(results: readonly (Run | DrillResult)[], crashed: number): number {
  const runs = results.map((result) => ('invariants' in result ? runOf(result) : result));
  const missed = targetsMissed(runs);
  for (const message of missed) console.error(`mainstay: target missed: ${message}`);
  if (crashed > 0) return EXIT.internal;
  const broken = runs.some(({ violated, outcome, expected }) => violated || outcome !== expected);
  return broken || missed.length > 0 ? EXIT.broken : EXIT.held;
}

function whyNot({ invariants, outcome, expected }: DrillResult): string {
  const [violation] = invariants.violated;
  return violation ? `${violation.id}: ${violation.message}` : `${outcome}, expected ${expected}`;
}

/** What went wrong with a seed, and how to look at it. */
export const troubleText = (slug: string, scenario: string, seed: number, why: string): string =>
  `seed ${seed}: ${why}\n  npx mainstay replay ${slug}/${scenario} --seed ${seed} --pretty`;
