/** What the Lambda service stores in one region, and how its functions are named. */
import { AwsError } from '../errors.ts';

export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  role: string;
  runtime: string;
  /** 'index.handler'. */
  handler: string;
  description: string;
  timeoutSeconds: number;
  memoryMib: number;
  environment: Record<string, string>;
  architecture: string;
  tags: Record<string, string>;
  code: FunctionCode;
  /** Of each published configuration or code; containers of an older one take no new invocation. */
  revision: number;
  /** Milliseconds since the epoch, virtual. */
  modifiedAt: number;
  /** At most this many invocations at once; undefined: as many as the account allows. */
  reservedConcurrency: number | undefined;
  permissions: Permission[];
  asynchronous: AsynchronousConfig;
  url?: FunctionUrl;
}

/** The host name under which a function can be called without the API. */
export interface FunctionUrl {
  readonly id: string;
  readonly url: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** A queue that Lambda reads for a function. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly arn: string;
  readonly queueArn: string;
  functionArn: string;
  batchSize: number;
  windowSeconds: number;
  /** ReportBatchItemFailures. */
  reportsItems: boolean;
  /** Null: as many as Lambda likes. */
  concurrencyMax: number | null;
  enabled: boolean;
  /** When its poller looks next; null: when something arrives. */
  pollAt: number | null;
  modifiedAt: number;
}

export interface FunctionCode {
  /** Blob of the handler's module. */
  readonly codeHash: string;
  /** The module's file name in the package: 'index.cjs'. */
  readonly file: string;
  /** Blob of each file of the package, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  /** Base64, of the package. */
  readonly sha256: string;
}

/** One statement of a function's resource policy. */
export interface Permission {
  readonly id: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
  /** FunctionUrlAuthType. */
  readonly urlAuthType?: string;
  /** InvokedViaFunctionUrl. */
  readonly viaUrl?: boolean;
}

/** How failed asynchronous invocations are treated. */
export interface AsynchronousConfig {
  retriesMax: number;
  ageSecondsMax: number;
  modifiedAt: number;
  /** ARN of the SNS topic that is told of what was given up. */
  onFailure?: string;
}

export interface LambdaState {
  functions: Record<string, FunctionRecord>;
  /** Event source mappings by UUID. */
  mappings: Record<string, EventSourceMapping>;
  nextRevision: number;
}

export const initialLambdaState = (): LambdaState => ({ functions: {}, mappings: {}, nextRevision: 1 });

/** Lambda's defaults: 2 retries, 6 hours (Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation"). */
export const defaultAsynchronous = (now: number): AsynchronousConfig => ({
  retriesMax: 2,
  ageSecondsMax: 21_600,
  modifiedAt: now,
});

export const functionArn = (region: string, account: string, name: string): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;

/** The name in a FunctionName, which may also be a whole or partial ARN and carry a qualifier. */
export function functionName(text: string): { name: string; qualifier: string | undefined } {
  const parts = text.split(':');
  const at = parts.indexOf('function');
  const [name = '', qualifier] = at < 0 ? parts : parts.slice(at + 1);
  return { name, qualifier };
}

interface Scope {
  readonly state: LambdaState;
  readonly region: string;
  readonly account: string;
}

/** Throws ResourceNotFoundException. Versions other than $LATEST do not exist here. */
export function findFunction(scope: Scope, text: string | undefined, qualifierInput?: string): FunctionRecord {
  const { name, qualifier = qualifierInput } = functionName(text ?? '');
  const found = scope.state.functions[name];
  if (found && (qualifier === undefined || qualifier === '$LATEST')) return found;
  const arn = functionArn(scope.region, scope.account, name) + (qualifier === undefined ? '' : `:${qualifier}`);
  throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { members: { Type: 'User' } });
}
