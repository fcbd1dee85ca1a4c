/**
 * Instances: launched by Auto Scaling only, they boot after a drawn time and are then handed to the world, which runs
 * the application in them. Public operations describe and terminate them.
 */
import type { Instance as AwsInstance } from '@aws-sdk/client-ec2';
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { drawError } from '../../faults/calls.ts';
import { firstStruck, isInForce, type ShortageFault, struck } from '../../faults.ts';
import type { Context } from '../../service.ts';
import { instanceBootSeconds, instanceShutdownSeconds } from '../../world/durations.ts';
import { bootInstance, stopInstance } from '../../world/instances.ts';
import { type Ec2State, ec2Id, type Instance, type LaunchTemplateVersion, zonesOf } from './state.ts';

type Ec2Context = Context<Ec2State>;
type EC2 = Clients['ec2'];

export interface Launch {
  readonly version: LaunchTemplateVersion;
  readonly zone: string;
  readonly subnetId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Starts one instance. Returns its id and when its operating system will answer.
 * @throws AwsError InsufficientInstanceCapacity when the zone has none left, or an injected fault of ec2:RunInstances.
 */
export function launchInstance(context: Ec2Context, launch: Launch): { instanceId: string; bootedAfterMs: number } {
  const { state, region } = context;
  const { data, roleArn } = launch.version;
  const instanceType = data.InstanceType ?? 'm1.small';
  refuseByFault(context, launch.zone, instanceType);
  const sick = firstStruck(
    context.cloud,
    'sick-instance',
    (fault) => fault.region === region && (fault.zone === undefined || fault.zone === launch.zone),
  );
  const slow = struck(context.cloud, 'slow-boot', (fault) => fault.region === region);
  const bootFactor = slow.reduce((product, { factor }) => product * factor, 1);
  const instanceId = ec2Id(context.random, 'i');
  const address = state.nextAddress++;
  state.instances[instanceId] = {
    instanceId,
    imageId: data.ImageId ?? '',
    instanceType,
    zone: launch.zone,
    subnetId: launch.subnetId,
    privateIp: `10.0.${(address >> 8) & 0xff}.${address & 0xff}`,
    launchedAt: context.now,
    profileArn: data.IamInstanceProfile?.Arn,
    roleArn,
    userData: Buffer.from(data.UserData ?? '', 'base64').toString('utf8'),
    tags: { ...templateTags(launch.version), ...launch.tags },
    state: 'pending',
    stateReason: undefined,
    sick: sick !== undefined,
    bootFactor,
  };
  const bootedAfterMs = Math.round(instanceBootSeconds(context.random) * bootFactor * 1000);
  context.schedule('booted', bootedAfterMs, { instanceId });
  context.trace('instance.pending', { instanceId, zone: launch.zone, region });
  return { instanceId, bootedAfterMs };
}

function refuseByFault(context: Ec2Context, zone: string, instanceType: string): void {
  const { cloud, region } = context;
  const error = drawError(cloud, { service: 'ec2', operation: 'RunInstances', region });
  if (error) throw error;
  if (!firstStruck(cloud, 'shortage', (fault) => isShort(fault, region, zone))) return;
  const shortages = (cloud.state.faults.others.shortage ?? []).filter((fault) => isInForce(fault, cloud.now));
  const others = zonesOf(region).filter((other) => !shortages.some((fault) => isShort(fault, region, other)));
  throw new AwsError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${zone}). ` +
      'Our system will be working on provisioning additional capacity.' +
      (others.length > 0 ? ` You can currently get ${instanceType} capacity by choosing ${others.join(', ')}.` : ''),
  );
}

const isShort = (fault: ShortageFault, region: string, zone: string): boolean =>
  fault.region === region && (fault.zone === undefined || fault.zone === zone);

const templateTags = (version: LaunchTemplateVersion): Record<string, string> =>
  Object.fromEntries(
    (version.data.TagSpecifications ?? [])
      .filter((specification) => specification.ResourceType === 'instance')
      .flatMap((specification) => specification.Tags ?? [])
      .map((tag) => [tag.Key ?? '', tag.Value ?? '']),
  );

/** Timer: the operating system is up; the world starts what runs on it. */
export async function booted({ instanceId }: { instanceId: string }, context: Ec2Context): Promise<void> {
  const instance = context.state.instances[instanceId];
  if (instance?.state !== 'pending') return;
  instance.state = 'running';
  const { zone, userData, roleArn, tags, sick, bootFactor } = instance;
  const { cloud, region } = context;
  await bootInstance(cloud, { instanceId, region, zone, userData, roleArn, tags, sick, bootFactor });
}

/** Shuts an instance down; does nothing to one that is already going. */
export async function terminateInstance(context: Ec2Context, instanceId: string, reason: string): Promise<void> {
  const instance = context.state.instances[instanceId];
  if (!instance || instance.state === 'shutting-down' || instance.state === 'terminated') return;
  const wasRunning = instance.state === 'running';
  instance.state = 'shutting-down';
  instance.stateReason = reason;
  const graceMs = Math.round(instanceShutdownSeconds(context.random) * 1000);
  context.schedule('terminated', graceMs, { instanceId });
  context.trace('instance.shutting-down', { instanceId, reason });
  if (wasRunning) await stopInstance(context.cloud, instanceId, { graceMs });
}

/** Timer: the instance is gone. */
export function terminated({ instanceId }: { instanceId: string }, context: Ec2Context): void {
  const instance = context.state.instances[instanceId];
  if (instance) instance.state = 'terminated';
}

const codes = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48 } as const;

/** @throws AwsError InvalidInstanceID.NotFound */
export async function terminateInstances(
  input: Input<EC2, 'TerminateInstances'>,
  context: Ec2Context,
): Promise<Output<EC2, 'TerminateInstances'>> {
  const instances = (input.InstanceIds ?? []).map((id) => find(context.state, id));
  const changes = [];
  for (const instance of instances) {
    const before = instance.state;
    await terminateInstance(context, instance.instanceId, 'Client.UserInitiatedShutdown: User initiated shutdown');
    changes.push({
      InstanceId: instance.instanceId,
      PreviousState: { Name: before, Code: codes[before] },
      CurrentState: { Name: instance.state, Code: codes[instance.state] },
    });
  }
  return { TerminatingInstances: changes };
}

/**
 * Filters: instance-state-name, availability-zone, tag:<key>, tag-key.
 * @throws AwsError InvalidInstanceID.NotFound
 */
export function describeInstances(
  input: Input<EC2, 'DescribeInstances'>,
  context: Ec2Context,
): Output<EC2, 'DescribeInstances'> {
  const chosen = input.InstanceIds?.length
    ? input.InstanceIds.map((id) => find(context.state, id))
    : Object.values(context.state.instances);
  const matching = chosen.filter((instance) =>
    (input.Filters ?? []).every((filter) => matches(instance, filter.Name ?? '', filter.Values ?? [])),
  );
  return {
    Reservations: matching.map((instance) => ({
      ReservationId: `r-0${instance.instanceId.slice(3, 19)}`,
      OwnerId: context.account,
      Instances: [describe(instance)],
    })),
  };
}

function matches(instance: Instance, name: string, values: readonly string[]): boolean {
  if (name === 'instance-state-name') return values.includes(instance.state);
  if (name === 'availability-zone') return values.includes(instance.zone);
  if (name === 'tag-key') return values.some((key) => key in instance.tags);
  if (name.startsWith('tag:')) return values.includes(instance.tags[name.slice(4)] ?? '\0');
  throw new NotModelled(`ec2:DescribeInstances: filter '${name}' is not modelled`);
}

function find(state: Ec2State, id: string): Instance {
  const instance = state.instances[id];
  if (instance) return instance;
  throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
}

const describe = (instance: Instance): AwsInstance => ({
  InstanceId: instance.instanceId,
  ImageId: instance.imageId,
  InstanceType: instance.instanceType as AwsInstance['InstanceType'],
  LaunchTime: new Date(instance.launchedAt),
  Placement: { AvailabilityZone: instance.zone },
  SubnetId: instance.subnetId,
  PrivateIpAddress: instance.privateIp,
  State: { Name: instance.state, Code: codes[instance.state] },
  StateTransitionReason: instance.stateReason,
  IamInstanceProfile: instance.profileArn === undefined ? undefined : { Arn: instance.profileArn },
  Tags: Object.entries(instance.tags).map(([Key, Value]) => ({ Key, Value })),
});
