/** Every operation and every error of every API that the wire speaks, through the unmodified SDK clients. */
import { describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { clientOf, clientPackages } from '../../../simulator/wire/clients.ts';
import { Arbitrary } from './arbitrary.ts';
import { type Recorder, recordingServices, sdkClient, sdkModule } from './sdk.ts';

/** Operations that cannot make the round trip, with the reason; everything else must arrive as it was sent. */
const exempt: Readonly<Record<string, string>> = {
  'lambda InvokeWithResponseStream': 'answers with an event stream, which is refused by name',
  's3 SelectObjectContent': 'answers with an event stream, which is refused by name',
  's3 ListDirectoryBuckets': 'signs for s3express, which is another service',
  's3 WriteGetObjectResponse': 'signs for s3-object-lambda, which is another service',
  'sts AssumeRoleWithSAML': 'is not signed, and the kernel knows no anonymous caller',
  'sts AssumeRoleWithWebIdentity': 'is not signed, and the kernel knows no anonymous caller',
};

/** Members that a client itself rewrites or refuses, by package; they are left out on both sides. */
const clientsOwn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  s3: {
    SSECustomerKey: 'sent as base64',
    SSECustomerKeyMD5: 'computed from the key',
    CopySourceSSECustomerKey: 'sent as base64',
    CopySourceSSECustomerKeyMD5: 'computed from the key',
    ExpiresString: 'filled from the Expires header',
    ContentLength: 'HTTP tells it, given or not',
    ContentType: 'HTTP tells it, given or not',
  },
  ec2: { PresignedUrl: 'made by the client', DestinationRegion: "replaced by the client's own region" },
  sesv2: { EndpointId: 'makes the client sign with SigV4a, whose signer is not installed' },
  eventbridge: { EndpointId: 'makes the client sign with SigV4a, whose signer is not installed' },
};

/** Error shapes that arrive as another class. */
const exemptErrors: Readonly<Record<string, string>> = {
  'cloudwatch DashboardNotFoundError': 'shares its query code with ResourceNotFound, and clients go by the code',
};

const seed = 20_261_121;
const message = 'boom & <b>';

function setUp(packageName: string) {
  const recorder: Recorder = { seen: undefined, answer: () => ({}) };
  const services = recordingServices(recorder);
  const startAt = Date.UTC(2026, 10, 21);
  const cloud = Cloud.create({ seed, account: '111111111111', regions: ['us-east-1'], services, startAt });
  const client = clientOf(packageName);
  const arbitrary = new Arbitrary(cloud.random(`fuzz ${packageName}`), client.protocol);
  // Random checksums of random bodies never fit: the clients of S3 and SQS are told not to compare them.
  const sdk = sdkClient(cloud, packageName, { responseChecksumValidation: 'WHEN_REQUIRED', md5: false });
  return { recorder, client, arbitrary, sdk, module: sdkModule(packageName) };
}

function prepare(packageName: string, made: Record<string, unknown>): Record<string, unknown> {
  const own = clientsOwn[packageName] ?? {};
  return Object.fromEntries(Object.entries(made).filter(([name]) => own[name] === undefined));
}

/** For comparison: streams read, byte arrays of any class alike, metadata left out. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof Date) return { date: value.getTime() };
  if (typeof value !== 'object' || value === null) return value;
  if ('transformToByteArray' in value) return plain(await (value.transformToByteArray as () => Promise<Uint8Array>)());
  if ('deserializeJSON' in value) return String(value);
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  const entries = Object.entries(value).filter(([name, each]) => name !== '$metadata' && each !== undefined);
  return Object.fromEntries(await Promise.all(entries.map(async ([name, each]) => [name, await plain(each)])));
}

describe.each(clientPackages)('@aws-sdk/client-%s', (packageName) => {
  it('sends every operation so that its input and output arrive as they were given', async () => {
    const { recorder, client, arbitrary, sdk, module } = setUp(packageName);
    let compared = 0;
    for (const operation of client.operations.values()) {
      if (exempt[`${packageName} ${operation.name}`] !== undefined) continue;
      const input = prepare(packageName, arbitrary.of(operation.input));
      const output = prepare(packageName, arbitrary.of(operation.output));
      // S3's client refuses an algorithm that it does not know and adds its default where none is named.
      const choosesChecksum = packageName === 's3' && 'ChecksumAlgorithm' in operation.input.getMemberSchemas();
      if (choosesChecksum) input.ChecksumAlgorithm = 'CRC32';
      recorder.seen = undefined;
      recorder.answer = () => structuredClone(output);
      const Command = module[`${operation.name}Command`];
      if (!Command) throw new Error(`no command for ${operation.name}`);
      const received = await sdk.send(new Command(structuredClone(input)));
      const what = `${packageName} ${operation.name}`;
      expect(recorder.seen, what).toMatchObject({ operation: operation.name });
      const seen = prepare(packageName, (recorder.seen as unknown as { input: Record<string, unknown> }).input);
      expect(await plain(seen), `${what} input`).toEqual(await plain(input));
      expect(await plain(prepare(packageName, received)), `${what} output`).toEqual(await plain(output));
      compared++;
    }
    const exempted = Object.keys(exempt).filter((name) => name.startsWith(`${packageName} `)).length;
    expect(compared).toBe(client.operations.size - exempted);
  });

  it('receives every error as the right class, name and message', async () => {
    const { recorder, client, arbitrary, sdk, module } = setUp(packageName);
    const probe = [...client.operations.values()].find(
      ({ name, http, output }) => /^(List|Describe|Get)/.test(name) && http?.[0] !== 'HEAD' && !output.isUnitSchema(),
    );
    if (!probe) throw new Error('no operation to provoke errors with');
    const Command = module[`${probe.name}Command`] as unknown as new (input: object) => object;
    const input = prepare(packageName, arbitrary.of(probe.input));
    for (const [name, schema] of client.errors) {
      if (schema.getName() !== name || exemptErrors[`${packageName} ${name}`] !== undefined) continue;
      recorder.answer = () => {
        throw new AwsError(name, message);
      };
      const thrown: unknown = await sdk.send(new Command(structuredClone(input))).catch((error: unknown) => error);
      expect(thrown, name).toBeInstanceOf(module[name] ?? Error);
      expect(thrown, name).toMatchObject({ name, message });
    }
  });
});
