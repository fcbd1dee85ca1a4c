/**
 * Releases in one serving region: machine, functions with their rights, table of releases, immutable bucket, topic. Both
 * serving regions get the same stack; each releases for itself, and knows whether users are served there.
 */
import { CustomResource, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SnsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Configuration } from '../config/index.ts';
import { EventRoute } from '../constructs/event-route.ts';
import { itemTable } from '../constructs/item-table.ts';
import { operationsTopic } from '../constructs/operations-topic.ts';
import { camel, pascal, startersOf } from '../constructs/starters.ts';
import { TaskFunction } from '../constructs/task-function.ts';
import { Workflow } from '../constructs/workflow.ts';
import type { Names } from '../names.ts';
import { type EventRow, events, schedules } from '../wiring.ts';
import { deliveryDashboard } from './blue-green/dashboard.ts';
import { notReadyAlarm } from './blue-green/not-ready-alarm.ts';
import { type Handler, rightsOf, WILDCARDS } from './blue-green/rights.ts';
import { type ReleaseParts, RUNBOOK, releaseSettings } from './blue-green/settings.ts';
import { executionAlarm } from './region-failover/alarms.ts';
import { Minutely } from './region-failover/minutely.ts';
import { give } from './region-failover/rights.ts';
import type { Place } from './region-failover/settings.ts';

const SLUG = 'blue-green';

/** The tasks of the machine; each is a placeholder of its ASL file. */
const TASKS = [
  'take-lease',
  'snapshot',
  'pin',
  'empty',
  'prepare',
  'check-health',
  'validate',
  'migrate',
  'ask',
  'shift',
  'prove',
  'watch',
  'commit',
  'roll-back',
  'finish',
  'notify',
] as const satisfies readonly Handler[];

const STARTERS = [
  'admit',
  'steer',
  'start-clean-up',
  'reconcile',
  'reap',
  'export',
] as const satisfies readonly Handler[];

/** Functions that ask the application many times, or wait between looks. */
const SLOW: Partial<Readonly<Record<Handler, Duration>>> = {
  'check-health': Duration.seconds(58),
  validate: Duration.seconds(58),
  prove: Duration.seconds(58),
  'roll-back': Duration.seconds(58),
  'clean-up': Duration.seconds(58),
  migrate: Duration.seconds(285),
  reap: Duration.seconds(285),
};

export interface BlueGreenStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly region: ReleaseParts;
  /** Where bundles are. @default dist */
  readonly bundles?: string;
}

export class BlueGreenStack extends Stack {
  readonly machine: StateMachine;
  readonly topic: Topic;
  readonly #place: Place;
  readonly #bundles: string | undefined;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #rights: ReturnType<typeof rightsOf>;

  constructor(scope: Construct, id: string, props: BlueGreenStackProps) {
    super(scope, id, props);
    const { configuration, names } = props;
    const { account, region } = this;
    this.#place = { configuration, names, account, region };
    this.#bundles = props.bundles;
    this.topic = operationsTopic(this, configuration.operationsEmail);
    const table = this.#releases();
    this.#records();
    const settings = releaseSettings(this.#place, props.region, this.topic.topicArn);
    this.#settings = { ...settings };
    this.#rights = rightsOf(this.#place, props.region, {
      topic: this.topic.topicArn,
      table: table.tableArn,
      bucket: `arn:aws:s3:::${names.recordsBucket(account, region)}`,
      machine: settings.stateMachineArn,
      cleanUpMachine: settings.cleanUpMachineArn,
      executions: `arn:aws:states:${region}:${account}:execution:${names.releaseWorkflow}:*`,
    });

