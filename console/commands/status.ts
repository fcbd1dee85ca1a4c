/** `mainstay status`: how every capability stands: who writes, what the observers see, what serves, what fires. */
import { type Command, Option } from 'commander';
import { loadConfiguration } from '../../infra/config/index.ts';
import type { StatusPart } from '../by-hand.ts';
import type { Drill } from '../drills/index.ts';
import { EXIT } from '../problem.ts';
import { Timeline } from '../terminal.ts';

const EXAMPLES = `
Examples:
  mainstay status                      a freshly deployed simulated cloud
  mainstay status --target aws --json  your account, with the credentials that the AWS command would use

What cannot be read is shown as unknown, in JSON as null, with the reason.
Exit code: 0 when it is known who may write, 1 when it is not, 2 bad usage, 3 internal error.`;

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('who writes, what the observers see, where the database writes, which alerts are open')
    .addOption(
      new Option('--target <where>', 'local: a fresh simulated cloud; aws: your account')
        .choices(['local', 'aws'])
        .default('local'),
    )
    .option('--environment <name>', 'whose configuration: dev, staging, prod, prod-fargate or a JSON file', 'prod')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { target: 'local' | 'aws'; environment: string; json?: boolean }) => {
      const configuration = loadConfiguration(options.environment);
      // Loaded only now: help and complaints need not wait for the CDK and the simulator.
      const { openTarget } = await import('../deployment/open-target.ts');
      const { drills } = await import('../drills/index.ts');
      const timeline = new Timeline();
      try {
        const { target } = await openTarget(options.target, options.environment, timeline);
        const parts: StatusPart[] = [];
        for (const { status } of Object.values<Drill>(drills)) {
          if (status) parts.push(await status(target, configuration));
        }
        timeline.end();
        const problems = [...new Set(parts.flatMap((part) => part.problems))];
        const fields = Object.assign({}, ...parts.map((part) => part.fields), { problems });
        const lines = parts.flatMap((part) => part.lines);
        process.stdout.write(`${options.json ? JSON.stringify(fields) : lines.join('\n')}\n`);
        if (!options.json) for (const problem of problems) console.error(`mainstay: ${problem}`);
        process.exitCode = parts.every(({ known }) => known) ? EXIT.held : EXIT.broken;
      } finally {
        timeline.end();
      }
    });
}
