/**
 * Starts the clean-up machine after a failover execution ended without cleaning up after itself. Started by:
 * infra/wiring.ts "clean-up". The rule could start the machine itself, but EventBridge gives an execution no name, and
 * an event that comes twice would be two clean-ups.
 */
import { ExecutionStatusChange } from '../../events/execution-status-change.ts';
import { sfnExecutions } from '../shared/aws/sfn.ts';
import { isoOf } from '../shared/clock.ts';
import { StartingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Executions } from '../shared/ports.ts';
import { executionName } from './request.ts';

/** Leaves room for the moment, which tells two executions with one beginning apart. */
const NAME_LENGTH_KEPT = 48;

export const makeStartCleanUp =
  ({ executions, log }: { executions: Pick<Executions, 'start'> } & Surroundings<StartingConfig>) =>
  async (input: unknown): Promise<{ name: string; started: 'started' | 'known' }> => {
    const { detail } = parse(ExecutionStatusChange, input, 'event');
    // An execution that is redriven ends more than once.
    const name = executionName('ended', detail.name.slice(0, NAME_LENGTH_KEPT), isoOf(detail.stopDate));
    const started = await executions.start(name, input);
    log.info('an execution ended badly', { executionArn: detail.executionArn, status: detail.status, name, started });
    return { name, started };
  };

export const handler = lambda({
  slug: 'region-failover',
  config: StartingConfig,
  ports: (config) => ({ executions: sfnExecutions(config) }),
  make: makeStartCleanUp,
});
