/** Which roles and topics belong to a capability: those of its own stacks. */
import type { Cloud } from '../../simulator/cloud.ts';
import { deployedStacks } from '../../simulator/cloudformation/deploy.ts';

/** Names of the roles that the stacks of a slug made, as they begin a caller in the trace ('role/session'). */
export const rolesOf = (cloud: Cloud, slug: string): ReadonlySet<string> => made(cloud, slug, 'AWS::IAM::Role');

/** ARNs of the topics by which a slug tells people. */
export const topicsOf = (cloud: Cloud, slug: string): ReadonlySet<string> => made(cloud, slug, 'AWS::SNS::Topic');

function made(cloud: Cloud, slug: string, wanted: string): ReadonlySet<string> {
  const stacks = deployedStacks(cloud).filter(({ stackName }) => stackName.includes(`-${slug}-`));
  const found = stacks.flatMap(({ resources }) => resources.filter(({ type }) => type === wanted));
  return new Set(found.map(({ physicalId }) => physicalId));
}

/** The role's name, from its ARN or from a caller in the trace. */
export const roleName = (role: string): string =>
  role.startsWith('arn:') ? (role.split('/').at(-1) ?? role) : (role.split('/')[0] ?? role);
