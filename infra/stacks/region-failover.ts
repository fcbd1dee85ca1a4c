/**
 * Region failover in one serving region, which is the region that it would activate: observer, alarm, machine,
 * functions with their rights, ledger table, topic. Both serving regions get the same stack.
 */
import { CustomResource, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SnsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/index.ts';
import { EventRoute } from '../constructs/event-route.ts';
import { itemTable } from '../constructs/item-table.ts';
import { operationsTopic } from '../constructs/operations-topic.ts';
import { camel, pascal, startersOf } from '../constructs/starters.ts';
import { TaskFunction } from '../constructs/task-function.ts';
import { Workflow } from '../constructs/workflow.ts';
import type { Names } from '../names.ts';
import { type EventRow, events, schedules } from '../wiring.ts';
import { executionAlarm, regionFailingAlarm } from './region-failover/alarms.ts';
import { Minutely } from './region-failover/minutely.ts';
import { Observer } from './region-failover/observer.ts';
import { give, type Handler, rightsOf } from './region-failover/rights.ts';
import { type Place, type RegionParts, servingSettings } from './region-failover/settings.ts';

const SLUG = 'region-failover';

/** The tasks of the machine; each is a placeholder of its ASL file. */
const TASKS = [
  'assess',
  'ask',
  'claim',
  'freeze',
  'fence',
  'promote',
  'scale',
  'configure',
  'open-writes',
  'start-consumers',
  'shift-traffic',
  'verify',
  'record',
  'notify',
  'clean-up',
] as const satisfies readonly Handler[];

export interface RegionFailoverStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly region: RegionParts;
  /** Where bundles are. @default dist */
  readonly bundles?: string;
}

export class RegionFailoverStack extends Stack {
  readonly machine: StateMachine;
  readonly topic: Topic;
  readonly #place: Place;
  readonly #bundles: string | undefined;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #rights: ReturnType<typeof rightsOf>;

  constructor(scope: Construct, id: string, props: RegionFailoverStackProps) {
    super(scope, id, props);
    const { configuration, names } = props;
    const { account, region } = this;
    this.#place = { configuration, names, account, region };
    this.#bundles = props.bundles;
    this.topic = operationsTopic(this, configuration.operationsEmail);
    const ledger = this.#ledger();
    const machineArn = (name: string) => `arn:aws:states:${region}:${account}:stateMachine:${name}`;
    this.#settings = { ...servingSettings(this.#place, props.region, this.topic.topicArn) };
    this.#rights = rightsOf(this.#place, {
      topic: this.topic.topicArn,
      failoverTable: ledger.tableArn,
      machine: machineArn(names.workflow),
      cleanUpMachine: machineArn(names.cleanUpWorkflow),
      executions: `arn:aws:states:${region}:${account}:execution:${names.workflow}:*`,
    });

    const tasks = Object.fromEntries(TASKS.map((handler) => [camel(handler), this.#function(handler)]));
    this.machine = new Workflow(this, 'FailoverMachine', {
      slug: SLUG,
      name: SLUG,
      stateMachineName: names.workflow,
      placeholders: tasks,
    }).machine;
    const cleanUp = new Workflow(this, 'CleanUpMachine', {
      slug: SLUG,
      name: `${SLUG}-clean-up`,
      stateMachineName: names.cleanUpWorkflow,
      placeholders: { cleanUp: tasks.cleanUp as LambdaFunction, notify: tasks.notify as LambdaFunction },
    }).machine;
    const starting = { stateMachineArn: machineArn(names.workflow) };
    const starters = {
      declare: this.#function('declare', starting),
      answer: this.#function('answer'),
      reconcile: this.#function('reconcile', starting),
      'mend-latch': this.#function('mend-latch'),
      'start-clean-up': this.#function('start-clean-up', { stateMachineArn: machineArn(names.cleanUpWorkflow) }),
    };
    // An event that cannot be read, or whose function keeps failing, goes to people with the reason; never silently away.
    for (const started of [starters.declare, starters.answer, starters['start-clean-up']]) {
      started.configureAsyncInvoke({ onFailure: new SnsDestination(this.topic) });
    }
    this.#react(starters);
    new Observer(this, 'Observer', { settings: this.#settings, rights: this.#rights.observe, bundles: this.#bundles });
    this.#watch(cleanUp);
    new CustomResource(this, 'Seeds', {
      resourceType: 'Custom::Seed',
      serviceToken: this.#function('seed').functionArn,
    });
  }

  /** Rules and schedules, as infra/wiring.ts has them. */
  #react(functions: Readonly<Record<string, LambdaFunction>>): void {
    const found = startersOf(SLUG, functions);
    for (const row of events.filter(({ slug }) => slug === SLUG)) {
      new EventRoute(this, `On-${row.id}`, {
        description: row.because,
        pattern: this.#narrowed(row),
        target: found(row.starts.function),
      });
    }
    for (const row of schedules.filter(({ slug, where }) => slug === SLUG && where === 'serving')) {
      new Minutely(this, `Every-${row.id}`, row, found(row.starts.function));
    }
  }

  /**
   * Patterns know no ARNs and no application; both are added here so that nothing foreign starts anything. An event of
   * ours that names no application at all is let through: its function refuses it, and people hear of it.
   */
  #narrowed({ id, pattern }: EventRow): Readonly<Record<string, unknown>> {
    const detail = (pattern.detail ?? {}) as Record<string, unknown>;
    if (id === 'clean-up') {
      return { ...pattern, detail: { ...detail, stateMachineArn: [this.machine.stateMachineArn] } };
    }
    if (id === 'alarm') return pattern;
    return { ...pattern, detail: { ...detail, application: [this.#place.names.prefix, { exists: false }] } };
  }

  #function(handler: Handler, more: Readonly<Record<string, unknown>> = {}): LambdaFunction {
    const { function: made } = new TaskFunction(this, pascal(handler), {
      slug: SLUG,
      handler,
      config: { ...this.#settings, ...more },
      bundles: this.#bundles,
    });
    give(made, this.#rights[handler]);
    return made;
  }

  #watch(cleanUp: StateMachine): void {
    const [first, second] = this.#place.configuration.regions.serving;
    const other = this.region === first ? second : first;
    regionFailingAlarm(this, 'RegionFailing', this.#place, other, this.topic);
    const { runbookUrl } = this.#settings;
    const { workflow, cleanUpWorkflow } = this.#place.names;
    const runbook = `${runbookUrl}`;
    executionAlarm(this, 'Failover', this.machine, this.topic, { name: workflow, runbook });
    executionAlarm(this, 'CleanUp', cleanUp, this.topic, { name: cleanUpWorkflow, runbook });
  }

  /** Records, open questions, declines. Regional on purpose: the other region may be gone. */
  #ledger(): TableV2 {
    return itemTable(this, 'Ledger', {
      tableName: this.#place.names.failoverTable,
    });
  }
}
