/** AWS STS in each region: who a caller is, and sessions of roles whose trust policy and the caller's own policies allow it. */
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import { evaluate } from '../../iam/evaluate.ts';
import { principalOf, roleNameOf, sessionArn } from '../../iam/principal.ts';
import { iam } from '../../iam/service.ts';
import type { IamState } from '../../iam/state.ts';
import { type Caller, type Context, defineService } from '../../service.ts';

/** API reference: sessions last an hour by default. Their end is told but not enforced. */
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
      const role = rolesOf(context)[roleNameOf(arn)];
      if (role?.arn !== arn || !trusts(role.trust, arn, input.ExternalId, context)) {
        throw new AwsError(
          'AccessDenied',
          `User: ${arnOf(context)} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
          { status: 403 },
        );
      }
      const seconds = input.DurationSeconds ?? DURATION_SECONDS_DEFAULT;
      if (seconds > role.maxSessionSeconds) {
        throw new AwsError(
          'ValidationError',
          'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
          { status: 400 },
        );
      }
      const keys = context.cloud.issueCredentials({ kind: 'role', arn, session });
      return {
        Credentials: {
          AccessKeyId: keys.accessKeyId,
          SecretAccessKey: keys.secretAccessKey,
          SessionToken: keys.sessionToken,
          Expiration: new Date(context.now + seconds * 1000),
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
      ...(input.ExternalId !== undefined && { conditions: { 'sts:ExternalId': input.ExternalId } }),
    }),
  },
});

const rolesOf = (context: Context<StsState>): IamState['roles'] =>
  context.cloud.stateOf<IamState>(iam, context.region).roles;

function trusts(trust: string, arn: string, externalId: string | undefined, context: Context<StsState>): boolean {
  const { account, caller } = context;
  const decision = evaluate([trust], {
    action: 'sts:AssumeRole',
    resource: arn,
    principal: principalOf(account, caller),
    context: {
      'aws:PrincipalAccount': account,
      ...(caller.kind === 'role' && { 'aws:PrincipalArn': caller.arn }),
      ...(externalId !== undefined && { 'sts:ExternalId': externalId }),
    },
  });
  return decision === 'allow';
}

function arnOf({ account, caller }: { account: string; caller: Caller }): string {
  return caller.kind === 'role' ? sessionArn(account, caller.arn, caller.session) : `arn:aws:iam::${account}:root`;
}

function userIdOf(context: Context<StsState>): string {
  const { account, caller } = context;
  if (caller.kind !== 'role') return account;
  return `${rolesOf(context)[roleNameOf(caller.arn)]?.id ?? ''}:${caller.session}`;
}
