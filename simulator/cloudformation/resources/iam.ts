/** Resource types of IAM. Users are in no table: nothing here signs in as one, so they are refused. */
import { isDeepStrictEqual } from 'node:util';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import {
  listChanges,
  optionalNumber,
  present,
  refuseOtherProperties,
  tagList,
  unlessGone,
} from './known-properties.ts';

/** IAM's word for what is not there. */
const GONE = 'NoSuchEntityException';

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

/** CreateRole API Reference. */
const SESSION_SECONDS_DEFAULT = 3600;

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
      MaxSessionDuration: optionalNumber(properties.MaxSessionDuration),
      PermissionsBoundary: properties.PermissionsBoundary,
      Tags: tagList(context.tags),
    });
    context.exists?.(name);
    for (const policy of properties.Policies ?? []) await putPolicy(context, name, policy);
    for (const arn of properties.ManagedPolicyArns ?? []) {
      await context.call('iam', 'AttachRolePolicy', { RoleName: name, PolicyArn: arn });
    }
    return { physicalId: name, attributes: { Arn: made?.Arn, RoleId: made?.RoleId } };
  },

  async update({ physicalId: RoleName, properties: before, wanted, changed }, context) {
    refuseOtherProperties('AWS::IAM::Role', context.logicalId, wanted, ROLE_PROPERTIES);
    const [old, properties] = [before, wanted] as unknown as [RoleProperties, RoleProperties];
    if (changed.has('AssumeRolePolicyDocument')) {
      const PolicyDocument = JSON.stringify(properties.AssumeRolePolicyDocument);
      await context.call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
    }
    if (changed.has('Description') || changed.has('MaxSessionDuration')) {
      await context.call('iam', 'UpdateRole', {
        RoleName,
        Description: properties.Description ?? '',
        MaxSessionDuration: optionalNumber(properties.MaxSessionDuration) ?? SESSION_SECONDS_DEFAULT,
      });
    }
    if (changed.has('PermissionsBoundary')) await setBoundary(RoleName, properties, context);
    if (changed.has('Policies')) await changePolicies(RoleName, old, properties, context);
    if (changed.has('ManagedPolicyArns')) await changeAttached(RoleName, old, properties, context);
    if (changed.has('Tags')) await changeTags(RoleName, context);
    return undefined;
  },

  async delete({ physicalId: RoleName }, context) {
    const lists = await unlessGone(GONE, () => listsOf(RoleName, context));
    if (lists === undefined) return;
    // Only what CloudFormation gave the role itself: policies of other resources were deleted before it.
    for (const PolicyName of lists.inline) await context.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
    for (const PolicyArn of lists.attached) await context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
    await context.call('iam', 'DeleteRole', { RoleName });
  },

  read: ({ physicalId: RoleName, properties: applied }, context) =>
    unlessGone(GONE, async () => {
      const { Role: live } = await context.call('iam', 'GetRole', { RoleName });
      const { inline, attached } = await listsOf(RoleName, context);
      // Policies of AWS::IAM::Policy resources are on the role as well; the template says which are its own.
      const own = ((applied.Policies ?? []) as InlinePolicy[]).filter(({ PolicyName }) => inline.includes(PolicyName));
      return present({
        RoleName: live?.RoleName,
        Path: live?.Path,
        Description: live?.Description,
        MaxSessionDuration: live?.MaxSessionDuration,
        PermissionsBoundary: live?.PermissionsBoundary?.PermissionsBoundaryArn,
        AssumeRolePolicyDocument: documentOf(live?.AssumeRolePolicyDocument),
        ManagedPolicyArns: inOrderOf(attached, (applied.ManagedPolicyArns ?? []) as string[]),
        Policies: await Promise.all(own.map(({ PolicyName }) => inlineOf(RoleName, PolicyName, context))),
      });
    }),
};

async function listsOf(RoleName: string, context: ResourceContext): Promise<{ inline: string[]; attached: string[] }> {
  const { PolicyNames = [] } = await context.call('iam', 'ListRolePolicies', { RoleName });
  const { AttachedPolicies = [] } = await context.call('iam', 'ListAttachedRolePolicies', { RoleName });
  return { inline: PolicyNames, attached: AttachedPolicies.map(({ PolicyArn }) => PolicyArn ?? '') };
}

