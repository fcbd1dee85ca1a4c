/** AWS::Lambda types. */
import type { AddPermissionRequest, CreateFunctionRequest } from '@aws-sdk/client-lambda';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { isRecord } from '../template.ts';
import { optionalNumber, optionalText, present, unlessGone } from './known-properties.ts';

type Properties = Record<string, unknown>;

/** Lambda's word for what is not there. */
const GONE = 'ResourceNotFoundException';

/** Code as CloudFormation gives it: ZipFile is the source text of index.js itself. */
interface Code {
  readonly ZipFile?: string;
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
}

/** Inline code is for small custom resources; its file is index.js (AWS::Lambda::Function Code, "ZipFile"). */
function codeOf(properties: Properties): CreateFunctionRequest['Code'] {
  const { ZipFile: text, ...source } = (properties.Code ?? {}) as Code;
  return text === undefined ? source : { ZipFile: new TextEncoder().encode(JSON.stringify({ 'index.js': text })) };
}

/** What neither configuration nor code is: it has calls of its own. */
function configurationOf(properties: Properties): Properties {
  const {
    Code: _code,
    FunctionName: _name,
    ReservedConcurrentExecutions: _reserved,
    Tags: _tags,
    Architectures: _architectures,
    PackageType: _package,
    ...rest
  } = properties;
  const named = ['Timeout', 'MemorySize'].filter((name) => rest[name] !== undefined);
  return { ...rest, ...Object.fromEntries(named.map((name) => [name, Number(rest[name])])) };
}

/** What a function has that its template does not give (CreateFunction API Reference); an update sends it. */
const DEFAULTS: Properties = { Description: '', Environment: { Variables: {} }, MemorySize: 128, Timeout: 3 };

async function setConcurrency(FunctionName: string, reserved: unknown, context: ResourceContext): Promise<void> {
  if (reserved === undefined) await context.call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  else {
    await context.call('lambda', 'PutFunctionConcurrency', {
      FunctionName,
      ReservedConcurrentExecutions: Number(reserved),
    });
  }
}

async function setTags(arn: string, context: ResourceContext): Promise<void> {
  const { Tags = {} } = await context.call('lambda', 'ListTags', { Resource: arn });
  const TagKeys = Object.keys(Tags).filter((key) => context.tags[key] === undefined);
  if (TagKeys.length > 0) await context.call('lambda', 'UntagResource', { Resource: arn, TagKeys });
  await context.call('lambda', 'TagResource', { Resource: arn, Tags: { ...context.tags } });
}

const theFunction: Modelled = {
  async create(properties, context): Promise<Created> {
    const FunctionName = optionalText(properties.FunctionName) ?? context.physicalName(64);
    const { Architectures, PackageType, ReservedConcurrentExecutions: reserved } = properties;
    const { FunctionArn: Arn } = await context.call('lambda', 'CreateFunction', {
      ...configurationOf(properties),
      ...present({ Architectures, PackageType }),
      FunctionName,
      Code: codeOf(properties),
      Tags: { ...context.tags },
    } as CreateFunctionRequest);
    context.exists?.(FunctionName);
    if (reserved !== undefined) await setConcurrency(FunctionName, reserved, context);
    return { physicalId: FunctionName, attributes: { Arn } };
  },

  async update({ physicalId: FunctionName, attributes, wanted, changed }, context) {
    if (changed.has('Code') || changed.has('Architectures')) {
      await context.call('lambda', 'UpdateFunctionCode', {
        FunctionName,
        ...codeOf(wanted),
        Architectures: (wanted.Architectures ?? ['x86_64']) as ['x86_64'],
      });
    }
    const configured = configurationOf(wanted);
    if (Object.keys({ ...DEFAULTS, ...configured }).some((name) => changed.has(name))) {
      await context.call('lambda', 'UpdateFunctionConfiguration', {
        FunctionName,
        ...DEFAULTS,
        ...configured,
      } as never);
    }
    if (changed.has('ReservedConcurrentExecutions')) {
      await setConcurrency(FunctionName, wanted.ReservedConcurrentExecutions, context);
    }
    if (changed.has('Tags')) await setTags(String(attributes.Arn), context);
    return undefined;
  },

  delete: ({ physicalId: FunctionName }, context) =>
    unlessGone(GONE, () => context.call('lambda', 'DeleteFunction', { FunctionName })).then(() => {}),

  /** The code is not told: GetFunction answers with a link to it. */
  read: ({ physicalId: FunctionName }, context) =>
    unlessGone(GONE, async () => {
      const { Configuration: live, Concurrency } = await context.call('lambda', 'GetFunction', { FunctionName });
      return present({
        FunctionName,
        Role: live?.Role,
        Runtime: live?.Runtime,
        Handler: live?.Handler,
        Description: live?.Description,
        Timeout: live?.Timeout,
        MemorySize: live?.MemorySize,
        Architectures: live?.Architectures,
        Environment: { Variables: live?.Environment?.Variables },
        ReservedConcurrentExecutions: Concurrency?.ReservedConcurrentExecutions,
      });
    }),
};

