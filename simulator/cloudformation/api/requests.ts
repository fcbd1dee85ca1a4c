/** What the requests that create or update a stack have in common: members in, the engine's words out. */
import type { Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../errors.ts';
import { assertTrusted } from '../../iam/trust.ts';
import { resources } from '../resources/index.ts';
import { parseTemplate } from '../template.ts';
import { invalid } from './errors.ts';
import { type ApiContext, apiIn, type Parameters } from './state.ts';
import { checkCapabilities, templateText } from './templates.ts';

/** Members of CreateStack, UpdateStack and CreateChangeSet that mean the same in each. */
export const COMMON_MEMBERS: readonly string[] = [
  'StackName',
  'TemplateBody',
  'TemplateURL',
  'Parameters',
  'Capabilities',
  'RoleARN',
  'Tags',
  'DeploymentConfig',
];

interface CommonInput {
  readonly StackName?: string | undefined;
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters?: readonly Parameter[] | undefined;
  readonly Capabilities?: readonly string[] | undefined;
  readonly RoleARN?: string | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

/**
 * The engine's request. Throws ValidationError for a name, template, parameter, tag or role that CloudFormation refuses,
 * InsufficientCapabilitiesException for what is not acknowledged.
 */
export async function commonRequest(input: CommonInput, context: ApiContext, previousTemplate?: string) {
  const template = await templateText(input, context);
  const text = template ?? previousTemplate;
  if (text === undefined) throw invalid('UsePreviousTemplate needs a stack that has a template.');
  checkCapabilities(parseTemplate(text), input.Capabilities ?? []);
  if (input.RoleARN !== undefined) checkRole(input.RoleARN, context);
  return {
    region: context.region,
    stackName: input.StackName ?? '',
    resources,
    caller: context.caller,
    parameters: parameterChoices(input.Parameters ?? []),
    ...(template !== undefined && { template }),
    ...(input.Tags !== undefined && { tags: tagMap(input.Tags) }),
    ...(input.RoleARN !== undefined && { roleArn: input.RoleARN }),
  };
}

/** CreateStack API Reference, StackName. */
export function checkStackName(name: string | undefined): void {
  if (/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name ?? '')) return;
  throw invalid(
    `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
}

export function checkRole(roleArn: string, { cloud }: ApiContext): void {
  try {
    assertTrusted(cloud, roleArn, 'cloudformation.amazonaws.com');
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    throw new AwsError('ValidationError', `Role ${roleArn} is invalid or cannot be assumed`, { status: 400, cause });
  }
}

function parameterChoices(parameters: readonly Parameter[]): Parameters {
  const keys = parameters.map(({ ParameterKey: key }) => key ?? '');
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw invalid(`Duplicate parameter keys are not allowed: [${twice}]`);
  return Object.fromEntries(
    parameters.map(({ ParameterKey: key = '', ParameterValue: value, UsePreviousValue: previous }) => {
      if (previous && value !== undefined) {
        throw invalid(
          `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
        );
      }
      return [key, previous ? ({ usePrevious: true } as const) : (value ?? '')];
    }),
  );
}

function tagMap(tags: readonly Tag[]): Record<string, string> {
  const map = Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  if (Object.keys(map).length < tags.length) throw invalid('Duplicate tag keys are not allowed.');
  return map;
}

/**
 * Whether this request was made already: the same token for the same kind of work on the same stack. Throws
 * TokenAlreadyExistsException when the token stands for something else.
 */
export function wasMade(
  context: ApiContext,
  stackId: string | undefined,
  kind: string,
  token: string | undefined,
): boolean {
  if (token === undefined || stackId === undefined) return false;
  const last = apiIn(context.cloud, context.region).tokens[stackId];
  if (last?.token !== token) return false;
  if (last.kind === kind) return true;
  throw new AwsError('TokenAlreadyExistsException', `Token ${token} was already used for ${last.kind}`, {
    status: 400,
  });
}

export function rememberToken(context: ApiContext, stackId: string, kind: string, token: string | undefined): void {
  if (token !== undefined) apiIn(context.cloud, context.region).tokens[stackId] = { kind, token };
}
