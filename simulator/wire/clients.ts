/**
 * The SDK clients as descriptions of AWS's APIs: each ships the Smithy schemas of its operations, errors and protocol, and
 * the wire reads them from there. Loaded on first use by `server.ts`, synchronously so that no run depends on when a
 * file was read.
 */
import { createRequire } from 'node:module';
import { NormalizedSchema } from '@smithy/core/schema';
import type { $Codec, StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import type { ServiceName } from '../clients.ts';
import { type Route, routesOf } from './routes.ts';

export type ProtocolName = 'awsJson' | 'awsQuery' | 'ec2Query' | 'restJson1' | 'restXml';

/** One operation of an API. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method, path template and status of REST operations. */
  readonly http: readonly [method: string, path: string, status: number] | undefined;
}

/** One API as its SDK client describes it. */
export interface Client {
  /** The kernel's name for the service. */
  readonly service: ServiceName;
  /** The service in the SigV4 credential scope, and in the names of its endpoints. */
  readonly signingName: string;
  readonly protocol: ProtocolName;
  readonly version: string;
  readonly xmlNamespace: string;
  /** JSON errors also tell the code of the older query protocol (awsQueryCompatible). */
  readonly queryCompatible: boolean;
  readonly operations: ReadonlyMap<string, Operation>;
  /** By shape name and, for query codes that differ, by code. */
  readonly errors: ReadonlyMap<string, NormalizedSchema>;
  /** The classes that the client throws, by shape name. */
  readonly exceptions: ReadonlyMap<string, ExceptionClass>;
  readonly routes: readonly Route[];
  /** Of the body; undefined for the query protocols, which have none. */
  readonly codec: $Codec<Uint8Array, string | Uint8Array> | undefined;
}

export type ExceptionClass = new (options: { message: string; $metadata: object }) => Error;

/** What is known of an API before its client is loaded. */
interface Listing {
  readonly service: ServiceName;
  readonly package: string;
  /** The service in the SigV4 credential scope. */
  readonly signingName: string;
  /** Prefix of X-Amz-Target; JSON protocols only. */
  readonly target?: string;
}

const listings: readonly Listing[] = [
  {
    service: 'application-autoscaling',
    package: 'application-auto-scaling',
    signingName: 'application-autoscaling',
    target: 'AnyScaleFrontendService',
  },
  { service: 'autoscaling', package: 'auto-scaling', signingName: 'autoscaling' },
  { service: 'cloudformation', package: 'cloudformation', signingName: 'cloudformation' },
  { service: 'cloudwatch', package: 'cloudwatch', signingName: 'monitoring', target: 'GraniteServiceVersion20100801' },
  { service: 'dynamodb', package: 'dynamodb', signingName: 'dynamodb', target: 'DynamoDB_20120810' },
  { service: 'ec2', package: 'ec2', signingName: 'ec2' },
  { service: 'ecr', package: 'ecr', signingName: 'ecr', target: 'AmazonEC2ContainerRegistry_V20150921' },
  { service: 'ecs', package: 'ecs', signingName: 'ecs', target: 'AmazonEC2ContainerServiceV20141113' },
  { service: 'elasticloadbalancing', package: 'elastic-load-balancing-v2', signingName: 'elasticloadbalancing' },
  { service: 'events', package: 'eventbridge', signingName: 'events', target: 'AWSEvents' },
  { service: 'iam', package: 'iam', signingName: 'iam' },
  { service: 'kms', package: 'kms', signingName: 'kms', target: 'TrentService' },
  { service: 'lambda', package: 'lambda', signingName: 'lambda' },
  // One control plane with two clients: both sign 'rds' with one version, only the User-Agent tells them apart.
  { service: 'rds', package: 'rds', signingName: 'rds' },
  { service: 'rds', package: 'docdb', signingName: 'rds' },
  { service: 'route53', package: 'route-53', signingName: 'route53' },
  { service: 's3', package: 's3', signingName: 's3' },
  { service: 'scheduler', package: 'scheduler', signingName: 'scheduler' },
  { service: 'secretsmanager', package: 'secrets-manager', signingName: 'secretsmanager', target: 'secretsmanager' },
  { service: 'ses', package: 'sesv2', signingName: 'ses' },
  { service: 'signer', package: 'signer', signingName: 'signer' },
  { service: 'sns', package: 'sns', signingName: 'sns' },
  { service: 'sqs', package: 'sqs', signingName: 'sqs', target: 'AmazonSQS' },
  { service: 'ssm', package: 'ssm', signingName: 'ssm', target: 'AmazonSSM' },
  { service: 'states', package: 'sfn', signingName: 'states', target: 'AWSStepFunctions' },
  { service: 'sts', package: 'sts', signingName: 'sts' },
];

/** The packages, without '@aws-sdk/client-', that the wire speaks. */
export const clientPackages: readonly string[] = listings.map((listing) => listing.package);

