/** The network of a serving region (req N1, N2): three tiers over the zones, endpoints, security groups from the load balancer inward. */
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from '../../acknowledge.ts';
import type { Configuration } from '../../config/index.ts';

const DOCUMENTDB_PORT = 27017;

export interface NetworkProps {
  readonly configuration: Configuration;
  readonly cidr: string;
}

export class Network extends Construct {
  readonly vpc: Vpc;
  readonly loadBalancerGroup: SecurityGroup;
  readonly instanceGroup: SecurityGroup;
  readonly databaseGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { configuration, cidr }: NetworkProps) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(cidr),
      maxAzs: configuration.network.azCount,
      natGateways: configuration.network.natGateways,
      // The custom resource behind this option would need its own Lambda; nothing uses the default group.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 22 },
        { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 22 },
      ],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
      flowLogs: { CloudWatch: { destination: FlowLogDestination.toCloudWatchLogs() } },
    });
    for (const [name, service] of Object.entries({
      EcrApi: InterfaceVpcEndpointAwsService.ECR,
      EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
      Ssm: InterfaceVpcEndpointAwsService.SSM,
      SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    })) {
      this.vpc.addInterfaceEndpoint(name, { service });
    }

    this.loadBalancerGroup = this.#group('LoadBalancerGroup', 'users to the load balancer');
    this.instanceGroup = this.#group('InstanceGroup', 'load balancer to the application');
    this.databaseGroup = this.#group('DatabaseGroup', 'application to the database');
    this.loadBalancerGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(443), 'HTTPS from anywhere');
    this.loadBalancerGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(80), 'HTTP, answered with a redirect');
    this.instanceGroup.addIngressRule(this.loadBalancerGroup, Port.tcp(configuration.app.port), 'the application');
    acknowledge(this, {
      EC23: 'the rule cannot read the intrinsic port and address; only 80 and 443 of the load balancer are open to the world',
    });
    this.databaseGroup.addIngressRule(this.instanceGroup, Port.tcp(DOCUMENTDB_PORT), 'DocumentDB');
  }

  #group(id: string, description: string): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description });
  }
}
