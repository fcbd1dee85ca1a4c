/**
 * The load balancer (req N3): HTTPS only, one forward rule over both colours, and a default answer of 503 so that no
 * request ever reaches a colour by accident.
 */
import { Duration } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import {
  type ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { acknowledge } from '../../acknowledge.ts';
import type { Configuration } from '../../config/index.ts';
import { COLOURS, type Colour, type Names, PREVIEW_HEADER } from '../../names.ts';
import { ForwardRule } from './forward-rule.ts';
import type { Network } from './network.ts';

export interface LoadBalancerProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly network: Network;
  readonly zone: IHostedZone;
  /** Where bundles are. @default dist */
  readonly bundles?: string;
}

export class LoadBalancer extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  readonly forwardRule: ForwardRule;
  readonly targetGroups: Readonly<Record<Colour, ApplicationTargetGroup>>;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { configuration, names, network, zone } = props;
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc: network.vpc,
      internetFacing: true,
      securityGroup: network.loadBalancerGroup,
      dropInvalidHeaderFields: true,
      deletionProtection: configuration.environment === 'prod',
      // A short idle time bounds how long an old connection keeps a client in a region that traffic has left.
      idleTimeout: Duration.seconds(60),
    });
    acknowledge(this.balancer, { ELB2: "the core stack's log bucket, where access logs belong, is not built yet" });
    const targetGroup = (colour: Colour) =>
      new ApplicationTargetGroup(this, colour === 'blue' ? 'Blue' : 'Green', {
        targetGroupName: names.group(colour),
        vpc: network.vpc,
        port: configuration.app.port,
        protocol: ApplicationProtocol.HTTP,
        targetType: configuration.compute.kind === 'ec2' ? TargetType.INSTANCE : TargetType.IP,
        deregistrationDelay: Duration.seconds(configuration.alb.deregistrationSeconds),
        healthCheck: {
          path: configuration.alb.healthPath,
          interval: Duration.seconds(configuration.alb.healthIntervalSeconds),
          timeout: Duration.seconds(Math.min(5, configuration.alb.healthIntervalSeconds - 1)),
          healthyThresholdCount: configuration.alb.healthyCount,
          unhealthyThresholdCount: configuration.alb.unhealthyCount,
          healthyHttpCodes: '200',
        },
      });
    this.targetGroups = { blue: targetGroup('blue'), green: targetGroup('green') };

    const https = this.balancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      sslPolicy: SslPolicy.TLS13_RES,
      certificates: [
        new Certificate(this, 'Certificate', {
          domainName: configuration.domain,
          subjectAlternativeNames: [`*.${configuration.domain}`],
          validation: CertificateValidation.fromDns(zone),
        }),
      ],
      open: false,
      defaultAction: ListenerAction.fixedResponse(503, {
        contentType: 'text/plain',
        messageBody: 'no release serves here',
      }),
    });
    previewRules(this, https, this.targetGroups);
    this.forwardRule = new ForwardRule(this, 'Forward', {
      configuration,
      names,
      balancer: this.balancer,
      listener: https,
      targetGroups: this.targetGroups,
      bundles: props.bundles,
    });
    this.balancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
  }
}

/**
 * One colour by its name, whoever is live: what a release is looked at through before users are sent, and what keeps both
 * target groups health-checked. They never change, so that no deployment and no release has to write them.
 */
function previewRules(
  scope: Construct,
  listener: ApplicationListener,
  targetGroups: Readonly<Record<Colour, ApplicationTargetGroup>>,
): void {
  for (const [index, colour] of COLOURS.entries()) {
    new ApplicationListenerRule(scope, colour === 'blue' ? 'PreviewBlue' : 'PreviewGreen', {
      listener,
      priority: index + 1,
      conditions: [ListenerCondition.httpHeader(PREVIEW_HEADER, [colour])],
      action: ListenerAction.forward([targetGroups[colour]]),
    });
  }
}
