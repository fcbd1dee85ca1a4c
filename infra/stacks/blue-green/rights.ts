/**
 * What each function of blue-green may do, and where: all of it in its own region. Every statement names its actions and
 * resources; only reads that AWS cannot restrict have a wildcard resource.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { COLOURS } from '../../names.ts';
import type { Place } from '../region-failover/settings.ts';
import type { ReleaseParts } from './settings.ts';

export type Handler =
  | 'admit'
  | 'ask'
  | 'check-health'
  | 'clean-up'
  | 'commit'
  | 'empty'
  | 'export'
  | 'finish'
  | 'hold-idle'
  | 'migrate'
  | 'notify'
  | 'pin'
  | 'prepare'
  | 'prove'
  | 'reap'
  | 'reconcile'
  | 'roll-back'
  | 'shift'
  | 'snapshot'
  | 'start-clean-up'
  | 'steer'
  | 'take-lease'
  | 'validate'
  | 'watch';

interface Arns {
  readonly topic: string;
  readonly table: string;
  readonly bucket: string;
  /** By name: the machine's functions must not depend on the machine. */
  readonly machine: string;
  readonly cleanUpMachine: string;
  readonly executions: string;
}

/** One row per function, in the order of a release. */
export function rightsOf(
  place: Place,
  parts: ReleaseParts,
  arns: Arns,
): Readonly<Record<Handler, readonly PolicyStatement[]>> {
  const { state, record, rule, capacity, freeze, metrics, alarms, images, machine, topic, archive, migration, role } =
    statements(place, parts, arns);
  const see = [rule.read, ...capacity.see];
  const admission = [
    state.read,
    state.change,
    record,
    rule.read,
    ...capacity.declared,
    freeze,
    ...images,
    machine.start,
  ];
  return {
    // Like steer it tells people by the right that its failed events have to the same topic (blue-green.ts, onFailure).
    admit: admission,
    reconcile: [
      ...admission,
      topic,
      ...capacity.see,
      ...capacity.size,
      machine.describe,
      machine.cleanUp,
      machine.cleanUps,
    ],
    'take-lease': [state.read, state.change],
    snapshot: [state.read, ...see, ...capacity.declared, alarms, freeze, role],
    pin: [state.read, state.change, ...capacity.see, ...capacity.size, ...capacity.pin],
    empty: [state.read, state.change, record, ...see, ...capacity.size],
    prepare: [state.read, record, ...see, ...capacity.size, ...capacity.declared, ...capacity.release],
    'check-health': [state.read, ...see],
    validate: [state.read, record],
    migrate: [state.read, record, ...(migration.length > 0 ? [state.change, ...migration] : [])],
    ask: [state.read, rule.read, freeze, topic],
    shift: [state.read, record, ...see, ...capacity.size, rule.write, alarms, freeze],
    prove: [state.read],
    watch: [state.read, record, ...see, metrics, alarms, freeze],
    'roll-back': [state.read, ...see, rule.write],
    commit: [state.read, state.change, record, ...see, alarms],
    finish: [state.read, state.change, record, ...capacity.see, ...capacity.size, ...capacity.unpin],
    notify: [topic],
    'start-clean-up': [machine.cleanUp],
    'clean-up': [state.read, state.change, record, ...see, ...capacity.size, ...capacity.unpin, rule.write],
    steer: [state.read, state.change, record, machine.start],
    // Only who has a migration asks which region writes.
    reap: [
      state.read,
      state.change,
      record,
      ...see,
      ...capacity.size,
      metrics,
      ...(migration.length > 0 ? [...migration, role] : []),
    ],
    export: [state.read, record, archive],
    'hold-idle': [state.read, ...see, ...capacity.pin],
  };
}

export const WILDCARDS: Readonly<Record<string, string>> = {
  SeeRule: 'this read knows no resource (Service Authorization Reference, ELB v2)',
  SeeTargets: 'this read knows no resource (Service Authorization Reference, ELB v2)',
  SeeGroups: 'this read knows no resource (Service Authorization Reference, EC2 Auto Scaling)',
  SeeMetrics: 'this read knows no resource (Service Authorization Reference, CloudWatch)',
  SeeAlarms: 'this read knows no resource without composite alarms (Service Authorization Reference, CloudWatch)',
  SizeGroups: "the group's unique id in its ARN is not known before it exists; the name is",
  PinGroups: "the group's unique id in its ARN is not known before it exists; the name is",
  UnpinGroups: "the group's unique id in its ARN is not known before it exists; the name is",
  SeeRevocations: 'this read knows no resource (Service Authorization Reference, AWS Signer)',
  Archive: 'entries are named by their number and hash',
  SeeBounds: 'this read knows no resource (Service Authorization Reference, Application Auto Scaling)',
  SeeTasks: 'this read knows no resource (Service Authorization Reference, ECS)',
  SetBounds: 'a scaling target has an id of its own, which is not known before it exists',
  ReviseTasks: 'each revision has a number of its own',
  PassRoles: "the tasks' roles are named by CloudFormation; only to ECS tasks",
  DescribeExecution: 'executions of this one machine; their names come from events',
};

const allow = (sid: string, actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ sid, actions, resources, conditions });

