/** What KMS holds in one region: keys with their material, and aliases. */
import { AwsError } from '../../errors.ts';
import type { Context } from '../../service.ts';

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly description: string;
  readonly multiRegion: boolean;
  /** Region of the primary key of a multi-region key. */
  readonly primaryRegion: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  /** 256 bits in hex; replicas share it. */
  readonly material: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  policy: string;
  rotation: boolean;
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

/** Throws DisabledException or KMSInvalidStateException unless the key can be used. */
export function usableKey(context: KmsContext, given: string | undefined): Key {
  const key = keyOf(context, given);
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (key.state !== 'Enabled') throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  return key;
}

/** AWS managed keys ('alias/aws/ssm') come into being when a service first uses them. */
function managedKey(context: KmsContext, given: string | undefined): Key | undefined {
  const name = given?.slice(given.indexOf('alias/')) ?? '';
  if (!name.startsWith('alias/aws/') || context.caller.kind !== 'service') return undefined;
  const key = newKey(context, { description: `Default key of ${name}`, manager: 'AWS' });
  context.state.aliases[name] = key.id;
  return key;
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
