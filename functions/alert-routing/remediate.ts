/**
 * Lets Mainstay do something about what fires by itself: two independent signals, one at a time, not in its cooldown, not
 * when people switched it off; and says in the alerts' messages what it does, or why not. Started by: Lambda's poller of
 * the remedies queue a few seconds after such a signal, and infra/wiring.ts "remediate" each minute. A run is claimed by a
 * conditional write before anything is asked for; who dies in between is followed, and asks again.
 */

import { eventBus } from '../shared/aws/events.ts';
import { dynamoReleases } from '../shared/aws/releases-table.ts';
import { sfnExecutions } from '../shared/aws/sfn.ts';
import { sqsQueue } from '../shared/aws/sqs.ts';
import { ssmSwitch } from '../shared/aws/switch.ts';
import { lambda, type Surroundings } from '../shared/lambda.ts';
import type { Queue, Switch } from '../shared/ports.ts';
import type { Alert } from './alert.ts';
import { RemediateConfig, tableIn } from './config.ts';
import { itemRuns, type Ledger, type Runs } from './item-runs.ts';
import type { ItemStore } from './item-store.ts';
import { withDoing, withoutAcknowledgement } from './ledger.ts';
import { recordTo } from './record.ts';
import { decideRemediation, heldSentence, NEEDS_A_PERSON, outcomeOf, type Run, runSentence } from './remediation.ts';
import { type Plan, planOf, type RemedyPorts } from './remedies.ts';
import type { Remediation } from './routing.ts';
import { settle } from './settle.ts';
import { sharedItems } from './shared-items.ts';
import { suppressionOf } from './suppression.ts';
import type { Table } from './table.ts';
import { wakeAt } from './wakes.ts';

export type RemediatePorts = {
  readonly store: ItemStore;
  readonly table: Table;
  readonly runs: Runs;
  readonly automation: Switch;
  readonly work: Queue;
} & RemedyPorts &
  Surroundings<RemediateConfig>;

/** Who claimed a run has this long to ask for what it is about. */
const ASKS_WITHIN_MS = 60_000;

export type Remediated = Readonly<Record<string, string>>;

export const makeRemediate =
  (ports: RemediatePorts) =>
  async (_input: unknown): Promise<Remediated> => {
    const { table, runs, clock, log } = ports;
    const all = await ports.store.evidence();
    if (all.length === 0) return {};
    const now = clock.now();
    const alerts = await heard(all, ports, now);
    const ledger = await runs.read(now);
    const known: Ledger = {
      ...ledger,
      runs: await Promise.all(ledger.runs.map((run) => conclude(run, alerts, ports))),
    };
    const said: Record<string, string> = {};
    const doing = new Map<string, string>();
    for (const remediation of table.routing.remediations) {
      const told = await remedy(remediation, alerts, known, ports);
      said[remediation.id] = told.sentence;
      for (const alert of told.about) if (alert.group !== null) doing.set(alert.group, told.sentence);
    }
    await tell(all, doing, new Set(known.runs.map(runSentence)), ports);
    log.info('looked for what could be done', said);
    return said;
  };

/** What people keep quiet is known to them: no evidence. Throws when silences cannot be read. */
async function heard(all: readonly Alert[], { store, table }: RemediatePorts, now: number): Promise<Alert[]> {
  const suppressors = { silences: await store.silences(now), inhibitors: await store.inhibitors() };
  return all.filter((alert) => suppressionOf(alert, suppressors, table, now) === null);
}

/** The run with its end in it, where it has come; asked again, where nobody knows whether it was. */
async function conclude(run: Run, alerts: readonly Alert[], ports: RemediatePorts): Promise<Run> {
  const { runs, table, clock, log } = ports;
  if (run.endedAt !== null) return run;
  const now = clock.now();
  const outcome = outcomeOf(run, alerts, now);
  if (outcome === null && (run.asked || now - run.startedAt < ASKS_WITHIN_MS)) return run;
  if (outcome !== null) {
    const ended = { ...run, endedAt: now, outcome };
    await runs.note(ended);
    log.info('a remediation ended', { name: run.name, outcome });
    return ended;
  }
  const remediation = table.routing.remediations.find(({ id }) => id === run.remediation);
  const plan = remediation ? await planOf(remediation, ports) : { obstacle: 'it is not configured any more' };
  return 'obstacle' in plan ? run : await ask(run, plan, ports);
}

