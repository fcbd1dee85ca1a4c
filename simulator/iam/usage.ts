/** Which permission of a role allowed a call: counted by authorize.ts in IAM's state, read by unused.ts. */
import type { IamState } from './state.ts';

/** The smallest thing that a policy grants: one action pattern of one statement on one resource pattern. */
export interface Permission {
  /** Name of the inline or managed policy. */
  readonly policy: string;
  /** Sid, or the statement's place ('#0'). */
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
}

/** Under which the use of a permission is counted, within its role. */
export const permissionKey = ({ policy, statement, action, resource }: Permission): string =>
  `${policy}/${statement} ${action} ${resource}`;

export function countUse(state: IamState, roleName: string, key: string): void {
  let used = state.usage[roleName];
  if (used === undefined) {
    used = {};
    state.usage[roleName] = used;
  }
  used[key] = (used[key] ?? 0) + 1;
}
