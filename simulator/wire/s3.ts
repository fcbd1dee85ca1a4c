/** What only S3 does: the bucket in the host name, and bodies in signed chunks. Used by `server.ts`. */
import { AwsError } from '../errors.ts';
import { textOf, type WireRequest } from './message.ts';

/**
 * Where an S3 host points: 's3.<region>.amazonaws.com', '<bucket>.s3.<region>.amazonaws.com' (bucket names may hold dots)
 * and the older forms without region or with 's3-<region>' (Amazon S3 User Guide, "Virtual hosting of general purpose
 * buckets"). Undefined when the host is not S3's.
 */
export function s3Host(host: string): { bucket: string | undefined; region: string } | undefined {
  const found = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/.exec(host);
  return found ? { bucket: found[1], region: found[2] ?? 'us-east-1' } : undefined;
}

/**
 * The bucket and the path below it. Path-style requests name the bucket first.
 */
export function s3Path(url: URL): { bucket: string | undefined; path: string } {
  const bucket = s3Host(url.hostname)?.bucket;
  if (bucket !== undefined) return { bucket, path: url.pathname };
  const found = /^\/([^/]+)(\/.*)?$/.exec(url.pathname);
  return { bucket: found?.[1], path: found?.[2] ?? '/' };
}

/** A body sent as 'aws-chunked', taken apart. */
export interface ChunkedBody {
  /** The last one is empty. */
  readonly chunks: readonly { readonly bytes: Uint8Array; readonly signature: string | undefined }[];
  /** Headers that follow the last chunk, names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Each chunk is its length in hex, an optional signature, its bytes; trailers follow the last, empty chunk (Amazon S3 API
 * Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks" and
 * "… Including Trailing Headers"). Signatures and checksums are verified by simulator/local. Throws AwsError
 * 'IncompleteBody'.
 */
export function readChunks(body: Uint8Array): ChunkedBody {
  const incomplete = () => new AwsError('IncompleteBody', 'The request body ends early', { status: 400 });
  const chunks: ChunkedBody['chunks'][number][] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf(0x0d, at);
    const line = /^([0-9a-f]{1,8})(?:;chunk-signature=(\w+))?$/i.exec(textOf(body.subarray(at, lineEnd)));
    if (lineEnd < 0 || lineEnd - at > CHUNK_LINE_BYTES_MAX || !line) throw incomplete();
    const length = Number.parseInt(line[1] ?? '', 16);
    const start = lineEnd + 2;
    if (start + length > body.byteLength) throw incomplete();
    chunks.push({ bytes: body.subarray(start, start + length), signature: line[2] });
    if (length === 0) return { chunks, trailers: trailersIn(textOf(body.subarray(start))) };
    at = start + length + 2;
  }
}

/** A length, the name of the signature and the signature. */
const CHUNK_LINE_BYTES_MAX = 100;

function trailersIn(text: string): Record<string, string> {
  const lines = text.split(/[\r\n]+/).filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

/** The contents of a body sent as 'aws-chunked'. Throws AwsError 'IncompleteBody'. */
export const decodeChunks = (body: Uint8Array): Uint8Array => concat(readChunks(body).chunks.map(({ bytes }) => bytes));

/** The request with the chunked encoding taken off. */
export function withoutChunks(request: WireRequest): WireRequest {
  const encoding = request.headers['content-encoding'];
  if (!encoding?.split(',').some((each) => each.trim() === 'aws-chunked')) return request;
  const others = encoding.split(',').filter((each) => each.trim() !== 'aws-chunked');
  const headers: Record<string, string> = { ...request.headers };
  if (others.length > 0) headers['content-encoding'] = others.join(',');
  else delete headers['content-encoding'];
  const length = request.headers['x-amz-decoded-content-length'];
  if (length !== undefined) headers['content-length'] = length;
  return { ...request, headers, body: decodeChunks(request.body) };
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
