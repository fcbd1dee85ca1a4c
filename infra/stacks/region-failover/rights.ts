/**
 * What each function of region-failover may do, and where. Every statement names its actions and resources; only the
 * few reads that AWS cannot restrict have a wildcard resource. infra/recovery-path.ts checks what comes of these rows.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledge } from '../../acknowledge.ts';
import { COLOURS, LATCH_KEY } from '../../names.ts';
import { clusterArn, type Place } from './settings.ts';

export type Handler =
  | 'answer'
  | 'ask'
  | 'assess'
  | 'claim'
  | 'clean-up'
  | 'configure'
  | 'declare'
  | 'fence'
  | 'freeze'
  | 'mend-latch'
  | 'notify'
  | 'observe'
  | 'open-writes'
  | 'promote'
  | 'reconcile'
  | 'record'
  | 'scale'
  | 'seed'
  | 'shift-traffic'
  | 'start-clean-up'
  | 'start-consumers'
  | 'verify';

interface Arns {
  readonly topic: string;
  readonly failoverTable: string;
  /** By name: the machine's functions must not depend on the machine. */
  readonly machine: string;
  readonly cleanUpMachine: string;
  readonly executions: string;
}

/** One row per function, in the order of a failover. */
export function rightsOf(place: Place, arns: Arns): Readonly<Record<Handler, readonly PolicyStatement[]>> {
  const { own, votes, application, capacity, database, ledger, latch, parameters, newParameters, machine, topic } =
    statements(place, arns);
  return {
    observe: [votes.read, votes.cast, ...capacity.see],
    declare: [machine.start],
    reconcile: [
      votes.read,
      application.change,
      machine.start,
      machine.list,
      machine.describe,
      parameters('consumers', 'deployments'),
      topic,
    ],
    'mend-latch': [application.read, ...latch(own, place.configuration.regions.witness)],
    assess: [votes.read, ledger.read, ...database.read, ...capacity.see],
    ask: [ledger.write, topic],
    answer: [ledger.read, ledger.update, machine.answer],
    claim: [application.read, application.change],
    freeze: [application.read, parameters('deployments')],
    fence: [votes.read],
    promote: [application.read, application.change, ...database.read, database.promote],
    scale: [votes.read, ...capacity.see, ...capacity.change],
    configure: [application.read, ...database.read, ledger.write, parameters('database')],
    'open-writes': [application.read, application.change],
    'start-consumers': [application.read, parameters('consumers')],
    'shift-traffic': [
      votes.read,
      application.change,
      ...capacity.see,
      ...latch(own, place.configuration.regions.witness),
    ],
    verify: [application.read, ledger.read, ledger.write, witnessClock(place)],
    record: [application.read, application.change, ledger.read, ledger.write, parameters('deployments')],
    notify: [topic],
    'start-clean-up': [machine.cleanUp],
    'clean-up': [application.read, application.change, ledger.read, parameters('deployments')],
    seed: [application.read, application.plant, ...database.read, newParameters],
  };
}

/** Gives a function its rights, and answers for those whose resource has to hold a wildcard. */
export function give(
  to: LambdaFunction,
  rights: readonly PolicyStatement[],
  wildcards: Readonly<Record<string, string>> = WILDCARDS,
): void {
  for (const statement of rights) {
    to.addToRolePolicy(statement);
    for (const resource of statement.resources.filter((arn) => arn.includes('*'))) {
      const reason = wildcards[statement.sid ?? ''];
      if (!reason) throw new Error(`right ${statement.sid}: no reason is given for the wildcard in ${resource}`);
      acknowledge(to, { [`IAM5[Resource::${resource}]`]: reason });
    }
  }
}

const WILDCARDS: Readonly<Record<string, string>> = {
  SeeTargets: 'these reads know no resource (Service Authorization Reference, ELB v2)',
  SeeGroups: 'this read knows no resource (Service Authorization Reference, EC2 Auto Scaling)',
  SeeBounds: 'this read knows no resource (Service Authorization Reference, Application Auto Scaling)',
  RaiseBounds: 'a scaling target has an id of its own, which is not known before it exists',
  ScaleUp: "the group's unique id in its ARN is not known before it exists; the name is",
  SeeInstances: "the instances' names are CloudFormation's; only reading them",
  DescribeExecution: 'executions of this one machine; their names come from events',
};

/** The observer of the witness, which serves nothing. */
export function witnessRights(place: Place): PolicyStatement[] {
  const { votes } = authorityStatements(place);
  return [votes.read, votes.cast];
}

const allow = (sid: string, actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ sid, actions, resources, conditions });

const PARAMETERS = ['database', 'consumers', 'deployments'] as const;
type ParameterName = (typeof PARAMETERS)[number];

