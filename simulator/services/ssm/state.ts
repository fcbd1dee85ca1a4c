/** Parameter Store's state in one region, and the rules of parameter names. */
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';
import { publicParameter } from './public-parameters.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface ParameterVersion {
  readonly version: number;
  /** Of a SecureString: KMS's ciphertext in base64. */
  readonly value: string;
  readonly modifiedAt: number;
}

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  keyId?: string;
  description?: string;
  allowedPattern?: string;
  tier: 'Standard' | 'Advanced';
  readonly dataType: string;
  /** The last hundred, oldest first. */
  versions: ParameterVersion[];
}

export interface SsmState {
  parameters: Record<string, Parameter>;
}

export type SsmContext = Context<SsmState>;

/** User guide, "Requirements and constraints for parameter names". */
const LEVELS_MAX = 15;
const NAME_LENGTH_MAX = 1011;

export const parameterArn = (context: { region: string; account: string }, name: string): string =>
  `arn:aws:ssm:${context.region}:${context.account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

/** The name and the version asked for: 'name', 'name:3' or a parameter's ARN. */
export function selected(given: string): { name: string; version?: number } {
  const plain = given.startsWith('arn:') ? given.slice(given.indexOf(':parameter') + ':parameter'.length) : given;
  const [name = '', selector] = plain.split(':');
  if (selector === undefined) return { name };
  const version = Number(selector);
  if (Number.isInteger(version)) return { name, version };
  throw new AwsError('ParameterVersionNotFound', `Systems Manager could not find the label ${selector} of ${name}`);
}

/** A parameter by name, AWS's own included; an ARN always shows a leading slash, whether the name has one or not. */
export function findParameter(context: SsmContext, name: string): Parameter | undefined {
  const { parameters } = context.state;
  return parameters[name] ?? parameters[name.replace(/^\//, '')] ?? publicParameter(context.region, name);
}

/** Throws ParameterNotFound. */
export function parameterOf(context: SsmContext, name: string): Parameter {
  const parameter = findParameter(context, name);
  if (!parameter) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
  return parameter;
}

/** Throws ValidationException or HierarchyLevelLimitExceededException. */
export function checkName(name: string): void {
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name) || name.length > NAME_LENGTH_MAX) {
    throw new AwsError(
      'ValidationException',
      'Parameter name must be a fully qualified name, of letters, digits and .-_/ only.',
    );
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw new AwsError(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    );
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw new AwsError('ValidationException', 'Parameter name must be a fully qualified name: it starts with a slash.');
  }
  if (name.split('/').length - 1 > LEVELS_MAX) {
    throw new AwsError('HierarchyLevelLimitExceededException', `A hierarchy can have at most ${LEVELS_MAX} levels.`);
  }
}
