/** `mainstay replay <slug>[/<scenario>] --seed N`: one seed again, every event as a line of JSON or of words. */
import type { Command } from 'commander';
import { loadConfiguration } from '../../infra/config/index.ts';
import { held } from '../drill/result.ts';
import { parseSeeds } from '../drill/seeds.ts';
import { prettyLine } from '../pretty.ts';
import { EXIT } from '../problem.ts';
import { checkSlug } from '../slugs.ts';
import { PROFILE_NAMES, parseFaults } from '../soak/faults-option.ts';
import { summaryLines } from '../summary.ts';
import { Timeline } from '../terminal.ts';

interface Options {
  readonly seed: string;
  readonly faults?: string;
  readonly only?: string;
  readonly pretty?: boolean;
  readonly environment: string;
}

const EXAMPLES = `
Examples:
  mainstay replay region-failover --seed 7 --pretty | less
  mainstay replay region-failover --seed 7 | jq 'select(.source == "states")'
  mainstay replay region-failover --seed 7 --faults hostile --only 3,7 --pretty

The last line is the drill's result. Two replays of one seed are the same, byte for byte.`;

export function addReplay(program: Command): void {
  program
    .command('replay')
    .argument('<slug[/scenario]>', 'as for drill')
    .description('run one seed again and print every event of it')
    .requiredOption('--seed <n>', 'the seed')
    .option('--faults <profile>', `${PROFILE_NAMES.join(', ')} or a file: as the soak or the drill ran it`)
    .option('--only <positions>', 'only these of the faults, by position: 3,7')
    .option('--pretty', 'a readable line for each event instead of JSON')
    .option('--environment <name>', 'whose configuration: dev, staging, prod, prod-fargate or a JSON file', 'prod')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: Options) => {
      const [seed] = parseSeeds(options);
      const faults = parseFaults(options);
      checkSlug(name.split('/')[0] ?? '');
      loadConfiguration(options.environment);
      // Loaded only now: help and complaints need not wait for the CDK and the simulator.
      const { parseName } = await import('../drills/index.ts');
      const { drillOnce } = await import('../drill/run.ts');
      const timeline = new Timeline();
      try {
        const job = { ...parseName(name), environment: options.environment, faults, beside: name.includes('/') };
        const { run } = await drillOnce(job, seed as number, timeline);
        timeline.end();
        const { trace } = run.cloud;
        if (options.pretty) {
          const { PlainNames } = await import('../plain-names.ts');
          const names = PlainNames.of(run.cloud);
          const lines = trace.entries.map((entry) => prettyLine(entry, names));
          process.stdout.write(`${[...lines, '', ...summaryLines(run.result, run.report)].join('\n')}\n`);
        } else process.stdout.write(`${trace.toJsonLines()}\n${JSON.stringify(run.result)}\n`);
        process.exitCode = held(run.result) ? EXIT.held : EXIT.broken;
      } finally {
        timeline.end();
      }
    });
}
