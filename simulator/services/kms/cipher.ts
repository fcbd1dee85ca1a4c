/**
 * Encrypts with a key's material: AES-256-GCM with the encryption context as authenticated data. The ciphertext names the
 * key, as KMS's does, and never holds the plaintext; the format is the simulator's own. The nonce comes from the seeded
 * stream, so runs repeat.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { AwsError } from '../../errors.ts';
import type { Random } from '../../random.ts';
import type { Key } from './state.ts';

export type EncryptionContext = Readonly<Record<string, string>> | undefined;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function encrypt(key: Key, plaintext: Uint8Array, context: EncryptionContext, random: Random): Uint8Array {
  const nonce = Buffer.from(random.hex(NONCE_BYTES * 2), 'hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.material, 'hex'), nonce);
  cipher.setAAD(authenticated(context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const id = Buffer.from(key.id);
  return new Uint8Array(Buffer.concat([Buffer.from([id.length]), id, nonce, cipher.getAuthTag(), body]));
}

/** The id of the key that made this ciphertext. */
export function keyIdIn(ciphertext: Uint8Array): string {
  return Buffer.from(ciphertext.subarray(1, 1 + (ciphertext[0] ?? 0))).toString();
}

/** Throws InvalidCiphertextException when the text was changed or the encryption context is another. */
export function decrypt(key: Key, ciphertext: Uint8Array, context: EncryptionContext): Uint8Array {
  const nonceAt = 1 + (ciphertext[0] ?? 0);
  const tagAt = nonceAt + NONCE_BYTES;
  const bodyAt = tagAt + TAG_BYTES;
  try {
    const nonce = ciphertext.subarray(nonceAt, tagAt);
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key.material, 'hex'), nonce);
    decipher.setAAD(authenticated(context));
    decipher.setAuthTag(ciphertext.subarray(tagAt, bodyAt));
    return new Uint8Array(Buffer.concat([decipher.update(ciphertext.subarray(bodyAt)), decipher.final()]));
  } catch (cause) {
    throw new AwsError('InvalidCiphertextException', '', { cause });
  }
}

const authenticated = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));
