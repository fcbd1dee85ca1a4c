/**
 * The only wrapper around a handler: configuration, clock, log, and the ports that the handler names. What is not here
 * does not happen around a handler.
 *
 * A handler file ends with `export const handler = lambda({...})`; that line is the only one that knows Lambda. Each
 * handler passes its own port factory, so a bundle holds the SDK clients of that handler and no others;
 * metrics are such a port too (functions/shared/meter.ts).
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type * as z from 'zod';
import { type Clock, systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import type { Log } from './ports.ts';

/** What every handler gets besides its own ports. */
export interface Surroundings<Config> {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Task<Schema extends z.ZodType, Ports, Result> {
  readonly slug: string;
  readonly config: Schema;
  /** Called once per container. */
  readonly ports: (config: z.infer<Schema>, clock: Clock) => Ports;
  readonly make: (ports: Ports & Surroundings<z.infer<Schema>>) => (input: unknown) => Promise<Result>;
}

/** The function that Lambda calls. Errors leave it as they are: Step Functions matches on their `name`. */
export function lambda<Schema extends z.ZodType, Ports, Result>(task: Task<Schema, Ports, Result>) {
  const logger = new Logger({ serviceName: task.slug });
  let run: ((input: unknown) => Promise<Result>) | undefined;
  return middy<unknown, Result>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (input) => {
      logger.appendKeys({ slug: task.slug, ...identityOf(input) });
      try {
        run ??= build(task, logger);
        return await run(input);
      } catch (error) {
        logger.error('the handler failed', error as Error);
        throw error;
      }
    });
}

function build<Schema extends z.ZodType, Ports, Result>(
  { config: schema, ports, make }: Task<Schema, Ports, Result>,
  logger: Logger,
): (input: unknown) => Promise<Result> {
  const config = readConfig(schema, process.env.MAINSTAY_CONFIG);
  const log: Log = {
    info: (message, facts = {}) => logger.info(message, facts),
    warn: (message, facts = {}) => logger.warn(message, facts),
  };
  return make({ ...ports(config, systemClock), config, clock: systemClock, log });
}

/** Which move a line of the log belongs to, where the input says so. */
function identityOf(input: unknown): { executionArn?: string; epoch?: number } {
  const { move, executionArn } = (input ?? {}) as {
    move?: { executionArn?: string; epoch?: number };
    executionArn?: string;
  };
  return { executionArn: move?.executionArn ?? executionArn, epoch: move?.epoch };
}
