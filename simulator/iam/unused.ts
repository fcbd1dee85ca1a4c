/**
 * What the deployed roles may do and never did: the basis of `mainstay permissions`. A role is named by the stack and the
 * logical id that made it, because its own name is drawn anew with every deployment.
 */
import type { Cloud } from '../cloud.ts';
import { allStacks } from '../cloudformation/state.ts';
import { compileDocument } from './document.ts';
import { roleNameOf } from './principal.ts';
import { documentsOf } from './role-statements.ts';
import { iam } from './service.ts';
import type { IamState, RoleState } from './state.ts';
import { type Permission, permissionKey } from './usage.ts';

export interface GrantedPermission extends Permission {
  readonly stack: string;
  /** Logical id. */
  readonly role: string;
  /** How many calls it allowed. */
  readonly uses: number;
}

/** Every permission of every role that a stack made, with how often it was the one that allowed a call. */
export function grantedPermissions(cloud: Cloud): GrantedPermission[] {
  const [region = ''] = cloud.state.regions;
  const state = cloud.stateOf<IamState>(iam, region);
  return allStacks(cloud).flatMap(({ stackName: stack, resources }) =>
    Object.values(resources).flatMap(({ type, logicalId: role, physicalId = '' }) => {
      const made = type === 'AWS::IAM::Role' ? state.roles[roleNameOf(physicalId)] : undefined;
      if (made === undefined) return [];
      const used = state.usage[made.name] ?? {};
      return permissionsOf(state, made).map((permission) => ({
        stack,
        role,
        ...permission,
        uses: used[permissionKey(permission)] ?? 0,
      }));
    }),
  );
}

/** Those that no call used. */
export const unusedPermissions = (cloud: Cloud): GrantedPermission[] =>
  grantedPermissions(cloud).filter(({ uses }) => uses === 0);

/** Everything that the policies of a role allow; what a boundary takes away again is not looked at. */
function permissionsOf(state: IamState, role: RoleState): Permission[] {
  return documentsOf(state, role).flatMap(([policy, document]) =>
    compileDocument(document)
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ id: statement, actions, resources }) =>
        actions.written.flatMap((action) =>
          (resources?.written ?? []).map((resource) => ({ policy, statement, action, resource })),
        ),
      ),
  );
}
