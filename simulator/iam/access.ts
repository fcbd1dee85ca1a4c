/** What IAM asks of itself: the ARN of the role, policy or instance profile (Service Authorization Reference, "iam"). */
import type { Clients } from '../clients.ts';
import type { Access, AccessRules, Context } from '../service.ts';
import { passRole } from './pass-role.ts';
import { roleNameOf } from './principal.ts';
import type { IamState } from './state.ts';

type IamContext = Context<IamState>;

export const access: AccessRules<Clients['iam'], IamState> = {
  CreateRole: (input, context) => onNew(context, 'role', input.Path, input.RoleName),
  GetRole: (input, context) => onRole(context, input.RoleName),
  DeleteRole: (input, context) => onRole(context, input.RoleName),
  ListRoles: (_input, context) => ({ resources: [`arn:aws:iam::${context.account}:role/`] }),
  UpdateAssumeRolePolicy: (input, context) => onRole(context, input.RoleName),
  PutRolePermissionsBoundary: (input, context) => ({
    ...onRole(context, input.RoleName),
    conditions: { 'iam:PermissionsBoundary': input.PermissionsBoundary ?? '' },
  }),
  DeleteRolePermissionsBoundary: (input, context) => ({
    ...onRole(context, input.RoleName),
    conditions: { 'iam:PermissionsBoundary': context.state.roles[input.RoleName ?? '']?.boundary },
  }),
  UpdateRole: (input, context) => onRole(context, input.RoleName),
  TagRole: (input, context) => onRole(context, input.RoleName),
  UntagRole: (input, context) => onRole(context, input.RoleName),
  PutRolePolicy: (input, context) => onRole(context, input.RoleName),
  GetRolePolicy: (input, context) => onRole(context, input.RoleName),
  ListRolePolicies: (input, context) => onRole(context, input.RoleName),
  DeleteRolePolicy: (input, context) => onRole(context, input.RoleName),
  AttachRolePolicy: (input, context) => onAttachment(context, input.RoleName, input.PolicyArn),
  DetachRolePolicy: (input, context) => onAttachment(context, input.RoleName, input.PolicyArn),
  ListAttachedRolePolicies: (input, context) => onRole(context, input.RoleName),
  CreatePolicy: (input, context) => onNew(context, 'policy', input.Path, input.PolicyName),
  CreatePolicyVersion: (input) => ({ resources: [input.PolicyArn ?? '*'] }),
  DeletePolicy: (input) => ({ resources: [input.PolicyArn ?? '*'] }),
  GetPolicy: (input) => ({ resources: [input.PolicyArn ?? '*'] }),
  CreateInstanceProfile: (input, context) => onNew(context, 'instance-profile', input.Path, input.InstanceProfileName),
  GetInstanceProfile: (input, context) => onProfile(context, input.InstanceProfileName),
  DeleteInstanceProfile: (input, context) => onProfile(context, input.InstanceProfileName),
  RemoveRoleFromInstanceProfile: (input, context) => onProfile(context, input.InstanceProfileName),
  AddRoleToInstanceProfile: (input, context) => [
    onProfile(context, input.InstanceProfileName),
    passRole(onRole(context, input.RoleName).resources[0], 'ec2.amazonaws.com'),
  ],
  SimulatePrincipalPolicy: (input, context) => onRole(context, roleNameOf(input.PolicySourceArn ?? '')),
};

const onNew = (context: IamContext, kind: string, path = '/', name = ''): Access => ({
  resources: [`arn:aws:iam::${context.account}:${kind}${path}${name}`],
});

const onRole = (context: IamContext, name = ''): Access => {
  const role = context.state.roles[name];
  return role === undefined ? onNew(context, 'role', '/', name) : { resources: [role.arn] };
};

const onProfile = (context: IamContext, name = ''): Access => {
  const profile = context.state.instanceProfiles[name];
  return profile === undefined ? onNew(context, 'instance-profile', '/', name) : { resources: [profile.arn] };
};

const onAttachment = (context: IamContext, roleName: string | undefined, policyArn = ''): Access => ({
  ...onRole(context, roleName),
  conditions: { 'iam:PolicyARN': policyArn },
});
