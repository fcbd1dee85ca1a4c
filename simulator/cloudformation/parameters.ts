/**
 * Parameter values of one stack: given or default, checked against their declarations
 * (CloudFormation User Guide, "Parameters"), with SSM parameter types looked up.
 */
import { AwsError, NotModelled } from '../errors.ts';
import type { ParameterValue } from './scope.ts';
import type { ParameterDeclaration } from './template.ts';

export interface ParameterRequest {
  readonly declarations: Readonly<Record<string, ParameterDeclaration>>;
  readonly given: Readonly<Record<string, string>>;
  /** The value of an SSM parameter. */
  lookUp(name: string): Promise<string>;
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message, { status: 400 });

/** Throws AwsError ValidationError as CreateStack does. */
export async function resolveParameters(request: ParameterRequest): Promise<Record<string, ParameterValue>> {
  const { declarations, given } = request;
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declarations, name));
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const missing = Object.entries(declarations).filter(
    ([name, declaration]) => given[name] === undefined && declaration.Default === undefined,
  );
  if (missing.length > 0) throw invalid(`Parameters: [${missing.map(([name]) => name).join(', ')}] must have values`);
  const values: Record<string, ParameterValue> = {};
  for (const [name, declaration] of Object.entries(declarations)) {
    const text = given[name] ?? String(declaration.Default);
    check(name, declaration, text);
    values[name] = await parameterValue(name, declaration.Type, text, request);
  }
  return values;
}

/** Whether its value is the name of an SSM parameter. */
export const isStored = (declaration: ParameterDeclaration): boolean => SSM_VALUE.test(declaration.Type);

export const isSecret = (declaration: ParameterDeclaration): boolean => String(declaration.NoEcho) === 'true';

const SSM_VALUE = /^AWS::SSM::Parameter::Value<(.+)>$/;
/** Types of AWS resources' names and ids are text; whether such a resource exists is not checked. */
const AWS_TYPE = /^AWS::(EC2|Route53|SSM)::[A-Za-z0-9:]+$/;

async function parameterValue(
  name: string,
  type: string,
  text: string,
  request: ParameterRequest,
): Promise<ParameterValue> {
  const stored = SSM_VALUE.exec(type)?.[1];
  if (stored !== undefined) {
    const found = await request.lookUp(text).catch((cause: unknown) => {
      if (cause instanceof AwsError && cause.code !== 'ParameterNotFound') throw cause;
      if (!(cause instanceof AwsError)) throw cause;
      throw new AwsError(
        'ValidationError',
        `Unable to fetch parameters [${text}] from parameter store for this account (parameter ${name})`,
        { status: 400, cause },
      );
    });
    return plainValue(name, stored, found);
  }
  return plainValue(name, type, text);
}

function plainValue(name: string, type: string, text: string): ParameterValue {
  const element = /^List<(.+)>$/.exec(type)?.[1];
  if (type === 'CommaDelimitedList' || element !== undefined) {
    const items = text === '' ? [] : text.split(',').map((item) => item.trim());
    if (element !== undefined) for (const item of items) plainValue(name, element, item);
    return items;
  }
  if (type === 'Number' && (text.trim() === '' || Number.isNaN(Number(text)))) {
    throw invalid(`Parameter '${name}' must be a number`);
  }
  if (type === 'String' || type === 'Number' || AWS_TYPE.test(type)) return text;
  throw new NotModelled(`parameter type ${type} of parameter ${name} is not modelled`);
}

function check(name: string, declaration: ParameterDeclaration, text: string): void {
  const fail = (what: string): AwsError =>
    invalid(
      declaration.ConstraintDescription === undefined
        ? `Parameter '${name}' ${what}`
        : `Parameter ${name} failed to satisfy constraint: ${declaration.ConstraintDescription}`,
    );
  const items = declaration.Type === 'CommaDelimitedList' ? text.split(',').map((item) => item.trim()) : [text];
  const { AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = declaration;
  for (const item of items) {
    if (AllowedValues !== undefined && !AllowedValues.map(String).includes(item)) {
      throw fail('must be one of AllowedValues');
    }
    // The pattern must match the whole value.
    if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(item)) {
      throw fail(`must match pattern ${AllowedPattern}`);
    }
  }
  if (MinLength !== undefined && text.length < Number(MinLength)) {
    throw fail(`must contain at least ${MinLength} characters`);
  }
  if (MaxLength !== undefined && text.length > Number(MaxLength)) {
    throw fail(`must contain at most ${MaxLength} characters`);
  }
  if (MinValue !== undefined && Number(text) < Number(MinValue)) {
    throw fail(`must be a number not less than ${MinValue}`);
  }
  if (MaxValue !== undefined && Number(text) > Number(MaxValue)) {
    throw fail(`must be a number not greater than ${MaxValue}`);
  }
}
