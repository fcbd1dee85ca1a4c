/**
 * SecureString values: encrypted by KMS with the parameter's ARN as encryption context (user guide, "AWS KMS encryption
 * for Parameter Store SecureString parameters"). A customer's key is used as the caller, whose policies must allow it;
 * the AWS managed key by Parameter Store itself.
 */
import type { CallOptions } from '../../service.ts';
import { type Parameter, parameterArn, type SsmContext } from './state.ts';

const optionsFor = (context: SsmContext, keyId: string): CallOptions =>
  keyId.includes('alias/aws/') ? {} : { caller: context.caller };

const encryptionContext = (context: SsmContext, name: string): Record<string, string> => ({
  PARAMETER_ARN: parameterArn(context, name),
});

/** The ciphertext in base64. Throws what KMS throws. */
export async function sealValue(context: SsmContext, name: string, keyId: string, value: string): Promise<string> {
  const { CiphertextBlob } = await context.call(
    'kms',
    'Encrypt',
    { KeyId: keyId, Plaintext: new TextEncoder().encode(value), EncryptionContext: encryptionContext(context, name) },
    optionsFor(context, keyId),
  );
  return Buffer.from(CiphertextBlob ?? []).toString('base64');
}

/** The plaintext. Throws what KMS throws. */
export async function openValue(context: SsmContext, parameter: Parameter, sealed: string): Promise<string> {
  const { Plaintext } = await context.call(
    'kms',
    'Decrypt',
    {
      CiphertextBlob: new Uint8Array(Buffer.from(sealed, 'base64')),
      EncryptionContext: encryptionContext(context, parameter.name),
    },
    optionsFor(context, parameter.keyId ?? ''),
  );
  return new TextDecoder().decode(Plaintext);
}