    const tasks = Object.fromEntries(TASKS.map((handler) => [camel(handler), this.#function(handler)]));
    this.machine = new Workflow(this, 'ReleaseMachine', {
      slug: SLUG,
      name: SLUG,
      stateMachineName: names.releaseWorkflow,
      placeholders: tasks,
    }).machine;
    const cleanUp = new Workflow(this, 'CleanUpMachine', {
      slug: SLUG,
      name: `${SLUG}-clean-up`,
      stateMachineName: names.releaseCleanUpWorkflow,
      placeholders: { cleanUp: this.#function('clean-up'), notify: tasks.notify as LambdaFunction },
    }).machine;
    const starters = Object.fromEntries(STARTERS.map((handler) => [handler, this.#function(handler)]));
    this.#react(starters);
    const runbook = RUNBOOK;
    executionAlarm(this, 'Release', this.machine, this.topic, { name: names.releaseWorkflow, runbook });
    executionAlarm(this, 'CleanUp', cleanUp, this.topic, { name: names.releaseCleanUpWorkflow, runbook });
    notReadyAlarm(this, this.#place, this.topic);
    deliveryDashboard(this, this.#place, props.region);
    new CustomResource(this, 'IdleColour', {
      resourceType: 'Custom::IdleColour',
      serviceToken: this.#function('hold-idle').functionArn,
    });
  }

  /** Rules and schedules, as infra/wiring.ts has them. */
  #react(functions: Readonly<Record<string, LambdaFunction>>): void {
    const found = startersOf(SLUG, functions);
    const rows = events.filter(({ slug }) => slug === SLUG);
    for (const row of rows) {
      const target = found(row.starts.function);
      new EventRoute(this, `On-${row.id}`, { description: row.because, pattern: this.#narrowed(row), target });
    }
    // An event that cannot be read, or whose function keeps failing, goes to people with the reason; never silently away.
    for (const name of new Set(rows.map(({ starts }) => starts.function))) {
      found(name).configureAsyncInvoke({ onFailure: new SnsDestination(this.topic) });
    }
    for (const row of schedules.filter(({ slug }) => slug === SLUG)) {
      new Minutely(this, `Every-${row.id}`, row, found(row.starts.function));
    }
  }

  /** Patterns know no repository, tags, machine or application; they are added here so that nothing foreign starts anything. */
  #narrowed({ id, pattern }: EventRow): Readonly<Record<string, unknown>> {
    const { names, configuration } = this.#place;
    const detail = (pattern.detail ?? {}) as Record<string, unknown>;
    const more: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
      'clean-up': { stateMachineArn: [this.machine.stateMachineArn] },
      push: { 'repository-name': [names.repository], 'image-tag': [{ wildcard: configuration.release.tagPattern }] },
      scan: { 'repository-name': [names.repository] },
    };
    // An event of ours that names no application at all is let through: its function refuses it, and people hear of it.
    return { ...pattern, detail: { ...detail, ...(more[id] ?? { application: [names.prefix, { exists: false }] }) } };
  }

  #function(handler: Handler): LambdaFunction {
    const { function: made } = new TaskFunction(this, pascal(handler), {
      slug: SLUG,
      handler,
      config: this.#settings,
      bundles: this.#bundles,
      timeout: SLOW[handler],
    });
    give(made, this.#rights[handler], WILDCARDS);
    return made;
  }

  /** How things are, and the record. Regional on purpose: each region releases for itself. */
  #releases(): TableV2 {
    return itemTable(this, 'Releases', {
      tableName: this.#place.names.releasesTable,
    });
  }

  /** The record where nobody can change it (req E5). Governance outside production, where accounts are torn down. */
  #records(): void {
    const { names, configuration } = this.#place;
    const kept = Duration.days(RECORD_DAYS);
    const bucket = new Bucket(this, 'Records', {
      bucketName: names.recordsBucket(this.account, this.region),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention:
        configuration.environment === 'prod'
          ? ObjectLockRetention.compliance(kept)
          : ObjectLockRetention.governance(kept),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(bucket, { S1: 'CloudTrail data events record who writes it; objects cannot be changed' });
  }
}

/** Seven years, as auditors ask for. */
const RECORD_DAYS = 2555;
