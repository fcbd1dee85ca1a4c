/**
 * Starts the clean-up machine after a release's execution ended without cleaning up after itself. Started by:
 * infra/wiring.ts "clean-up". The rule could start the machine itself, but EventBridge gives an execution no name, and
 * an event that comes twice would be two clean-ups.
 */
import { ExecutionStatusChange } from '../../events/execution-status-change.ts';
import { sfnExecutions } from '../shared/aws/sfn.ts';
import { ReleaseConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Executions } from '../shared/ports.ts';
import { cleanUpName } from './request.ts';

export const makeStartCleanUp =
  ({ cleanUps, log }: { cleanUps: Pick<Executions, 'start'> } & Surroundings<ReleaseConfig>) =>
  async (input: unknown): Promise<{ name: string; started: 'started' | 'known' }> => {
    const { detail } = parse(ExecutionStatusChange, input, 'event');
    const { executionArn, status, stopDate } = detail;
    const name = cleanUpName(detail.name, stopDate);
    const started = await cleanUps.start(name, { detail: { executionArn, status, input: detail.input ?? null } });
    log.info('a release ended badly', { executionArn, status, name, started });
    return { name, started };
  };

export const handler = lambda({
  slug: 'blue-green',
  config: ReleaseConfig,
  ports: (config) => ({ cleanUps: sfnExecutions({ ...config, stateMachineArn: config.cleanUpMachineArn }) }),
  make: makeStartCleanUp,
});