const documentOf = (encoded: string | undefined): unknown => JSON.parse(decodeURIComponent(encoded ?? '%7B%7D'));

async function inlineOf(RoleName: string, PolicyName: string, context: ResourceContext): Promise<InlinePolicy> {
  const { PolicyDocument } = await context.call('iam', 'GetRolePolicy', { RoleName, PolicyName });
  return { PolicyName, PolicyDocument: documentOf(PolicyDocument) as object };
}

/** A set has no order: told in that of the template, and then what the template does not know. */
const inOrderOf = (live: readonly string[], applied: readonly string[]): string[] => [
  ...applied.filter((item) => live.includes(item)),
  ...live.filter((item) => !applied.includes(item)),
];

async function setBoundary(RoleName: string, properties: RoleProperties, context: ResourceContext): Promise<void> {
  const { PermissionsBoundary } = properties;
  if (PermissionsBoundary !== undefined) {
    await context.call('iam', 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary });
  } else await unlessGone(GONE, () => context.call('iam', 'DeleteRolePermissionsBoundary', { RoleName }));
}

async function changePolicies(
  RoleName: string,
  old: RoleProperties,
  properties: RoleProperties,
  context: ResourceContext,
): Promise<void> {
  const wanted = properties.Policies ?? [];
  for (const { PolicyName } of old.Policies ?? []) {
    if (wanted.some((policy) => policy.PolicyName === PolicyName)) continue;
    await unlessGone(GONE, () => context.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
  }
  for (const policy of wanted) await putPolicy(context, RoleName, policy);
}

async function changeAttached(
  RoleName: string,
  old: RoleProperties,
  properties: RoleProperties,
  context: ResourceContext,
): Promise<void> {
  const { removed } = listChanges(old.ManagedPolicyArns, properties.ManagedPolicyArns);
  for (const PolicyArn of removed) {
    await unlessGone(GONE, () => context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
  }
  for (const PolicyArn of properties.ManagedPolicyArns ?? []) {
    await context.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  }
}

async function changeTags(RoleName: string, context: ResourceContext): Promise<void> {
  const { Role: live } = await context.call('iam', 'GetRole', { RoleName });
  const TagKeys = (live?.Tags ?? []).map(({ Key }) => Key ?? '').filter((key) => context.tags[key] === undefined);
  if (TagKeys.length > 0) await context.call('iam', 'UntagRole', { RoleName, TagKeys });
  await context.call('iam', 'TagRole', { RoleName, Tags: tagList(context.tags) });
}

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

const dropPolicy = (context: ResourceContext, RoleName: string, PolicyName: string) =>
  unlessGone(GONE, () => context.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));

const policy: Modelled = {
  async create(raw, context): Promise<Created> {
    const properties = raw as unknown as PolicyProperties;
    refuseUsers(properties);
    context.exists?.(properties.PolicyName);
    for (const roleName of properties.Roles ?? []) await putPolicy(context, roleName, properties);
    return { physicalId: properties.PolicyName, attributes: { Id: properties.PolicyName } };
  },

  async update({ properties: before, wanted }, context) {
    const [old, properties] = [before, wanted] as unknown as [PolicyProperties, PolicyProperties];
    refuseUsers(properties);
    for (const roleName of properties.Roles ?? []) await putPolicy(context, roleName, properties);
    for (const roleName of old.Roles ?? []) {
      const kept = properties.Roles?.includes(roleName) && old.PolicyName === properties.PolicyName;
      if (!kept) await dropPolicy(context, roleName, old.PolicyName);
    }
    return undefined;
  },

  async delete({ properties }, context) {
    const { Roles = [], PolicyName } = properties as unknown as PolicyProperties;
    for (const roleName of Roles) await dropPolicy(context, roleName, PolicyName);
  },

  read: ({ properties }, context) =>
    unlessGone(GONE, async () => {
      const { Roles = [], PolicyName } = properties as unknown as PolicyProperties;
      const live = await Promise.all(Roles.map((name) => inlineOf(name, PolicyName, context)));
      const changed = live.find(({ PolicyDocument }) => !isDeepStrictEqual(PolicyDocument, properties.PolicyDocument));
      return { PolicyName, Roles, PolicyDocument: (changed ?? live[0])?.PolicyDocument };
    }),
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
    context.exists?.(arn);
    for (const roleName of properties.Roles ?? []) {
      await context.call('iam', 'AttachRolePolicy', { RoleName: roleName, PolicyArn: arn });
    }
    return { physicalId: arn, attributes: { PolicyArn: arn, PolicyId: made?.PolicyId, DefaultVersionId: 'v1' } };
  },

  async update({ physicalId: PolicyArn, attributes, properties: before, wanted, changed }, context) {
    const [old, properties] = [before, wanted] as unknown as [ManagedPolicyProperties, ManagedPolicyProperties];
    refuseUsers(properties);
    for (const RoleName of listChanges(old.Roles, properties.Roles).removed) {
      await unlessGone(GONE, () => context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    }
    for (const RoleName of properties.Roles ?? []) {
      await context.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
    }
    if (!changed.has('PolicyDocument')) return undefined;
    const { PolicyVersion: version } = await context.call('iam', 'CreatePolicyVersion', {
      PolicyArn,
      PolicyDocument: JSON.stringify(properties.PolicyDocument),
      SetAsDefault: true,
    });
    return { physicalId: PolicyArn, attributes: { ...attributes, DefaultVersionId: version?.VersionId } };
  },

  async delete({ physicalId: PolicyArn, properties }, context) {
    for (const RoleName of (properties as unknown as ManagedPolicyProperties).Roles ?? []) {
      await unlessGone(GONE, () => context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    }
    await unlessGone(GONE, () => context.call('iam', 'DeletePolicy', { PolicyArn }));
  },

  read: ({ physicalId: PolicyArn }, context) =>
    unlessGone(GONE, async () => {
      const { Policy: live } = await context.call('iam', 'GetPolicy', { PolicyArn });
      return present({ ManagedPolicyName: live?.PolicyName, Path: live?.Path, Description: live?.Description });
    }),
};

interface ProfileProperties {
  readonly InstanceProfileName?: string;
  readonly Path?: string;
  readonly Roles: readonly string[];
}

const instanceProfile: Modelled = {
  async create(raw, context): Promise<Created> {
    const properties = raw as unknown as ProfileProperties;
    const name = properties.InstanceProfileName ?? context.physicalName(128);
    const { InstanceProfile: made } = await context.call('iam', 'CreateInstanceProfile', {
      InstanceProfileName: name,
      Path: properties.Path,
    });
    context.exists?.(name);
    for (const roleName of properties.Roles) {
      await context.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: roleName });
    }
    return { physicalId: name, attributes: { Arn: made?.Arn } };
  },

  async update({ physicalId: InstanceProfileName, wanted }, context) {
    await removeRoles(InstanceProfileName, context);
    for (const RoleName of (wanted as unknown as ProfileProperties).Roles) {
      await context.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
    }
    return undefined;
  },

  delete: ({ physicalId: InstanceProfileName }, context) =>
    unlessGone(GONE, async () => {
      await removeRoles(InstanceProfileName, context);
      await context.call('iam', 'DeleteInstanceProfile', { InstanceProfileName });
    }),

  read: ({ physicalId: InstanceProfileName }, context) =>
    unlessGone(GONE, async () => {
      const { InstanceProfile: live } = await context.call('iam', 'GetInstanceProfile', { InstanceProfileName });
      return { InstanceProfileName, Path: live?.Path, Roles: (live?.Roles ?? []).map(({ RoleName }) => RoleName) };
    }),
};

async function removeRoles(InstanceProfileName: string, context: ResourceContext): Promise<void> {
  const { InstanceProfile: live } = await context.call('iam', 'GetInstanceProfile', { InstanceProfileName });
  for (const { RoleName } of live?.Roles ?? []) {
    await context.call('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName });
  }
}

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
