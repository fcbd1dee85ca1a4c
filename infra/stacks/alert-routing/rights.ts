/**
 * What each function of alert-routing may do, and where. Every statement names its actions and resources.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledge } from '../../acknowledge.ts';

export type Handler = 'acknowledge' | 'dispatch' | 'heartbeat' | 'intake' | 'sweep' | 'webhook';

export interface Arns {
  readonly region: string;
  readonly table: string;
  /** This region's copy of what the regions tell each other. */
  readonly peers: string;
  readonly eventsQueue: string;
  readonly workQueue: string;
  /** Whose telephone rings. */
  readonly phones: string;
  /** People hear by it of what the channels themselves refuse. */
  readonly lastResort: string;
  readonly bus: string;
  /** Every alarm of the region. */
  readonly alarms: string;
  readonly identity: string;
  /** By what they are for; the ARN ends in characters that Secrets Manager adds. */
  readonly secrets: Readonly<Record<'channels' | 'links' | 'webhooks', readonly string[]>>;
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
  const poll = (sid: string, queue: string) =>
    allow(sid, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue]);
  const work = allow('SetClock', ['sqs:SendMessage'], [arns.workQueue]);
  const tell = [
    allow('ChannelSecrets', ['secretsmanager:GetSecretValue'], [...secrets.channels, ...secrets.links]),
    allow('TellByTopic', ['sns:Publish'], [arns.phones]),
    allow('TellByMail', ['ses:SendEmail'], [arns.identity]),
  ];
  return {
    intake: [store, peers(), poll('ReadEvents', arns.eventsQueue), work, ...tell],
    dispatch: [
      store,
      peers(),
      poll('ReadWork', arns.workQueue),
      work,
      ...tell,
      allow('TellOfRefusals', ['sns:Publish'], [arns.lastResort]),
    ],
    webhook: [
      allow('KeepEvents', ['sqs:SendMessage'], [arns.eventsQueue]),
      allow('WebhookSecrets', ['secretsmanager:GetSecretValue'], secrets.webhooks),
    ],
    acknowledge: [
      store,
      peers('dynamodb:GetItem'),
      work,
      allow('LinkSecret', ['secretsmanager:GetSecretValue'], secrets.links),
    ],
    heartbeat: [allow('Speak', ['events:PutEvents'], [arns.bus], { StringEquals: { 'events:source': 'mainstay' } })],
    sweep: [
      // It only adds: what is over or told is taken out by those who tell.
      allow('Alerts', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [table]),
      work,
      allow('SeeAlarms', ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'], [arns.alarms]),
    ],
  };
}

/** Gives a function its rights, and answers for the one whose resource holds a wildcard. */
export function give(to: LambdaFunction, rights: readonly PolicyStatement[]): void {
  for (const statement of rights) {
    to.addToRolePolicy(statement);
    for (const arn of statement.resources.filter((resource) => /:alarm:\*$/.test(resource))) {
      acknowledge(to, { [`IAM5[Resource::${arn}]`]: 'the sweep reads every alarm of its region' });
    }
  }
}
