/**
 * CloudFormation's resource types of EC2 and VPC. The network is inert: the simulated network knows regions, links and
 * load balancers, not routes and security groups. Subnets are modelled for their zones, launch templates whole.
 */
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { ec2 } from '../../services/ec2/service.ts';
import { type Ec2State, ec2Id, zonesOf } from '../../services/ec2/state.ts';
import type { Created, Existing, Inert, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { refuseOtherProperties, tagList, unlessGone } from './known-properties.ts';

const id = (context: ResourceContext, prefix: string): string =>
  ec2Id(context.cloud.random(`ec2.network@${context.region}`), prefix);

/** A resource that is only a name: Ref answers its id, as do the given attributes. */
const named = (prefix: string, reason: string, ...attributes: string[]): Inert => ({
  inert: true,
  reason,
  create: (_properties, context) => {
    const physicalId = id(context, prefix);
    return { physicalId, attributes: Object.fromEntries(attributes.map((attribute) => [attribute, physicalId])) };
  },
});

const refuseOtherTemplateProperties = (properties: Record<string, unknown>, { logicalId }: ResourceContext): void =>
  refuseOtherProperties('AWS::EC2::LaunchTemplate', logicalId, properties, [
    'LaunchTemplateName',
    'LaunchTemplateData',
    'TagSpecifications',
    'VersionDescription',
  ]);

/** What does not exist may be named by id or by name. */
const TEMPLATE_GONE = ['InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateName.NotFoundException'];

const launchTemplate: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOtherTemplateProperties(properties, context);
    const { LaunchTemplate } = await context.call('ec2', 'CreateLaunchTemplate', {
      LaunchTemplateName: String(properties.LaunchTemplateName ?? context.physicalName(128)),
      LaunchTemplateData: properties.LaunchTemplateData as RequestLaunchTemplateData,
      VersionDescription: properties.VersionDescription as string | undefined,
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: tagList(context.tags) }],
    });
    const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId ?? '';
    return {
      physicalId: LaunchTemplateId,
      attributes: { LaunchTemplateId, DefaultVersionNumber: '1', LatestVersionNumber: '1' },
    };
  },

  /** A change is a new version; the default one stays (Template Reference, LatestVersionNumber). */
  async update({ physicalId: LaunchTemplateId, attributes, wanted, changed }, context) {
    refuseOtherTemplateProperties(wanted, context);
    if (!changed.has('LaunchTemplateData') && !changed.has('VersionDescription')) return undefined;
    const { LaunchTemplateVersion: made } = await context.call('ec2', 'CreateLaunchTemplateVersion', {
      LaunchTemplateId,
      LaunchTemplateData: wanted.LaunchTemplateData as RequestLaunchTemplateData,
      VersionDescription: wanted.VersionDescription as string | undefined,
    });
    const latest = { LatestVersionNumber: String(made?.VersionNumber) };
    return { physicalId: LaunchTemplateId, attributes: { ...attributes, ...latest } };
  },

  delete: ({ physicalId: LaunchTemplateId }, context) =>
    unlessGone(TEMPLATE_GONE, () => context.call('ec2', 'DeleteLaunchTemplate', { LaunchTemplateId })).then(() => {}),

  read: ({ physicalId: LaunchTemplateId }, context) =>
    unlessGone(TEMPLATE_GONE, async () => {
      const { LaunchTemplateVersions: [live] = [] } = await context.call('ec2', 'DescribeLaunchTemplateVersions', {
        LaunchTemplateId,
        Versions: ['$Latest'],
      });
      return { LaunchTemplateName: live?.LaunchTemplateName, LaunchTemplateData: live?.LaunchTemplateData };
    }),
};

const routes = 'the simulated network knows regions and links, not subnets and routes';
const filters = 'packet filters are not simulated: what is allowed is checked on the template';

