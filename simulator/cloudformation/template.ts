/** A CloudFormation template as JSON, read and checked before anything is made from it. */
import { AwsError, NotModelled } from '../errors.ts';
import { parseTemplateText } from './template-text.ts';

export interface ResourceDeclaration {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly Metadata?: unknown;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly UpdatePolicy?: unknown;
}

export interface ParameterDeclaration {
  readonly Type: string;
  readonly Default?: unknown;
  readonly AllowedValues?: readonly unknown[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly MinLength?: number | string;
  readonly MaxLength?: number | string;
  readonly MinValue?: number | string;
  readonly MaxValue?: number | string;
  readonly NoEcho?: boolean | string;
}

export interface OutputDeclaration {
  readonly Value: unknown;
  readonly Description?: string;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

export interface RuleDeclaration {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription?: string }[];
}

export interface Template {
  readonly Parameters: Readonly<Record<string, ParameterDeclaration>>;
  readonly Rules: Readonly<Record<string, RuleDeclaration>>;
  readonly Mappings: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly Outputs: Readonly<Record<string, OutputDeclaration>>;
  /** Whether the template asks for AWS::LanguageExtensions. */
  readonly languageExtensions: boolean;
  readonly description?: string;
}

const SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
]);

const RESOURCE_KEYS = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'UpdatePolicy',
  'CreationPolicy',
]);

/** Template Reference, "DeletionPolicy attribute" and "UpdateReplacePolicy attribute". */
const POLICIES: Readonly<Record<string, readonly string[]>> = {
  DeletionPolicy: ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'],
  UpdateReplacePolicy: ['Delete', 'Retain', 'Snapshot'],
};

/** An error in the template, with the place where it is: 'Resources.Queue.Properties.Name'. */
export const templateError = (path: string, message: string): AwsError =>
  new AwsError('ValidationError', `Template error: ${message} (at ${path})`, { status: 400 });

/** Throws AwsError ValidationError for what CloudFormation refuses, NotModelled for what the simulator lacks. */
export function parseTemplate(text: string): Template {
  const parsed = parseTemplateText(text);
  for (const section of Object.keys(parsed)) {
    if (!SECTIONS.has(section)) throw templateError(section, `Invalid template property or properties [${section}]`);
  }
  const resources = (parsed.Resources ?? {}) as Record<string, Record<string, unknown>>;
  if (Object.keys(resources).length === 0)
    throw templateError('Resources', 'At least one Resources member must be defined');
  for (const [logicalId, resource] of Object.entries(resources)) checkResource(logicalId, resource);
  if (Object.keys(resources).some((logicalId) => logicalId.startsWith('Fn::ForEach::'))) {
    throw new NotModelled('Fn::ForEach is not modelled');
  }
  return {
    Parameters: (parsed.Parameters ?? {}) as Template['Parameters'],
    Rules: (parsed.Rules ?? {}) as Template['Rules'],
    Mappings: (parsed.Mappings ?? {}) as Template['Mappings'],
    Conditions: (parsed.Conditions ?? {}) as Template['Conditions'],
    Resources: resources as unknown as Template['Resources'],
    Outputs: (parsed.Outputs ?? {}) as Template['Outputs'],
    languageExtensions: checkTransforms(parsed.Transform),
    ...(parsed.Description !== undefined && { description: String(parsed.Description) }),
  };
}

function checkResource(logicalId: string, resource: Record<string, unknown>): void {
  const path = `Resources.${logicalId}`;
  if (typeof resource.Type !== 'string') throw templateError(path, 'every resource must have a Type');
  for (const key of Object.keys(resource)) {
    if (!RESOURCE_KEYS.has(key)) throw templateError(path, `Encountered unsupported property ${key}`);
  }
  for (const [key, allowed] of Object.entries(POLICIES)) {
    if (resource[key] !== undefined && !allowed.includes(String(resource[key]))) {
      throw templateError(
        path,
        `Unrecognized ${key} ${JSON.stringify(resource[key])}; it must be ${allowed.join(', ')}`,
      );
    }
  }
  if (resource.CreationPolicy !== undefined) {
    throw new NotModelled(`${path}.CreationPolicy is not modelled: nothing here sends or waits for signals`);
  }
}

function checkTransforms(transform: unknown): boolean {
  const names = transform === undefined ? [] : Array.isArray(transform) ? transform : [transform];
  const unknown = names.filter((name) => name !== 'AWS::LanguageExtensions');
  if (unknown.length > 0) throw new NotModelled(`Transform ${JSON.stringify(unknown)} is not modelled`);
  return names.length > 0;
}

/** 'A' or ['A', 'B'] as a list. */
export const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
