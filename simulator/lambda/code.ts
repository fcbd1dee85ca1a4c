/**
 * Deployment packages: zip archives, as real clients upload them, or a JSON object {path: text} in their place: so a
 * drill's deployment publishes assets, and so inline code (CloudFormation's ZipFile) arrives.
 */
import { createHash } from 'node:crypto';
import type { FunctionCode as CodeInput } from '@aws-sdk/client-lambda';
import { AwsError, NotModelled } from '../errors.ts';
import type { Context } from '../service.ts';
import type { FunctionCode, LambdaState } from './state.ts';
import { filesOf, isZip } from './zip.ts';

type Package = Readonly<Record<string, string>>;

/** Stores the files of a package. Throws InvalidParameterValueException, or NotModelled for images and ESM. */
export async function storeCode(
  input: CodeInput | undefined,
  handler: string,
  context: Context<LambdaState>,
): Promise<FunctionCode> {
  if (input?.ImageUri !== undefined) throw new NotModelled('lambda: container images are not modelled');
  const bytes = input?.ZipFile ?? (await fromS3(input, context));
  const files = parse(bytes);
  const file = moduleFile(files, handler);
  const { blobs } = context.cloud;
  const stored = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, blobs.put(text)]));
  return {
    // A handler whose module is missing is deployed all the same; its first invocation fails.
    codeHash: (file && stored[file]) ?? '',
    file: file ?? '',
    files: stored,
    sizeBytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('base64'),
  };
}

/** The same package with another handler. */
export function withHandler(code: FunctionCode, handler: string): FunctionCode {
  const file = moduleFile(code.files, handler);
  return { ...code, codeHash: (file && code.files[file]) ?? '', file: file ?? '' };
}

async function fromS3(input: CodeInput | undefined, context: Context<LambdaState>): Promise<Uint8Array> {
  const { S3Bucket, S3Key, S3ObjectVersion } = input ?? {};
  if (S3Bucket === undefined || S3Key === undefined)
    throw new AwsError('InvalidParameterValueException', 'Please provide a source for function code.');
  const { caller, region } = context;
  const version = S3ObjectVersion === undefined ? {} : { VersionId: S3ObjectVersion };
  try {
    const object = await context.call(
      's3',
      'GetObject',
      { Bucket: S3Bucket, Key: S3Key, ...version },
      { region, caller },
    );
    return await bytesOf(object.Body);
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    const message = `Error occurred while GetObject. S3 Error Code: ${cause.code}. S3 Error Message: ${cause.message}`;
    throw new AwsError('InvalidParameterValueException', message, { cause });
  }
}

/** Services answer a stream member with its whole contents. */
async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return new TextEncoder().encode(body);
  throw new Error('s3 answered GetObject without a body');
}

function parse(bytes: Uint8Array): Package {
  if (isZip(bytes)) return filesOf(bytes);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Package;
  } catch (cause) {
    const message = 'Could not unzip uploaded file. Please check your file, then try to upload again.';
    throw new AwsError('InvalidParameterValueException', message, { cause });
  }
}

/** The module of 'dir/index.handler', tried as the Node.js runtime does: .js, .mjs, .cjs. */
function moduleFile(files: Package, handler: string): string | undefined {
  const stem = handler.slice(0, handler.lastIndexOf('.'));
  const file = [`${stem}.js`, `${stem}.mjs`, `${stem}.cjs`].find((each) => files[each] !== undefined);
  if (file?.endsWith('.mjs'))
    throw new NotModelled(`lambda: ES modules (${file}) are not modelled; bundle to CommonJS`);
  return file;
}
