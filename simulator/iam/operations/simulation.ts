/** SimulatePrincipalPolicy for roles: what authorize.ts would say, without doing it. */
import type { Clients } from '../../clients.ts';
import { NotModelled } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { lookupIn } from '../evaluate.ts';
import { principalOf, roleNameOf } from '../principal.ts';
import { decideForRole } from '../role-decision.ts';
import type { IamState } from '../state.ts';
import { required, roleNamed } from './shared.ts';

export const simulationOperations: Operations<Clients['iam'], IamState> = {
  SimulatePrincipalPolicy(input, context) {
    const source = required(input.PolicySourceArn, 'policySourceArn');
    if (!source.includes(':role/')) throw new NotModelled(`simulating ${source}: only roles are modelled`);
    if (input.PolicyInputList || input.ResourcePolicy || input.PermissionsBoundaryPolicyInputList) {
      throw new NotModelled('SimulatePrincipalPolicy with further policies is not modelled');
    }
    const role = roleNamed(context, roleNameOf(source));
    const entries = (input.ContextEntries ?? []).map(
      (entry) => [entry.ContextKeyName ?? '', entry.ContextKeyValues ?? []] as const,
    );
    const asked = {
      context: lookupIn(Object.fromEntries(entries)),
      // The simulation asks about a session that is not there yet.
      principal: principalOf(
        context.account,
        { kind: 'role', arn: role.arn, session: '' },
        role.boundary !== undefined,
      ),
    };
    const results = (input.ActionNames ?? []).flatMap((action) =>
      (input.ResourceArns ?? ['*']).map((resource) => {
        const decision = decideForRole(context.state, role.name, { ...asked, action, resource });
        return {
          EvalActionName: action,
          EvalResourceName: resource,
          EvalDecision: decision.allowed
            ? ('allowed' as const)
            : decision.why.endsWith('Deny')
              ? ('explicitDeny' as const)
              : ('implicitDeny' as const),
        };
      }),
    );
    return { EvaluationResults: results, IsTruncated: false };
  },
};
