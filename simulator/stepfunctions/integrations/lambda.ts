/** Tasks that invoke Lambda functions: the optimized integration and plain function ARNs, with AWS's names for errors. */
import { AwsError, Unreachable } from '../../errors.ts';
import type { Random } from '../../random.ts';
import type { Caller } from '../../service.ts';
import { StateFailure } from '../failure.ts';
import type { StatesContext } from '../flows.ts';

/** `Arguments` of lambda:invoke, named as in Lambda's API. */
interface InvokeArguments {
  readonly FunctionName: string;
  readonly Payload?: unknown;
  readonly InvocationType?: 'RequestResponse' | 'Event' | 'DryRun';
  readonly Qualifier?: string;
  readonly ClientContext?: string;
  readonly LogType?: 'None' | 'Tail';
}

/**
 * arn:aws:states:::lambda:invoke. The result is the API's answer with the payload parsed.
 * Source: Developer Guide, "Invoke an AWS Lambda function with Step Functions".
 */
export async function lambdaInvoke(parameters: unknown, context: StatesContext, caller: Caller): Promise<unknown> {
  const input = parameters as InvokeArguments;
  const answer = await invoke(input, context, caller);
  const requestId = context.random.uuid();
  return {
    ...(answer.executedVersion !== undefined && { ExecutedVersion: answer.executedVersion }),
    Payload: parsePayload(answer.payload),
    SdkHttpMetadata: httpMetadata(answer, requestId, context),
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: answer.status,
  };
}

/** A Resource that is a function's ARN: the state's input or Arguments are the event, the result is what it returned. */
export async function invokeFunction(
  functionArn: string,
  event: unknown,
  context: StatesContext,
  caller: Caller,
): Promise<unknown> {
  const answer = await invoke({ FunctionName: functionArn, Payload: event }, context, caller);
  return parsePayload(answer.payload);
}

interface Answer {
  readonly status: number;
  readonly payload: string;
  readonly executedVersion: string | undefined;
}

async function invoke(input: InvokeArguments, context: StatesContext, caller: Caller): Promise<Answer> {
  const { Payload, ...rest } = input;
  try {
    const output = await context.call(
      'lambda',
      'Invoke',
      { ...rest, ...(Payload !== undefined && { Payload: new TextEncoder().encode(JSON.stringify(Payload)) }) },
      { caller },
    );
    const payload = output.Payload ? new TextDecoder().decode(output.Payload) : '';
    if (output.FunctionError !== undefined) throw functionFailure(payload);
    return { status: output.StatusCode ?? 200, payload, executedVersion: output.ExecutedVersion };
  } catch (error) {
    throw serviceFailure(error, context.random);
  }
}

/**
 * A function that threw, timed out or died. Source: Developer Guide, "Handling errors", Lambda.Unknown; as recorded on
 * AWS the error is the payload's errorType and the cause the payload itself.
 */
function functionFailure(payload: string): StateFailure {
  const parsed = parsePayload(payload);
  const type =
    typeof parsed === 'object' && parsed !== null ? (parsed as { errorType?: unknown }).errorType : undefined;
  if (typeof type === 'string') return new StateFailure(type, payload);
  return new StateFailure(
    'Lambda.Unknown',
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`,
  );
}

/** Exceptions of Lambda's Invoke that Step Functions reports by name; every other one is Lambda.AWSLambdaException. */
const NAMED_EXCEPTIONS = [
  'EC2AccessDeniedException',
  'EC2ThrottledException',
  'EC2UnexpectedException',
  'EFSIOException',
  'EFSMountConnectivityException',
  'EFSMountFailureException',
  'EFSMountTimeoutException',
  'ENILimitReachedException',
  'InvalidParameterValueException',
  'InvalidRequestContentException',
  'InvalidRuntimeException',
  'InvalidSecurityGroupIDException',
  'InvalidSubnetIDException',
  'InvalidZipFileException',
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'RecursiveInvocationException',
  'RequestTooLargeException',
  'ResourceConflictException',
  'ResourceNotFoundException',
  'ResourceNotReadyException',
  'ServiceException',
  'SnapStartException',
  'SnapStartNotReadyException',
  'SnapStartTimeoutException',
  'SubnetIPAddressLimitReachedException',
  'TooManyRequestsException',
  'UnsupportedMediaTypeException',
];

/** AWS's name for a call that failed. What is no answer of AWS (a gap of the simulator, a lost answer) is passed on. */
function serviceFailure(error: unknown, random: Random): unknown {
  if (error instanceof Unreachable) {
    return new StateFailure('Lambda.SdkClientException', `Unable to execute HTTP request: ${error.message}`);
  }
  if (!(error instanceof AwsError)) return error;
  const { code } = error;
  const status = error.status ?? HTTP_STATUS[code] ?? 400;
  const cause =
    `${error.message} (Service: AWSLambda; Status Code: ${status}; Error Code: ${code}; ` +
    `Request ID: ${random.uuid()}; Proxy: null)`;
  return new StateFailure(`Lambda.${NAMED_EXCEPTIONS.includes(code) ? code : 'AWSLambdaException'}`, cause);
}

const HTTP_STATUS: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ServiceException: 500,
  TooManyRequestsException: 429,
};

/** A payload that is not JSON stays a text. */
function parsePayload(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

function httpMetadata(answer: Answer, requestId: string, context: StatesContext): unknown {
  const headers: Record<string, string> = {
    Connection: 'keep-alive',
    'Content-Length': String(Buffer.byteLength(answer.payload)),
    'Content-Type': 'application/json',
    Date: new Date(context.now).toUTCString(),
    'X-Amz-Executed-Version': answer.executedVersion ?? '$LATEST',
    'x-amzn-Remapped-Content-Length': '0',
    'x-amzn-RequestId': requestId,
    'X-Amzn-Trace-Id': `root=1-${Math.floor(context.now / 1_000).toString(16)}-${context.random.hex(24)};sampled=0`,
  };
  return {
    AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    HttpHeaders: headers,
    HttpStatusCode: answer.status,
  };
}
