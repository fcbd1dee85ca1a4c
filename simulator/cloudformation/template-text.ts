/**
 * The text of a template, JSON or YAML, as data. YAML is YAML 1.2 with the short forms of CloudFormation's functions
 * (User Guide, "Template format" and "Intrinsic function reference"). Called wherever a template is read.
 */
import { type CollectionTag, parseDocument, type ScalarTag, YAMLMap } from 'yaml';
import { AwsError } from '../errors.ts';

/** Short form → the member that stands for it: '!Sub' → 'Fn::Sub'. */
const MEMBERS: Readonly<Record<string, string>> = {
  Ref: 'Ref',
  Condition: 'Condition',
  ...Object.fromEntries(
    [
      'And',
      'Base64',
      'Cidr',
      'Equals',
      'FindInMap',
      'GetAtt',
      'GetAZs',
      'If',
      'ImportValue',
      'Join',
      'Length',
      'Not',
      'Or',
      'Select',
      'Split',
      'Sub',
      'ToJsonString',
      'Transform',
    ].map((name) => [name, `Fn::${name}`]),
  ),
};

function standFor(member: string, value: unknown): YAMLMap {
  const map = new YAMLMap();
  map.set(member, value);
  return map;
}

/** '!GetAtt Database.Endpoint.Address' is the name before the first dot and the attribute after it. */
function scalarOf(member: string, text: string): unknown {
  const dot = text.indexOf('.');
  return member === 'Fn::GetAtt' && dot > 0 ? [text.slice(0, dot), text.slice(dot + 1)] : text;
}

const TAGS = Object.entries(MEMBERS).flatMap(([name, member]): (ScalarTag | CollectionTag)[] => [
  // A scalar's value is taken as it is, a collection must stay a node of the document.
  { tag: `!${name}`, resolve: (text: string) => ({ [member]: scalarOf(member, text) }) },
  { tag: `!${name}`, collection: 'seq', resolve: (list) => standFor(member, list) },
  { tag: `!${name}`, collection: 'map', resolve: (map) => standFor(member, map) },
]);

/** Throws AwsError ValidationError in CloudFormation's words when it is neither JSON nor YAML. */
export function parseTemplateText(text: string): Record<string, unknown> {
  return /^\s*\{/.test(text) ? parseJson(text) : parseYaml(text);
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw malformed(`JSON not well-formed. ${(cause as Error).message}`, cause);
  }
}

function parseYaml(text: string): Record<string, unknown> {
  const document = parseDocument(text, { customTags: TAGS });
  // A tag that is not known is a warning of the parser, and an error here: it would vanish.
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw malformed(`YAML not well-formed. ${problem.message.split('\n')[0]}`, problem);
  const template: unknown = document.toJS({ maxAliasCount: 100 });
  if (isRecord(template)) return template;
  throw malformed('unsupported structure.');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const malformed = (message: string, cause?: unknown): AwsError =>
  new AwsError('ValidationError', `Template format error: ${message}`, { status: 400, cause });
