/** Where a request's template comes from, and what it asks of the caller: its parameters and capabilities. */
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { findBucket } from '../../services/s3/state.ts';
import { s3Host, s3Path } from '../../wire/s3.ts';
import { isSecret } from '../parameters.ts';
import type { CloudFormationState } from '../state.ts';
import { findStack } from '../state.ts';
import { parseTemplate, type Template } from '../template.ts';
import { doesNotExist, invalid, noSuchChangeSet, refuseOthers } from './errors.ts';
import { type ApiContext, apiIn, stackOf } from './state.ts';

/** CloudFormation quotas: "Template body size in a request", "… in an Amazon S3 object". */
const BODY_BYTES_MAX = 51_200;
const OBJECT_BYTES_MAX = 1_048_576;

interface Source {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
}

/**
 * The template's text. Undefined when the request keeps the one that the stack has. Throws ValidationError when none or
 * more than one is given, when it is too large or cannot be read.
 */
export async function templateText(source: Source, context: ApiContext): Promise<string | undefined> {
  const { TemplateBody: body, TemplateURL: url, UsePreviousTemplate: previous } = source;
  const given = [body !== undefined, url !== undefined, previous === true].filter(Boolean).length;
  if (given === 0) throw invalid('Either Template URL or Template Body must be specified.');
  if (given > 1) throw invalid('Specify exactly one of TemplateBody, TemplateURL and UsePreviousTemplate.');
  if (previous === true) return undefined;
  if (url !== undefined) return fromS3(url, context);
  if (Buffer.byteLength(body!) > BODY_BYTES_MAX) {
    throw invalid(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${BODY_BYTES_MAX}`,
    );
  }
  return body!;
}

/** Read with the rights of who asks, whatever role the stack has. */
async function fromS3(text: string, context: ApiContext): Promise<string> {
  const url = parsedUrl(text);
  const { bucket, path } = s3Path(url);
  const key = decodeURIComponent(path.slice(1));
  if (bucket === undefined || key === '') throw invalid(`TemplateURL must be a supported URL: ${text}`);
  const region = findBucket(context.cloud, bucket)?.region ?? s3Host(url.hostname)?.region ?? context.region;
  const { caller } = context;
  let bytes: Uint8Array;
  try {
    const { Body } = await context.call('s3', 'GetObject', { Bucket: bucket, Key: key }, { region, caller });
    // Services answer a stream member with its whole contents.
    bytes = Body as unknown as Uint8Array;
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    throw new AwsError('ValidationError', `S3 error: ${cause.message}`, { status: 400, cause });
  }
  if (bytes.byteLength > OBJECT_BYTES_MAX) {
    throw invalid(`Template may not exceed ${OBJECT_BYTES_MAX} bytes in size.`);
  }
  return new TextDecoder().decode(bytes);
}

function parsedUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalid(`TemplateURL must be a supported URL: ${text}`);
  }
}

const NAMED: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::Group': 'GroupName',
};
/** "Acknowledging IAM resources in CloudFormation templates" (CreateStack, Capabilities). */
const IAM_TYPES = [...Object.keys(NAMED), 'AWS::IAM::Policy', 'AWS::IAM::AccessKey', 'AWS::IAM::UserToGroupAddition'];

interface Needs {
  readonly capabilities: readonly ('CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | 'CAPABILITY_AUTO_EXPAND')[];
  readonly reason?: string;
}

function needsOf(template: Template): Needs {
  const iam = Object.values(template.Resources).filter(({ Type: type }) => IAM_TYPES.includes(type));
  const named = iam.some(({ Type: type, Properties }) => Properties?.[NAMED[type] ?? ''] !== undefined);
  const expand = template.languageExtensions;
  if (iam.length === 0) return { capabilities: expand ? ['CAPABILITY_AUTO_EXPAND'] : [] };
  const types = [...new Set(iam.map(({ Type: type }) => type))].join(', ');
  return {
    capabilities: [
      named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM',
      ...(expand ? ['CAPABILITY_AUTO_EXPAND' as const] : []),
    ],
    reason: `The following resource(s) require capabilities: [${types}]`,
  };
}

/** Throws InsufficientCapabilitiesException for what the caller did not acknowledge. */
export function checkCapabilities(template: Template, given: readonly string[]): void {
  const acknowledged = given.includes('CAPABILITY_NAMED_IAM') ? [...given, 'CAPABILITY_IAM'] : given;
  const missing = needsOf(template).capabilities.filter((capability) => !acknowledged.includes(capability));
  if (missing.length === 0) return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`, {
    status: 400,
  });
}

const typesOf = (template: Template): string[] =>
  [...new Set(Object.values(template.Resources).map(({ Type: type }) => type))].sort();

const declared = (template: Template) =>
  Object.entries(template.Parameters).map(([ParameterKey, declaration]) => ({
    ParameterKey,
    ...(declaration.Default !== undefined && { DefaultValue: String(declaration.Default) }),
    NoEcho: isSecret(declaration),
  }));

type TemplateOperations = Pick<
  Operations<CloudFormation, CloudFormationState>,
  'GetTemplate' | 'GetTemplateSummary' | 'ValidateTemplate'
>;

export const templateOperations: TemplateOperations = {
  GetTemplate(input, context) {
    refuseOthers('GetTemplate', input, ['StackName', 'ChangeSetName', 'TemplateStage']);
    const { cloud } = context;
    const StagesAvailable: ('Original' | 'Processed')[] = ['Original', 'Processed'];
    return { TemplateBody: cloud.blobs.text(templateBlob(input, context)), StagesAvailable };
  },

  async GetTemplateSummary(input, context) {
    refuseOthers('GetTemplateSummary', input, ['TemplateBody', 'TemplateURL', 'StackName']);
    const text =
      input.StackName === undefined
        ? await templateText(input, context)
        : context.cloud.blobs.text(stackOf(context, input.StackName).template);
    const template = parseTemplate(text!);
    const { capabilities, reason } = needsOf(template);
    return {
      Parameters: declared(template).map((each) => ({
        ...each,
        ParameterType: template.Parameters[each.ParameterKey]!.Type,
      })),
      ResourceTypes: typesOf(template),
      Capabilities: [...capabilities],
      ...(reason !== undefined && { CapabilitiesReason: reason }),
      ...(template.languageExtensions && { DeclaredTransforms: ['AWS::LanguageExtensions'] }),
    };
  },

  async ValidateTemplate(input, context) {
    refuseOthers('ValidateTemplate', input, ['TemplateBody', 'TemplateURL']);
    const template = parseTemplate((await templateText(input, context))!);
    const { capabilities, reason } = needsOf(template);
    return {
      Parameters: declared(template),
      Capabilities: [...capabilities],
      ...(reason !== undefined && { CapabilitiesReason: reason }),
    };
  },
};

/** A change set's template, or a stack's; a stack that a change set only announced has none of its own yet. */
function templateBlob(
  input: { readonly StackName?: string | undefined; readonly ChangeSetName?: string | undefined },
  context: ApiContext,
): string {
  const { StackName: stackName, ChangeSetName: name } = input;
  if (name !== undefined) {
    const all = Object.values(apiIn(context.cloud, context.region).changeSets);
    const found = all.find(
      (each) => each.id === name || (each.name === name && [each.stackName, each.stackId].includes(stackName ?? '')),
    );
    if (found === undefined) throw noSuchChangeSet(name);
    return found.template;
  }
  const stack = findStack(context.cloud, context.region, stackName ?? '');
  if (stack === undefined) throw doesNotExist(stackName);
  return stack.template;
}
