/**
 * Keeps the escalations' machines in step with the ledger: starts the one that is missing, answers the one that waits for
 * what has happened. Started by: Lambda's poller of the escalations queue, and infra/wiring.ts "follow" each minute, which
 * looks at every open incident and at whether its machine is alive. Twice changes nothing: a machine is appointed by a
 * conditional write and named by its round.
 */
import * as z from 'zod';
import { sfnExecutions, sfnWaiters } from '../shared/aws/sfn.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import { parse } from '../shared/parse.ts';
import type { Executions, Waiters } from '../shared/ports.ts';
import { FollowConfig, tableIn } from './config.ts';
import { executionName, type Round, roundOf } from './escalation.ts';
import { type Follower, type Followers, itemFollowers } from './item-escalations.ts';
import type { ItemStore } from './item-store.ts';
import { sharedItems } from './shared-items.ts';
import type { Table } from './table.ts';

const FollowInput = z.union([
  z.object({ Records: z.array(z.object({ body: z.string() })).min(1) }),
  z.object({ scheduledAt: z.iso.datetime() }),
]);
const Message = z.object({ incident: z.string().min(1) });

export type FollowPorts = {
  readonly store: ItemStore;
  readonly followers: Followers;
  readonly table: Table;
  readonly executions: Pick<Executions, 'start' | 'describe'>;
  readonly waiters: Waiters;
} & Surroundings<FollowConfig>;

export type Followed = 'started' | 'restarted' | 'runs' | 'answered' | 'nothing';

export const makeFollow =
  (ports: FollowPorts) =>
  async (input: unknown): Promise<Record<string, Followed>> => {
    const asked = parse(FollowInput, input);
    const isSweep = 'scheduledAt' in asked;
    const incidents = isSweep
      ? await ports.store.openIncidents()
      : asked.Records.map(({ body }) => parse(Message, JSON.parse(body), 'message').incident);
    const followed = await Promise.all(
      [...new Set(incidents)].map(async (incident) => [incident, await follow(incident, isSweep, ports)] as const),
    );
    return Object.fromEntries(followed);
  };

async function follow(incident: string, isSweep: boolean, ports: FollowPorts): Promise<Followed> {
  const { store, followers, table, clock, waiters, log } = ports;
  const group = await store.groupOf(incident);
  if (group === null) return 'nothing';
  const round = roundOf(await store.group(group), table, clock.now());
  const own = round?.incident === incident ? round : null;
  const known = await followers.of(incident);
  if (own && own.countedFrom === known?.countedFrom) return isSweep ? keepAlive(known, ports) : 'runs';
  // Before its successor takes its place: the token goes with it.
  const waited = known !== null && known.token !== null;
  if (waited) {
    const heard = await waiters.answer(known.token, { look: 'again' });
    log.info('told the machine that waits to look again', { incident, heard });
    if (!own) await followers.waits(known, null);
  }
  if (own) await appoint({ ...own, attempt: 0 }, known, ports);
  return own ? 'started' : waited ? 'answered' : 'nothing';
}

/** False when somebody else was first. */
async function appoint(
  next: Round & { attempt: number },
  before: Follower | null,
  ports: FollowPorts,
): Promise<boolean> {
  if (!(await ports.followers.appoint(next, before))) return false;
  await ports.executions.start(executionName(next, next.attempt), next);
  return true;
}

/** A machine that was aborted or has failed gets a successor; one that was never started is started. */
async function keepAlive(known: Follower, ports: FollowPorts): Promise<Followed> {
  const { config, executions, log } = ports;
  const { token: _, ...appointed } = known;
  const name = executionName(known, known.attempt);
  const found = await executions.describe(
    `${config.escalationMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
  );
  if (found?.status === 'RUNNING') return 'runs';
  log.warn('an escalation has no machine', { incident: known.incident, status: found?.status ?? 'never started' });
  if (!found) await executions.start(name, appointed);
  else await appoint({ ...appointed, attempt: known.attempt + 1 }, known, ports);
  return 'restarted';
}

export const handler = lambda({
  slug: 'alert-routing',
  config: FollowConfig,
  ports: (config, clock) => {
    const { items, store } = sharedItems(config, clock);
    return {
      store,
      followers: itemFollowers(items),
      table: tableIn(config),
      executions: sfnExecutions({ region: config.region, stateMachineArn: config.escalationMachineArn }),
      waiters: sfnWaiters(config),
    };
  },
  make: makeFollow,
});
