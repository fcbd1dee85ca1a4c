/**
 * Dynamic references in properties: {{resolve:ssm:…}} and {{resolve:secretsmanager:…}} (CloudFormation User Guide,
 * "Get values stored in other services using dynamic references"). What a secret resolves to is handed to the resource
 * and nowhere else: the stack keeps and traces the reference.
 */
import type { Cloud } from '../cloud.ts';
import { AwsError, NotModelled } from '../errors.ts';
import { isRecord, templateError } from './template.ts';

export interface Resolved<T> {
  readonly value: T;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
}

const REFERENCE = /\{\{resolve:([a-z-]+):([^{}]+)\}\}/g;

/** Answers every dynamic reference in a value. Throws AwsError when what it names is not there. */
export async function resolveDynamicReferences<T>(
  value: T,
  place: { readonly cloud: Cloud; readonly region: string; readonly path: string },
): Promise<Resolved<T>> {
  const references = new Map<string, string>();
  collect(value, references);
  if (references.size === 0) return { value, secrets: [] };
  const secrets: string[] = [];
  for (const reference of references.keys()) {
    const answer = await lookUp(reference, place);
    references.set(reference, answer.value);
    secrets.push(...answer.secrets);
  }
  return { value: replace(value, references) as T, secrets };
}

function collect(value: unknown, references: Map<string, string>): void {
  if (typeof value === 'string') {
    if (value.includes('{{resolve:')) for (const match of value.matchAll(REFERENCE)) references.set(match[0], '');
  } else if (Array.isArray(value)) for (const item of value) collect(item, references);
  else if (isRecord(value)) for (const item of Object.values(value)) collect(item, references);
}

function replace(value: unknown, references: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.replace(REFERENCE, (reference) => references.get(reference) ?? reference);
  if (Array.isArray(value)) return value.map((item) => replace(item, references));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, references)]));
}

async function lookUp(
  reference: string,
  place: { readonly cloud: Cloud; readonly region: string; readonly path: string },
): Promise<Resolved<string>> {
  const [, service, argument] = reference.match(/\{\{resolve:([a-z-]+):([^{}]+)\}\}/) as RegExpMatchArray;
  const options = { region: place.region };
  if (service === 'ssm') {
    const { Parameter: parameter } = await place.cloud.call('ssm', 'GetParameter', { Name: argument }, options);
    if (parameter?.Type === 'SecureString') {
      throw templateError(place.path, `SSM Secure reference is not supported in ${reference}`);
    }
    return { value: parameter?.Value ?? '', secrets: [] };
  }
  if (service !== 'secretsmanager') throw new NotModelled(`dynamic reference ${reference} is not modelled`);
  const { secretId, jsonKey, stage, version } = secretParts(argument!);
  const { SecretString: text } = await place.cloud.call(
    'secretsmanager',
    'GetSecretValue',
    {
      SecretId: secretId,
      ...(stage !== '' && { VersionStage: stage }),
      ...(version !== '' && { VersionId: version }),
    },
    options,
  );
  const value = jsonKey === '' ? text : memberOf(text, jsonKey);
  if (value === undefined) {
    throw new AwsError('ValidationError', `Could not find a value for ${reference} (at ${place.path})`, {
      status: 400,
    });
  }
  return { value, secrets: [value] };
}

/** 'id:SecretString:json-key:stage:version'; the id may be an ARN, which has six colons of its own. */
function secretParts(argument: string): { secretId: string; jsonKey: string; stage: string; version: string } {
  const parts = argument.split(':');
  const idLength = parts[0] === 'arn' ? 7 : 1;
  const [kind = 'SecretString', jsonKey = '', stage = '', version = ''] = parts.slice(idLength);
  if (kind !== 'SecretString') throw new NotModelled(`secretsmanager reference to ${kind}: only SecretString exists`);
  return { secretId: parts.slice(0, idLength).join(':'), jsonKey, stage, version };
}

function memberOf(text: string | undefined, key: string): string | undefined {
  const value = (JSON.parse(text ?? '{}') as Record<string, unknown>)[key];
  return value === undefined ? undefined : String(value);
}

/** The value with every secret in it replaced; bytes, in which one may hide, are left out altogether. */
export function hideSecrets(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === 'string') {
    let shown = value;
    for (const secret of secrets) if (secret !== '') shown = shown.replaceAll(secret, '****');
    return shown;
  }
  if (value instanceof Uint8Array) return '****';
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, secrets));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideSecrets(item, secrets)]));
}
