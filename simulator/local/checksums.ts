/** Checksums that a client sends with an object, in a header or a trailer (Amazon S3 User Guide, "Checking object integrity"). */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { AwsError } from '../errors.ts';

/** The base64 text of a body's checksum. */
type Compute = (body: Uint8Array) => Promise<string> | string;

const PREFIX = 'x-amz-checksum-';

const algorithms: Readonly<Record<string, Compute>> = {
  crc32: (body) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString('base64');
  },
  crc32c: async (body) => digest(new Crc32c(), body),
  crc64nvme: async (body) => digest(new Crc64Nvme(), body),
  sha1: (body) => createHash('sha1').update(body).digest('base64'),
  sha256: (body) => createHash('sha256').update(body).digest('base64'),
};

async function digest(
  checksum: { update(chunk: Uint8Array): void; digest(): Promise<Uint8Array> },
  body: Uint8Array,
): Promise<string> {
  checksum.update(body);
  return Buffer.from(await checksum.digest()).toString('base64');
}

/** Headers that begin like a checksum's and say something about it. */
const about: readonly string[] = ['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type'];

/** Throws BadDigest, InvalidDigest or InvalidRequest. `stated` are the request's headers and its body's trailers. */
export async function checkChecksums(stated: Readonly<Record<string, string>>, body: Uint8Array): Promise<void> {
  const md5 = stated['content-md5'];
  if (md5 !== undefined) checkMd5(md5, body);
  for (const [name, value] of Object.entries(stated)) {
    if (!name.startsWith(PREFIX) || about.includes(name)) continue;
    const algorithm = name.slice(PREFIX.length);
    const compute = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
    if (!compute) {
      const message = `Checksum algorithm provided is unsupported: ${algorithm}. Use one of ${Object.keys(algorithms).join(', ')}.`;
      throw new AwsError('InvalidRequest', message, { status: 400 });
    }
    if ((await compute(body)) !== value) {
      const message = `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`;
      throw new AwsError('BadDigest', message, { status: 400 });
    }
  }
}

function checkMd5(md5: string, body: Uint8Array): void {
  if (!/^[A-Za-z0-9+/]{22}==$/.test(md5)) {
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified is not valid.', { status: 400 });
  }
  if (createHash('md5').update(body).digest('base64') === md5) return;
  throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', { status: 400 });
}
