/** Roles and what is attached to them. */
import type { Role } from '@aws-sdk/client-iam';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { awsManagedDocument, isAwsManaged } from '../managed-policies.ts';
import type { IamState, RoleState } from '../state.ts';
import {
  alreadyExists,
  arnOf,
  checkedDocument,
  encoded,
  type IamContext,
  noSuch,
  required,
  roleNamed,
  uniqueId,
} from './shared.ts';

export const roleOperations: Operations<Clients['iam'], IamState> = {
  CreateRole(input, context) {
    const name = required(input.RoleName, 'roleName');
    if (name.length > 64) throw new AwsError('ValidationError', `role name '${name}' is longer than 64 characters`);
    if (context.state.roles[name]) throw alreadyExists(`Role with name ${name}`);
    const path = input.Path ?? '/';
    const boundary = input.PermissionsBoundary;
    if (boundary !== undefined) assertPolicyExists(context, boundary);
    const role: RoleState = {
      name,
      path,
      arn: arnOf(context, 'role', path, name),
      id: uniqueId(context, 'AROA'),
      createdAt: context.now,
      maxSessionSeconds: input.MaxSessionDuration ?? 3600,
      tags: Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
      trust: checkedDocument('trust', input.AssumeRolePolicyDocument),
      inline: {},
      attached: [],
      ...(input.Description !== undefined && { description: input.Description }),
      ...(boundary !== undefined && { boundary }),
    };
    context.state.roles[name] = role;
    context.state.version++;
    return { Role: describe(role) };
  },

  GetRole: (input, context) => ({ Role: describe(roleNamed(context, input.RoleName)) }),

  ListRoles: (_input, context) => ({ Roles: Object.values(context.state.roles).map(describe), IsTruncated: false }),

  DeleteRole(input, context) {
    const role = roleNamed(context, input.RoleName);
    const inUse = Object.values(context.state.instanceProfiles).some((profile) => profile.roleName === role.name);
    if (Object.keys(role.inline).length > 0 || role.attached.length > 0 || inUse) {
      throw new AwsError('DeleteConflictException', 'Cannot delete entity, must detach all policies first.', {
        status: 409,
      });
    }
    delete context.state.roles[role.name];
    context.state.version++;
    return {};
  },

  UpdateAssumeRolePolicy(input, context) {
    roleNamed(context, input.RoleName).trust = checkedDocument('trust', input.PolicyDocument);
    context.state.version++;
    return {};
  },

  PutRolePermissionsBoundary(input, context) {
    const role = roleNamed(context, input.RoleName);
    const boundary = required(input.PermissionsBoundary, 'permissionsBoundary');
    assertPolicyExists(context, boundary);
    role.boundary = boundary;
    context.state.version++;
    return {};
  },

  PutRolePolicy(input, context) {
    const role = roleNamed(context, input.RoleName);
    role.inline[required(input.PolicyName, 'policyName')] = checkedDocument('identity', input.PolicyDocument);
    context.state.version++;
    return {};
  },

  GetRolePolicy(input, context) {
    const role = roleNamed(context, input.RoleName);
    const document = role.inline[required(input.PolicyName, 'policyName')];
    if (document === undefined) throw noSuch(`role policy with name ${input.PolicyName}`);
    return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encoded(document) };
  },

  ListRolePolicies: (input, context) => ({
    PolicyNames: Object.keys(roleNamed(context, input.RoleName).inline),
    IsTruncated: false,
  }),

  DeleteRolePolicy(input, context) {
    const role = roleNamed(context, input.RoleName);
    const name = required(input.PolicyName, 'policyName');
    if (role.inline[name] === undefined) throw noSuch(`role policy with name ${name}`);
    delete role.inline[name];
    context.state.version++;
    return {};
  },

  AttachRolePolicy(input, context) {
    const role = roleNamed(context, input.RoleName);
    const arn = required(input.PolicyArn, 'policyArn');
    assertPolicyExists(context, arn);
    if (!role.attached.includes(arn)) role.attached.push(arn);
    context.state.version++;
    return {};
  },

  DetachRolePolicy(input, context) {
    const role = roleNamed(context, input.RoleName);
    const index = role.attached.indexOf(required(input.PolicyArn, 'policyArn'));
    if (index < 0) throw noSuch(`policy ${input.PolicyArn} attached to role ${role.name}`);
    role.attached.splice(index, 1);
    context.state.version++;
    return {};
  },

  ListAttachedRolePolicies: (input, context) => ({
    AttachedPolicies: roleNamed(context, input.RoleName).attached.map((arn) => ({
      PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
      PolicyArn: arn,
    })),
    IsTruncated: false,
  }),
};

/** Throws NotModelled for an AWS managed policy outside the table, NoSuchEntity for a customer's that is not there. */
function assertPolicyExists(context: IamContext, arn: string): void {
  if (context.state.policies[arn] || awsManagedDocument(arn) !== undefined) return;
  if (isAwsManaged(arn)) {
    throw new NotModelled(`AWS managed policy ${arn} is not in the table of simulator/iam/managed-policies.ts`);
  }
  throw noSuch(`policy ${arn}`);
}

const describe = (role: RoleState): Role => ({
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  Path: role.path,
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: encoded(role.trust),
  MaxSessionDuration: role.maxSessionSeconds,
  Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
  ...(role.description !== undefined && { Description: role.description }),
  ...(role.boundary !== undefined && {
    PermissionsBoundary: {
      PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
      PermissionsBoundaryArn: role.boundary,
    },
  }),
});
