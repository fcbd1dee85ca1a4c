/**
 * Looks at the state of things each minute and starts what an event should have started: events may be lost, and
 * executions may die. Started by: the schedule "reconcile", in both serving regions. It decides nothing about moving;
 * the machine's first step does.
 */
import { dynamoAuthority, dynamoMoves } from '../shared/aws/authority.ts';
import { ssmSettings } from '../shared/aws/settings.ts';
import { sfnExecutions } from '../shared/aws/sfn.ts';
import { snsPager } from '../shared/aws/sns.ts';
import { StartingConfig } from '../shared/config.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { ApplicationItem, Authority, Executions, Moves, Observations, Pager, Settings } from '../shared/ports.ts';
import { thaw } from './deployments.ts';
import { outcomeMessage } from './messages.ts';
import { ensure } from './move.ts';
import { type Action, actionFor, consumersFor, type Seen } from './reconciliation.ts';
import { executionName, type Request } from './request.ts';
import { ScheduledInput } from './schedule.ts';

export interface ReconcilePorts {
  readonly authority: Authority & Pick<Observations, 'last'>;
  readonly moves: Moves;
  readonly executions: Executions;
  readonly settings: Settings;
  readonly pager: Pager;
}
type Ports = ReconcilePorts & Surroundings<StartingConfig>;

export const makeReconcile =
  (ports: Ports) =>
  async (input: unknown): Promise<Action> => {
    const { authority, executions, config, clock, log } = ports;
    const { scheduledAt } = parse(ScheduledInput, input);
    const [application, own] = await Promise.all([authority.read(), authority.last(config.region)]);
    const claimant = await claimantOf(application, executions, config.region);
    const decided = actionFor({ region: config.region, now: clock.now(), application, own, claimant }, config.policy);
    log.info(`reconcile: ${decided.action}`, { why: decided.why });
    await mendSettings(ports, application);
    const { claim } = application;
    switch (decided.action) {
      case 'start':
        await start(ports, application, scheduledAt, decided.why);
        break;
      case 'resume':
        if (claim) await resume(ports, claim.executionArn, application.epoch, scheduledAt);
        break;
      case 'undo':
        if (claim) await undo(ports, claim, decided.why);
        break;
      case 'none':
    }
    return decided;
  };

/** Only the region that runs an execution knows how it is; the other one's status is not asked for. */
async function claimantOf(
  { claim }: ApplicationItem,
  executions: Executions,
  region: string,
): Promise<Seen['claimant']> {
  if (!claim) return null;
  if (claim.executionArn.split(':')[3] !== region) return 'elsewhere';
  return (await executions.describe(claim.executionArn)) ?? 'gone';
}

async function start(
  { executions, config }: Ports,
  application: ApplicationItem,
  scheduledAt: string,
  why: string,
): Promise<void> {
  // One at a time: an execution that waits for a person, or looks again, is already on it.
  if ((await executions.running()).length > 0) return;
  const request: Request = {
    trigger: 'reconcile',
    application: config.application,
    target: config.region,
    from: application.holder,
    by: 'reconcile',
    reason: why,
    declaredAt: scheduledAt,
  };
  await executions.start(executionName('reconcile', application.epoch, scheduledAt), request);
}

/** A new execution of the same request takes over the claim of the dead one and rolls forward. */
async function resume(
  { executions, config, authority }: Ports,
  dead: string,
  epoch: number,
  scheduledAt: string,
): Promise<void> {
  const { claim } = await authority.read();
  if (claim?.executionArn !== dead) return;
  const request: Request = {
    trigger: 'reconcile',
    application: config.application,
    target: claim.target,
    from: claim.from,
    by: claim.by,
    reason: claim.reason,
    declaredAt: claim.declaredAt,
    resume: dead,
  };
  await executions.start(executionName('resume', epoch, scheduledAt), request);
}

async function undo(
  { authority, moves, settings, pager, config }: Ports,
  claim: NonNullable<ApplicationItem['claim']>,
  why: string,
): Promise<void> {
  const application = await authority.read();
  // The clean-up machine may have been quicker since; then it tells people too.
  if (application.claim?.executionArn !== claim.executionArn) return;
  await ensure({
    what: 'undoing an abandoned claim',
    describe: authority.read,
    done: (item) => item.claim?.executionArn !== claim.executionArn,
    act: () => moves.restore(claim.executionArn),
  });
  await thaw(settings, claim.executionArn, application.epoch);
  const told = outcomeMessage({ config, request: claim, outcome: 'aborted', reasons: [why], measures: null });
  await pager.tell(told.subject, told.message);
}

/** Consumers run where the application may write, and nowhere else; a freeze ends with the execution that began it. */
async function mendSettings({ settings, config }: Ports, application: ApplicationItem): Promise<void> {
  const wanted = consumersFor(config.region, application);
  if (!wanted) return;
  await ensure({
    what: 'mending the consumers',
    describe: () => settings.read('consumers'),
    done: (state) => state?.enabled === wanted.enabled && (state.epoch >= wanted.epoch || !wanted.enabled),
    act: () => settings.write('consumers', wanted),
  });
  const deployments = await settings.read('deployments');
  if (!deployments?.frozen || !deployments.by?.startsWith('arn:aws:states:')) return;
  await thaw(settings, deployments.by, application.epoch);
}

export const handler = lambda({
  slug: 'region-failover',
  config: StartingConfig,
  ports: (config) => ({
    authority: dynamoAuthority(config),
    moves: dynamoMoves(config),
    executions: sfnExecutions(config),
    settings: ssmSettings(config),
    pager: snsPager(config),
  }),
  make: makeReconcile,
});
