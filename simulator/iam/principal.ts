/** Callers as policies and messages name them. */
import type { Caller } from '../service.ts';
import type { PolicyPrincipal } from './principal-element.ts';

/** The name of a role: the last part of its ARN, whatever its path. */
export const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/** The ARN under which a role's session calls. */
export const sessionArn = (account: string, roleArn: string, session: string): string =>
  `arn:aws:sts::${account}:assumed-role/${roleNameOf(roleArn)}/${session}`;

/** What a caller answers to in a Principal element. */
export function principalOf(account: string, caller: Caller, bounded = false): PolicyPrincipal {
  if (caller.kind === 'service') return { kind: 'service', name: caller.principal };
  if (caller.kind === 'account') return { kind: 'account', account };
  return {
    kind: 'role',
    account,
    role: caller.arn,
    session: sessionArn(account, caller.arn, caller.session),
    bounded,
  };
}

/** Who a message says was refused. */
export function userOf(account: string, caller: Caller): string {
  if (caller.kind === 'role') return sessionArn(account, caller.arn, caller.session);
  if (caller.kind === 'account') return `arn:aws:iam::${account}:root`;
  return caller.sourceArn === undefined ? caller.principal : `${caller.principal} (${caller.sourceArn})`;
}
