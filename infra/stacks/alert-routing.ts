/**
 * Alert routing in one serving region: what takes alerts in, decides and tells people, on a table of this region alone.
 * Both serving regions get the same stack, and either pages without the other.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FunctionUrlAuthType, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnEmailIdentity } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Configuration } from '../config/index.ts';
import { itemTable } from '../constructs/item-table.ts';
import { startersOf } from '../constructs/starters.ts';
import { TaskFunction } from '../constructs/task-function.ts';
import { Workflow } from '../constructs/workflow.ts';
import type { Names } from '../names.ts';
import { events, schedules, urls } from '../wiring.ts';
import { Queues } from './alert-routing/queues.ts';
import { give, type Handler, rightsOf } from './alert-routing/rights.ts';
import { executionAlarm } from './region-failover/alarms.ts';
import { Minutely } from './region-failover/minutely.ts';

const SLUG = 'alert-routing';

/** Names of secrets that are no channel's. */
const LINKS = 'alert-routing/links';
const PAGERDUTY_API = 'alert-routing/pagerduty-api';
const WEBHOOKS = ['alertmanager', 'generic', 'sentry', 'pagerduty'].map((source) => `alert-routing/webhook-${source}`);

/** The part of the routing configuration that a stack is made from; functions/alert-routing/check.ts knows all of it. */
interface Routing {
  readonly channels: Readonly<
    Record<string, { readonly secret: string | null; readonly through?: { readonly secret?: string } }>
  >;
  readonly remediations: readonly { readonly action: string; readonly target: string }[];
}

/** Lambda quotas: all of a function's environment has 4 KB. */
const ROUTING_BYTES_MAX = 2_600;

export interface AlertRoutingStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly names: Names;
  /** Where bundles are. @default dist */
  readonly bundles?: string;
}

