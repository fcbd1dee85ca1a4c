/** Resource policies of secrets: who may use one, beside those whose own policies say so. */
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import { checkGrammar } from '../../iam/grammar.ts';
import type { ResourcePolicy } from '../../iam/resource-policy.ts';
import type { Operations } from '../../service.ts';
import { findSecret, type SecretsContext, type SecretsManagerState, secretOf } from './state.ts';

export const policyOperations: Operations<Clients['secretsmanager'], SecretsManagerState> = {
  PutResourcePolicy(input, context) {
    const secret = secretOf(context, input.SecretId);
    const policy = input.ResourcePolicy ?? '';
    try {
      checkGrammar('resource', policy);
    } catch (cause) {
      throw new AwsError('MalformedPolicyDocumentException', (cause as Error).message, { status: 400, cause });
    }
    secret.policy = policy;
    return { ARN: secret.arn, Name: secret.name };
  },

  GetResourcePolicy(input, context) {
    const { arn, name, policy } = secretOf(context, input.SecretId);
    return { ARN: arn, Name: name, ...(policy !== undefined && { ResourcePolicy: policy }) };
  },

  DeleteResourcePolicy(input, context) {
    const secret = secretOf(context, input.SecretId);
    delete secret.policy;
    return { ARN: secret.arn, Name: secret.name };
  },
};

/** For IAM. */
export function secretPolicy(arn: string, context: SecretsContext): ResourcePolicy | undefined {
  const secret = findSecret(context, arn);
  return secret && { documents: secret.policy === undefined ? [] : [secret.policy] };
}
