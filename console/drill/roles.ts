/** Which roles belong to a capability: those of its own stacks. */
import type { Cloud } from '../../simulator/cloud.ts';
import { deployedStacks } from '../../simulator/cloudformation/deploy.ts';

/** Names of the roles that the stacks of a slug made, as they begin a caller in the trace ('role/session'). */
export function rolesOf(cloud: Cloud, slug: string): ReadonlySet<string> {
  const stacks = deployedStacks(cloud).filter(({ stackName }) => stackName.includes(`-${slug}-`));
  const roles = stacks.flatMap(({ resources }) => resources.filter(({ type }) => type === 'AWS::IAM::Role'));
  return new Set(roles.map(({ physicalId }) => physicalId));
}

/** The role's name, from its ARN or from a caller in the trace. */
export const roleName = (role: string): string =>
  role.startsWith('arn:') ? (role.split('/').at(-1) ?? role) : (role.split('/')[0] ?? role);
