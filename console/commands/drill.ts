/** `mainstay drill <slug>[/<scenario>]`: deploys into the simulator, breaks something, and judges what Mainstay did. */
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { loadConfiguration } from '../../infra/config/index.ts';
import { parseProcesses, SPEED_DEFAULT } from '../drill/processes-option.ts';
import { parseSeeds } from '../drill/seeds.ts';
import { UsageProblem } from '../problem.ts';
import { checkSlug } from '../slugs.ts';
import { PROFILE_NAMES, parseFaults } from '../soak/faults-option.ts';

interface Options {
  readonly seed?: string;
  readonly seeds?: string;
  readonly json?: boolean;
  readonly report?: string;
  readonly faults?: string;
  readonly environment: string;
  readonly processes?: boolean;
  readonly speed?: string;
}

const EXAMPLES = `
Examples:
  mainstay drill list                                      what can be drilled
  mainstay drill region-failover                           a region goes dark; watch the application come back
  mainstay drill region-failover --report drill.html       the same, with pictures
  mainstay drill region-failover/cut-off-primary --seed 7  another scenario, another run of chance
  mainstay drill region-failover --faults hostile --seed 7 everything goes wrong at random, as in a soak
  mainstay drill region-failover --seeds 1..1000 --json    a thousand runs, one JSON object a line
  mainstay drill region-failover --processes               functions as child processes over HTTP, in real time

Times are virtual: a run takes seconds. One seed always gives the same run; with --processes it gives the same chances,
and times that this machine adds to.
Exit code: 0 all held, 1 an invariant or a target was broken, 2 bad usage, 3 internal error.`;

export function addDrill(program: Command): void {
  program
    .command('drill')
    .argument('<slug[/scenario]>', "what to drill; 'list' shows all")
    .description('deploy into the simulator, break something, judge what Mainstay does about it')
    .option('--seed <n>', 'the run of chance (default 1)')
    .option('--seeds <a..b>', 'many runs, on all cores')
    .option(
      '--faults <profile>',
      `${PROFILE_NAMES.join(', ')} or a file: random faults, beside the scenario if one is named`,
    )
    .option('--environment <name>', 'whose configuration: dev, staging, prod, prod-fargate or a JSON file', 'prod')
    .option('--json', 'results as JSON, one object per seed')
    .option('--report <file.html>', 'write a report of one seed, with pictures')
    .option('--processes', 'run the functions as child processes over HTTP, on the wall clock')
    .option('--speed <n>', `with --processes: virtual seconds to a real one (default ${SPEED_DEFAULT})`)
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: Options) => {
      const seeds = parseSeeds(options);
      const faults = parseFaults(options);
      if (name !== 'list') checkSlug(name.split('/')[0] ?? '');
      if (options.report !== undefined) checkReport(options.report, seeds);
      const processes = parseProcesses(options);
      loadConfiguration(options.environment);
      // Loaded only now: help and complaints need not wait for the CDK and the simulator.
      const { drills, inProcessesOf, parseName, scenarioLines, soakOf } = await import('../drills/index.ts');
      if (name === 'list') {
        process.stdout.write(`${scenarioLines(Object.values(drills)).join('\n')}\n`);
        return;
      }
      const job = {
        ...parseName(name),
        environment: options.environment,
        faults,
        beside: name.includes('/'),
        processes,
      };
      if (faults) soakOf(job.drill);
      if (processes) inProcessesOf(job.drill);
      const { runOne, runMany } = await import('../drill/run.ts');
      process.exitCode = await (options.seeds === undefined
        ? runOne(job, seeds[0] as number, options)
        : runMany(job, seeds, options));
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
