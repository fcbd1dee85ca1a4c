/**
 * What a signature says about the body: its hash, nothing, or a signature on each chunk (Amazon S3 API Reference,
 * "Authenticating Requests: Using the Authorization Header"). Called by `server.ts` around reading the body.
 */
import type { SigningKey } from '../cloud.ts';
import { AwsError } from '../errors.ts';
import type { Client } from '../wire/clients.ts';
import { type ChunkedBody, decodeChunks, readChunks } from '../wire/s3.ts';
import { checkChecksums } from './checksums.ts';
import type { Received } from './received.ts';
import { refusal } from './refusals.ts';
import { hmac, type Signature, same, scopeText, sha256Hex, signingKeyOf } from './signature.ts';

const UNSIGNED = 'UNSIGNED-PAYLOAD';
const UNSIGNED_CHUNKS = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const SIGNED_CHUNKS = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const SIGNED_CHUNKS_AND_TRAILER = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';

/**
 * What an S3 request declares its body to be, before the body is there; undefined for the other services, which hash the
 * body themselves. Throws InvalidRequest or InvalidArgument.
 */
export function declaredPayload(client: Client, request: Received, signature: Signature): string | undefined {
  if (client.service !== 's3') return undefined;
  const inQuery = request.query['X-Amz-Content-Sha256'];
  const declared = request.headers['x-amz-content-sha256'] ?? (typeof inQuery === 'string' ? inQuery : undefined);
  if (declared === undefined) {
    if (signature.expiresSeconds !== undefined) return UNSIGNED;
    throw refusal(client, 'noPayloadHash', 'Missing required header for this request: x-amz-content-sha256');
  }
  if (/^[0-9a-f]{64}$/.test(declared) || declared === UNSIGNED || isChunked(declared)) return declared;
  const message = `x-amz-content-sha256 must be ${UNSIGNED}, ${UNSIGNED_CHUNKS}, ${SIGNED_CHUNKS}, ${SIGNED_CHUNKS_AND_TRAILER} or a valid sha256 value.`;
  throw new AwsError('InvalidArgument', message, { status: 400 });
}

const isChunked = (declared: string): boolean =>
  [UNSIGNED_CHUNKS, SIGNED_CHUNKS, SIGNED_CHUNKS_AND_TRAILER].includes(declared);

/** Verifies an S3 body against what was declared and against its checksums. Returns it without the chunks. */
export async function checkPayload(
  client: Client,
  request: Received,
  proof: { readonly signature: Signature; readonly key: SigningKey; readonly declared: string },
  sent: Uint8Array,
): Promise<Uint8Array> {
  const { declared } = proof;
  if (!isChunked(declared)) {
    if (declared !== UNSIGNED && sha256Hex(sent) !== declared) {
      const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
      throw refusal(client, 'payloadHashWrong', message);
    }
    await checkChecksums(request.headers, sent);
    return sent;
  }
  const chunked = readChunks(sent);
  if (declared !== UNSIGNED_CHUNKS) await checkChunks(client, proof, chunked);
  const body = decodeChunks(sent);
  const length = request.headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== body.byteLength) {
    const message = 'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header';
    throw refusal(client, 'bodyIncomplete', message);
  }
  await checkChecksums({ ...request.headers, ...chunked.trailers }, body);
  return body;
}

/** Each chunk's signature is over the one before it, so none can be left out, added or moved. */
async function checkChunks(
  client: Client,
  { signature, key, declared }: { signature: Signature; key: SigningKey; declared: string },
  { chunks, trailers }: ChunkedBody,
): Promise<void> {
  const signingKey = await signingKeyOf(signature, key);
  const signed = (kind: string, previous: string, ...hashes: string[]): string =>
    hmac(signingKey, [kind, signature.signedAt, scopeText(signature), previous, ...hashes].join('\n'));
  const refuseUnless = (given: string | undefined, right: string): void => {
    if (given !== undefined && same(given, right)) return;
    throw refusal(client, 'badSignature', 'The chunk signature we calculated does not match the one you provided.');
  };
  let previous = signature.signature;
  for (const { bytes, signature: given } of chunks) {
    const right = signed('AWS4-HMAC-SHA256-PAYLOAD', previous, sha256Hex(''), sha256Hex(bytes));
    refuseUnless(given, right);
    previous = right;
  }
  if (declared !== SIGNED_CHUNKS_AND_TRAILER) return;
  const { 'x-amz-trailer-signature': given, ...rest } = trailers;
  const text = Object.entries(rest)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`)
    .join('');
  refuseUnless(given, signed('AWS4-HMAC-SHA256-TRAILER', previous, sha256Hex(text)));
}

/** The headers as they would be had the body been sent whole. */
export function withoutChunking(
  headers: Received['headers'],
  declared: string,
  bodyBytes: number,
): Received['headers'] {
  if (!isChunked(declared)) return headers;
  const { 'content-encoding': encoding = '', ...rest } = headers;
  const others = encoding
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && each !== 'aws-chunked');
  return {
    ...rest,
    'content-length': String(bodyBytes),
    ...(others.length > 0 && { 'content-encoding': others.join(',') }),
  };
}
