/** Invoke: synchronous, asynchronous and dry. */
import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import type { Clients } from '../clients.ts';
import { AwsError, NotModelled } from '../errors.ts';
import type { Context, Operations } from '../service.ts';
import { enqueue } from './asynchronous.ts';
import type { Invocation } from './execution-environment.ts';
import { asynchronousBytesMax, payloadBytesMax } from './outcome.ts';
import { runInvocation } from './pool.ts';
import { findFunction, type LambdaState } from './state.ts';

const ExecutedVersion = '$LATEST';

export const invokeOperations: Operations<Clients['lambda'], LambdaState> = {
  /** Throws ResourceNotFound-, AccessDenied-, TooManyRequests-, RequestTooLarge- and InvalidRequestContentException. */
  async Invoke(input, context: Context<LambdaState>) {
    const record = findFunction(context, input.FunctionName, input.Qualifier);
    if (input.LogType === 'Tail') throw new NotModelled('lambda:Invoke with LogType Tail is not modelled');
    if (input.InvocationType === 'DryRun') return { StatusCode: 204, ExecutedVersion };
    const payload = payloadText(
      input.Payload as Uint8Array | string | undefined,
      input.InvocationType === 'Event' ? asynchronousBytesMax : payloadBytesMax,
    );
    const requestId = context.random.uuid();
    if (input.InvocationType === 'Event') {
      enqueue(context, { functionName: record.name, requestId, payload });
      return { StatusCode: 202 };
    }
    const invocation: Invocation = {
      requestId,
      payload,
      ...(input.ClientContext !== undefined && { clientContext: decodedContext(input.ClientContext) }),
    };
    const outcome = await runInvocation(context.cloud, context.region, record, invocation);
    return {
      StatusCode: 200,
      ExecutedVersion,
      Payload: Uint8ArrayBlobAdapter.fromString(outcome.payload),
      ...(outcome.failed && { FunctionError: 'Unhandled' }),
    };
  },
};

/** The event as JSON text; an empty one counts as an empty object. */
function payloadText(payload: Uint8Array | string | undefined, bytesMax: number): string {
  const text = payload === undefined ? '' : typeof payload === 'string' ? payload : new TextDecoder().decode(payload);
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax)
    throw new AwsError('RequestTooLargeException', `${bytes} byte payload is too large (limit ${bytesMax} bytes)`, {
      status: 413,
    });
  if (text === '') return '{}';
  try {
    JSON.parse(text);
  } catch (cause) {
    const message = `Could not parse request body into json: ${(cause as Error).message}`;
    throw new AwsError('InvalidRequestContentException', message, { cause });
  }
  return text;
}

function decodedContext(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString());
  } catch (cause) {
    throw new AwsError('InvalidRequestContentException', 'Client context must be a valid Base64-encoded JSON object.', {
      cause,
    });
  }
}
