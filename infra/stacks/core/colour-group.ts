/**
 * The Auto Scaling group of one colour (req W1). The template holds no desired capacity and no digest: capacity is
 * runtime data, and instances read their colour's digest at boot (DESIGN decision 6).
 */
import { Duration, Stack } from 'aws-cdk-lib';
import { AutoScalingGroup, HealthChecks, Schedule } from 'aws-cdk-lib/aws-autoscaling';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  MachineImage,
  SubnetType,
  UserData,
} from 'aws-cdk-lib/aws-ec2';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../../acknowledge.ts';
import type { Configuration } from '../../config/index.ts';
import type { Colour, Names } from '../../names.ts';
import { applicationEnvironment } from './application-environment.ts';
import type { Network } from './network.ts';
import { fiveFields } from './schedules.ts';

/** Amazon Linux 2023 with a container runtime, looked up by EC2 at each launch. */
const IMAGE_PARAMETER = '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id';

export interface ColourGroupProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly network: Network;
  readonly colour: Colour;
  readonly role: IRole;
  readonly targetGroup: ApplicationTargetGroup;
  /** Instances kept running; 0 for the idle colour. */
  readonly min: number;
}

export class ColourGroup extends Construct {
  readonly group: AutoScalingGroup;

  constructor(scope: Construct, id: string, props: ColourGroupProps) {
    super(scope, id);
    const { configuration, names, network, colour } = props;
    const launchTemplate = new LaunchTemplate(this, 'Template', {
      machineImage: MachineImage.resolveSsmParameterAtLaunch(IMAGE_PARAMETER),
      instanceType: new InstanceType(configuration.compute.instanceType),
      securityGroup: network.instanceGroup,
      role: props.role,
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      // The container asks for the role's credentials through one more hop than the host.
      httpPutResponseHopLimit: 2,
      detailedMonitoring: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(30, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3 }),
        },
      ],
      userData: UserData.custom(bootScript(this, props)),
    });
    this.group = new AutoScalingGroup(this, 'Group', {
      autoScalingGroupName: names.group(colour),
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      launchTemplate,
      minCapacity: props.min,
      maxCapacity: configuration.compute.max,
      // Not the load balancer's verdict: /ready asks the database too, and an outage there must not replace every
      // instance. systemd restarts a dead process; the outage runbook replaces a sick instance.
      healthChecks: HealthChecks.ec2({ gracePeriod: Duration.seconds(300) }),
    });
    acknowledge(this.group, { AS3: 'EventBridge carries every scaling event without a topic' });
    this.group.attachToApplicationTargetGroup(props.targetGroup);
    this.#scaling(configuration);
  }

  /** Out and in by processors, and the least by time of day. A release suspends all of it (req W1). */
  #scaling({ compute }: Configuration): void {
    this.group.scaleOnCpuUtilization('Cpu', {
      targetUtilizationPercent: compute.cpuPercent,
      // Until then a machine is starting and its processors say little; nothing is taken away meanwhile.
      estimatedInstanceWarmup: Duration.minutes(5),
    });
    for (const schedule of compute.schedules) {
      this.group.scaleOnSchedule(`At-${schedule.name}`, {
        schedule: Schedule.expression(fiveFields(schedule)),
        minCapacity: schedule.min,
      });
    }
  }
}

/** What an instance does at boot: write the application's environment, then run the release its colour names. */
function bootScript(scope: Construct, { configuration, names, colour }: ColourGroupProps): string {
  const { region, account } = Stack.of(scope);
  const environment = applicationEnvironment(scope, { configuration, names, colour });
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
  return `#!/bin/bash
set -euo pipefail
cat > /etc/mainstay.env <<'ENV'
# app.env begin
${Object.entries(environment)
  .map(([key, value]) => `${key}=${value}`)
  .join('\n')}
# app.env end
ENV
cat > /usr/local/bin/mainstay-app <<'RUN'
#!/bin/bash
set -euo pipefail
. /etc/mainstay.env
digest=$(aws ssm get-parameter --region "$AWS_REGION" --name "$DIGEST_PARAMETER" --query Parameter.Value --output text)
aws ecr get-login-password --region "$AWS_REGION" | docker login --username AWS --password-stdin ${registry}
image=${registry}/$IMAGE_REPOSITORY@$digest
docker pull "$image"
exec docker run --rm --name app --network host --env-file /etc/mainstay.env --env RELEASE_DIGEST="$digest" "$image"
RUN
chmod +x /usr/local/bin/mainstay-app
cat > /etc/systemd/system/mainstay-app.service <<'UNIT'
[Unit]
After=docker.service network-online.target
[Service]
ExecStart=/usr/local/bin/mainstay-app
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now mainstay-app
`;
}
