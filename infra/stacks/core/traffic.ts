/**
 * Who gets the users (req N5): failover records that exist from deployment, steered by the traffic latch. The first
 * region's record is healthy while two of three "moved" objects are absent; the second region's record has no check.
 * So traffic moves only by decision and without any control plane (DESIGN decision 4).
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnHealthCheck, CfnRecordSet, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../../acknowledge.ts';
import type { Configuration } from '../../config/index.ts';
import { CHECKER_RANGES } from '../../config/route53-checker-ranges.ts';
import { LATCH_KEY, type Names } from '../../names.ts';

/** The region's own "moved" object, readable by Route 53's checkers and nobody else outside. */
export class LatchBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: { names: Names; account: string; region: string }) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: props.names.latchBucket(props.account, props.region),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.bucket, {
      S1: 'one public marker object without content; CloudTrail data events record who writes it',
    });
    // Fixed source ranges keep this policy non-public in the sense of Block Public Access.
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Route53Checkers',
        effect: Effect.ALLOW,
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects(LATCH_KEY)],
        conditions: { IpAddress: { 'aws:SourceIp': CHECKER_RANGES } },
      }),
    );
  }
}

export interface TrafficProps {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly account: string;
  readonly region: string;
  readonly zone: IHostedZone;
  readonly balancer: ApplicationLoadBalancer;
}

export class Traffic extends Construct {
  constructor(scope: Construct, id: string, props: TrafficProps) {
    super(scope, id);
    const { configuration, names, region, zone, balancer } = props;
    const first = region === configuration.regions.serving[0];
    const aliasTarget = {
      dnsName: balancer.loadBalancerDnsName,
      hostedZoneId: balancer.loadBalancerCanonicalHostedZoneId,
      // A region that stumbles must not lose or regain traffic by itself.
      evaluateTargetHealth: false,
    };
    new CfnRecordSet(this, 'Application', {
      hostedZoneId: zone.hostedZoneId,
      name: configuration.domain,
      type: 'A',
      setIdentifier: region,
      failover: first ? 'PRIMARY' : 'SECONDARY',
      healthCheckId: first ? this.#latch(props).attrHealthCheckId : undefined,
      aliasTarget,
    });
    new CfnRecordSet(this, 'Region', {
      hostedZoneId: zone.hostedZoneId,
      name: names.endpoint(region),
      type: 'A',
      aliasTarget,
    });
  }

  /** Healthy while at least two of the three regions' objects are absent. */
  #latch({ configuration, names, account }: TrafficProps): CfnHealthCheck {
    const { serving, witness } = configuration.regions;
    const children = [...serving, witness].map(
      (region) =>
        new CfnHealthCheck(this, `NotMoved-${region}`, {
          healthCheckConfig: {
            type: 'HTTPS',
            fullyQualifiedDomainName: `${names.latchBucket(account, region)}.s3.${region}.amazonaws.com`,
            port: 443,
            resourcePath: `/${LATCH_KEY}`,
            enableSni: true,
            inverted: true,
            requestInterval: 10,
            failureThreshold: 1,
          },
          healthCheckTags: [{ key: 'Name', value: `${names.prefix} not moved (${region})` }],
        }),
    );
    return new CfnHealthCheck(this, 'First', {
      healthCheckConfig: {
        type: 'CALCULATED',
        childHealthChecks: children.map((child) => child.attrHealthCheckId),
        healthThreshold: 2,
      },
      healthCheckTags: [{ key: 'Name', value: `${names.prefix} traffic belongs to ${serving[0]}` }],
    });
  }
}
