/** Deletion of subnets; they are made by deployments, for their zones. */
import type { Clients, Input, Output } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import type { Ec2State } from './state.ts';

/** @throws AwsError InvalidSubnetID.NotFound; DependencyViolation while an instance is in it */
export function deleteSubnet(
  input: Input<Clients['ec2'], 'DeleteSubnet'>,
  context: Context<Ec2State>,
): Output<Clients['ec2'], 'DeleteSubnet'> {
  const id = input.SubnetId ?? '';
  const { subnets, instances } = context.state;
  if (subnets[id] === undefined) {
    throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  }
  const running = ({ state }: { state: string }): boolean => state === 'pending' || state === 'running';
  if (Object.values(instances).some((instance) => instance.subnetId === id && running(instance))) {
    throw new AwsError('DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`);
  }
  delete subnets[id];
  return {};
}
