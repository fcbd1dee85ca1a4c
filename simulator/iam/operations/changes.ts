/** IAM's operations that change roles and policies that are there, and those that take things away. */
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import type { IamState } from '../state.ts';
import { checkedDocument, noSuch, required, roleNamed } from './shared.ts';

const conflict = (message: string): AwsError => new AwsError('DeleteConflictException', message, { status: 409 });

export const changeOperations: Operations<Clients['iam'], IamState> = {
  UpdateRole(input, context) {
    const role = roleNamed(context, input.RoleName);
    // An empty text takes a description away.
    if (input.Description) role.description = input.Description;
    else if (input.Description === '') delete role.description;
    role.maxSessionSeconds = input.MaxSessionDuration ?? role.maxSessionSeconds;
    return {};
  },

  DeleteRolePermissionsBoundary(input, context) {
    const role = roleNamed(context, input.RoleName);
    if (role.boundary === undefined) throw noSuch(`permissions boundary of role ${role.name}`);
    delete role.boundary;
    context.state.version++;
    return {};
  },

  TagRole(input, context) {
    const { tags } = roleNamed(context, input.RoleName);
    for (const { Key = '', Value = '' } of input.Tags ?? []) tags[Key] = Value;
    context.state.version++;
    return {};
  },

  UntagRole(input, context) {
    const { tags } = roleNamed(context, input.RoleName);
    for (const key of input.TagKeys ?? []) delete tags[key];
    context.state.version++;
    return {};
  },

  /** Only the default version is kept: nothing here reads another one. */
  CreatePolicyVersion(input, context) {
    const policy = context.state.policies[required(input.PolicyArn, 'policyArn')];
    if (policy === undefined) throw noSuch(`policy ${input.PolicyArn}`);
    const document = checkedDocument('identity', input.PolicyDocument);
    policy.document = document;
    policy.versionNumber = (policy.versionNumber ?? 1) + 1;
    context.state.version++;
    const VersionId = `v${policy.versionNumber}`;
    return { PolicyVersion: { VersionId, IsDefaultVersion: true, CreateDate: new Date(context.now) } };
  },

  DeletePolicy(input, context) {
    const arn = required(input.PolicyArn, 'policyArn');
    if (context.state.policies[arn] === undefined) throw noSuch(`policy ${arn}`);
    const used = Object.values(context.state.roles).some(
      ({ attached, boundary }) => attached.includes(arn) || boundary === arn,
    );
    if (used) throw conflict('Cannot delete a policy attached to entities.');
    delete context.state.policies[arn];
    context.state.version++;
    return {};
  },

  RemoveRoleFromInstanceProfile(input, context) {
    const profile = context.state.instanceProfiles[required(input.InstanceProfileName, 'instanceProfileName')];
    if (profile === undefined) throw noSuch(`instance profile ${input.InstanceProfileName}`);
    if (profile.roleName !== input.RoleName) throw noSuch(`role ${input.RoleName} in ${profile.name}`);
    delete profile.roleName;
    return {};
  },

  DeleteInstanceProfile(input, context) {
    const profile = context.state.instanceProfiles[required(input.InstanceProfileName, 'instanceProfileName')];
    if (profile === undefined) throw noSuch(`instance profile ${input.InstanceProfileName}`);
    if (profile.roleName !== undefined) {
      throw conflict('Cannot delete entity, must remove roles from instance profile first.');
    }
    delete context.state.instanceProfiles[profile.name];
    return {};
  },
};
