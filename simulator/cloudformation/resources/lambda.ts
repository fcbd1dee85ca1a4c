/** AWS::Lambda types. */
import type { AddPermissionRequest, CreateFunctionRequest } from '@aws-sdk/client-lambda';
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';

type Properties = Record<string, unknown>;

/** Code as CloudFormation gives it: ZipFile is the source text of index.js itself. */
interface Code {
  readonly ZipFile?: string;
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
}

async function createFunction(properties: Properties, context: ResourceContext): Promise<Created> {
  const { Code: code, FunctionName: given, ReservedConcurrentExecutions: reserved, Tags: _, ...rest } = properties;
  const FunctionName = (given as string | undefined) ?? context.physicalName(64);
  const { ZipFile: text, ...source } = (code ?? {}) as Code;
  // Inline code is for small custom resources; its file is index.js (AWS::Lambda::Function Code, "ZipFile").
  const Code =
    text === undefined ? source : { ZipFile: new TextEncoder().encode(JSON.stringify({ 'index.js': text })) };
  const input = { ...numbers(rest), FunctionName, Code, Tags: context.tags } as CreateFunctionRequest;
  const { FunctionArn: Arn } = await context.call('lambda', 'CreateFunction', input);
  if (reserved !== undefined)
    await context.call('lambda', 'PutFunctionConcurrency', {
      FunctionName,
      ReservedConcurrentExecutions: Number(reserved),
    });
  return { physicalId: FunctionName, attributes: { Arn } };
}

/** Templates may hold numbers as text. */
function numbers(properties: Properties): Properties {
  const named = ['Timeout', 'MemorySize'].filter((name) => properties[name] !== undefined);
  return { ...properties, ...Object.fromEntries(named.map((name) => [name, Number(properties[name])])) };
}

async function createPermission(properties: Properties, context: ResourceContext): Promise<Created> {
  const StatementId = context.physicalName(100);
  await context.call('lambda', 'AddPermission', { ...properties, StatementId } as AddPermissionRequest);
  return { physicalId: StatementId, attributes: { Id: StatementId } };
}

async function createEventInvokeConfig(properties: Properties, context: ResourceContext): Promise<Created> {
  const { FunctionName, Qualifier, MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = properties;
  await context.call('lambda', 'PutFunctionEventInvokeConfig', {
    FunctionName: FunctionName as string,
    Qualifier: Qualifier as string | undefined,
    MaximumRetryAttempts: optionalNumber(MaximumRetryAttempts),
    MaximumEventAgeInSeconds: optionalNumber(MaximumEventAgeInSeconds),
    DestinationConfig: DestinationConfig as never,
  });
  return { physicalId: `${FunctionName}|${Qualifier}` };
}

const optionalNumber = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

export const resources: ResourceTable = {
  'AWS::Lambda::Function': { create: createFunction },
  'AWS::Lambda::Permission': { create: createPermission },
  'AWS::Lambda::EventInvokeConfig': { create: createEventInvokeConfig },
};
