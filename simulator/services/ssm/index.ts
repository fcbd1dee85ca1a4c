/** Systems Manager Parameter Store: versions, hierarchies and secure strings. */
import type { ParameterMetadata, Parameter as WireParameter } from '@aws-sdk/client-ssm';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { type Access, defineService } from '../../service.ts';
import { checkValue, filterOf, tierFor, typeFor } from './rules.ts';
import { openValue, sealValue } from './secure-strings.ts';
import {
  checkName,
  findParameter,
  type Parameter,
  type ParameterVersion,
  parameterArn,
  parameterOf,
  type SsmContext,
  type SsmState,
  selected,
} from './state.ts';

/** API reference: versions kept, names per call, page sizes. */
const VERSIONS_MAX = 100;
const NAMES_MAX = 10;
const BY_PATH_MAX = 10;
const DESCRIBE_MAX = 50;

export const ssm = defineService<Clients['ssm'], SsmState>({
  name: 'ssm',
  initialState: () => ({ parameters: {} }),
  operations: {
    async PutParameter(input, context) {
      const name = selected(input.Name ?? '').name;
      checkName(name);
      const existing = context.state.parameters[name];
      if (existing && !input.Overwrite) {
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      if (input.Overwrite && input.Tags) {
        throw invalid("Invalid request: tags and overwrite can't be used together.");
      }
      const type = typeFor(existing, input.Type);
      const tier = tierFor(existing, input.Tier, input.Value ?? '');
      const allowedPattern = input.AllowedPattern ?? existing?.allowedPattern;
      checkValue(input.Value ?? '', allowedPattern === '' ? undefined : allowedPattern);
      const keyId = input.KeyId ?? existing?.keyId ?? 'alias/aws/ssm';
      const value = type === 'SecureString' ? await sealValue(context, name, keyId, input.Value ?? '') : input.Value;
      const versions = existing?.versions ?? [];
      const version = (versions.at(-1)?.version ?? 0) + 1;
      const parameter: Parameter = existing ?? { name, type, tier, dataType: input.DataType ?? 'text', versions };
      parameter.tier = tier;
      if (type === 'SecureString') parameter.keyId = keyId;
      // An empty text takes away what was there.
      if (input.Description) parameter.description = input.Description;
      else if (input.Description === '') delete parameter.description;
      if (input.AllowedPattern) parameter.allowedPattern = input.AllowedPattern;
      else if (input.AllowedPattern === '') delete parameter.allowedPattern;
      versions.push({ version, value: value ?? '', modifiedAt: context.now });
      if (versions.length > VERSIONS_MAX) versions.shift();
      context.state.parameters[name] = parameter;
      return { Version: version, Tier: tier };
    },

    async GetParameter(input, context) {
      return { Parameter: await read(context, input.Name ?? '', input.WithDecryption) };
    },

    async GetParameters(input, context) {
      const names = input.Names ?? [];
      if (names.length > NAMES_MAX) throw invalid(`Member must have length less than or equal to ${NAMES_MAX}`);
      const there = (name: string): boolean => findVersion(context, name) !== undefined;
      return {
        Parameters: await Promise.all(names.filter(there).map((name) => read(context, name, input.WithDecryption))),
        InvalidParameters: names.filter((name) => !there(name)),
      };
    },

    async GetParametersByPath(input, context) {
      if (input.ParameterFilters)
        throw new NotModelled('ssm:GetParametersByPath with ParameterFilters is not modelled');
      const path = `${(input.Path ?? '').replace(/\/$/, '')}/`;
      const names = sortedNames(context).filter(
        (name) => name.startsWith(path) && (input.Recursive || !name.slice(path.length).includes('/')),
      );
      const { page, next } = pageOf(names, input.NextToken, input.MaxResults ?? BY_PATH_MAX);
      const Parameters = await Promise.all(page.map((name) => read(context, name, input.WithDecryption)));
      return { Parameters, ...(next && { NextToken: next }) };
    },

    DescribeParameters(input, context) {
      if (input.Filters)
        throw new NotModelled('ssm:DescribeParameters with the legacy parameter Filters is not modelled');
      const filters = (input.ParameterFilters ?? []).map(filterOf);
      const names = sortedNames(context).filter((name) =>
        filters.every((filter) => filter(parameterOf(context, name))),
      );
      const { page, next } = pageOf(names, input.NextToken, input.MaxResults ?? DESCRIBE_MAX);
      return { Parameters: page.map((name) => metadata(context, name)), ...(next && { NextToken: next }) };
    },

    DeleteParameter(input, context) {
      delete context.state.parameters[parameterOf(context, selected(input.Name ?? '').name).name];
      return {};
    },

    DeleteParameters(input, context) {
      const names = input.Names ?? [];
      const found = names.filter((name) => findParameter(context, name));
      for (const name of found) delete context.state.parameters[parameterOf(context, name).name];
      return { DeletedParameters: found, InvalidParameters: names.filter((name) => !found.includes(name)) };
    },

    async GetParameterHistory(input, context) {
      const parameter = parameterOf(context, input.Name ?? '');
      const Parameters = await Promise.all(
        parameter.versions.map(async (version) => ({
          Name: parameter.name,
          Type: parameter.type,
          Version: version.version,
          LastModifiedDate: new Date(version.modifiedAt),
          Value: await plainValue(context, parameter, version, input.WithDecryption),
        })),
      );
      return { Parameters };
    },
  },
  access: {
    PutParameter: (input, context) => on(context, [input.Name]),
    GetParameter: (input, context) => on(context, [input.Name]),
    GetParameters: (input, context) => on(context, input.Names ?? []),
    GetParametersByPath: (input, context) => on(context, [input.Path]),
    GetParameterHistory: (input, context) => on(context, [input.Name]),
    DeleteParameter: (input, context) => on(context, [input.Name]),
    DeleteParameters: (input, context) => on(context, input.Names ?? []),
  },
  redact: {
    PutParameter: (input, context) =>
      (input.Type ?? findParameter(context, input.Name ?? '')?.type) === 'SecureString' ? ['Value'] : [],
  },
});

const on = (context: SsmContext, names: readonly (string | undefined)[]): Access => ({
  resources: names.map((name) => {
    const plain = selectedName(name ?? '');
    return parameterArn(context, findParameter(context, plain)?.name ?? plain);
  }),
});

/** As `selected`, for access rules: an impossible selector is refused later, by the operation. */
const selectedName = (given: string): string =>
  (given.startsWith('arn:') ? given.slice(given.indexOf(':parameter') + ':parameter'.length) : given).split(':')[0] ??
  '';

function findVersion(
  context: SsmContext,
  given: string,
): { parameter: Parameter; version: ParameterVersion } | undefined {
  const { name, version: wanted } = selected(given);
  const parameter = findParameter(context, name);
  const version =
    wanted === undefined ? parameter?.versions.at(-1) : parameter?.versions.find((each) => each.version === wanted);
  return parameter && version && { parameter, version };
}

/** Throws ParameterNotFound or ParameterVersionNotFound. */
async function read(context: SsmContext, given: string, decrypted: boolean | undefined): Promise<WireParameter> {
  const { name, version: wanted } = selected(given);
  const found = findVersion(context, given);
  if (!found) {
    parameterOf(context, name);
    throw new AwsError('ParameterVersionNotFound', `Systems Manager could not find version ${wanted} of ${name}.`);
  }
  const { parameter, version } = found;
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: await plainValue(context, parameter, version, decrypted),
    Version: version.version,
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: parameterArn(context, parameter.name),
    DataType: parameter.dataType,
    ...(wanted !== undefined && { Selector: `:${wanted}` }),
  };
}

