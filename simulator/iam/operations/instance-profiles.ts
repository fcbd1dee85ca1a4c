/** Instance profiles: how an EC2 instance gets its role. */
import type { InstanceProfile } from '@aws-sdk/client-iam';
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import type { IamState, InstanceProfileState } from '../state.ts';
import { alreadyExists, arnOf, encoded, type IamContext, noSuch, required, roleNamed, uniqueId } from './shared.ts';

export const instanceProfileOperations: Operations<Clients['iam'], IamState> = {
  CreateInstanceProfile(input, context) {
    const name = required(input.InstanceProfileName, 'instanceProfileName');
    if (context.state.instanceProfiles[name]) throw alreadyExists(`Instance Profile ${name}`);
    const path = input.Path ?? '/';
    const profile: InstanceProfileState = {
      name,
      path,
      arn: arnOf(context, 'instance-profile', path, name),
      id: uniqueId(context, 'AIPA'),
      createdAt: context.now,
    };
    context.state.instanceProfiles[name] = profile;
    return { InstanceProfile: describe(context, profile) };
  },

  AddRoleToInstanceProfile(input, context) {
    const profile = profileNamed(context, input.InstanceProfileName);
    if (profile.roleName !== undefined) {
      throw new AwsError('LimitExceededException', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1', {
        status: 409,
      });
    }
    profile.roleName = roleNamed(context, input.RoleName).name;
    return {};
  },

  GetInstanceProfile: (input, context) => ({
    InstanceProfile: describe(context, profileNamed(context, input.InstanceProfileName)),
  }),
};

function profileNamed(context: IamContext, name: string | undefined): InstanceProfileState {
  const profile = context.state.instanceProfiles[required(name, 'instanceProfileName')];
  if (profile === undefined) throw noSuch(`instance profile ${name}`);
  return profile;
}

function describe(context: IamContext, profile: InstanceProfileState): InstanceProfile {
  const role = profile.roleName === undefined ? undefined : context.state.roles[profile.roleName];
  return {
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    Path: profile.path,
    CreateDate: new Date(profile.createdAt),
    Roles:
      role === undefined
        ? []
        : [
            {
              RoleName: role.name,
              RoleId: role.id,
              Arn: role.arn,
              Path: role.path,
              CreateDate: new Date(role.createdAt),
              AssumeRolePolicyDocument: encoded(role.trust),
            },
          ],
  };
}
