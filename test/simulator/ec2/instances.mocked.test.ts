/** Instances and launch templates: states, filters, versions, roles. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { cloudWithGroup, cloudWithTemplate, ec2State, instancesOf, region } from '../autoscaling/fixture.ts';
import { machines, resetMachines } from '../elbv2/machines.ts';

vi.mock('../../../simulator/world/instances.ts', async () => (await import('../elbv2/machines.ts')).world);

beforeEach(resetMachines);

describe('instances', () => {
  it('are pending until they have booted, shutting down for a while after TerminateInstances, then terminated', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 1 });
    const [InstanceId = ''] = (await instancesOf(cloud)).map((instance) => instance.InstanceId);
    await cloud.call('autoscaling', 'SuspendProcesses', { AutoScalingGroupName: 'orders-blue' }, { region });
    const state = () => ec2State(cloud).instances[InstanceId]?.state;
    expect(state()).toBe('pending');
    await cloud.advance(30_000);
    expect(state()).toBe('running');
    const { TerminatingInstances } = await cloud.call(
      'ec2',
      'TerminateInstances',
      { InstanceIds: [InstanceId] },
      { region },
    );
    expect(TerminatingInstances?.[0]).toMatchObject({
      PreviousState: { Name: 'running' },
      CurrentState: { Name: 'shutting-down' },
    });
    expect(machines.stopped).toEqual([InstanceId]);
    await cloud.advance(60_000);
    expect(state()).toBe('terminated');
  });

  it('are found by state, zone and tag', async () => {
    const cloud = await cloudWithGroup({ DesiredCapacity: 3 });
    await cloud.advance(30_000);
    const found = async (Name: string, ...Values: string[]) => {
      const { Reservations } = await cloud.call(
        'ec2',
        'DescribeInstances',
        { Filters: [{ Name, Values }] },
        { region },
      );
      return Reservations?.length;
    };
    expect(await found('instance-state-name', 'running')).toBe(3);
    expect(await found('availability-zone', 'us-west-2a', 'us-west-2b')).toBe(2);
    expect(await found('tag:aws:autoscaling:groupName', 'orders-blue')).toBe(3);
    expect(await found('tag:aws:autoscaling:groupName', 'orders-green')).toBe(0);
    await expect(found('architecture', 'arm64')).rejects.toThrow("filter 'architecture' is not modelled");
  });

  it('that are unknown are refused with InvalidInstanceID.NotFound', async () => {
    const { cloud } = await cloudWithTemplate();
    const call = cloud.call('ec2', 'DescribeInstances', { InstanceIds: ['i-0none'] }, { region });
    await expect(call).rejects.toMatchObject({ code: 'InvalidInstanceID.NotFound' });
  });
});

describe('launch templates', () => {
  it('keep every version; $Latest is the newest and $Default stays the first', async () => {
    const { cloud, templateId } = await cloudWithTemplate();
    const input = {
      LaunchTemplateId: templateId,
      SourceVersion: '1',
      LaunchTemplateData: { InstanceType: 'm7g.xlarge' as const },
    };
    await cloud.call('ec2', 'CreateLaunchTemplateVersion', input, { region });
    const { LaunchTemplateVersions } = await cloud.call(
      'ec2',
      'DescribeLaunchTemplateVersions',
      { LaunchTemplateId: templateId, Versions: ['$Latest', '$Default'] },
      { region },
    );
    const data = LaunchTemplateVersions?.map((version) => version.LaunchTemplateData);
    expect(data?.map((one) => one?.InstanceType)).toEqual(['m7g.xlarge', 'm7g.large']);
    expect(data?.map((one) => one?.MetadataOptions?.HttpTokens)).toEqual(['required', 'required']);
  });

  it('are refused when their name is taken', async () => {
    const { cloud } = await cloudWithTemplate();
    const input = { LaunchTemplateName: 'orders-blue', LaunchTemplateData: {} };
    await expect(cloud.call('ec2', 'CreateLaunchTemplate', input, { region })).rejects.toMatchObject({
      code: 'InvalidLaunchTemplateName.AlreadyExistsException',
    });
  });
});