async function ask(run: Run, plan: Extract<Plan, { says: string }>, { runs, log }: RemediatePorts): Promise<Run> {
  await plan.ask(run.name, `two independent signals, ${run.name}`);
  const asked = { ...run, asked: true };
  await runs.note(asked);
  log.info('a remediation was started', { name: run.name, says: run.says });
  return asked;
}

interface Told {
  readonly sentence: string;
  readonly about: readonly Alert[];
}

/** Nobody is told of one signal alone: nothing is considered then. */
async function remedy(
  remediation: Remediation,
  alerts: readonly Alert[],
  ledger: Ledger,
  ports: RemediatePorts,
): Promise<Told> {
  const { runs, clock, automation } = ports;
  const now = clock.now();
  const common = { now, remediation, alerts, runs: ledger.runs };
  const first = decideRemediation({ ...common, automation: null, obstacle: null });
  if (!first.evidence || first.name === null) return { sentence: heldSentence(remediation, first), about: [] };
  const about = first.evidence;
  const before = ledger.runs.find(({ name }) => name === first.name);
  if (before) return { sentence: runSentence(before), about };
  const isOn = await automation.isOn().catch(() => null);
  const plan = await planOf(remediation, ports);
  const obstacle = 'obstacle' in plan ? plan.obstacle : null;
  const verdict = decideRemediation({ ...common, automation: isOn === null ? null : isOn ? 'on' : 'off', obstacle });
  if (verdict.verdict !== 'start' || 'obstacle' in plan) return { sentence: heldSentence(remediation, verdict), about };
  const { id, action, target } = remediation;
  const evidence = [about[0].key, about[1].key] as const;
  const run: Run = {
    name: first.name,
    remediation: id,
    action,
    target,
    evidence,
    startedAt: now,
    endedAt: null,
    outcome: null,
    asked: false,
    says: plan.says,
  };
  if (!(await runs.claim(run, ledger.version))) return { sentence: `${id}: another look was first`, about: [] };
  return { sentence: runSentence(await ask(run, plan, ports)), about };
}

/** What was said and holds no more is taken back; of what was done it stays said. */
async function tell(
  all: readonly Alert[],
  doing: ReadonlyMap<string, string>,
  done: ReadonlySet<string>,
  { store, table, clock, work, log }: RemediatePorts,
): Promise<void> {
  const groups = new Set(all.flatMap(({ group }) => group ?? []));
  const now = clock.now();
  for (const key of groups) {
    const { group } = await store.group(key);
    const sentence = doing.get(key) ?? (done.has(group.doing ?? '') ? group.doing : null);
    if (withDoing(group, sentence) === group) continue;
    const failed = sentence?.endsWith(NEEDS_A_PERSON) ?? false;
    const { wakeAt: next } = await settle({ store, table, record: recordTo(log) }, key, now, {
      // Who relied on it has to look anew.
      change: (ledger) => withDoing(failed ? withoutAcknowledgement(ledger, now) : ledger, sentence),
    });
    await wakeAt(work, next === null ? [now] : [now, next], now);
  }
}

export const handler = lambda({
  slug: 'alert-routing',
  config: RemediateConfig,
  ports: (config, clock) => {
    const { region, account } = config;
    const { items, store } = sharedItems(config, clock);
    return {
      store,
      table: tableIn(config),
      runs: itemRuns(items),
      automation: ssmSwitch({ region, parameter: config.automationParameter }),
      work: sqsQueue({ region, queueUrl: config.workQueueUrl }),
      bus: eventBus(config),
      releases: dynamoReleases(config),
      machine: (name: string) =>
        sfnExecutions({ region, stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:${name}` }),
    };
  },
  make: makeRemediate,
});
