/** Runs a drill of one seed or of many, tells what happens, prints the results, and gives the command's exit code. */
import { writeFileSync } from 'node:fs';
import { standUp } from '../deployment/stand-up.ts';
import { withAssembly } from '../deployment/synthesize.ts';
import { type Drill, type DrillRun, inProcessesOf } from '../drills/index.ts';
import { EXIT } from '../problem.ts';
import { renderReport } from '../report/html.ts';
import type { Faults, SoakJob } from '../soak/job.ts';
import { runUnderFaults } from '../soak/seed.ts';
import { SOAK_WORKER } from '../soak/soak.ts';
import { poolSummaryText, summaryLines, troubleText } from '../summary.ts';
import { type Moment, Timeline } from '../terminal.ts';
import { runPool, type SeedOutcome } from './pool.ts';
import type { Processes } from './processes-option.ts';
import { type DrillResult, held, isExpected, type Run, runOf, summarize, type TimelineEntry } from './result.ts';

export interface DrillJob {
  readonly drill: Drill;
  readonly scenario: string;
  readonly environment: string;
  /** Random faults: beside the scenario where the command names one, else alone. */
  readonly faults?: Faults | undefined;
  readonly beside?: boolean;
  /** Functions run as child processes, on the wall clock; undefined: in process, on virtual time. */
  readonly processes?: Processes | undefined;
}

interface Shown {
  readonly json?: boolean;
  /** File to write a report to. */
  readonly report?: string;
}

export async function runOne(job: DrillJob, seed: number, options: Shown): Promise<number> {
  const timeline = new Timeline();
  const started = performance.now();
  timeline.heading(headingOf(job, seed));
  try {
    const { run, realSeconds } = await drillOnce(job, seed, timeline);
    if (options.report !== undefined) writeFileSync(options.report, await renderReport(run.report));
    timeline.end();
    if (options.json) process.stdout.write(`${JSON.stringify(run.result)}\n`);
    else process.stdout.write(`${summaryLines(run.result, run.report).join('\n')}\n`);
    const all = (performance.now() - started) / 1000;
    timeline.line(`the drill took ${realSeconds.toFixed(1)} s of real time, ${all.toFixed(1)} s with the deployment`);
    if (options.report !== undefined) timeline.line(`report: ${options.report}`);
    return verdict(job.drill, [run.result], 0);
  } finally {
    timeline.end();
  }
}

function headingOf({ drill, scenario, faults, beside }: DrillJob, seed: number): string {
  const profile = faults && `${faults.profile} faults`;
  if (profile && !beside) return `${drill.slug}, ${profile}, seed ${seed}`;
  return `${drill.slug}/${scenario}${profile ? ` with ${profile}` : ''}, seed ${seed}: ${drill.scenarios[scenario]}`;
}

/** Also for `replay`. Only the command's own speed is told by the wall clock; nothing simulated sees it. */
export function drillOnce(
  { drill, scenario, environment, faults, beside, processes }: DrillJob,
  seed: number,
  timeline: Timeline,
): Promise<{ run: DrillRun; realSeconds: number }> {
  const stage = (text: string) => timeline.stage(text);
  return withAssembly(
    environment,
    stage,
    async (assembly) => {
      const started = performance.now();
      const { cloud, configuration, resources } = await (drill.standing?.standUp(assembly, environment, scenario) ??
        standUp(
          assembly,
          environment,
          (stack, region) => stage(`deploying ${stack} in ${region}`),
          (moment) => timeline.moment(moment),
        ));
      const what = drill.standing ? '' : ', and the application is up';
      timeline.line(`  deployed ${resources} resources in ${cloud.state.regions.length} regions${what}`);
      const watcher = {
        entry: (entry: TimelineEntry) => timeline.entry(entry),
        moment: (moment: Moment) => timeline.moment(moment),
      };
      if (processes) {
        timeline.line(`  functions run as child processes; ${processes.speed} virtual seconds pass in a real one`);
        const onSlow = () =>
          timeline.line(`  too slow a machine for --speed ${processes.speed}: virtual times are too long`);
        const options = { ...processes, onSlow };
        const run = await inProcessesOf(drill)(cloud, configuration, scenario, seed, options, watcher);
        return { run, realSeconds: (performance.now() - started) / 1000 };
      }
      const run = faults
        ? await runUnderFaults(
            cloud,
            { drill, configuration, faults, beside: beside ? scenario : undefined },
            seed,
            watcher,
          )
        : await drill.run(cloud, configuration, scenario, seed, watcher);
      return { run, realSeconds: (performance.now() - started) / 1000 };
    },
    drill.standing?.capabilities,
  );
}

export async function runMany(job: DrillJob, seeds: readonly number[], options: Shown): Promise<number> {
  const { drill, scenario, environment, faults, beside = false } = job;
  const timeline = new Timeline();
  const name = faults && !beside ? drill.slug : `${drill.slug}/${scenario}`;
  const runs: Run[] = [];
  let crashed = 0;
  const stage = (text: string) => timeline.stage(text);
  const started = performance.now();
  const onOutcome = (outcome: SeedOutcome): void => {
    if ('result' in outcome) {
      const { result } = outcome;
      runs.push(runOf(result));
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
      if (!held(result)) timeline.line(troubleText(name, outcome.seed, whyNot(result), faults));
    } else {
      crashed += 1;
      timeline.line(troubleText(name, outcome.seed, outcome.failure, faults));
    }
    timeline.count(runs.length + crashed, seeds.length);
  };
  try {
    await withAssembly(
      environment,
      stage,
      async (assembly) => {
        stage('deploying in every worker');
        const pooled = { slug: drill.slug, scenario, assembly, environment };
        if (faults) await runPool({ ...pooled, faults, beside } as SoakJob, seeds, onOutcome, { worker: SOAK_WORKER });
        else await runPool(pooled, seeds, onOutcome);
      },
      drill.standing?.capabilities,
    );
  } finally {
    timeline.end();
  }
  const summary = summarize(runs, crashed, (performance.now() - started) / 1000);
  process.stdout.write(options.json ? `${JSON.stringify({ summary })}\n` : `${poolSummaryText(summary)}\n`);
  return verdict(drill, runs, crashed);
}

function verdict(drill: Drill, results: readonly (Run | DrillResult)[], crashed: number): number {
  const runs = results.map((result) => ('invariants' in result ? runOf(result) : result));
  const missed = drill.targetsMissed(runs);
  for (const message of missed) console.error(`mainstay: target missed: ${message}`);
  if (crashed > 0) return EXIT.internal;
  const broken = runs.some((run) => run.violated || !isExpected(run));
  return broken || missed.length > 0 ? EXIT.broken : EXIT.held;
}

function whyNot({ invariants, outcome, expected }: DrillResult): string {
  const [violation] = invariants.violated;
  return violation ? `${violation.id}: ${violation.message}` : `${outcome}, expected ${expected}`;
}
