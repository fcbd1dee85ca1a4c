/** Amazon EC2: instances and launch templates with their dynamics, zones and subnets as data. Called by Auto Scaling. */
import type { Clients } from '../../clients.ts';
import { defineService } from '../../service.ts';
import { booted, describeInstances, terminated, terminateInstances } from './instances.ts';
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  deleteLaunchTemplate,
  describeLaunchTemplates,
  describeLaunchTemplateVersions,
} from './launch-templates.ts';
import { type Ec2State, initialEc2State, zonesOf } from './state.ts';
import { deleteSubnet } from './subnets.ts';

export const ec2 = defineService<Clients['ec2'], Ec2State>({
  name: 'ec2',
  initialState: initialEc2State,
  operations: {
    CreateLaunchTemplate: createLaunchTemplate,
    CreateLaunchTemplateVersion: createLaunchTemplateVersion,
    DeleteLaunchTemplate: deleteLaunchTemplate,
    DeleteSubnet: deleteSubnet,
    DescribeLaunchTemplates: describeLaunchTemplates,
    DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
    DescribeInstances: describeInstances,
    TerminateInstances: terminateInstances,
    DescribeAvailabilityZones: (_input, context) => ({
      AvailabilityZones: zonesOf(context.region).map((zone, index) => ({
        ZoneName: zone,
        ZoneId: `${context.region}-az${index + 1}`,
        RegionName: context.region,
        State: 'available',
        ZoneType: 'availability-zone',
        OptInStatus: 'opt-in-not-required',
      })),
    }),
  },
  access: {
    TerminateInstances: (input, context) => ({
      resources: (input.InstanceIds ?? []).map(
        (id) => `arn:aws:ec2:${context.region}:${context.account}:instance/${id}`,
      ),
    }),
    // The id is not known before there is one.
    CreateLaunchTemplate: (_input, context) => ({
      resources: [`arn:aws:ec2:${context.region}:${context.account}:launch-template/*`],
    }),
    DeleteLaunchTemplate: (input, context) => ({
      resources: [`arn:aws:ec2:${context.region}:${context.account}:launch-template/${input.LaunchTemplateId ?? '*'}`],
    }),
    DeleteSubnet: (input, context) => ({
      resources: [`arn:aws:ec2:${context.region}:${context.account}:subnet/${input.SubnetId ?? '*'}`],
    }),
    CreateLaunchTemplateVersion: (input, context) => ({
      resources: [`arn:aws:ec2:${context.region}:${context.account}:launch-template/${input.LaunchTemplateId ?? '*'}`],
    }),
  },
  timers: { booted, terminated },
});
