/** `mainstay permissions`: which granted permissions no scenario uses, and why they are granted all the same. */
import type { Command } from 'commander';
import { loadConfiguration } from '../../infra/config/index.ts';

const EXAMPLES = `
Examples:
  mainstay permissions          every unused permission, grouped by the reason that infra/unused-permissions.ts gives
  mainstay permissions --json   one JSON object a permission, and a summary

Runs every scenario of every drill once, in the simulator: some twenty minutes on two cores.
Exit code: 0 every unused permission is explained, 1 one is not or an explanation is out of date, 3 internal error.`;

interface Options {
  readonly environment: string;
  readonly json?: boolean;
}

export function addPermissions(program: Command): void {
  program
    .command('permissions')
    .description('list the permissions that are granted and that no scenario uses')
    .option('--environment <name>', 'whose configuration: dev, staging, prod, prod-fargate or a JSON file', 'prod')
    .option('--json', 'results as JSON, one object per permission')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      loadConfiguration(options.environment);
      // Loaded only now: help and complaints need not wait for the CDK and the simulator.
      const { runPermissions } = await import('../permissions/run.ts');
      process.exitCode = await runPermissions(options);
    });
}
