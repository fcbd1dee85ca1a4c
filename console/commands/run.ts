/** `mainstay run <slug>`: starts a capability by hand and follows it. Asks before anything that cannot be undone. */
import { type Command, Option } from 'commander';
import { loadConfiguration } from '../../infra/config/index.ts';
import type { Drill } from '../drills/index.ts';
import { UsageProblem } from '../problem.ts';
import { givenBy, mustBeAskable } from '../request.ts';
import { checkSlug } from '../slugs.ts';
import { Timeline } from '../terminal.ts';

interface Options {
  readonly target: 'local' | 'aws';
  readonly environment: string;
  readonly input?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  mainstay run region-failover --by ana --reason "an exercise"                try it on a simulated cloud
  mainstay run region-failover --target aws --by ana --reason "us-west-2 is down"
  mainstay run region-failover --target aws --input request.json --yes        for scripts

The request as JSON: {"target", "from", "by", "reason", "acceptLossSeconds"}; what is left out is taken from the present
state: the application moves from the region that writes to the other one. Mainstay still checks that the move is safe.
Exit code: 0 moved, 1 not moved or not confirmed, 2 bad usage, 3 internal error.`;

export function addRun(program: Command): void {
  program
    .command('run')
    .argument('<slug>', 'what to start')
    .description('start a capability by hand and follow it')
    .addOption(
      new Option('--target <where>', 'local: a fresh simulated cloud; aws: your account')
        .choices(['local', 'aws'])
        .default('local'),
    )
    .option('--environment <name>', 'whose configuration: dev, staging, prod, prod-fargate or a JSON file', 'prod')
    .option('--input <file>', 'the request as JSON')
    .option('--by <name>', 'who asks; goes on record')
    .option('--reason <text>', 'why; goes on record')
    .option('--yes', 'do not ask before the step that cannot be undone')
    .option('--json', "the machine's output as JSON")
    .addHelpText('after', EXAMPLES)
    .action(async (slug: string, options: Options) => {
      checkSlug(slug);
      const configuration = loadConfiguration(options.environment);
      // Loaded only now: help and most complaints need not wait for the CDK and the simulator.
      const { drills } = await import('../drills/index.ts');
      const { byHand }: Drill = drills[slug];
      if (!byHand) throw new UsageProblem(`slug: got '${slug}', which is not started by hand`);
      const given = givenBy(byHand.request, options);
      if (!options.yes) mustBeAskable(process.stdin);
      const timeline = new Timeline();
      try {
        const { start } = await import('../start.ts');
        process.exitCode = await start({ byHand, configuration, given, ...options }, timeline);
      } finally {
        timeline.end();
      }
    });
}
