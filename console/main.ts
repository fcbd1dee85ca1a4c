/** The `mainstay` command: what each word does is in console/commands/. Progress goes to stderr, results to stdout. */
import { Command, CommanderError } from 'commander';
import { InvalidConfiguration } from '../infra/config/index.ts';
import { addDrill } from './commands/drill.ts';
import { addMatch } from './commands/match.ts';
import { addReplay } from './commands/replay.ts';
import { addRun } from './commands/run.ts';
import { addStatus } from './commands/status.ts';
import { EXIT, UsageProblem } from './problem.ts';

const program = new Command('mainstay')
  .description('Operations automation on AWS, and the simulator that proves it on one machine')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'mainstay: ')) });
for (const add of [addDrill, addReplay, addRun, addStatus, addMatch]) add(program);

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
    console.error(`mainstay: ${error.message}`);
    return EXIT.usage;
  }
  const shown = error instanceof Error ? error : new Error(String(error));
  console.error(`mainstay: internal error: ${shown.message}`);
  if (process.env.MAINSTAY_DEBUG) console.error(shown.stack);
  else console.error('mainstay: set MAINSTAY_DEBUG=1 to see where');
  return EXIT.internal;
}