export class AlertRoutingStack extends Stack {
  /** What Budgets and other plain-text senders publish to. */
  readonly budgets: Topic;
  readonly #props: AlertRoutingStackProps;
  readonly #queues: Queues;
  readonly #rights: ReturnType<typeof rightsOf>;
  readonly #settings: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, props: AlertRoutingStackProps) {
    super(scope, id, props);
    this.#props = props;
    const { configuration, names } = props;
    const { account, region } = this;
    const routing = JSON.parse(
      readFileSync(new URL('../config/alert-routing.json', import.meta.url), 'utf8'),
    ) as Routing;
    const lastResort = this.#topic('LastResort');
    const phones = this.#topic('Phones');
    // Nobody subscribes: that it takes messages is the whole news.
    const heartbeat = new Topic(this, 'HeartbeatTopic', { enforceSSL: true });
    this.budgets = this.#budgets();
    this.#queues = new Queues(this, 'Queues', { prefix: names.prefix, lastResort, phones });
    this.budgets.addSubscription(new SqsSubscription(this.#queues.events));
    const table = this.#table();
    if (region === configuration.regions.serving[0]) this.#peers();
    const channels = channelSecrets(routing);
    const secretArn = (name: string) =>
      `arn:aws:secretsmanager:${region}:${account}:secret:${names.prefix}/${name}-??????`;
    for (const name of [...channels, LINKS, PAGERDUTY_API, ...WEBHOOKS]) this.#secret(name);
    new CfnEmailIdentity(this, 'Identity', { emailIdentity: configuration.domain });
    this.#rights = rightsOf({
      region,
      table: table.tableArn,
      peers: `arn:aws:dynamodb:${region}:${account}:table/${names.alertPeersTable}`,
      eventsQueue: this.#queues.events.queueArn,
      workQueue: this.#queues.work.queueArn,
      escalationsQueue: this.#queues.escalations.queueArn,
      remediesQueue: this.#queues.remedies.queueArn,
      automationParameter: `arn:aws:ssm:${region}:${account}:parameter${names.automationParameter}`,
      releasesTable: `arn:aws:dynamodb:${region}:${account}:table/${names.releasesTable}`,
      runbooks: routing.remediations.flatMap(({ action, target }) =>
        action === 'runbook' ? [`arn:aws:states:${region}:${account}:stateMachine:${target}`] : [],
      ),
      machine: this.#machineArn(),
      executions: `arn:aws:states:${region}:${account}:execution:${names.escalationWorkflow}:*`,
      topics: [phones.topicArn, heartbeat.topicArn],
      lastResort: lastResort.topicArn,
      alarms: `arn:aws:cloudwatch:${region}:${account}:alarm:*`,
      bus: `arn:aws:events:${region}:${account}:event-bus/default`,
      identity: `arn:aws:ses:${region}:${account}:identity/${configuration.domain}`,
      secrets: {
        channels: channels.map(secretArn),
        links: [secretArn(LINKS)],
        webhooks: WEBHOOKS.map(secretArn),
        provider: [secretArn(PAGERDUTY_API)],
      },
    });
    this.#settings = {
      application: names.prefix,
      region,
      account,
      table: names.alertTable,
      serving: configuration.regions.serving,
      peersTable: names.alertPeersTable,
      routing: compressed(routing),
      secretPrefix: `${names.prefix}/`,
      eventsQueueUrl: this.#queues.events.queueUrl,
      workQueueUrl: this.#queues.work.queueUrl,
      escalationsQueueUrl: this.#queues.escalations.queueUrl,
      remediesQueueUrl: this.#queues.remedies.queueUrl,
      topics: { phones: phones.topicArn, heartbeat: heartbeat.topicArn },
      operationsTopicArn: lastResort.topicArn,
      mailFrom: `alerts@${configuration.domain}`,
      linksUrl: null,
    };
    this.#react(lastResort);
  }

  /** Rules, schedules and URLs, as infra/wiring.ts has them. */
  #react(lastResort: Topic): void {
    const links = this.#function('acknowledge');
    const linksUrl = this.#url(links);
    const functions: Readonly<Record<string, LambdaFunction>> = {
      acknowledge: links,
      intake: this.#function('intake', { linksUrl }),
      dispatch: this.#function('dispatch', { linksUrl }),
      webhook: this.#function('webhook'),
      heartbeat: this.#function('heartbeat'),
      sweep: this.#function('sweep'),
      remediate: this.#function('remediate', {
        servingRegions: this.#props.configuration.regions.serving,
        releasesTable: this.#props.names.releasesTable,
        automationParameter: this.#props.names.automationParameter,
      }),
      follow: this.#function('follow', { escalationMachineArn: this.#machineArn() }),
    };
    this.#escalation(lastResort);
    const found = startersOf(SLUG, functions);
    this.#read(this.#queues.events, found('intake'), 'Intake');
    this.#read(this.#queues.work, found('dispatch'), 'Dispatch');
    this.#read(this.#queues.escalations, found('follow'), 'Follow');
    this.#read(this.#queues.remedies, found('remediate'), 'Remediate');
    for (const { id, because, pattern } of events.filter(({ slug }) => slug === SLUG)) {
      const { 'detail-type': detailType, ...rest } = pattern;
      new Rule(this, `On-${id}`, {
        description: because,
        eventPattern: { ...rest, detailType } as EventPattern,
        targets: [
          new SqsQueue(this.#queues.events, { deadLetterQueue: this.#queues.dead, maxEventAge: Duration.hours(24) }),
        ],
      });
    }
    for (const row of schedules.filter(({ slug, where }) => slug === SLUG && where === 'serving')) {
      new Minutely(this, `Every-${row.id}`, row, found(row.starts.function));
    }
    for (const { starts } of urls.filter(({ slug, id }) => slug === SLUG && id !== 'acknowledge')) {
      this.#url(found(starts.function));
    }
  }

  /** By its name, which its starter knows before it exists. */
  #machineArn(): string {
    return `arn:aws:states:${this.region}:${this.account}:stateMachine:${this.#props.names.escalationWorkflow}`;
  }

  #escalation(lastResort: Topic): void {
    const { machine } = new Workflow(this, 'EscalationMachine', {
      slug: SLUG,
      name: `${SLUG}-escalation`,
      stateMachineName: this.#props.names.escalationWorkflow,
      placeholders: {
        escalate: this.#function('escalate'),
        awaitAcknowledgement: this.#function('await-acknowledgement'),
      },
    });
    const name = this.#props.names.escalationWorkflow;
    executionAlarm(this, 'Escalation', machine, lastResort, { name, runbook: 'docs/runbooks/alert-routing.md' });
  }

  #read(queue: Queue, target: LambdaFunction, id: string): void {
    const mapping = new EventSourceMapping(this, `${id}Source`, {
      target,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: id === 'Intake',
      maxConcurrency: 10,
    });
    mapping.node.addDependency(target.role!.node.findChild('DefaultPolicy'));
  }

  /** Open to everyone: each checks a signature before it does anything. */
  #url(target: LambdaFunction): string {
    return target.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url;
  }

  #function(handler: Handler, more: Readonly<Record<string, unknown>> = {}): LambdaFunction {
    const { function: made } = new TaskFunction(this, pascal(handler), {
      slug: SLUG,
      handler,
      config: { ...this.#settings, ...more },
      bundles: this.#props.bundles,
    });
    give(made, this.#rights[handler]);
    return made;
  }

  /** People's own channels, reached without the router: its alarms, and the second way of a P0. */
  #topic(id: string): Topic {
    const topic = new Topic(this, id, { enforceSSL: true });
    this.#admit(topic, 'Alarms', 'cloudwatch.amazonaws.com');
    topic.addSubscription(new EmailSubscription(this.#props.configuration.operationsEmail));
    return topic;
  }

  #budgets(): Topic {
    const topic = new Topic(this, 'Budgets', { enforceSSL: true });
    this.#admit(topic, 'Budgets', 'budgets.amazonaws.com');
    return topic;
  }

  #admit(topic: Topic, sid: string, service: string): void {
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(service)],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
  }

  /** Regional on purpose: the other region may be gone. */
  #table(): TableV2 {
    return itemTable(this, 'Alerts', {
      tableName: this.#props.names.alertTable,
    });
  }

  /** Read and written at home by either region: what one tells the other, and nothing that either could not do without. */
  #peers(): void {
    const { configuration, names } = this.#props;
    itemTable(this, 'Peers', {
      tableName: names.alertPeersTable,
      timeToLiveAttribute: 'expiresAt',
      replicas: configuration.regions.serving.slice(1).map((region) => ({ region })),
    });
  }

  /** Made with a value that opens nothing; people put the real one (docs/runbooks/alert-routing.md). */
  #secret(name: string): void {
    const secret = new Secret(this, `Secret-${name.replaceAll('/', '-')}`, {
      secretName: `${this.#props.names.prefix}/${name}`,
      generateSecretString: { excludePunctuation: true, passwordLength: 32 },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(secret, {
      SMG4: 'its value is a provider’s; both sides are changed together, with two valid in between',
    });
  }
}

const channelSecrets = ({ channels }: Routing): string[] => {
  const names = Object.values(channels).flatMap(({ secret, through }) => [secret ?? [], through?.secret ?? []].flat());
  return [...new Set(names)];
};

const pascal = (name: string): string => `-${name}`.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function compressed(routing: Routing): string {
  const text = gzipSync(JSON.stringify(routing)).toString('base64');
  if (text.length <= ROUTING_BYTES_MAX) return text;
  const size = `${text.length} bytes compressed, at most ${ROUTING_BYTES_MAX} fit into a function's environment`;
  throw new Error(`infra/config/alert-routing.json: ${size}`);
}