export const resources: ResourceTable = {
  'AWS::EC2::VPC': {
    inert: true,
    reason: routes,
    create: (properties, context) => {
      const vpcId = id(context, 'vpc');
      return {
        physicalId: vpcId,
        attributes: {
          VpcId: vpcId,
          CidrBlock: properties.CidrBlock,
          CidrBlockAssociations: [id(context, 'vpc-cidr-assoc')],
          DefaultNetworkAcl: id(context, 'acl'),
          DefaultSecurityGroup: id(context, 'sg'),
          Ipv6CidrBlocks: [],
        },
      };
    },
  },
  'AWS::EC2::Subnet': {
    create: createSubnet,
    // Addresses of new interfaces are given by the launch, whatever the subnet says.
    update: () => undefined,
    delete: deleteSubnet,
    read: readSubnet,
  },
  'AWS::EC2::RouteTable': named('rtb', routes, 'RouteTableId'),
  'AWS::EC2::Route': {
    inert: true,
    reason: routes,
    create: (properties) => {
      const to =
        properties.DestinationCidrBlock ?? properties.DestinationIpv6CidrBlock ?? properties.DestinationPrefixListId;
      return {
        physicalId: `${properties.RouteTableId}|${to}`,
        attributes: { CidrBlock: properties.DestinationCidrBlock },
      };
    },
  },
  'AWS::EC2::SubnetRouteTableAssociation': named('rtbassoc', routes, 'Id'),
  'AWS::EC2::InternetGateway': named('igw', routes, 'InternetGatewayId'),
  'AWS::EC2::VPCGatewayAttachment': {
    inert: true,
    reason: routes,
    create: (properties) => {
      const type = properties.InternetGatewayId === undefined ? 'VGW' : 'IGW';
      return { physicalId: `${type}|${properties.VpcId}`, attributes: { AttachmentType: type } };
    },
  },
  'AWS::EC2::NatGateway': named('nat', routes, 'NatGatewayId'),
  'AWS::EC2::EIP': {
    inert: true,
    reason: routes,
    create: (_properties, context) => {
      const random = context.cloud.random(`ec2.network@${context.region}`);
      const PublicIp = `198.51.100.${1 + random.integer(254)}`;
      return { physicalId: PublicIp, attributes: { PublicIp, AllocationId: id(context, 'eipalloc') } };
    },
  },
  'AWS::EC2::SecurityGroup': {
    inert: true,
    reason: filters,
    create: (properties, context) => {
      const GroupId = id(context, 'sg');
      return { physicalId: GroupId, attributes: { GroupId, Id: GroupId, VpcId: properties.VpcId } };
    },
  },
  'AWS::EC2::SecurityGroupIngress': named('sgr', filters, 'Id'),
  'AWS::EC2::SecurityGroupEgress': named('sgr', filters, 'Id'),
  'AWS::EC2::NetworkAcl': named('acl', filters, 'Id', 'NetworkAclId'),
  'AWS::EC2::NetworkAclEntry': named('nae', filters, 'Id'),
  'AWS::EC2::SubnetNetworkAclAssociation': named('aclassoc', filters, 'AssociationId'),
  'AWS::EC2::VPCEndpoint': {
    inert: true,
    reason: 'AWS endpoints are reached by region, whichever way packets take',
    create: (_properties, context) => {
      const endpoint = id(context, 'vpce');
      return { physicalId: endpoint, attributes: { Id: endpoint, DnsEntries: [], NetworkInterfaceIds: [] } };
    },
  },
  'AWS::EC2::FlowLog': named('fl', 'packets are not simulated one by one', 'Id'),
  'AWS::EC2::LaunchTemplate': launchTemplate,
};

const subnetProperties = [
  'VpcId',
  'CidrBlock',
  'AvailabilityZone',
  'MapPublicIpOnLaunch',
  'AssignIpv6AddressOnCreation',
  'Ipv6CidrBlock',
  'Tags',
];

function createSubnet(properties: Record<string, unknown>, context: ResourceContext): Created {
  refuseOtherProperties('AWS::EC2::Subnet', context.logicalId, properties, subnetProperties);
  const SubnetId = id(context, 'subnet');
  const AvailabilityZone = String(properties.AvailabilityZone ?? zonesOf(context.region)[0]);
  const { subnets } = context.cloud.stateOf<Ec2State>(ec2, context.region);
  subnets[SubnetId] = {
    vpcId: String(properties.VpcId),
    zone: AvailabilityZone,
    cidr: String(properties.CidrBlock ?? ''),
  };
  return {
    physicalId: SubnetId,
    attributes: {
      SubnetId,
      AvailabilityZone,
      VpcId: properties.VpcId,
      CidrBlock: properties.CidrBlock,
      Ipv6CidrBlocks: [],
      NetworkAclAssociationId: id(context, 'aclassoc'),
    },
  };
}

async function deleteSubnet({ physicalId: SubnetId }: Existing, context: ResourceContext): Promise<void> {
  await unlessGone('InvalidSubnetID.NotFound', () => context.call('ec2', 'DeleteSubnet', { SubnetId }));
}

function readSubnet({ physicalId }: Existing, context: ResourceContext): Record<string, unknown> | undefined {
  const live = context.cloud.stateOf<Ec2State>(ec2, context.region).subnets[physicalId];
  return live && { VpcId: live.vpcId, AvailabilityZone: live.zone, CidrBlock: live.cidr };
}
