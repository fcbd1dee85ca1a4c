/**
 * SecureString values: encrypted by KMS with the parameter's ARN as encryption context (user guide, "AWS KMS encryption
 * for Parameter Store SecureString parameters"). Keys are used in the caller's name: a customer's key needs the caller's
 * own permission, the AWS managed one does not.
 */
import type { CallOptions } from '../../service.ts';
import { type Parameter, parameterArn, type SsmContext } from './state.ts';

const inNameOf = ({ caller }: SsmContext): CallOptions =>
  caller.kind === 'service' ? { caller } : { caller: { ...caller, via: 'ssm.amazonaws.com' } };

const encryptionContext = (context: SsmContext, name: string): Record<string, string> => ({
  PARAMETER_ARN: parameterArn(context, name),
});

/** The ciphertext in base64. Throws what KMS throws. */
export async function sealValue(context: SsmContext, name: string, keyId: string, value: string): Promise<string> {
  const { CiphertextBlob } = await context.call(
    'kms',
    'Encrypt',
    { KeyId: keyId, Plaintext: new TextEncoder().encode(value), EncryptionContext: encryptionContext(context, name) },
    inNameOf(context),
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
    inNameOf(context),
  );
  return new TextDecoder().decode(Plaintext);
}
