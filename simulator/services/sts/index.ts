/** AWS STS in each region: who a caller is, and sessions of roles whose trust policy and the caller's own policies allow it. */
import type { Clients } from '../../clients.ts';
import { roleNameOf, sessionArn, userOf } from '../../iam/principal.ts';
import { iam } from '../../iam/service.ts';
import type { IamState, RoleState } from '../../iam/state.ts';
import { type Caller, type Context, defineService } from '../../service.ts';
import { checkDuration, checkSession, sessionPoliciesOf } from './sessions.ts';

/** API reference: sessions last an hour by default. Their end is enforced where signatures are verified (simulator/local). */
const DURATION_SECONDS_DEFAULT = 3600;

/** STS keeps nothing: credentials are the cloud's. */
type StsState = Record<string, never>;

export const sts = defineService<Clients['sts'], StsState>({
  name: 'sts',
  initialState: () => ({}),
  operations: {
    GetCallerIdentity(_input, context) {
      return { Account: context.account, Arn: arnOf(context), UserId: userIdOf(context) };
    },

    AssumeRole(input, context) {
      const arn = input.RoleArn ?? '';
      const session = input.RoleSessionName ?? '';
      const role = roleOf(context, arn);
      // Without a role there was no trust policy, and IAM has refused.
      if (role === undefined) throw new Error(`sts:AssumeRole was let through without a role ${arn}`);
      checkSession(input);
      const sessionPolicies = sessionPoliciesOf(input, context);
      const seconds = input.DurationSeconds ?? DURATION_SECONDS_DEFAULT;
      checkDuration(seconds, role, context.caller);
      const expiresAt = context.now + seconds * 1000;
      const caller: Caller = { kind: 'role', arn, session, ...(sessionPolicies && { sessionPolicies }) };
      const keys = context.cloud.issueCredentials(caller, { expiresAt });
      return {
        Credentials: {
          AccessKeyId: keys.accessKeyId,
          SecretAccessKey: keys.secretAccessKey,
          SessionToken: keys.sessionToken,
          Expiration: new Date(expiresAt),
        },
        AssumedRoleUser: {
          Arn: sessionArn(context.account, arn, session),
          AssumedRoleId: `${role.id}:${session}`,
        },
      };
    },
  },
  access: {
    // GetCallerIdentity needs no permission; nothing is asked about no resource.
    GetCallerIdentity: () => [],
    AssumeRole: (input) => ({
      resources: [input.RoleArn ?? ''],
      conditions: {
        'sts:ExternalId': input.ExternalId,
        'sts:RoleSessionName': input.RoleSessionName ?? '',
        'sts:SourceIdentity': undefined,
        'sts:TransitiveTagKeys': undefined,
      },
    }),
  },
  /** A role's trust policy has to allow, if only by naming the account; a role that does not exist trusts nobody. */
  resourcePolicy(arn, context) {
    const role = roleOf(context, arn);
    return { documents: role === undefined ? [] : [role.trust], mustAllow: 'trust' };
  },
});

const rolesOf = (context: Context<StsState>): IamState['roles'] =>
  context.cloud.stateOf<IamState>(iam, context.region).roles;

function roleOf(context: Context<StsState>, arn: string): RoleState | undefined {
  const role = rolesOf(context)[roleNameOf(arn)];
  return role?.arn === arn ? role : undefined;
}

const arnOf = ({ account, caller }: Context<StsState>): string => userOf(account, caller);

function userIdOf(context: Context<StsState>): string {
  const { account, caller } = context;
  if (caller.kind !== 'role') return account;
  return `${rolesOf(context)[roleNameOf(caller.arn)]?.id ?? ''}:${caller.session}`;
}
