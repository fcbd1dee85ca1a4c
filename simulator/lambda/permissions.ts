/** Resource policies of functions: which AWS services may invoke them, for whom. */

import type { Clients } from '../clients.ts';
import { AwsError } from '../errors.ts';
import type { Caller, Context, Operations } from '../service.ts';
import { arnMatches } from './arn-pattern.ts';
import { type FunctionRecord, findFunction, type LambdaState, type Permission } from './state.ts';

/**
 * Throws AccessDeniedException when a service principal has no statement that lets it in. Roles and the administrator
 * are IAM's business.
 */
export function assertMayInvoke(record: FunctionRecord, caller: Caller, account: string): void {
  if (caller.kind !== 'service') return;
  if (record.permissions.some((permission) => admits(permission, caller, account))) return;
  const who = caller.sourceArn === undefined ? caller.principal : `${caller.principal} (${caller.sourceArn})`;
  const message = `User: ${who} is not authorized to perform: lambda:InvokeFunction on resource: ${record.arn} because no resource-based policy allows the lambda:InvokeFunction action`;
  throw new AwsError('AccessDeniedException', message, { status: 403 });
}

function admits(permission: Permission, caller: Extract<Caller, { kind: 'service' }>, account: string): boolean {
  const { action, principal, sourceArn, sourceAccount } = permission;
  return (
    ['lambda:InvokeFunction', 'lambda:*', '*'].includes(action) &&
    (principal === caller.principal || principal === '*') &&
    (sourceArn === undefined || (caller.sourceArn !== undefined && arnMatches(sourceArn, caller.sourceArn))) &&
    (sourceAccount === undefined || sourceAccount === account)
  );
}

function statementOf(record: FunctionRecord, permission: Permission): object {
  const { id, action, principal, sourceArn, sourceAccount } = permission;
  const condition = {
    ...(sourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
    ...(sourceAccount !== undefined && { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
  };
  return {
    Sid: id,
    Effect: 'Allow',
    Principal: /\.amazonaws\.com$/.test(principal) ? { Service: principal } : principal,
    Action: action,
    Resource: record.arn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
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
    const permission = { id, action, principal, sourceArn: input.SourceArn, sourceAccount: input.SourceAccount };
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
    const Statement = record.permissions.map((each) => statementOf(record, each));
    return {
      Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement }),
      RevisionId: String(record.revision),
    };
  },
};
