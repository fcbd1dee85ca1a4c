/** `mainstay soak [<slug>…]`: thousands of seeds of random faults, every invariant on each of them. */
import { type Command, Option } from 'commander';
import { loadConfiguration } from '../../infra/config/index.ts';
import { parseSeeds } from '../drill/seeds.ts';
import type { Drill } from '../drills/index.ts';
import { checkSlug, type Slug } from '../slugs.ts';
import { PROFILE_NAMES } from '../soak/faults-option.ts';

interface Options {
  readonly seeds: string;
  readonly faults: string;
  readonly json?: boolean;
  readonly environment: string;
}

const EXAMPLES = `
Examples:
  mainstay soak region-failover                                a hundred runs of hostile faults, on all cores
  mainstay soak --seeds 1..10000 --faults hostile              every capability, ten thousand runs each
  mainstay soak region-failover --seeds 1..500 --json          one JSON object a line, the summary last

Faults are drawn from the seed alone. A run fails when an invariant breaks, or when the world does not settle once the
faults are over. A failing seed is shrunk to the fewest faults and printed with the command that replays it.
Exit code: 0 all held, 1 an invariant was broken, 2 bad usage, 3 internal error, or a fault that never took effect.`;

export function addSoak(program: Command): void {
  program
    .command('soak')
    .argument('[slugs...]', 'what to soak (default: everything)')
    .description('search many runs of random faults for one that breaks an invariant')
    .option('--seeds <a..b,…>', 'the runs of chance: ranges and single seeds, with commas', '1..100')
    .addOption(new Option('--faults <profile>', 'how hostile the world is').choices(PROFILE_NAMES).default('hostile'))
    .option('--environment <name>', 'whose configuration: dev, staging, prod, prod-fargate or a JSON file', 'prod')
    .option('--json', 'results as JSON, one object per seed, the summary last')
    .addHelpText('after', EXAMPLES)
    .action(async (names: readonly string[], options: Options) => {
      const seeds = parseSeeds({ seeds: options.seeds });
      for (const name of names) checkSlug(name);
      loadConfiguration(options.environment);
      // Loaded only now: help and complaints need not wait for the CDK and the simulator.
      const { drills, soakOf } = await import('../drills/index.ts');
      const { soak } = await import('../soak/soak.ts');
      const { faults: profile, environment, json } = options;
      const codes: number[] = [];
      const all: Drill[] = Object.values<Drill>(drills);
      const chosen =
        names.length > 0 ? names.map((name): Drill => drills[name as Slug]) : all.filter(({ soak }) => soak);
      for (const drill of chosen) soakOf(drill);
      for (const drill of chosen) codes.push(await soak(drill, seeds, { profile, environment, json }));
      process.exitCode = Math.max(...codes);
    });
}
