/** `mainstay replay <slug>[/<scenario>] --seed N`: one seed again, every event as a line of JSON. */
import type { Command } from 'commander';
import { deployAssemblyInto } from '../deployment/deploy.ts';
import { removeAssembly, synthesize } from '../deployment/synthesize.ts';
import { held } from '../drill/result.ts';
import { parseSeeds } from '../drill/seeds.ts';
import { EXIT } from '../problem.ts';
import { parseName } from './drill.ts';

export function addReplay(program: Command): void {
  program
    .command('replay')
    .argument('<slug[/scenario]>', 'as for drill')
    .description('run one seed again and print every event as a line of JSON')
    .requiredOption('--seed <n>', 'the seed')
    .option('--environment <name>', 'dev, staging or prod', 'prod')
    .action(async (name: string, options: { seed: string; environment: string }) => {
      const { drill, scenario } = parseName(name);
      const [seed] = parseSeeds(options);
      const assembly = await synthesize(options.environment);
      try {
        const { cloud, configuration } = await deployAssemblyInto(assembly, options.environment);
        const run = await drill.run(cloud, configuration, scenario, seed as number);
        process.stdout.write(`${run.cloud.trace.toJsonLines()}\n${JSON.stringify(run.result)}\n`);
        process.exitCode = held(run.result) ? EXIT.held : EXIT.broken;
      } finally {
        removeAssembly(assembly);
      }
    });
}
