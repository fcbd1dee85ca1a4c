/** Functions as resources: create, read, change, delete. */
import type { CreateFunctionRequest, FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Clients } from '../clients.ts';
import { AwsError, NotModelled } from '../errors.ts';
import { assertTrusted } from '../iam/trust.ts';
import type { Context, Operations } from '../service.ts';
import { storeCode, withHandler } from './code.ts';
import { reservedVariables } from './environment.ts';
import { defaultAsynchronous, type FunctionRecord, findFunction, functionArn, type LambdaState } from './state.ts';

/** Members of CreateFunction that change nothing that is simulated; any other is refused by name. */
const accepted: ReadonlySet<string> = new Set([
  'Architectures',
  'Code',
  'Description',
  'Environment',
  'EphemeralStorage',
  'FunctionName',
  'Handler',
  'LoggingConfig',
  'MemorySize',
  'PackageType',
  'Publish',
  'Role',
  'Runtime',
  'Tags',
  'Timeout',
  'TracingConfig',
]);

function assertModelled(input: object): void {
  for (const [name, value] of Object.entries(input))
    if (value !== undefined && !accepted.has(name))
      throw new NotModelled(`lambda: ${name} of a function is not modelled`);
}

const reservedVariablesMessage =
  'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request:';

/** Quotas and rules of the API reference, CreateFunction. */
function assertValid(input: CreateFunctionRequest): void {
  const { Timeout = 3, MemorySize = 128, Runtime = '', Handler = '' } = input;
  const invalid = (message: string) => new AwsError('InvalidParameterValueException', message);
  if (Timeout < 1 || Timeout > 900) throw invalid(`Timeout ${Timeout} is not between 1 and 900 seconds`);
  if (MemorySize < 128 || MemorySize > 10_240)
    throw invalid(`MemorySize ${MemorySize} is not between 128 and 10240 MB`);
  if (!/^nodejs(20|22|24)\.x$/.test(Runtime)) throw new NotModelled(`lambda: runtime '${Runtime}' is not modelled`);
  if (!Handler.includes('.')) throw invalid(`Handler '${Handler}' is not of the form file.function`);
  const taken = Object.keys(input.Environment?.Variables ?? {}).filter((name) => reservedVariables.has(name));
  if (taken.length > 0) throw invalid(`${reservedVariablesMessage} ${taken.join(', ')}`);
}

export const functionOperations: Operations<Clients['lambda'], LambdaState> = {
  /** Throws ResourceConflictException, InvalidParameterValueException, NotModelled. */
  async CreateFunction(input, context) {
    assertModelled(input);
    assertValid(input);
    const name = input.FunctionName ?? '';
    if (context.state.functions[name])
      throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, { members: { Type: 'User' } });
    assertTrusted(context.cloud, input.Role ?? '', 'lambda.amazonaws.com');
    const code = await storeCode(input.Code, input.Handler ?? '', context);
    const record: FunctionRecord = {
      name,
      arn: functionArn(context.region, context.account, name),
      role: input.Role ?? '',
      runtime: input.Runtime ?? '',
      handler: input.Handler ?? '',
      description: input.Description ?? '',
      timeoutSeconds: input.Timeout ?? 3,
      memoryMib: input.MemorySize ?? 128,
      environment: { ...input.Environment?.Variables },
      architecture: input.Architectures?.[0] ?? 'x86_64',
      tags: { ...input.Tags },
      code,
      revision: context.state.nextRevision++,
      modifiedAt: context.now,
      reservedConcurrency: undefined,
      permissions: [],
      asynchronous: defaultAsynchronous(context.now),
    };
    context.state.functions[name] = record;
    return configurationOf(record);
  },

  GetFunction(input, context) {
    const record = findFunction(context, input.FunctionName, input.Qualifier);
    const { reservedConcurrency } = record;
    return {
      Configuration: configurationOf(record),
      Code: { RepositoryType: 'S3' },
      Tags: record.tags,
      ...(reservedConcurrency !== undefined && { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
    };
  },

  GetFunctionConfiguration(input, context) {
    return configurationOf(findFunction(context, input.FunctionName, input.Qualifier));
  },

  ListFunctions(_input, { state }) {
    const names = Object.keys(state.functions).sort();
    return { Functions: names.map((name) => configurationOf(state.functions[name] as FunctionRecord)) };
  },

  async UpdateFunctionCode(input, context) {
    const record = findFunction(context, input.FunctionName);
    record.code = await storeCode(input, record.handler, context);
    record.architecture = input.Architectures?.[0] ?? record.architecture;
    return configurationOf(changed(record, context));
  },

  UpdateFunctionConfiguration(input, context) {
    const record = findFunction(context, input.FunctionName);
    const { FunctionName: _name, RevisionId: _revision, ...changes } = input;
    assertModelled(changes);
    assertValid({
      ...changes,
      Handler: changes.Handler ?? record.handler,
      Runtime: (changes.Runtime ?? record.runtime) as FunctionConfiguration['Runtime'],
    } as CreateFunctionRequest);
    if (changes.Role !== undefined) assertTrusted(context.cloud, changes.Role, 'lambda.amazonaws.com');
    if (changes.Handler !== undefined && changes.Handler !== record.handler) {
      record.code = withHandler(record.code, changes.Handler);
      record.handler = changes.Handler;
    }
    record.runtime = changes.Runtime ?? record.runtime;
    record.role = changes.Role ?? record.role;
    record.timeoutSeconds = changes.Timeout ?? record.timeoutSeconds;
    record.memoryMib = changes.MemorySize ?? record.memoryMib;
    record.description = changes.Description ?? record.description;
    record.environment = { ...(changes.Environment?.Variables ?? record.environment) };
    return configurationOf(changed(record, context));
  },

  PutFunctionConcurrency(input, context) {
    const record = findFunction(context, input.FunctionName);
    record.reservedConcurrency = input.ReservedConcurrentExecutions;
    return { ReservedConcurrentExecutions: record.reservedConcurrency };
  },

  DeleteFunctionConcurrency(input, context) {
    findFunction(context, input.FunctionName).reservedConcurrency = undefined;
    return {};
  },

  TagResource(input, context) {
    Object.assign(findFunction(context, input.Resource).tags, input.Tags);
    return {};
  },

  UntagResource(input, context) {
    const { tags } = findFunction(context, input.Resource);
    for (const key of input.TagKeys ?? []) delete tags[key];
    return {};
  },

  ListTags: (input, context) => ({ Tags: { ...findFunction(context, input.Resource).tags } }),

  DeleteFunction(input, context) {
    const { name } = findFunction(context, input.FunctionName, input.Qualifier);
    delete context.state.functions[name];
    return { StatusCode: 204 };
  },
};

/** A new revision: warm containers of the old one end. */
function changed(record: FunctionRecord, context: Context<LambdaState>): FunctionRecord {
  record.revision = context.state.nextRevision++;
  record.modifiedAt = context.now;
  return record;
}

function configurationOf(record: FunctionRecord): FunctionConfiguration {
  return {
    FunctionName: record.name,
    FunctionArn: record.arn,
    Runtime: record.runtime as FunctionConfiguration['Runtime'],
    Role: record.role,
    Handler: record.handler,
    CodeSize: record.code.sizeBytes,
    CodeSha256: record.code.sha256,
    Description: record.description,
    Timeout: record.timeoutSeconds,
    MemorySize: record.memoryMib,
    LastModified: new Date(record.modifiedAt).toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    Environment: { Variables: { ...record.environment } },
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: String(record.revision),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [record.architecture as 'x86_64' | 'arm64'],
    EphemeralStorage: { Size: 512 },
  };
}
