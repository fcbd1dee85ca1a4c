/** Resource policies of functions: who may invoke them, for whom. IAM decides by them. */
import type { Clients } from '../clients.ts';
import { AwsError } from '../errors.ts';
import type { ResourcePolicy } from '../iam/resource-policy.ts';
import type { Context, Operations } from '../service.ts';
import { type FunctionRecord, findFunction, functionArn, type LambdaState, type Permission } from './state.ts';

/** For IAM: the policy of a function; undefined when there is no such function. */
export function functionPolicy(arn: string, context: Context<LambdaState>): ResourcePolicy | undefined {
  const name = arn.split(':')[6] ?? '';
  const record = arn === functionArn(context.region, context.account, name) ? context.state.functions[name] : undefined;
  return record && { documents: record.permissions.length === 0 ? [] : [policyOf(record)] };
}

const policyOf = (record: FunctionRecord): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'default',
    Statement: record.permissions.map((each) => statementOf(record, each)),
  });

function statementOf(record: FunctionRecord, permission: Permission): object {
  const { id, action, principal, sourceArn, sourceAccount, urlAuthType, viaUrl } = permission;
  const equal = {
    ...(sourceAccount !== undefined && { 'AWS:SourceAccount': sourceAccount }),
    ...(urlAuthType !== undefined && { 'lambda:FunctionUrlAuthType': urlAuthType }),
  };
  const condition = {
    ...(sourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
    ...(Object.keys(equal).length > 0 && { StringEquals: equal }),
    ...(viaUrl !== undefined && { Bool: { 'lambda:InvokedViaFunctionUrl': String(viaUrl) } }),
  };
  return {
    Sid: id,
    Effect: 'Allow',
    Principal: principalElement(principal),
    Action: action,
    Resource: record.arn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function principalElement(principal: string): unknown {
  if (principal === '*') return principal;
  if (/\.amazonaws\.com$/.test(principal)) return { Service: principal };
  return { AWS: /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal };
}

const notFound = (): AwsError =>
  new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.');

export const permissionOperations: Operations<Clients['lambda'], LambdaState> = {
  AddPermission(input, context: Context<LambdaState>) {
    const record = findFunction(context, input.FunctionName, input.Qualifier);
    const { StatementId: id = '', Action: action = '', Principal: principal = '' } = input;
    if (record.permissions.some((each) => each.id === id)) {
      const message = `The statement id (${id}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
      throw new AwsError('ResourceConflictException', message);
    }
    const permission: Permission = {
      id,
      action,
      principal,
      sourceArn: input.SourceArn,
      sourceAccount: input.SourceAccount,
      ...(input.FunctionUrlAuthType !== undefined && { urlAuthType: input.FunctionUrlAuthType }),
      ...(input.InvokedViaFunctionUrl !== undefined && { viaUrl: input.InvokedViaFunctionUrl }),
    };
    record.permissions.push(permission);
    return { Statement: JSON.stringify(statementOf(record, permission)) };
  },

  RemovePermission(input, context) {
    const record = findFunction(context, input.FunctionName, input.Qualifier);
    const kept = record.permissions.filter((each) => each.id !== input.StatementId);
    if (kept.length === record.permissions.length) throw notFound();
    record.permissions = kept;
    return {};
  },

  GetPolicy(input, context) {
    const record = findFunction(context, input.FunctionName, input.Qualifier);
    if (record.permissions.length === 0) throw notFound();
    return { Policy: policyOf(record), RevisionId: String(record.revision) };
  },
};
