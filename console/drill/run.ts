/** Runs a drill of one seed or of many, tells what happens, prints the results, and gives the command's exit code. */
import { writeFileSync } from 'node:fs';
import { deployAssemblyInto } from '../deployment/deploy.ts';
import { withAssembly } from '../deployment/synthesize.ts';
import type { Drill, DrillRun } from '../drills/index.ts';
import { EXIT } from '../problem.ts';
import { renderReport } from '../report/html.ts';
import { poolSummaryText, summaryLines, troubleText } from '../summary.ts';
import { Timeline } from '../terminal.ts';
import { runPool, type SeedOutcome } from './pool.ts';
import { type DrillResult, held, type Run, runOf, summarize } from './result.ts';
import { targetsMissed } from './targets.ts';

export interface DrillJob {
  readonly drill: Drill;
  readonly scenario: string;
  readonly environment: string;
}

interface Shown {
  readonly json?: boolean;
  /** File to write a report to. */
  readonly report?: string;
}

export async function runOne(job: DrillJob, seed: number, options: Shown): Promise<number> {
  const { drill, scenario } = job;
  const timeline = new Timeline();
  const started = performance.now();
  timeline.heading(`${drill.slug}/${scenario}, seed ${seed}: ${drill.scenarios[scenario]}`);
  try {
    const { run, realSeconds } = await drillOnce(job, seed, timeline);
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
  { drill, scenario, environment }: DrillJob,
  seed: number,
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

export async function runMany(job: DrillJob, seeds: readonly number[], options: Shown): Promise<number> {
  const { drill, scenario, environment } = job;
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
    await withAssembly(environment, stage, async (assembly) => {
      stage('deploying in every worker');
      await runPool({ slug: drill.slug, scenario, assembly, environment }, seeds, onOutcome);
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