const permission: Modelled = {
  async create(properties, context): Promise<Created> {
    const StatementId = context.physicalName(100);
    await context.call('lambda', 'AddPermission', { ...properties, StatementId } as AddPermissionRequest);
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },

  delete: ({ physicalId: StatementId, properties }, context) =>
    unlessGone(GONE, () =>
      context.call('lambda', 'RemovePermission', { FunctionName: String(properties.FunctionName), StatementId }),
    ).then(() => {}),

  read: ({ physicalId, properties }, context) =>
    unlessGone(GONE, async () => {
      const FunctionName = String(properties.FunctionName);
      const { Policy } = await context.call('lambda', 'GetPolicy', { FunctionName });
      const { Statement } = JSON.parse(Policy ?? '{"Statement":[]}') as { Statement: Statement[] };
      const live = Statement.find(({ Sid }) => Sid === physicalId);
      return live && { Action: live.Action, FunctionName, Principal: principalOf(live.Principal) };
    }),
};

interface Statement {
  readonly Sid: string;
  readonly Action: string;
  readonly Principal: unknown;
}

const principalOf = (principal: unknown): unknown =>
  isRecord(principal) ? (principal.Service ?? principal.AWS) : principal;

async function putEventInvokeConfig(properties: Properties, context: ResourceContext): Promise<void> {
  const { FunctionName, Qualifier, MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = properties;
  await context.call('lambda', 'PutFunctionEventInvokeConfig', {
    FunctionName: FunctionName as string,
    Qualifier: Qualifier as string | undefined,
    MaximumRetryAttempts: optionalNumber(MaximumRetryAttempts),
    MaximumEventAgeInSeconds: optionalNumber(MaximumEventAgeInSeconds),
    DestinationConfig: DestinationConfig as never,
  });
}

const named = ({ FunctionName, Qualifier }: Properties) => ({
  FunctionName: String(FunctionName),
  Qualifier: optionalText(Qualifier),
});

const eventInvokeConfig: Modelled = {
  async create(properties, context): Promise<Created> {
    await putEventInvokeConfig(properties, context);
    return { physicalId: `${properties.FunctionName}|${properties.Qualifier}` };
  },

  async update({ wanted }, context) {
    await putEventInvokeConfig(wanted, context);
    return undefined;
  },

  delete: ({ properties }, context) =>
    unlessGone(GONE, () => context.call('lambda', 'DeleteFunctionEventInvokeConfig', named(properties))).then(() => {}),

  read: ({ properties }, context) =>
    unlessGone(GONE, async () => {
      const live = await context.call('lambda', 'GetFunctionEventInvokeConfig', named(properties));
      const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = live;
      return present({ MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig });
    }),
};

export const resources: ResourceTable = {
  'AWS::Lambda::Function': theFunction,
  'AWS::Lambda::Permission': permission,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
};