async function plainValue(
  context: SsmContext,
  parameter: Parameter,
  { value }: ParameterVersion,
  decrypted: boolean | undefined,
): Promise<string> {
  return parameter.type === 'SecureString' && decrypted ? openValue(context, parameter, value) : value;
}

function metadata(context: SsmContext, name: string): ParameterMetadata {
  const parameter = parameterOf(context, name);
  const latest = parameter.versions.at(-1);
  return {
    Name: parameter.name,
    ARN: parameterArn(context, name),
    Type: parameter.type,
    Tier: parameter.tier,
    Version: latest?.version,
    LastModifiedDate: new Date(latest?.modifiedAt ?? 0),
    DataType: parameter.dataType,
    ...(parameter.keyId && { KeyId: parameter.keyId }),
    ...(parameter.description !== undefined && { Description: parameter.description }),
    ...(parameter.allowedPattern !== undefined && { AllowedPattern: parameter.allowedPattern }),
  };
}

const sortedNames = (context: SsmContext): string[] => Object.keys(context.state.parameters).sort();

/** The token is the last name of the page before. */
function pageOf(names: readonly string[], token: string | undefined, size: number): { page: string[]; next?: string } {
  const rest = names.filter((name) => token === undefined || name > token);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return rest.length > size && last !== undefined ? { page, next: last } : { page };
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
