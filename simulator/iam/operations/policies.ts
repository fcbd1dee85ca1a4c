/** Managed policies of the customer; one version each. */
import type { Policy } from '@aws-sdk/client-iam';
import type { Clients } from '../../clients.ts';
import type { Operations } from '../../service.ts';
import type { IamState, PolicyState } from '../state.ts';
import { alreadyExists, arnOf, checkedDocument, type IamContext, noSuch, required, uniqueId } from './shared.ts';

export const policyOperations: Operations<Clients['iam'], IamState> = {
  CreatePolicy(input, context) {
    const name = required(input.PolicyName, 'policyName');
    const path = input.Path ?? '/';
    const arn = arnOf(context, 'policy', path, name);
    if (context.state.policies[arn]) throw alreadyExists(`A policy called ${name}`);
    const policy: PolicyState = {
      name,
      arn,
      path,
      id: uniqueId(context, 'ANPA'),
      createdAt: context.now,
      document: checkedDocument('identity', input.PolicyDocument),
      ...(input.Description !== undefined && { description: input.Description }),
    };
    context.state.policies[arn] = policy;
    context.state.version++;
    return { Policy: describe(context, policy) };
  },

  GetPolicy(input, context) {
    const policy = context.state.policies[required(input.PolicyArn, 'policyArn')];
    if (policy === undefined) throw noSuch(`policy ${input.PolicyArn}`);
    return { Policy: describe(context, policy) };
  },
};

const describe = (context: IamContext, policy: PolicyState): Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  CreateDate: new Date(policy.createdAt),
  UpdateDate: new Date(policy.createdAt),
  DefaultVersionId: `v${policy.versionNumber ?? 1}`,
  IsAttachable: true,
  AttachmentCount: Object.values(context.state.roles).filter((role) => role.attached.includes(policy.arn)).length,
  ...(policy.description !== undefined && { Description: policy.description }),
});
