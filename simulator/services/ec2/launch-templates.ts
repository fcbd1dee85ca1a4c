/** Launch templates and their versions. Made by the deployment; read by Auto Scaling at each launch. */
import type { LaunchTemplate as AwsTemplate, LaunchTemplateVersion as AwsVersion } from '@aws-sdk/client-ec2';
import type { Clients, Input } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { type Ec2State, ec2Id, type LaunchTemplate, type LaunchTemplateVersion } from './state.ts';

type Ec2Context = Context<Ec2State>;
type EC2 = Clients['ec2'];

/** Refuses a name that is taken, as EC2 does. */
export async function createLaunchTemplate(
  input: Input<EC2, 'CreateLaunchTemplate'>,
  context: Ec2Context,
): Promise<{ LaunchTemplate: AwsTemplate }> {
  const { state } = context;
  const name = input.LaunchTemplateName ?? '';
  if (Object.values(state.launchTemplates).some((template) => template.name === name)) {
    throw new AwsError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
  }
  const template: LaunchTemplate = {
    id: ec2Id(context.random, 'lt'),
    name,
    createdAt: context.now,
    tags: (input.TagSpecifications ?? []).flatMap((specification) => specification.Tags ?? []),
    versions: [await makeVersion(1, input, context)],
    defaultVersion: 1,
  };
  state.launchTemplates[template.id] = template;
  return { LaunchTemplate: describe(template) };
}

export async function createLaunchTemplateVersion(
  input: Input<EC2, 'CreateLaunchTemplateVersion'>,
  context: Ec2Context,
): Promise<{ LaunchTemplateVersion: AwsVersion }> {
  const template = findTemplate(context.state, { id: input.LaunchTemplateId, name: input.LaunchTemplateName });
  if (input.SourceVersion !== undefined) {
    const source = versionOf(template, input.SourceVersion);
    input = { ...input, LaunchTemplateData: { ...source.data, ...input.LaunchTemplateData } };
  }
  const version = await makeVersion(template.versions.length + 1, input, context);
  template.versions.push(version);
  return { LaunchTemplateVersion: describeVersion(template, version) };
}

/** Groups that use it keep their instances and cannot launch new ones. Throws InvalidLaunchTemplateId.NotFound. */
export function deleteLaunchTemplate(
  input: Input<EC2, 'DeleteLaunchTemplate'>,
  context: Ec2Context,
): { LaunchTemplate: AwsTemplate } {
  const template = findTemplate(context.state, { id: input.LaunchTemplateId, name: input.LaunchTemplateName });
  delete context.state.launchTemplates[template.id];
  return { LaunchTemplate: describe(template) };
}

export function describeLaunchTemplates(
  input: Input<EC2, 'DescribeLaunchTemplates'>,
  context: Ec2Context,
): { LaunchTemplates: AwsTemplate[] } {
  const { LaunchTemplateIds: ids, LaunchTemplateNames: names } = input;
  const templates = Object.values(context.state.launchTemplates).filter(
    (template) => (!ids?.length || ids.includes(template.id)) && (!names?.length || names.includes(template.name)),
  );
  return { LaunchTemplates: templates.map(describe) };
}

export function describeLaunchTemplateVersions(
  input: Input<EC2, 'DescribeLaunchTemplateVersions'>,
  context: Ec2Context,
): { LaunchTemplateVersions: AwsVersion[] } {
  const template = findTemplate(context.state, { id: input.LaunchTemplateId, name: input.LaunchTemplateName });
  const versions = input.Versions?.length
    ? input.Versions.map((version) => versionOf(template, version))
    : template.versions;
  return { LaunchTemplateVersions: versions.map((version) => describeVersion(template, version)) };
}

/** Throws InvalidLaunchTemplateId.NotFound or InvalidLaunchTemplateName.NotFoundException. */
export function findTemplate(
  state: Ec2State,
  wanted: { id?: string | undefined; name?: string | undefined },
): LaunchTemplate {
  const found =
    wanted.id !== undefined
      ? state.launchTemplates[wanted.id]
      : Object.values(state.launchTemplates).find((template) => template.name === wanted.name);
  if (found) return found;
  if (wanted.id !== undefined) {
    throw new AwsError(
      'InvalidLaunchTemplateId.NotFound',
      `The specified launch template, with template ID ${wanted.id}, does not exist.`,
    );
  }
  throw new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${wanted.name}, does not exist.`,
  );
}

/** `$Latest`, `$Default` or a number. Throws InvalidLaunchTemplateId.VersionNotFound. */
export function versionOf(template: LaunchTemplate, version: string | undefined): LaunchTemplateVersion {
  const number =
    version === undefined || version === '$Default'
      ? template.defaultVersion
      : version === '$Latest'
        ? template.versions.length
        : Number(version);
  const found = template.versions.find((candidate) => candidate.number === number);
  if (found) return found;
  throw new AwsError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version} for the launch template with ID ${template.id}.`,
  );
}

async function makeVersion(
  number: number,
  input: Pick<Input<EC2, 'CreateLaunchTemplateVersion'>, 'LaunchTemplateData' | 'VersionDescription'>,
  context: Ec2Context,
): Promise<LaunchTemplateVersion> {
  const data = input.LaunchTemplateData ?? {};
  return {
    number,
    createdAt: context.now,
    description: input.VersionDescription,
    data,
    roleArn: await roleOfProfile(data.IamInstanceProfile, context),
  };
}

async function roleOfProfile(
  profile: { Arn?: string | undefined; Name?: string | undefined } | undefined,
  context: Ec2Context,
): Promise<string | undefined> {
  const name = profile?.Name ?? profile?.Arn?.split('/').at(-1);
  if (name === undefined) return undefined;
  const { InstanceProfile } = await context.call(
    'iam',
    'GetInstanceProfile',
    { InstanceProfileName: name },
    { region: 'us-east-1', caller: { kind: 'account' } },
  );
  return InstanceProfile?.Roles?.[0]?.Arn;
}

const describe = (template: LaunchTemplate): AwsTemplate => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  CreateTime: new Date(template.createdAt),
  DefaultVersionNumber: template.defaultVersion,
  LatestVersionNumber: template.versions.length,
  Tags: template.tags,
});

const describeVersion = (template: LaunchTemplate, version: LaunchTemplateVersion): AwsVersion => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  VersionNumber: version.number,
  VersionDescription: version.description,
  CreateTime: new Date(version.createdAt),
  DefaultVersion: version.number === template.defaultVersion,
  // The request's shape is a subset of the response's but for market and placement options, which are not used here.
  LaunchTemplateData: version.data as AwsVersion['LaunchTemplateData'],
});
