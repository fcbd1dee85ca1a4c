/** `mainstay local`: the deployed cloud as an AWS endpoint on this machine, until it is stopped. */
import type { Command } from 'commander';
import { loadConfiguration } from '../../infra/config/index.ts';
import { UsageProblem } from '../problem.ts';

interface Options {
  readonly port: string;
  readonly speed: string;
  readonly data?: string;
  readonly environment: string;
  readonly empty?: boolean;
}

const EXAMPLES = `
Examples:
  mainstay local                        the deployed application on 127.0.0.1:4566; paste the keys it prints
  mainstay local --speed 60             the same, a minute in each second
  mainstay local --data .mainstay/data  goes on where it stood the next time
  mainstay local --empty                an account after 'cdk bootstrap': try 'npx cdk deploy --all' against it

  aws --endpoint-url http://127.0.0.1:4566 --region us-west-2 stepfunctions list-state-machines

It listens on 127.0.0.1 only and takes signed requests, as AWS does. Ctrl-C ends it.
Exit code: 2 bad usage or a busy port, 3 internal error, 130 stopped by Ctrl-C.`;

export function addLocal(program: Command): void {
  program
    .command('local')
    .description('the local AWS on 127.0.0.1 for real clients, until stopped')
    .option('--port <number>', 'where to listen; 0 takes a free port', '4566')
    .option('--speed <factor>', 'virtual seconds in each real one', '1')
    .option('--data <directory>', 'keep the state here over a restart')
    .option('--environment <name>', 'whose configuration: dev, staging, prod, prod-fargate or a JSON file', 'prod')
    .option('--empty', 'deploy nothing: a bootstrapped account')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      const port = parsePort(options.port);
      const speed = parseSpeed(options.speed);
      loadConfiguration(options.environment);
      // Loaded only now: help and complaints need not wait for the CDK and the simulator.
      const { runLocal } = await import('../local/run.ts');
      const { data, environment, empty = false } = options;
      await runLocal({ port, speed, environment, empty, ...(data !== undefined && { data }) });
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageProblem(`--port: got '${text}'; use a whole number from 0 to 65535`);
}

/** The clock follows at most this fast; beyond it a request's own milliseconds become hours. */
const SPEED_MAX = 3_600;

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (text.trim() !== '' && speed > 0 && speed <= SPEED_MAX) return speed;
  throw new UsageProblem(`--speed: got '${text}'; use a number above 0 and up to ${SPEED_MAX}`);
}
