/**
 * Deployment packages. In the simulator a package is a JSON object {path: text}, stored where AWS stores a zip archive:
 * CDK assets are published so, and inline code (CloudFormation's ZipFile) becomes one.
 */
import { createHash } from 'node:crypto';
import type { FunctionCode as CodeInput } from '@aws-sdk/client-lambda';
import { AwsError, NotModelled } from '../errors.ts';
import type { Context } from '../service.ts';
import type { FunctionCode, LambdaState } from './state.ts';

type Package = Readonly<Record<string, string>>;

/** Stores the handler's module of a package. Throws InvalidParameterValueException, or NotModelled for images and ESM. */
export async function storeCode(
  input: CodeInput | undefined,
  handler: string,
  context: Context<LambdaState>,
): Promise<FunctionCode> {
  if (input?.ImageUri !== undefined) throw new NotModelled('lambda: container images are not modelled');
  const bytes = input?.ZipFile ?? (await fromS3(input, context));
  const files = parse(bytes);
  const file = moduleFile(files, handler);
  const text = file === undefined ? undefined : files[file];
  return {
    // A handler whose module is missing is deployed all the same; its first invocation fails.
    codeHash: text === undefined ? '' : context.cloud.blobs.put(text),
    file: file ?? '',
    sizeBytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('base64'),
  };
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
