/** Change sets: what an update would do, computed and kept, then carried out or thrown away. */
import type { CloudFormation, DescribeChangeSetOutput } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../errors.ts';
import type { Operations } from '../../service.ts';
import { beginCreate, beginUpdate, type CreateRequest, type UpdateRequest } from '../engine.ts';
import { resources } from '../resources/index.ts';
import { type CloudFormationState, findStack } from '../state.ts';
import { createChangeSet } from './change-set-creation.ts';
import { changeOutput } from './changes.ts';
import { parametersOf, tagsOf } from './describe.ts';
import { noSuchChangeSet, noSuchStack, refuseOthers } from './errors.ts';
import { pageOf } from './pages.ts';
import { rememberToken, wasMade } from './requests.ts';
import { type ApiContext, apiIn, type ChangeSetRecord, type Parameters, stackOf } from './state.ts';

type ChangeSetOperations = Pick<
  Operations<CloudFormation, CloudFormationState>,
  'CreateChangeSet' | 'DescribeChangeSet' | 'ExecuteChangeSet' | 'DeleteChangeSet' | 'ListChangeSets'
>;

const CHANGES_PER_PAGE = 100;

export const changeSetOperations: ChangeSetOperations = {
  CreateChangeSet: createChangeSet,

  DescribeChangeSet(input, context) {
    const record = changeSetOf(context, input.StackName, input.ChangeSetName);
    const settled = record.status === 'CREATE_COMPLETE';
    const { items, ...rest } = pageOf(settled ? record.changes : [], input.NextToken, CHANGES_PER_PAGE);
    const withValues = input.IncludePropertyValues === true;
    return { ...described(record), Changes: items.map((change) => changeOutput(change, withValues)), ...rest };
  },

  async ExecuteChangeSet(input, context) {
    refuseOthers('ExecuteChangeSet', input, [
      'ChangeSetName',
      'StackName',
      'ClientRequestToken',
      'DisableRollback',
      'RetainExceptOnCreate',
    ]);
    const record = changeSetOf(context, input.StackName, input.ChangeSetName);
    if (wasMade(context, record.stackId, `ExecuteChangeSet ${record.id}`, input.ClientRequestToken)) return {};
    if (record.execution !== 'AVAILABLE') {
      throw new AwsError(
        'InvalidChangeSetStatusException',
        `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status}]`,
        { status: 400 },
      );
    }
    const operation = await begin(record, input, context);
    rememberToken(context, record.stackId, `ExecuteChangeSet ${record.id}`, input.ClientRequestToken);
    record.execution = 'EXECUTE_IN_PROGRESS';
    forgetOthers(record, context);
    void operation.done.then(({ failure }) => {
      record.execution = failure === undefined ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
    });
    return {};
  },

  DeleteChangeSet(input, context) {
    const { changeSets } = apiIn(context.cloud, context.region);
    const record = findChangeSet(context, input.StackName, input.ChangeSetName);
    if (record === undefined) {
      // One that is not there is deleted already; a stack that is not there is an error.
      if (input.StackName !== undefined) stackOf(context, input.StackName);
      return {};
    }
    if (record.execution === 'EXECUTE_IN_PROGRESS') {
      throw new AwsError(
        'InvalidChangeSetStatusException',
        `An operation on ChangeSet [${record.id}] is currently in progress.`,
        { status: 400 },
      );
    }
    delete changeSets[record.id];
    return {};
  },

  ListChangeSets(input, context) {
    const stack = findStack(context.cloud, context.region, input.StackName ?? '');
    if (stack === undefined) throw noSuchStack(input.StackName);
    const all = Object.values(apiIn(context.cloud, context.region).changeSets).filter(
      ({ stackId }) => stackId === stack.stackId,
    );
    const { items, ...rest } = pageOf(all, input.NextToken, CHANGES_PER_PAGE);
    return {
      Summaries: items.map((record) => {
        const { Parameters: _, Tags: __, Capabilities: ___, NotificationARNs: ____, ...summary } = described(record);
        return summary;
      }),
      ...rest,
    };
  },
};

