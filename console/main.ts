/** The `mainstay` command: what each word does is in console/commands/. Progress goes to stderr, results to stdout. */
import { Command, CommanderError } from 'commander';
import { InvalidConfiguration } from '../infra/config/index.ts';
import project from '../package.json' with { type: 'json' };
import { addDrill } from './commands/drill.ts';
import { addExplain } from './commands/explain.ts';
import { addLocal } from './commands/local.ts';
import { addMatch } from './commands/match.ts';
import { addPermissions } from './commands/permissions.ts';
import { addReplay } from './commands/replay.ts';
import { addRoute } from './commands/route.ts';
import { addRun } from './commands/run.ts';
import { addSoak } from './commands/soak.ts';
import { addStatus } from './commands/status.ts';
import { DoesNotComeUp, EXIT, UsageProblem } from './problem.ts';

const HELP = `
Begin with:
  mainstay drill region-failover    a region goes dark in the simulator and the application comes back; nothing is needed
  mainstay drill list               everything that can be drilled
  mainstay <command> --help         examples of each command

Everything runs in the project's root, without an AWS account unless --target aws is given.
Progress goes to standard error, results to standard output.
Exit code: 0 held, 1 an invariant or target was broken, 2 bad usage or input, 3 internal error.`;

const program = new Command('mainstay')
  .description(project.description)
  .version(project.version)
  .exitOverride()
  .showSuggestionAfterError()
  .addHelpText('after', HELP)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'mainstay: ')) });
const commands = [addDrill, addSoak, addReplay, addLocal, addRun, addStatus, addMatch, addPermissions];
for (const add of [...commands, addExplain, addRoute]) add(program);

// A reader such as `head` may leave early; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? EXIT.held : EXIT.usage;
  }
  if (error instanceof UsageProblem || error instanceof InvalidConfiguration) {
    tell(error.message);
    return EXIT.usage;
  }
  if (error instanceof DoesNotComeUp) {
    tell(error.message);
    return EXIT.broken;
  }
  const shown = error instanceof Error ? error : new Error(String(error));
  console.error(`mainstay: internal error: ${shown.message}`);
  if (process.env.MAINSTAY_DEBUG) console.error(shown.stack);
  else console.error('mainstay: set MAINSTAY_DEBUG=1 to see where');
  return EXIT.internal;
}

/** A message may name several problems, a line each. */
function tell(message: string): void {
  for (const line of message.split('\n')) console.error(`mainstay: ${line}`);
}
