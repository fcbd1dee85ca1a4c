/** Error envelopes: one AWS error in the words of each protocol, so that the client throws the right class. */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../errors.ts';
import type { Client, ProtocolName } from './clients.ts';
import { encodeBody } from './json.ts';
import type { WireResponse } from './message.ts';
import { writeHeaders } from './rest.ts';
import { membersOf, stringSchema, structure } from './schemas.ts';
import { xmlDocument } from './xml.ts';

/** An error with all that its envelope needs. */
interface Failure {
  readonly client: Client;
  /** The shape's name, or the code when the API has no such shape. */
  readonly shape: string;
  /** The code on the wire; differs from the shape's name in the query protocols. */
  readonly code: string;
  readonly message: string;
  readonly fault: 'Sender' | 'Receiver';
  readonly status: number;
  readonly schema: NormalizedSchema | undefined;
  /** Members beside the message. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly requestId: string;
}

type Envelope = (failure: Failure) => { headers: Record<string, string>; body: Uint8Array };

/** The answer that makes the service's client throw this error. */
export function encodeError(client: Client, error: AwsError, requestId: string, method: string): WireResponse {
  const failure = describe(client, error, requestId);
  const { headers, body } = envelopes[client.protocol](failure);
  if (failure.schema) {
    for (const [name, member] of failure.schema.structIterator())
      if (failure.members[name] !== undefined) writeHeaders(member, failure.members[name], headers);
  }
  // An answer to HEAD has no body: S3's client then names the error by its status.
  return { status: failure.status, headers, body: method === 'HEAD' ? new Uint8Array() : body };
}

/** The HTTP status: the error's own, or what the service's schema says. */
export function statusOf(client: Client, error: AwsError): number {
  const traits = client.errors.get(error.code)?.getMergedTraits() ?? {};
  const [, queryStatus] = (traits.awsQueryError ?? []) as [code?: string, status?: number];
  const byFault = traits.error === 'server' ? 500 : 400;
  return error.status ?? queryStatus ?? (traits.httpError as number | undefined) ?? byFault;
}

function describe(client: Client, error: AwsError, requestId: string): Failure {
  const schema = client.errors.get(error.code);
  const [queryCode] = (schema?.getMergedTraits().awsQueryError ?? []) as [code?: string];
  const status = statusOf(client, error);
  return {
    client,
    shape: schema?.getName() ?? error.code,
    code: queryCode ?? schema?.getName() ?? error.code,
    message: error.message,
    fault: status < 500 ? 'Sender' : 'Receiver',
    status,
    schema,
    members: Object.fromEntries(Object.entries(error.members).filter(([name]) => name.toLowerCase() !== 'message')),
    requestId,
  };
}

const jsonError: Envelope = (failure) => {
  const { client, shape, schema, message, members } = failure;
  const known = schema ? membersOf(schema) : {};
  const messageName = Object.keys(known).find((name) => name.toLowerCase() === 'message') ?? 'message';
  const envelope = structure(shape, { __type: stringSchema, ...known, [messageName]: stringSchema });
  const body = encodeBody(client, envelope, { ...members, __type: shape, [messageName]: message });
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-amzn-errortype': shape };
  if (client.queryCompatible) headers['x-amzn-query-error'] = `${failure.code};${failure.fault}`;
  return { headers, body };
};

/** The members of an error element: those of every error first, then the shape's own. */
function errorElement(failure: Failure, common: Record<string, string>): [NormalizedSchema, object] {
  const own = failure.schema ? membersOf(failure.schema) : {};
  const beside = Object.fromEntries(Object.entries(own).filter(([name]) => name.toLowerCase() !== 'message'));
  const texts = Object.fromEntries(Object.keys(common).map((name) => [name, stringSchema]));
  return [structure('Error', { ...beside, ...texts }), { ...failure.members, ...common }];
}

const xmlHeaders = () => ({ 'content-type': 'text/xml' });

const queryError: Envelope = (failure) => {
  const { client, code, message, fault, requestId } = failure;
  const [element, value] = errorElement(failure, { Type: fault, Code: code, Message: message });
  const envelope = structure('ErrorResponse', { Error: element.getSchema(), RequestId: stringSchema });
  return { headers: xmlHeaders(), body: xmlDocument(client, envelope, { Error: value, RequestId: requestId }) };
};

const ec2Error: Envelope = (failure) => {
  const { client, code, message, requestId } = failure;
  const [element, value] = errorElement(failure, { Code: code, Message: message });
  const errors = structure('Errors', { Error: element.getSchema() });
  const envelope = structure('Response', { Errors: errors.getSchema(), RequestID: stringSchema });
  const body = xmlDocument(client, envelope, { Errors: { Error: value }, RequestID: requestId });
  return { headers: xmlHeaders(), body };
};

const s3WithoutNamespace = { service: 's3', xmlNamespace: '' } as const;

/** S3 puts the error itself at the root, in no namespace; botocore finds no code in one. */
const s3Error: Envelope = (failure) => {
  const { code, message, requestId } = failure;
  const [element, value] = errorElement(failure, { Code: code, Message: message, RequestId: requestId });
  return { headers: xmlHeaders(), body: xmlDocument(s3WithoutNamespace, element, value) };
};

const envelopes: Readonly<Record<ProtocolName, Envelope>> = {
  awsJson: jsonError,
  restJson1: jsonError,
  awsQuery: queryError,
  ec2Query: ec2Error,
  restXml: (failure) => (failure.client.service === 's3' ? s3Error(failure) : queryError(failure)),
};