function findChangeSet(
  { cloud, region }: ApiContext,
  stack: string | undefined,
  nameOrId: string | undefined,
): ChangeSetRecord | undefined {
  const { changeSets } = apiIn(cloud, region);
  const byId = changeSets[nameOrId ?? ''];
  if (byId !== undefined) return byId;
  const stackId = findStack(cloud, region, stack ?? '')?.stackId;
  return Object.values(changeSets).find((each) => each.name === nameOrId && each.stackId === stackId);
}

function changeSetOf(context: ApiContext, stack: string | undefined, nameOrId: string | undefined): ChangeSetRecord {
  const record = findChangeSet(context, stack, nameOrId);
  if (record === undefined) throw noSuchChangeSet(nameOrId);
  return record;
}

function described(record: ChangeSetRecord): DescribeChangeSetOutput {
  return {
    ChangeSetName: record.name,
    ChangeSetId: record.id,
    StackName: record.stackName,
    StackId: record.stackId,
    CreationTime: new Date(record.createdAt),
    Status: record.status,
    ExecutionStatus: record.execution,
    // Why it failed; while the planning goes on nobody knows it yet.
    ...(record.status === 'FAILED' && { StatusReason: record.reason }),
    ...(record.description !== undefined && { Description: record.description }),
    Parameters: parametersOf(record.shownParameters),
    ...(record.tags !== undefined && { Tags: tagsOf(record.tags) }),
    Capabilities: [...record.capabilities] as NonNullable<DescribeChangeSetOutput['Capabilities']>,
    NotificationARNs: [],
    IncludeNestedStacks: record.includeNestedStacks,
    ImportExistingResources: record.importExistingResources,
    ...(record.onStackFailure !== undefined && { OnStackFailure: record.onStackFailure }),
    ...(record.revertDrift && { DeploymentMode: 'REVERT_DRIFT' as const }),
  };
}

interface Execution {
  readonly ClientRequestToken?: string | undefined;
  readonly DisableRollback?: boolean | undefined;
  readonly RetainExceptOnCreate?: boolean | undefined;
}

/** Hands the change set to the engine. It is checked again there: the stack may have changed meanwhile. */
function begin(record: ChangeSetRecord, input: Execution, { cloud, region, caller }: ApiContext) {
  const request = {
    region,
    stackName: record.stackId,
    resources,
    caller,
    template: cloud.blobs.text(record.template),
    parameters: JSON.parse(cloud.blobs.text(record.parameters)) as Parameters,
    ...(record.tags !== undefined && { tags: record.tags }),
    ...(record.roleArn !== undefined && { roleArn: record.roleArn }),
    ...(input.ClientRequestToken !== undefined && { token: input.ClientRequestToken }),
    ...(input.DisableRollback !== undefined && { disableRollback: input.DisableRollback }),
    ...(input.RetainExceptOnCreate !== undefined && { retainExceptOnCreate: input.RetainExceptOnCreate }),
  };
  if (record.type === 'UPDATE') {
    return beginUpdate(cloud, { ...request, ...(record.revertDrift && { revertDrift: true }) } satisfies UpdateRequest);
  }
  const onFailure = record.onStackFailure;
  return beginCreate(cloud, {
    ...request,
    stackName: record.stackName,
    ...(onFailure !== undefined && { onFailure }),
  } satisfies CreateRequest);
}

/** ExecuteChangeSet API Reference: the stack's other change sets are deleted, they were computed for another stack. */
function forgetOthers(executed: ChangeSetRecord, { cloud, region }: ApiContext): void {
  const { changeSets } = apiIn(cloud, region);
  for (const { id, stackId } of Object.values(changeSets)) {
    if (stackId === executed.stackId && id !== executed.id) delete changeSets[id];
  }
}