function statements(place: Place, parts: ReleaseParts, arns: Arns) {
  const { account, region, names, configuration } = place;
  const here = { StringEquals: { 'aws:RequestedRegion': region } };
  const parameter = (name: string) => `arn:aws:ssm:${region}:${account}:parameter${name}`;
  const repositoryIn = (place: string) => `arn:aws:ecr:${place}:${account}:repository/${names.repository}`;
  const application = `application#${names.prefix}`;
  const { migrationFunction } = configuration.release;
  return {
    state: {
      read: allow('ReadReleases', ['dynamodb:GetItem'], [arns.table]),
      change: allow('ChangeReleases', ['dynamodb:UpdateItem'], [arns.table]),
    },
    // Of a digest that failed, too: whoever quarantines one writes the record.
    record: allow('Record', ['dynamodb:Query', 'dynamodb:PutItem'], [arns.table]),
    rule: {
      read: allow('SeeRule', ['elasticloadbalancing:DescribeRules'], ['*'], here),
      write: allow('WriteWeights', ['elasticloadbalancing:ModifyRule'], [parts.forwardRuleArn]),
    },
    capacity: configuration.compute.kind === 'ec2' ? groupStatements(place, here) : serviceStatements(place, here),
    freeze: allow('SeeFreeze', ['ssm:GetParameter'], [parameter(names.deploymentsParameter)]),
    metrics: allow('SeeMetrics', ['cloudwatch:GetMetricData'], ['*'], here),
    alarms: allow('SeeAlarms', ['cloudwatch:DescribeAlarms'], ['*'], here),
    images: [
      allow('SeeImages', ['ecr:DescribeImages'], [repositoryIn(region)]),
      allow(
        'SeeEvidence',
        // Listing what lies beside an image is asked for as BatchGetImage (ECR API Reference, ListImageReferrers).
        [
          'ecr:DescribeImageScanFindings',
          'ecr:DescribeImageSigningStatus',
          'ecr:BatchGetImage',
          'ecr:GetDownloadUrlForLayer',
        ],
        configuration.regions.serving.map(repositoryIn),
      ),
      allow('SeeRevocations', ['signer:GetRevocationStatus'], ['*'], {
        StringEquals: { 'aws:RequestedRegion': configuration.regions.serving },
      }),
    ],
    machine: {
      start: allow('StartMachine', ['states:StartExecution'], [arns.machine]),
      cleanUp: allow('StartCleanUp', ['states:StartExecution'], [arns.cleanUpMachine]),
      cleanUps: allow('SeeCleanUps', ['states:ListExecutions'], [arns.cleanUpMachine]),
      describe: allow('DescribeExecution', ['states:DescribeExecution'], [arns.executions]),
    },
    topic: allow('TellPeople', ['sns:Publish'], [arns.topic]),
    archive: allow('Archive', ['s3:PutObject'], [`${arns.bucket}/releases/*`]),
    migration: migrationFunction
      ? [
          allow(
            'Migrate',
            ['lambda:InvokeFunction'],
            [`arn:aws:lambda:${region}:${account}:function:${migrationFunction}`],
          ),
        ]
      : [],
    role: allow(
      'SeeRole',
      ['dynamodb:GetItem'],
      [`arn:aws:dynamodb:${region}:${account}:table/${names.authorityTable}`],
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [application] } },
    ),
  };
}

const digestParameters = ({ account, region, names }: Pick<Place, 'account' | 'region' | 'names'>): string[] =>
  COLOURS.map((colour) => `arn:aws:ssm:${region}:${account}:parameter${names.digestParameter(colour)}`);

/** The two Auto Scaling groups, and their targets. */
function groupStatements({ account, region, names }: Place, here: Record<string, unknown>) {
  const groups = COLOURS.map(
    (colour) =>
      `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${names.group(colour)}`,
  );
  const digests = digestParameters({ account, region, names });
  const size = allow('SizeGroups', ['autoscaling:UpdateAutoScalingGroup'], groups);
  return {
    see: [
      allow('SeeTargets', ['elasticloadbalancing:DescribeTargetHealth'], ['*'], here),
      allow('SeeGroups', ['autoscaling:DescribeAutoScalingGroups'], ['*'], here),
    ],
    size: [size],
    declared: [allow('ReadDigests', ['ssm:GetParameter'], digests)],
    release: [allow('WriteDigests', ['ssm:PutParameter'], digests)],
    pin: [allow('PinGroups', ['autoscaling:SuspendProcesses'], groups)],
    unpin: [allow('UnpinGroups', ['autoscaling:ResumeProcesses'], groups)],
  };
}

/** The two ECS services, their task definitions and scaling targets, and their targets. */
function serviceStatements({ account, region, names }: Place, here: Record<string, unknown>) {
  const services = COLOURS.map(
    (colour) => `arn:aws:ecs:${region}:${account}:service/${names.prefix}/${names.group(colour)}`,
  );
  const definitions = COLOURS.map(
    (colour) => `arn:aws:ecs:${region}:${account}:task-definition/${names.group(colour)}:*`,
  );
  const scalable = `arn:aws:application-autoscaling:${region}:${account}:scalable-target/*`;
  const bounds = allow('SetBounds', ['application-autoscaling:RegisterScalableTarget'], [scalable], {
    StringEquals: {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    },
  });
  const size = [allow('SizeServices', ['ecs:UpdateService'], services), bounds];
  return {
    see: [
      allow('SeeTargets', ['elasticloadbalancing:DescribeTargetHealth'], ['*'], here),
      allow('SeeServices', ['ecs:DescribeServices'], services),
      allow('SeeBounds', ['application-autoscaling:DescribeScalableTargets'], ['*'], here),
    ],
    declared: [
      allow('SeeServices', ['ecs:DescribeServices'], services),
      allow('SeeTasks', ['ecs:DescribeTaskDefinition'], ['*'], here),
      // Before the first release a task's digest is where people named it.
      allow('ReadDigests', ['ssm:GetParameter'], digestParameters({ account, region, names })),
    ],
    release: [
      allow('ReviseTasks', ['ecs:RegisterTaskDefinition'], definitions),
      allow('PassRoles', ['iam:PassRole'], [`arn:aws:iam::${account}:role/${names.prefix}-*`], {
        StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      }),
    ],
    size,
    pin: [bounds],
    unpin: [bounds],
  };
}
