/** What KMS holds in one region: keys with their material, and aliases. */
import { AwsError } from '../../errors.ts';
import { firstStruck, type KmsFault } from '../../faults.ts';
import type { Context } from '../../service.ts';

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  description: string;
  readonly multiRegion: boolean;
  /** Region of the primary key of a multi-region key. */
  readonly primaryRegion: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  /** 256 bits in hex; replicas share it. */
  readonly material: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  policy: string;
  rotation: boolean;
  /** Of a key in PendingDeletion: when it goes, and the timer that takes it. */
  deletion?: { readonly at: number; readonly timer: number };
}

export interface KmsState {
  /** By key id. */
  keys: Record<string, Key>;
  /** 'alias/…' → key id. */
  aliases: Record<string, string>;
}

export type KmsContext = Context<KmsState>;

export const keyArn = (context: { region: string; account: string }, id: string): string =>
  `arn:aws:kms:${context.region}:${context.account}:key/${id}`;

export const aliasArn = (context: { region: string; account: string }, name: string): string =>
  `arn:aws:kms:${context.region}:${context.account}:${name}`;

/** A key by id, ARN, alias name or alias ARN; undefined when there is none. */
export function findKey(context: KmsContext, given: string | undefined): Key | undefined {
  const name = given?.startsWith('arn:') ? given.split(':').slice(5).join(':') : given;
  if (name?.startsWith('alias/')) return context.state.keys[context.state.aliases[name] ?? ''];
  return context.state.keys[name?.replace(/^key\//, '') ?? ''];
}

/** Throws NotFoundException. */
export function keyOf(context: KmsContext, given: string | undefined): Key {
  const key = findKey(context, given) ?? managedKey(context, given);
  if (key) return key;
  if (given?.includes('alias/')) {
    const name = given.slice(given.indexOf('alias/'));
    throw new AwsError('NotFoundException', `Alias ${aliasArn(context, name)} is not found.`);
  }
  const arn = given?.startsWith('arn:') ? given : keyArn(context, given ?? '');
  throw new AwsError('NotFoundException', `Key '${arn}' does not exist`);
}

/** KMS API reference, errors of Decrypt; AccessDeniedException as IAM words it. */
const REFUSALS: Readonly<Record<KmsFault['error'], (arn: string) => string>> = {
  AccessDeniedException: (arn) =>
    `The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access. (${arn})`,
  DisabledException: (arn) => `${arn} is disabled.`,
  KMSInvalidStateException: (arn) => `${arn} is pending import.`,
  KeyUnavailableException: () => 'The request was rejected because the key is temporarily unavailable.',
};

const isKey = (context: KmsContext, { region, key: name }: KmsFault, { id, arn }: Key): boolean =>
  (region === undefined || region === context.region) &&
  (name === undefined || name === id || name === arn || context.state.aliases[name] === id);

/** Throws DisabledException, KMSInvalidStateException, or what a fault says, unless the key can be used. */
export function usableKey(context: KmsContext, given: string | undefined): Key {
  const key = keyOf(context, given);
  const refused = firstStruck(context.cloud, 'kms', (fault) => isKey(context, fault, key));
  if (refused) throw new AwsError(refused.error, REFUSALS[refused.error](key.arn));
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (key.state !== 'Enabled') throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  return key;
}

/** AWS managed keys ('alias/aws/ssm') come into being when their service first uses them in a caller's name. */
function managedKey(context: KmsContext, given: string | undefined): Key | undefined {
  const { caller } = context;
  const service = managingService(given);
  if (service === undefined || caller.kind === 'service' || caller.via !== service) return undefined;
  const name = given?.slice(given.indexOf('alias/')) ?? '';
  const policy = managedPolicy(context, service);
  const key = newKey(context, { description: `Default key of ${name}`, manager: 'AWS', policy });
  context.state.aliases[name] = key.id;
  return key;
}

/** 'ssm.amazonaws.com' for an id or ARN that ends in 'alias/aws/ssm'. */
const managingService = (given = ''): string | undefined => {
  const [, name] = /alias\/aws\/([a-z0-9]+)$/.exec(given) ?? [];
  return name && `${name}.amazonaws.com`;
};

/** The policy that a key has, or that an AWS managed key will have once it is used. */
export function policyOf(context: KmsContext, given: string): string | undefined {
  const service = managingService(given);
  return findKey(context, given)?.policy ?? (service && managedPolicy(context, service));
}

/** Makes a key and stores it. */
export function newKey(
  context: KmsContext,
  options: { description?: string; policy?: string; multiRegion?: boolean; manager?: Key['manager'] },
): Key {
  const multiRegion = options.multiRegion ?? false;
  const id = multiRegion ? `mrk-${context.random.hex(32)}` : context.random.uuid();
  const key: Key = {
    id,
    arn: keyArn(context, id),
    createdAt: context.now,
    description: options.description ?? '',
    multiRegion,
    primaryRegion: context.region,
    manager: options.manager ?? 'CUSTOMER',
    material: context.random.hex(64),
    state: 'Enabled',
    policy: options.policy ?? defaultPolicy(context.account),
    rotation: false,
  };
  context.state.keys[id] = key;
  return key;
}

/** Developer guide, "Default key policy": the account, so that IAM policies decide. */
const defaultPolicy = (account: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });

/** Developer Guide, "AWS managed keys": everyone in the account, through the service that owns the key. */
const managedPolicy = ({ account, region }: KmsContext, service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:CreateGrant',
          'kms:DescribeKey',
        ],
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': service.replace('.', `.${region}.`) },
        },
      },
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
        Resource: '*',
      },
    ],
  });