function statements(place: Place, arns: Arns) {
  const { account, region, names } = place;
  const parameter = (name: ParameterName): string =>
    `arn:aws:ssm:${region}:${account}:parameter${names[`${name}Parameter`]}`;
  return {
    own: region,
    ...authorityStatements(place),
    ...regionStatements(place),
    ledger: {
      read: allow('ReadLedger', ['dynamodb:GetItem'], [arns.failoverTable]),
      write: allow('WriteLedger', ['dynamodb:PutItem'], [arns.failoverTable]),
      update: allow('UpdateLedger', ['dynamodb:UpdateItem'], [arns.failoverTable]),
    },
    latch: (...regions: string[]) => {
      const buckets = regions.map((name) => `arn:aws:s3:::${names.latchBucket(account, name)}`);
      return [
        allow(
          'TurnLatch',
          ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
          buckets.map((bucket) => `${bucket}/${LATCH_KEY}`),
        ),
        // Without it an absent object is answered with AccessDenied instead of NotFound.
        allow('SeeAbsence', ['s3:ListBucket'], buckets),
      ];
    },
    parameters: (...which: ParameterName[]) =>
      allow('RegionalParameters', ['ssm:GetParameter', 'ssm:PutParameter'], which.map(parameter)),
    newParameters: allow('NewParameters', ['ssm:PutParameter'], PARAMETERS.map(parameter)),
    machine: {
      start: allow('StartMachine', ['states:StartExecution'], [arns.machine]),
      cleanUp: allow('StartCleanUp', ['states:StartExecution'], [arns.cleanUpMachine]),
      list: allow('ListRunning', ['states:ListExecutions'], [arns.machine]),
      describe: allow('DescribeExecution', ['states:DescribeExecution'], [arns.executions]),
      answer: allow('AnswerMachine', ['states:SendTaskSuccess'], [arns.machine]),
    },
    topic: allow('TellPeople', ['sns:Publish'], [arns.topic]),
  };
}

/** The authority table by its leading keys: a function that reads one item cannot change another. */
function authorityStatements({ configuration, names, account, region }: Place) {
  const table = [`arn:aws:dynamodb:${region}:${account}:table/${names.authorityTable}`];
  const application = `application#${names.prefix}`;
  const { serving, witness } = configuration.regions;
  const only = (...keys: string[]) => ({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys } });
  const observers = [...serving, witness].map((place) => `observer#${place}`);
  return {
    votes: {
      read: allow('ReadAuthority', ['dynamodb:GetItem'], table, only(application, ...observers)),
      cast: allow('CastVote', ['dynamodb:UpdateItem'], table, only(`observer#${region}`)),
    },
    application: {
      read: allow('ReadApplication', ['dynamodb:GetItem'], table, only(application)),
      change: allow('ChangeApplication', ['dynamodb:UpdateItem'], table, only(application)),
      plant: allow('PlantApplication', ['dynamodb:PutItem'], table, only(application)),
    },
  };
}

/** The region's own load balancer, groups and cluster. */
function regionStatements(place: Place) {
  const { names, account, region } = place;
  const cluster = clusterArn(place);
  const global = `arn:aws:rds::${account}:global-cluster:${names.globalCluster}`;
  // A read that knows no resource would reach every region (infra/recovery-path.ts); this keeps it in its own.
  const here = { StringEquals: { 'aws:RequestedRegion': region } };
  const { see, change } =
    place.configuration.compute.kind === 'ec2' ? groupStatements(place, here) : serviceStatements(place, here);
  const targets = ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'];
  return {
    capacity: { see: [allow('SeeTargets', targets, ['*'], here), ...see], change },
    database: {
      read: [
        allow('SeeGlobalCluster', ['rds:DescribeGlobalClusters'], [global]),
        allow('SeeCluster', ['rds:DescribeDBClusters'], [cluster]),
        allow('SeeInstances', ['rds:DescribeDBInstances'], [`arn:aws:rds:${region}:${account}:db:*`]),
      ],
      promote: allow('Promote', ['rds:FailoverGlobalCluster'], [global, cluster]),
    },
  };
}

/** The Auto Scaling groups of both colours. */
function groupStatements({ account, region, names }: Place, here: Record<string, unknown>) {
  const groups = COLOURS.map(
    (colour) =>
      `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${names.group(colour)}`,
  );
  return {
    see: [allow('SeeGroups', ['autoscaling:DescribeAutoScalingGroups'], ['*'], here)],
    change: [allow('ScaleUp', ['autoscaling:UpdateAutoScalingGroup'], groups)],
  };
}

/** The ECS services of both colours, and what scales them. */
function serviceStatements({ account, region, names }: Place, here: Record<string, unknown>) {
  const services = COLOURS.map(
    (colour) => `arn:aws:ecs:${region}:${account}:service/${names.prefix}/${names.group(colour)}`,
  );
  const scalable = `arn:aws:application-autoscaling:${region}:${account}:scalable-target/*`;
  return {
    see: [
      allow('SeeServices', ['ecs:DescribeServices'], services),
      allow('SeeBounds', ['application-autoscaling:DescribeScalableTargets'], ['*'], here),
    ],
    change: [
      allow('ScaleUp', ['ecs:UpdateService'], services),
      allow('RaiseBounds', ['application-autoscaling:RegisterScalableTarget'], [scalable], {
        StringEquals: {
          'application-autoscaling:service-namespace': 'ecs',
          'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
        },
      }),
    ],
  };
}

function witnessClock({ configuration, names, account, region }: Place): PolicyStatement {
  const bucket = names.latchBucket(account, configuration.regions.witness);
  return allow('StampByWitness', ['s3:GetObject', 's3:PutObject'], [`arn:aws:s3:::${bucket}/clock/${region}`]);
}
