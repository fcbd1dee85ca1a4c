/** Repository policies: who may pull and push, beside those whose own policies say so. */
import type { Clients } from '../../clients.ts';
import { AwsError } from '../../errors.ts';
import { checkGrammar } from '../../iam/grammar.ts';
import type { ResourcePolicy } from '../../iam/resource-policy.ts';
import type { Operations } from '../../service.ts';
import { type EcrContext, type EcrState, repositoryArn, repositoryOf } from './state.ts';

export const policyOperations: Operations<Clients['ecr'], EcrState> = {
  SetRepositoryPolicy(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const policyText = input.policyText ?? '';
    try {
      checkGrammar('resource', policyText);
    } catch (cause) {
      const message = `Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'`;
      throw new AwsError('InvalidParameterException', message, { cause });
    }
    repository.policy = policyText;
    return { registryId: context.account, repositoryName: repository.name, policyText };
  },

  GetRepositoryPolicy(input, context) {
    const { name, policy } = repositoryOf(context, input.repositoryName);
    if (policy === undefined) throw noPolicy(context, name);
    return { registryId: context.account, repositoryName: name, policyText: policy };
  },

  DeleteRepositoryPolicy(input, context) {
    const repository = repositoryOf(context, input.repositoryName);
    const { name, policy } = repository;
    if (policy === undefined) throw noPolicy(context, name);
    delete repository.policy;
    return { registryId: context.account, repositoryName: name, policyText: policy };
  },
};

const noPolicy = ({ account }: EcrContext, name: string): AwsError =>
  new AwsError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  );

/** For IAM. The statements of a repository policy name no resource: they are about the repository they belong to. */
export function repositoryPolicy(arn: string, context: EcrContext): ResourcePolicy | undefined {
  const repository = context.state.repositories[arn.slice(repositoryArn(context, '').length)];
  return repository && { documents: repository.policy === undefined ? [] : [repository.policy] };
}
