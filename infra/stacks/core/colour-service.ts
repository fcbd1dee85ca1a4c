/**
 * The ECS service of one colour on Fargate (req W2), beside colour-group.ts. The template names the family of its tasks,
 * never a revision: which digest a colour runs, and how many tasks, is runtime data (DESIGN decision 6). What the template
 * changes of a task reaches a colour with its next release, which starts from the family's newest revision.
 */
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { Repository } from 'aws-cdk-lib/aws-ecr';
import { CfnCluster, CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../../acknowledge.ts';
import type { Configuration } from '../../config/index.ts';
import { COLOURS, type Colour, type Names } from '../../names.ts';
import { applicationEnvironment } from './application-environment.ts';
import type { Network } from './network.ts';
import { sixFields } from './schedules.ts';

const CONTAINER = 'app';
/** Of one task. */
const CPU = '512';
const MEMORY_MIB = '1024';

/** The cluster of both colours, and what pulls their images. */
export class Services extends Construct {
  readonly cluster: CfnCluster;
  readonly puller: Role;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: { readonly names: Names; readonly repository: Repository }) {
    super(scope, id);
    this.cluster = new CfnCluster(this, 'Cluster', {
      clusterName: props.names.prefix,
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
    });
    this.logs = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.puller = new Role(this, 'Puller', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    props.repository.grantPull(this.puller);
    this.logs.grantWrite(this.puller);
    this.puller.addToPolicy(
      new PolicyStatement({
        sid: 'FirstRelease',
        actions: ['ssm:GetParameters'],
        resources: COLOURS.map((colour) => digestParameter(this, props.names, colour)),
      }),
    );
    acknowledge(this.puller, { 'IAM5[Resource::*]': 'ecr:GetAuthorizationToken has no resource-level permission' });
  }
}

const digestParameter = (scope: Construct, names: Names, colour: Colour): string => {
  const { region, account } = Stack.of(scope);
  return `arn:aws:ssm:${region}:${account}:parameter${names.digestParameter(colour)}`;
};

export interface ColourServiceProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly network: Network;
  readonly services: Services;
  readonly repository: Repository;
  readonly colour: Colour;
  readonly role: IRole;
  readonly targetGroup: ApplicationTargetGroup;
  /** Tasks kept running; 0 for the idle colour. */
  readonly min: number;
}

export class ColourService extends Construct {
  readonly service: CfnService;

  constructor(scope: Construct, id: string, props: ColourServiceProps) {
    super(scope, id);
    const { configuration, names, network, services, colour } = props;
    const tasks = this.#tasks(props);
    this.service = new CfnService(this, 'Service', {
      serviceName: names.group(colour),
      cluster: services.cluster.ref,
      launchType: 'FARGATE',
      // The family: a new revision in the template must not take a released one's place.
      taskDefinition: names.group(colour),
      healthCheckGracePeriodSeconds: configuration.compute.graceSeconds,
      // No circuit breaker of its own: what does not become healthy in time is given up by the release machine, at weight 0.
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: network.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnetIds,
          securityGroups: [network.instanceGroup.securityGroupId],
          assignPublicIp: 'DISABLED',
        },
      },
      loadBalancers: [
        {
          containerName: CONTAINER,
          containerPort: configuration.app.port,
          targetGroupArn: props.targetGroup.targetGroupArn,
        },
      ],
    });
    this.service.addResourceDependency(tasks);
    // A service needs its target group to be behind a listener (ECS API Reference, CreateService).
    this.service.node.addDependency(props.targetGroup.loadBalancerAttached);
    this.#scaling(props);
  }

  /** Out and in by processors, and the least by time of day. A release suspends all of it (req W2). */
  #scaling({ configuration, names, services, colour, min }: ColourServiceProps): void {
    const target = new CfnScalableTarget(this, 'Scaling', {
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${services.cluster.ref}/${names.group(colour)}`,
      minCapacity: min,
      maxCapacity: configuration.compute.max,
      scheduledActions: configuration.compute.schedules.map((schedule) => ({
        scheduledActionName: schedule.name,
        schedule: `cron(${sixFields(schedule)})`,
        scalableTargetAction: { minCapacity: schedule.min },
      })),
    });
    target.addResourceDependency(this.service);
    const policy = new CfnScalingPolicy(this, 'Cpu', {
      policyName: `${names.group(colour)}-cpu`,
      policyType: 'TargetTrackingScaling',
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${services.cluster.ref}/${names.group(colour)}`,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: configuration.compute.cpuPercent,
        predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        scaleInCooldown: 600,
        scaleOutCooldown: 120,
      },
    });
    policy.addResourceDependency(target);
  }

  #tasks(props: ColourServiceProps): CfnTaskDefinition {
    const { configuration, names, services, repository, colour, role } = props;
    const environment = Object.entries(applicationEnvironment(this, { configuration, names, colour }));
    const tasks = new CfnTaskDefinition(this, 'Tasks', {
      family: names.group(colour),
      cpu: CPU,
      memory: MEMORY_MIB,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      executionRoleArn: services.puller.roleArn,
      taskRoleArn: role.roleArn,
      containerDefinitions: [
        {
          name: CONTAINER,
          // Only until the first release: ECS keeps the digest that this tag stands for when a service starts.
          image: `${repository.repositoryUri}:${configuration.compute.firstTag}`,
          essential: true,
          readonlyRootFilesystem: true,
          portMappings: [{ containerPort: configuration.app.port, protocol: 'tcp' }],
          environment: environment.map(([name, value]) => ({ name, value })),
          // What the tag stands for, as people name it. A release names its digest in the task definition instead.
          secrets: [{ name: 'RELEASE_DIGEST', valueFrom: digestParameter(this, names, colour) }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': services.logs.logGroupName,
              'awslogs-region': Stack.of(this).region,
              'awslogs-stream-prefix': colour,
            },
          },
        },
      ],
    });
    acknowledge(tasks, { ECS2: 'names and numbers only; the database user is read from its secret at run time' });
    return tasks;
  }
}
