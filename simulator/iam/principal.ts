/** Callers as policies name them. */
import type { Caller } from '../service.ts';
import type { PolicyPrincipal } from './document.ts';

/** The name of a role: the last part of its ARN, whatever its path. */
export const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/** The ARN under which a role's session calls. */
export const sessionArn = (account: string, roleArn: string, session: string): string =>
  `arn:aws:sts::${account}:assumed-role/${roleNameOf(roleArn)}/${session}`;

/** Everything a caller answers to in a Principal element. */
export function principalOf(account: string, caller: Caller): PolicyPrincipal {
  if (caller.kind === 'service') return { Service: [caller.principal] };
  const root = [account, `arn:aws:iam::${account}:root`];
  if (caller.kind === 'account') return { AWS: root };
  return { AWS: [...root, caller.arn, sessionArn(account, caller.arn, caller.session)] };
}
