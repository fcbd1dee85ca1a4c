/**
 * One serving region: everything the application needs to serve alone. Both serving regions get the same stack; which
 * one writes is data in the authority table.
 */
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/index.ts';
import { COLOURS, HOSTED_ZONE_PARAMETER, type Names } from '../names.ts';
import { ColourGroup } from './core/colour-group.ts';
import { ColourService, type ColourServiceProps, Services } from './core/colour-service.ts';
import { Database } from './core/database.ts';
import { images } from './core/images.ts';
import { instanceRole } from './core/instance-role.ts';
import { LoadBalancer } from './core/load-balancer.ts';
import { Network } from './core/network.ts';
import { LatchBucket, Traffic } from './core/traffic.ts';

export interface RegionStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly names: Names;
  /** Where bundles are. @default dist */
  readonly bundles?: string;
}

export class RegionStack extends Stack {
  readonly loadBalancer: LoadBalancer;
  readonly database: Database;
  readonly latch: LatchBucket;
  readonly key: Key;
  /** Who signs the images that are pushed here. */
  readonly signingProfileArn: string;

  constructor(scope: Construct, id: string, props: RegionStackProps) {
    super(scope, id, props);
    const { configuration, names, bundles } = props;
    const { account, region } = this;
    const index = configuration.regions.serving.indexOf(region);
    const cidr = configuration.network.cidrs[index];
    if (cidr === undefined) throw new Error(`${region} is not a serving region of ${configuration.regions.serving}`);

    this.key = new Key(this, 'Key', {
      description: `${names.prefix} data`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const network = new Network(this, 'Network', { configuration, cidr });
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: StringParameter.valueForStringParameter(this, HOSTED_ZONE_PARAMETER),
      zoneName: configuration.domain,
    });
    const { repository, signingProfileArn } = images(this, { configuration, names });
    this.signingProfileArn = signingProfileArn;
    this.database = new Database(this, 'Database', {
      configuration,
      names,
      network,
      key: this.key,
      region,
      founds: index === 0,
    });
    this.loadBalancer = new LoadBalancer(this, 'LoadBalancer', { configuration, names, network, zone, bundles });
    const role = instanceRole(this, { configuration, names, repository });
    this.key.grantDecrypt(role);
    this.#colours({ configuration, names, network, repository, role });
    this.latch = new LatchBucket(this, 'Latch', { names, account, region });
    new Traffic(this, 'Traffic', { configuration, names, account, region, zone, balancer: this.loadBalancer.balancer });
  }

  /** Both colours, as Auto Scaling groups or as services. The first release is blue's; the idle colour costs nothing. */
  #colours(props: Pick<ColourServiceProps, 'configuration' | 'names' | 'network' | 'repository' | 'role'>): void {
    const { configuration, names, repository } = props;
    const fargate = configuration.compute.kind === 'fargate';
    const services = fargate ? new Services(this, 'Services', { names, repository }) : null;
    for (const colour of COLOURS) {
      const id = colour === 'blue' ? 'Blue' : 'Green';
      const targetGroup = this.loadBalancer.targetGroups[colour];
      const min = colour === COLOURS[0] ? configuration.compute.min : 0;
      if (services) new ColourService(this, id, { ...props, services, colour, targetGroup, min });
      else new ColourGroup(this, id, { ...props, colour, targetGroup, min });
    }
  }
}
