/** Resource policies of tables: who may use one, beside those whose own policies say so. Each replica has its own. */
import { createHash } from 'node:crypto';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { AwsError, NotModelled } from '../../errors.ts';
import { checkGrammar } from '../../iam/grammar.ts';
import type { ResourcePolicy } from '../../iam/resource-policy.ts';
import type { Operations } from '../../service.ts';
import { type DynamoDbContext, type DynamoDbState, type Table, tableArn } from './state.ts';

export const policyOperations: Operations<DynamoDB, DynamoDbState> = {
  PutResourcePolicy(input, context) {
    const table = tableOf(input.ResourceArn, context);
    checkRevision(table, input.ExpectedRevisionId);
    const policy = input.Policy ?? '';
    try {
      checkGrammar('resource', policy);
    } catch (cause) {
      throw new AwsError('ValidationException', (cause as Error).message, { cause });
    }
    table.policy = policy;
    return { RevisionId: revisionOf(policy) };
  },

  GetResourcePolicy(input, context) {
    const { policy, name } = tableOf(input.ResourceArn, context);
    if (policy === undefined) throw notFound(name);
    return { Policy: policy, RevisionId: revisionOf(policy) };
  },

  DeleteResourcePolicy(input, context) {
    const table = tableOf(input.ResourceArn, context);
    checkRevision(table, input.ExpectedRevisionId);
    const { policy } = table;
    delete table.policy;
    return policy === undefined ? {} : { RevisionId: revisionOf(policy) };
  },
};

/** For IAM: of the table, also when an index of it is asked about. */
export function tablePolicy(arn: string, context: DynamoDbContext): ResourcePolicy | undefined {
  const [, name = ''] = (arn.split(':')[5] ?? '').split('/');
  const table = context.state.tables[name];
  return table && { documents: table.policy === undefined ? [] : [table.policy] };
}

const notFound = (name: string): AwsError =>
  new AwsError('PolicyNotFoundException', `Resource-based policy not found for the provided ResourceArn: ${name}`);

/** Throws ResourceNotFoundException, and NotModelled for the policy of a stream. */
function tableOf(arn: string | undefined, context: DynamoDbContext): Table {
  if (arn?.includes('/stream/')) throw new NotModelled('dynamodb: resource policies of streams are not modelled');
  const table = Object.values(context.state.tables).find((each) => tableArn(context, each.name) === arn);
  if (table !== undefined) return table;
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: ${arn}`);
}

const revisionOf = (policy: string): string => createHash('md5').update(policy).digest('hex');

/** API reference, PutResourcePolicy: 'NO_POLICY' asks that there be none. */
function checkRevision(table: Table, expected: string | undefined): void {
  const current = table.policy === undefined ? 'NO_POLICY' : revisionOf(table.policy);
  if (expected === undefined || expected === current) return;
  throw new AwsError('PolicyNotFoundException', `The policy of ${table.name} is not at revision ${expected}`);
}
