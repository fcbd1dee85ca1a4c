/**
 * Function URLs: one HTTPS host name per function, for whoever its policy admits. Requests come over the simulated network
 * (runtime/network.ts). Source: Lambda Developer Guide, "Invoking Lambda function URLs", payload format 2.0.
 */
import type { FunctionUrlConfig } from '@aws-sdk/client-lambda';
import type { Clients } from '../clients.ts';
import type { Cloud } from '../cloud.ts';
import { AwsError, NotModelled } from '../errors.ts';
import type { Context, Operations } from '../service.ts';
import type { WireResponse } from '../wire/server.ts';
import type { Outcome } from './outcome.ts';
import { runInvocation } from './pool.ts';
import { type FunctionRecord, type FunctionUrl, findFunction, type LambdaState } from './state.ts';

const HOST = /^([a-z0-9]+)\.lambda-url\.([a-z0-9-]+)\.on\.aws$/;

/** The region that serves this host; undefined when it is no function's. */
export const functionUrlRegion = (host: string): string | undefined => HOST.exec(host)?.[2];

const told = (record: FunctionRecord, url: FunctionUrl) => ({
  FunctionUrl: url.url,
  FunctionArn: record.arn,
  AuthType: url.authType,
  InvokeMode: 'BUFFERED' as const,
  CreationTime: new Date(url.createdAt).toISOString(),
  LastModifiedTime: new Date(url.modifiedAt).toISOString(),
});

const notFound = (): AwsError =>
  new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.');

function urlOf(record: FunctionRecord): FunctionUrl {
  if (record.url) return record.url;
  throw notFound();
}

type Settings = { readonly Cors?: unknown; readonly InvokeMode?: unknown; readonly Qualifier?: unknown };

function assertModelled({ Cors, InvokeMode, Qualifier }: Settings): void {
  if (Cors !== undefined) throw new NotModelled('lambda: Cors of a function URL is not modelled');
  if (Qualifier !== undefined) throw new NotModelled('lambda: URLs of aliases are not modelled');
  if (InvokeMode === 'RESPONSE_STREAM') throw new NotModelled('lambda: RESPONSE_STREAM is not modelled');
}

export const functionUrlOperations: Operations<Clients['lambda'], LambdaState> = {
  CreateFunctionUrlConfig(input, context) {
    assertModelled(input);
    const record = findFunction(context, input.FunctionName);
    if (record.url) {
      throw new AwsError('ResourceConflictException', `FunctionUrlConfig exists for this Lambda function`);
    }
    const id = context.random.hex(32);
    const { now, region } = context;
    const url = `https://${id}.lambda-url.${region}.on.aws/`;
    record.url = { id, url, authType: input.AuthType ?? 'AWS_IAM', createdAt: now, modifiedAt: now };
    return told(record, record.url);
  },

  GetFunctionUrlConfig(input, context) {
    const record = findFunction(context, input.FunctionName);
    return told(record, urlOf(record));
  },

  ListFunctionUrlConfigs(input, context) {
    const record = findFunction(context, input.FunctionName);
    const FunctionUrlConfigs: FunctionUrlConfig[] = record.url ? [told(record, record.url)] : [];
    return { FunctionUrlConfigs };
  },

  UpdateFunctionUrlConfig(input, context) {
    assertModelled(input);
    const record = findFunction(context, input.FunctionName);
    const url = urlOf(record);
    record.url = { ...url, authType: input.AuthType ?? url.authType, modifiedAt: context.now };
    return told(record, record.url);
  },

  DeleteFunctionUrlConfig(input, context) {
    const record = findFunction(context, input.FunctionName);
    urlOf(record);
    delete record.url;
    return {};
  },
};

interface UrlRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Of the network that asks; no address. */
  readonly from: string;
}

/** 200 requests per second and more are admitted: the account's concurrency alone limits them. Never throws AWS errors. */
export async function answerFunctionUrl(cloud: Cloud, region: string, request: UrlRequest): Promise<WireResponse> {
  const service = cloud.services.get('lambda');
  if (!service) throw new NotModelled(`nobody serves the host '${request.url.hostname}' in this simulation`);
  const context = cloud.context<LambdaState>(service, region, { kind: 'service', principal: 'lambda.amazonaws.com' });
  const id = HOST.exec(request.url.hostname)?.[1];
  const record = Object.values(context.state.functions).find(({ url }) => url?.id === id);
  if (!record?.url || !admits(record, record.url, request)) return answer(403, { Message: 'Forbidden' });
  const requestId = context.random.uuid();
  const payload = JSON.stringify(eventOf(request, record.url, requestId, context));
  try {
    return responseOf(await runInvocation(cloud, region, record, { requestId, payload }));
  } catch (error) {
    if (error instanceof AwsError) return answer(429, { Message: 'Rate Exceeded.' });
    throw error;
  }
}

/**
 * Without authentication the policy has to admit everyone, to call the URL and (for what was made since October 2025) to
 * invoke through it.
 */
function admits({ permissions }: FunctionRecord, { authType }: FunctionUrl, { headers }: UrlRequest): boolean {
  if (authType === 'AWS_IAM') {
    if (headers.authorization === undefined) return false;
    throw new NotModelled('lambda: signed requests to a function URL are not modelled');
  }
  const everyone = permissions.filter(({ principal }) => principal === '*');
  const calls = everyone.some(
    ({ action, urlAuthType }) =>
      action === 'lambda:InvokeFunctionUrl' && (urlAuthType === undefined || urlAuthType === 'NONE'),
  );
  return calls && everyone.some(({ action, viaUrl }) => action === 'lambda:InvokeFunction' && viaUrl === true);
}

function eventOf(request: UrlRequest, { id }: FunctionUrl, requestId: string, context: Context<LambdaState>): object {
  const { method, url, headers, body } = request;
  const now = new Date(context.now);
  const cookies = headers.cookie?.split(';').map((each) => each.trim());
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookies && { cookies }),
    headers: { ...headers, host: url.hostname, 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
    ...(url.search !== '' && { queryStringParameters: queryOf(url) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: id,
      domainName: url.hostname,
      domainPrefix: id,
      // The documentation range of RFC 5737: places have no addresses here.
      http: {
        method,
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.byteLength > 0 && bodyOf(body)),
  };
}

/** Text where the bytes are text, as Lambda decides by the content type. Guess: by whether it decodes. */
function bodyOf(body: Uint8Array): object {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true }).decode(body), isBase64Encoded: false };
  } catch {
    return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  }
}

const queryOf = (url: URL): Record<string, string> =>
  Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name).join(',')]),
  );

function answer(status: number, content: object): WireResponse {
  const body = new TextEncoder().encode(JSON.stringify(content));
  return { status, headers: { 'content-type': 'application/json' }, body };
}

/** A function that fails is a 502; an answer without a status code is the body of a 200. */
function responseOf({ payload, failed }: Outcome): WireResponse {
  if (failed) return answer(502, { Message: 'Internal Server Error' });
  const result = JSON.parse(payload) as Result | null;
  if (typeof result !== 'object' || result === null || typeof result.statusCode !== 'number') {
    return answer(200, result as object);
  }
  const { statusCode: status, headers = {}, body = '', isBase64Encoded = false } = result;
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(lower) },
    body: isBase64Encoded ? Buffer.from(body, 'base64') : new TextEncoder().encode(body),
  };
}

interface Result {
  readonly statusCode?: number;
  readonly headers?: Record<string, unknown>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}