/** The kernel's names of the services that the wire speaks. */
export const spokenServices: readonly ServiceName[] = [...new Set(listings.map((listing) => listing.service))];

/**
 * The API meant by a request's credential scope, X-Amz-Target prefix and User-Agent; undefined when the wire does not
 * speak it.
 */
export function findClient(
  signingName: string | undefined,
  target: string | undefined,
  userAgent: string,
): Client | undefined {
  const matching = listings.filter((listing) =>
    target === undefined ? listing.signingName === signingName : listing.target === target,
  );
  const listing = matching.find((each) => userAgent.includes(`api/${each.package}#`)) ?? matching[0];
  const client = listing && clientOf(listing.package);
  return client?.queryCompatible && target === undefined ? byQuery(client) : client;
}

/** JSON requests name their operation in a header; without it an older client is speaking the older protocol. */
function byQuery(client: Client): Client {
  let older = olderProtocols.get(client);
  if (!older) {
    older = { ...client, protocol: 'awsQuery', queryCompatible: false, codec: undefined };
    olderProtocols.set(client, older);
  }
  return older;
}

const olderProtocols = new WeakMap<Client, Client>();

const loaded = new Map<string, Client>();
const load = createRequire(import.meta.url);

/** The API of one client package, 'dynamodb'. Throws when the wire does not list it. */
export function clientOf(packageName: string): Client {
  const known = loaded.get(packageName);
  if (known) return known;
  const listing = listings.find((each) => each.package === packageName);
  if (!listing) throw new Error(`the wire does not list @aws-sdk/client-${packageName}`);
  const client = describe(listing, load(`@aws-sdk/client-${packageName}`) as Record<string, unknown>);
  loaded.set(packageName, client);
  return client;
}

interface ClientConfig {
  readonly protocol: { getShapeId(): string; getPayloadCodec(): Client['codec'] };
  readonly protocolSettings: { version?: string; xmlNamespace?: string; awsQueryCompatible?: boolean };
}

type ClientClass = new (options: object) => { readonly config: ClientConfig };

function describe({ service, signingName }: Listing, module: Record<string, unknown>): Client {
  const { protocol: spoken, protocolSettings: settings } = configOf(module);
  const protocol = protocolName(spoken.getShapeId());
  const operations = new Map<string, Operation>();
  const errors = new Map<string, NormalizedSchema>();
  for (const value of Object.values(module)) {
    if (!Array.isArray(value)) continue;
    if (value[0] === 9) {
      const operation = operationOf(value as StaticOperationSchema);
      operations.set(operation.name, operation);
    } else if (value[0] === -3) {
      addError(errors, value as StaticErrorSchema);
    }
  }
  return {
    service,
    signingName,
    protocol,
    version: settings.version ?? '',
    xmlNamespace: settings.xmlNamespace ?? '',
    queryCompatible: settings.awsQueryCompatible === true,
    operations,
    errors,
    exceptions: exceptionsOf(module, errors),
    routes: routesOf([...operations.values()]),
    codec: protocol === 'awsQuery' || protocol === 'ec2Query' ? undefined : spoken.getPayloadCodec(),
  };
}

function exceptionsOf(
  module: Record<string, unknown>,
  errors: ReadonlyMap<string, NormalizedSchema>,
): Map<string, ExceptionClass> {
  const names = [...errors.values()].map((schema) => schema.getName() ?? '');
  return new Map(names.flatMap((name) => (typeof module[name] === 'function' ? [[name, module[name]]] : []) as never));
}

function configOf(module: Record<string, unknown>): ClientConfig {
  const found = Object.entries(module).find(([name]) => /^[A-Za-z0-9]+Client$/.test(name) && name !== '__Client');
  if (!found) throw new Error('a module without a client class is no SDK client');
  const Class = found[1] as ClientClass;
  return new Class({ region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }).config;
}

function protocolName(shapeId: string): ProtocolName {
  const name = shapeId.replace('aws.protocols#', '').replace(/Json1_[01]$/, 'Json');
  if (name === 'awsJson' || name === 'awsQuery' || name === 'ec2Query' || name === 'restJson1' || name === 'restXml')
    return name;
  throw new Error(`the wire does not speak ${shapeId}`);
}

function operationOf([, , name, traits, input, output]: StaticOperationSchema): Operation {
  const http = typeof traits === 'object' ? traits.http : undefined;
  return { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output), http };
}

function addError(errors: Map<string, NormalizedSchema>, schema: StaticErrorSchema): void {
  // The base class of a client's exceptions also has a schema; no service throws it.
  if (schema[1].startsWith('smithy.ts.sdk.synthetic')) return;
  const normalized = NormalizedSchema.of(schema);
  errors.set(schema[2], normalized);
  const [queryCode] = (normalized.getMergedTraits().awsQueryError ?? []) as [code?: string];
  if (queryCode !== undefined && !errors.has(queryCode)) errors.set(queryCode, normalized);
}
