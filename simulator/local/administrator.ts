/** The key pair of the account's administrator, which people and tools outside the cloud sign with. Kept with the state. */
import { randomBytes } from 'node:crypto';
import type { Cloud } from '../cloud.ts';

export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The cloud's administrator key: `fixed`, the one it has, or a new random one. */
export function administratorKey(cloud: Cloud, fixed?: KeyPair): KeyPair {
  const { credentials, keys } = cloud.state;
  if (fixed) return remember(cloud, fixed);
  // The one key of the account itself without a session.
  for (const [accessKeyId, { secretAccessKey, sessionToken }] of Object.entries(keys)) {
    if (sessionToken === undefined && credentials[accessKeyId]?.kind === 'account')
      return { accessKeyId, secretAccessKey };
  }
  // Not from the cloud's own randomness: whoever knows the seed would know the key.
  const accessKeyId = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
  return remember(cloud, { accessKeyId, secretAccessKey: randomBytes(30).toString('base64url') });
}

function remember(cloud: Cloud, { accessKeyId, secretAccessKey }: KeyPair): KeyPair {
  cloud.state.credentials[accessKeyId] = { kind: 'account' };
  cloud.state.keys[accessKeyId] = { secretAccessKey };
  return { accessKeyId, secretAccessKey };
}
