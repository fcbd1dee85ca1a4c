/**
 * Custom resources that are waiting for their Lambda's answer. The function PUTs it to a presigned S3 URL; the simulated
 * network hands such a PUT to `receiveCustomResourceResponse`. Protocol: CloudFormation Template Reference, "Custom
 * resource request types" and "Custom resource response objects".
 */
import type { Cloud } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import type { Context } from '../service.ts';
import { type CloudFormationState, type PendingResponse, stacksIn } from './state.ts';

export interface CustomResourceResponse {
  readonly PhysicalResourceId: string;
  readonly Data: Readonly<Record<string, unknown>>;
  readonly NoEcho: boolean;
}

interface Waiting {
  resolve(response: CustomResourceResponse): void;
  reject(error: AwsError): void;
}

/** Responses larger than this are refused ("Custom resource response objects", total size). */
const RESPONSE_BYTES_MAX = 4096;

/** The host that responses for stacks of a region are sent to. */
export const responseHost = (region: string): string =>
  `cloudformation-custom-resource-response-${region}.s3.${region}.amazonaws.com`;

const HOST = /^cloudformation-custom-resource-response-([a-z0-9-]+)\.s3\.\1\.amazonaws\.com$/;

/** Whether a URL is one that a custom resource answers to. */
export const isCustomResourceUrl = (url: URL): boolean => HOST.test(url.hostname);

/** `physicalId` is what the function named in an answer that says FAILED. */
const failed = (message: string, physicalId?: string): AwsError =>
  new AwsError('CustomResourceFailed', message, { members: physicalId === undefined ? {} : { physicalId } });

/** Prepares to receive one answer. Returns the URL to hand out and the promise of the answer. */
export function expectResponse(
  context: Context<CloudFormationState>,
  request: { requestId: string; stackId: string; logicalId: string; timeoutSeconds: number },
): { url: string; response: Promise<CustomResourceResponse> } {
  const { requestId, stackId, logicalId, timeoutSeconds } = request;
  const signature = context.random.hex(40);
  const timer = context.schedule('customResourceTimeout', timeoutSeconds * 1000, { requestId });
  context.state.pending[requestId] = { stackId, logicalId, signature, timer };
  const response = new Promise<CustomResourceResponse>((resolve, reject) => {
    waitingIn(context.cloud).set(requestId, { resolve, reject });
  });
  const key = encodeURIComponent(`${stackId}|${logicalId}|${requestId}`);
  return { url: `https://${responseHost(context.region)}/${key}?X-Amz-Signature=${signature}`, response };
}

/** Forgets a request that could not be sent. */
export function abandonResponse(context: Context<CloudFormationState>, requestId: string): void {
  take(context.cloud, context.region, requestId);
}

/**
 * Takes a PUT to a response URL, as S3 would: 200, or 403 when the URL is not (or no longer) valid.
 * Whatever is wrong with the body fails the resource, not the PUT.
 */
export function receiveCustomResourceResponse(
  cloud: Cloud,
  url: URL | string,
  body: Uint8Array | string,
): { status: number } {
  const target = new URL(url);
  const region = HOST.exec(target.hostname)?.[1];
  const requestId = decodeURIComponent(target.pathname).split('|').at(-1) ?? '';
  if (region === undefined) return { status: 403 };
  const pending = stacksIn(cloud, region).pending[requestId];
  if (pending === undefined || target.searchParams.get('X-Amz-Signature') !== pending.signature) {
    return { status: 403 };
  }
  const waiting = take(cloud, region, requestId);
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  try {
    waiting?.resolve(readResponse(text, pending, requestId));
  } catch (error) {
    waiting?.reject(error as AwsError);
  }
  return { status: 200 };
}

/** Fails every custom resource of a stack that has not answered yet. */
export function failResponses(cloud: Cloud, stack: { region: string; stackId: string }, message: string): void {
  for (const [requestId, { stackId }] of Object.entries(stacksIn(cloud, stack.region).pending)) {
    if (stackId === stack.stackId) take(cloud, stack.region, requestId)?.reject(failed(message));
  }
}

/** Fails a custom resource that did not answer in time; the service's timer calls it. */
export function expireResponse(context: Context<CloudFormationState>, requestId: string): void {
  take(context.cloud, context.region, requestId)?.reject(
    failed(
      `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}].`,
    ),
  );
}

function readResponse(text: string, pending: PendingResponse, requestId: string): CustomResourceResponse {
  if (Buffer.byteLength(text) > RESPONSE_BYTES_MAX) throw failed('Response object is too long.');
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw failed('Invalid Response object: Failed to parse response as JSON');
  }
  const expected = { StackId: pending.stackId, RequestId: requestId, LogicalResourceId: pending.logicalId };
  for (const [member, value] of Object.entries(expected)) {
    if (answer[member] !== value) throw failed(`Invalid Response object: Value of property ${member} must be ${value}`);
  }
  if (answer.Status === 'FAILED') {
    const reason = answer.Reason ?? 'See the details in CloudWatch Log Stream';
    const id = typeof answer.PhysicalResourceId === 'string' ? answer.PhysicalResourceId : undefined;
    throw failed(
      `Received response status [FAILED] from custom resource. Message returned: ${reason} (RequestId: ${requestId})`,
      id,
    );
  }
  if (answer.Status !== 'SUCCESS') {
    throw failed('Invalid Response object: Value of property Status must be either SUCCESS or FAILED');
  }
  const { PhysicalResourceId: physicalId, Data: data } = answer;
  if (typeof physicalId !== 'string' || physicalId === '') throw failed('Invalid PhysicalResourceId');
  return {
    PhysicalResourceId: physicalId,
    Data: (data ?? {}) as CustomResourceResponse['Data'],
    NoEcho: answer.NoEcho === true,
  };
}

/** Ends a request and returns who waited for it: undefined in a cloud whose deployment is gone. */
function take(cloud: Cloud, region: string, requestId: string): Waiting | undefined {
  const { pending } = stacksIn(cloud, region);
  const request = pending[requestId];
  if (request === undefined) return undefined;
  delete pending[requestId];
  cloud.clock.cancel(request.timer);
  const waiting = waitingIn(cloud).get(requestId);
  waitingIn(cloud).delete(requestId);
  return waiting;
}

function waitingIn(cloud: Cloud): Map<string, Waiting> {
  const name = 'cloudformation.custom-resources';
  if (!cloud.running.has(name)) cloud.running.set(name, new Map<string, Waiting>());
  return cloud.running.get(name) as Map<string, Waiting>;
}
