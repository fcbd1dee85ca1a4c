/** What Parameter Store demands of a value and its type, and the filters of DescribeParameters. */
import { AwsError, NotModelled } from '../../errors.ts';
import type { Parameter, ParameterType } from './state.ts';

/** User guide, "Managing parameter tiers". */
const STANDARD_BYTES_MAX = 4096;
const ADVANCED_BYTES_MAX = 8192;

/** Throws ValidationException, UnsupportedParameterType or HierarchyTypeMismatchException. */
export function typeFor(existing: Parameter | undefined, given: string | undefined): ParameterType {
  const type = given ?? existing?.type;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (!['String', 'StringList', 'SecureString'].includes(type)) {
    throw new AwsError('UnsupportedParameterType', `The parameter type ${type} is not supported.`);
  }
  if (existing && existing.type !== type) {
    throw new AwsError(
      'HierarchyTypeMismatchException',
      `Parameter Store does not support changing a parameter type: ${existing.name} is a ${existing.type}.`,
    );
  }
  return type as ParameterType;
}

/** The tier that the value needs or was asked for. Throws ValidationException when it does not fit. */
export function tierFor(existing: Parameter | undefined, given: string | undefined, value: string): Parameter['tier'] {
  const size = Buffer.byteLength(value);
  const needed = size > STANDARD_BYTES_MAX ? 'Advanced' : 'Standard';
  const tier = given === 'Intelligent-Tiering' ? needed : (given ?? existing?.tier ?? 'Standard');
  if (existing?.tier === 'Advanced' && tier === 'Standard') {
    throw invalid("This parameter uses the advanced-parameter tier. You can't downgrade a parameter.");
  }
  const limit = tier === 'Advanced' ? ADVANCED_BYTES_MAX : STANDARD_BYTES_MAX;
  if (size <= limit) return tier as Parameter['tier'];
  throw invalid(
    tier === 'Advanced'
      ? `The maximum size of a parameter value in the advanced tier is ${ADVANCED_BYTES_MAX} characters.`
      : `Standard tier parameters support a maximum parameter value of ${STANDARD_BYTES_MAX} characters. To create a ` +
          'larger parameter value, upgrade the parameter to use the advanced-parameter tier.',
  );
}

/** Throws ValidationException or ParameterPatternMismatchException. */
export function checkValue(value: string, pattern: string | undefined): void {
  if (value === '')
    throw invalid(
      "Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    throw new AwsError('ParameterPatternMismatchException', 'Parameter value does not match the allowed pattern.');
  }
}

export interface Filter {
  readonly Key: string | undefined;
  readonly Option?: string | undefined;
  readonly Values?: string[] | undefined;
}

/** Throws NotModelled for filters other than by name and type. */
export function filterOf({
  Key: key,
  Option: option = 'Equals',
  Values: values = [],
}: Filter): (parameter: Parameter) => boolean {
  const read = { Name: (each: Parameter) => each.name, Type: (each: Parameter) => each.type }[key ?? ''];
  if (!read || (option !== 'Equals' && option !== 'BeginsWith')) {
    throw new NotModelled(`ssm:DescribeParameters with the filter ${key} ${option} is not modelled`);
  }
  return (parameter) =>
    values.some((value) => (option === 'Equals' ? read(parameter) === value : read(parameter).startsWith(value)));
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
