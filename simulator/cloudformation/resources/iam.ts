/** Resource types of IAM. Users are in no table: nothing here signs in as one, so they are refused. */
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { refuseOtherProperties } from './known-properties.ts';

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: object;
}

/** AWS::IAM::Role as a template writes it. */
interface RoleProperties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly AssumeRolePolicyDocument: object;
  readonly MaxSessionDuration?: number | string;
  readonly PermissionsBoundary?: string;
  readonly Policies?: readonly InlinePolicy[];
  readonly ManagedPolicyArns?: readonly string[];
}

const ROLE_PROPERTIES = [
  'RoleName',
  'Path',
  'Description',
  'AssumeRolePolicyDocument',
  'MaxSessionDuration',
  'PermissionsBoundary',
  'Policies',
  'ManagedPolicyArns',
  'Tags',
];

const role: Modelled = {
  async create(raw, context): Promise<Created> {
    refuseOtherProperties('AWS::IAM::Role', context.logicalId, raw, ROLE_PROPERTIES);
    const properties = raw as unknown as RoleProperties;
    const name = properties.RoleName ?? context.physicalName(64);
    const { Role: made } = await context.call('iam', 'CreateRole', {
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify(properties.AssumeRolePolicyDocument),
      Path: properties.Path,
      Description: properties.Description,
      MaxSessionDuration:
        properties.MaxSessionDuration === undefined ? undefined : Number(properties.MaxSessionDuration),
      PermissionsBoundary: properties.PermissionsBoundary,
      Tags: Object.entries(context.tags).map(([Key, Value]) => ({ Key, Value })),
    });
    for (const policy of properties.Policies ?? []) await putPolicy(context, name, policy);
    for (const arn of properties.ManagedPolicyArns ?? []) {
      await context.call('iam', 'AttachRolePolicy', { RoleName: name, PolicyArn: arn });
    }
    return { physicalId: name, attributes: { Arn: made?.Arn, RoleId: made?.RoleId } };
  },
};

const putPolicy = (context: ResourceContext, roleName: string, policy: InlinePolicy) =>
  context.call('iam', 'PutRolePolicy', {
    RoleName: roleName,
    PolicyName: policy.PolicyName,
    PolicyDocument: JSON.stringify(policy.PolicyDocument),
  });

interface PolicyProperties extends InlinePolicy {
  readonly Roles?: readonly string[];
  readonly Users?: readonly string[];
  readonly Groups?: readonly string[];
}

/** Throws for a policy of users or groups, which are not modelled. */
function refuseUsers(properties: { Users?: readonly string[]; Groups?: readonly string[] }): void {
  const others = [...(properties.Users ?? []), ...(properties.Groups ?? [])];
  if (others.length > 0) throw new Error(`users and groups are not modelled: ${others.join(', ')}`);
}

const policy: Modelled = {
  async create(raw, context): Promise<Created> {
    const properties = raw as unknown as PolicyProperties;
    refuseUsers(properties);
    for (const roleName of properties.Roles ?? []) await putPolicy(context, roleName, properties);
    return { physicalId: properties.PolicyName, attributes: { Id: properties.PolicyName } };
  },
};

interface ManagedPolicyProperties {
  readonly ManagedPolicyName?: string;
  readonly Description?: string;
  readonly Path?: string;
  readonly PolicyDocument: object;
  readonly Roles?: readonly string[];
  readonly Users?: readonly string[];
  readonly Groups?: readonly string[];
}

const managedPolicy: Modelled = {
  async create(raw, context): Promise<Created> {
    const properties = raw as unknown as ManagedPolicyProperties;
    refuseUsers(properties);
    const { Policy: made } = await context.call('iam', 'CreatePolicy', {
      PolicyName: properties.ManagedPolicyName ?? context.physicalName(128),
      Description: properties.Description,
      Path: properties.Path,
      PolicyDocument: JSON.stringify(properties.PolicyDocument),
    });
    const arn = made?.Arn ?? '';
    for (const roleName of properties.Roles ?? []) {
      await context.call('iam', 'AttachRolePolicy', { RoleName: roleName, PolicyArn: arn });
    }
    return { physicalId: arn, attributes: { PolicyArn: arn, PolicyId: made?.PolicyId, DefaultVersionId: 'v1' } };
  },
};

const instanceProfile: Modelled = {
  async create(raw, context): Promise<Created> {
    const properties = raw as unknown as { InstanceProfileName?: string; Path?: string; Roles: readonly string[] };
    const name = properties.InstanceProfileName ?? context.physicalName(128);
    const { InstanceProfile: made } = await context.call('iam', 'CreateInstanceProfile', {
      InstanceProfileName: name,
      Path: properties.Path,
    });
    for (const roleName of properties.Roles) {
      await context.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: roleName });
    }
    return { physicalId: name, attributes: { Arn: made?.Arn } };
  },
};

export const resources: ResourceTable = {
  'AWS::IAM::Role': role,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::InstanceProfile': instanceProfile,
  'AWS::IAM::ServiceLinkedRole': {
    inert: true,
    reason: 'services act by themselves here, without a role of theirs',
    create: (properties) => {
      const service = String(properties.AWSServiceName).split('.')[0]!;
      return { physicalId: `AWSServiceRoleFor${service[0]!.toUpperCase()}${service.slice(1)}` };
    },
  },
};
