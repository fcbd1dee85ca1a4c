/**
 * What each function of alert-routing may do, and where. Every statement names its actions and resources.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledge } from '../../acknowledge.ts';

export type Handler =
  | 'acknowledge'
  | 'await-acknowledgement'
  | 'dispatch'
  | 'escalate'
  | 'follow'
  | 'heartbeat'
  | 'intake'
  | 'remediate'
  | 'sweep'
  | 'webhook';

export interface Arns {
  readonly region: string;
  readonly table: string;
  /** This region's copy of what the regions tell each other. */
  readonly peers: string;
  readonly eventsQueue: string;
  readonly workQueue: string;
  readonly escalationsQueue: string;
  readonly remediesQueue: string;
  readonly automationParameter: string;
  readonly releasesTable: string;
  /** Machines that remediations of kind runbook start. */
  readonly runbooks: readonly string[];
  /** The escalation's machine, and all its executions. */
  readonly machine: string;
  readonly executions: string;
  /** That channels of kind sns name: whose telephone rings, and the heartbeat's. */
  readonly topics: readonly string[];
  /** People hear by it of what the channels themselves refuse. */
  readonly lastResort: string;
  readonly bus: string;
  /** Every alarm of the region. */
  readonly alarms: string;
  readonly identity: string;
  /** By what they are for; the ARN ends in characters that Secrets Manager adds. */
  readonly secrets: Readonly<Record<'channels' | 'links' | 'webhooks' | 'provider', readonly string[]>>;
}

const allow = (sid: string, actions: string[], resources: readonly string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ sid, actions, resources: [...resources], conditions });

/** One row per function. */
export function rightsOf(arns: Arns): Readonly<Record<Handler, readonly PolicyStatement[]>> {
  const { table, secrets } = arns;
  const reads = ['dynamodb:GetItem', 'dynamodb:Query'];
  const writes = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];
  const store = allow('Alerts', [...reads, ...writes], [table]);
  const peers = (...more: string[]) => allow('Peers', ['dynamodb:Query', 'dynamodb:PutItem', ...more], [arns.peers]);
  const hear = allow('HearPeers', ['dynamodb:Query'], [arns.peers]);
  const poll = (sid: string, queue: string) =>
    allow(sid, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue]);
  const work = allow('SetClock', ['sqs:SendMessage'], [arns.workQueue]);
  const remedies = allow('AskForRemedies', ['sqs:SendMessage'], [arns.remediesQueue]);
  const followers = allow('AskToFollow', ['sqs:SendMessage'], [arns.escalationsQueue]);
  const tell = [
    allow('ChannelSecrets', ['secretsmanager:GetSecretValue'], [...secrets.channels, ...secrets.links]),
    allow('TellByTopic', ['sns:Publish'], arns.topics),
    allow('TellByMail', ['ses:SendEmail'], [arns.identity]),
  ];
  return {
    intake: [store, peers(), poll('ReadEvents', arns.eventsQueue), work, followers, remedies, ...tell],
    dispatch: [
      store,
      peers(),
      poll('ReadWork', arns.workQueue),
      work,
      followers,
      ...tell,
      allow('TellOfRefusals', ['sns:Publish'], [arns.lastResort]),
    ],
    webhook: [
      allow('KeepEvents', ['sqs:SendMessage'], [arns.eventsQueue]),
      allow('WebhookSecrets', ['secretsmanager:GetSecretValue'], secrets.webhooks),
    ],
    follow: [
      hear,
      allow('Followers', [...reads, 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [table]),
      poll('ReadEscalations', arns.escalationsQueue),
      allow('StartMachine', ['states:StartExecution'], [arns.machine]),
      allow('SeeExecution', ['states:DescribeExecution'], [arns.executions]),
      allow('AnswerMachine', ['states:SendTaskSuccess'], [arns.machine]),
    ],
    escalate: [store, hear, work],
    remediate: [store, hear, work, poll('ReadRemedies', arns.remediesQueue), ...remedyRights(arns)],
    'await-acknowledgement': [allow('Waiting', ['dynamodb:UpdateItem'], [table]), followers],
    acknowledge: [
      store,
      peers('dynamodb:GetItem'),
      work,
      followers,
      allow('LinkSecret', ['secretsmanager:GetSecretValue'], secrets.links),
    ],
    heartbeat: [allow('Speak', ['events:PutEvents'], [arns.bus], { StringEquals: { 'events:source': 'mainstay' } })],
    sweep: [
      store,
      peers(),
      work,
      allow('ProviderSecret', ['secretsmanager:GetSecretValue'], secrets.provider),
      allow('SeeAlarms', ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'], [arns.alarms]),
    ],
  };
}

/** To ask for what others then decide; what a runbook does is its own machine's right. */
const remedyRights = (arns: Arns): PolicyStatement[] => [
  allow('IsAutomationOn', ['ssm:GetParameter'], [arns.automationParameter]),
  allow('SeeReleases', ['dynamodb:GetItem'], [arns.releasesTable]),
  allow('AskForMoves', ['events:PutEvents'], [arns.bus], {
    StringEquals: {
      'events:source': 'mainstay',
      'events:detail-type': ['Region failover requested', 'Release decided'],
    },
  }),
  ...(arns.runbooks.length > 0 ? [allow('StartRunbooks', ['states:StartExecution'], arns.runbooks)] : []),
];

const WILDCARDS: Readonly<Record<string, string>> = {
  SeeAlarms: 'the sweep reads every alarm of its region',
  SeeExecution: 'executions of this one machine; each has a name of its own',
};

/** Gives a function its rights, and answers for those whose resource holds a wildcard. */
export function give(to: LambdaFunction, rights: readonly PolicyStatement[]): void {
  for (const statement of rights) {
    to.addToRolePolicy(statement);
    const reason = WILDCARDS[statement.sid ?? ''];
    for (const arn of statement.resources.filter((resource) => resource.endsWith(':*'))) {
      if (!reason) throw new Error(`right ${statement.sid}: no reason is given for the wildcard in ${arn}`);
      acknowledge(to, { [`IAM5[Resource::${arn}]`]: reason });
    }
  }
}
