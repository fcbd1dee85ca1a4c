/** `mainstay replay <slug>[/<scenario>] --seed N`: one seed again, every event as a line of JSON or of words. */
import type { Command } from 'commander';
import { held } from '../drill/result.ts';
import { parseSeeds } from '../drill/seeds.ts';
import { parseName } from '../drills/index.ts';
import { PlainNames } from '../plain-names.ts';
import { prettyLine } from '../pretty.ts';
import { EXIT } from '../problem.ts';
import { summaryLines } from '../summary.ts';
import { Timeline } from '../terminal.ts';
import { drillOnce } from './drill.ts';

const EXAMPLES = `
Examples:
  mainstay replay region-failover --seed 7 --pretty | less
  mainstay replay region-failover --seed 7 | jq 'select(.source == "states")'

The last line is the drill's result. Two replays of one seed are the same, byte for byte.`;

export function addReplay(program: Command): void {
  program
    .command('replay')
    .argument('<slug[/scenario]>', 'as for drill')
    .description('run one seed again and print every event of it')
    .requiredOption('--seed <n>', 'the seed')
    .option('--pretty', 'a readable line for each event instead of JSON')
    .option('--environment <name>', 'whose configuration: dev, staging or prod', 'prod')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: { seed: string; pretty?: boolean; environment: string }) => {
      const { drill, scenario } = parseName(name);
      const [seed] = parseSeeds(options);
      const timeline = new Timeline();
      try {
        const { run } = await drillOnce(drill, scenario, seed as number, options, timeline);
        timeline.end();
        const { trace } = run.cloud;
        if (options.pretty) {
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
