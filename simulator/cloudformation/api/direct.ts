/** Operations that have a stack made, changed, taken back or deleted at once, without a change set. */
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { Operations } from '../../service.ts';
import * as engine from '../engine.ts';
import { resources } from '../resources/index.ts';
import { type CloudFormationState, findStack, type StackRecord } from '../state.ts';
import { invalid, noSuchStack, refuseExpress, refuseOthers } from './errors.ts';
import { COMMON_MEMBERS, checkRole, checkStackName, commonRequest, rememberToken, wasMade } from './requests.ts';
import { type ApiContext, apiIn } from './state.ts';

type DirectOperations = Pick<
  Operations<CloudFormation, CloudFormationState>,
  'CreateStack' | 'UpdateStack' | 'DeleteStack' | 'CancelUpdateStack' | 'RollbackStack' | 'ContinueUpdateRollback'
>;

const EXECUTION_MEMBERS = ['ClientRequestToken', 'DisableRollback', 'RetainExceptOnCreate'];

export const directOperations: DirectOperations = {
  async CreateStack(input, context) {
    refuseOthers('CreateStack', input, [
      ...COMMON_MEMBERS,
      ...EXECUTION_MEMBERS,
      'OnFailure',
      'TimeoutInMinutes',
      'EnableTerminationProtection',
    ]);
    refuseExpress('CreateStack', input.DeploymentConfig);
    checkStackName(input.StackName);
    const existing = findStack(context.cloud, context.region, input.StackName ?? '');
    if (wasMade(context, existing?.stackId, 'CreateStack', input.ClientRequestToken)) return idOf(existing!);
    if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
      throw invalid('You can specify either DisableRollback or OnFailure, but not both.');
    }
    const common = await commonRequest(input, context);
    const { stack } = await engine.beginCreate(context.cloud, {
      ...common,
      ...executionOf(input),
      template: common.template!,
      ...(input.OnFailure !== undefined && { onFailure: input.OnFailure }),
      ...(input.TimeoutInMinutes !== undefined && { timeoutMinutes: input.TimeoutInMinutes }),
      terminationProtection: input.EnableTerminationProtection === true,
    });
    rememberToken(context, stack.stackId, 'CreateStack', input.ClientRequestToken);
    return idOf(stack);
  },

  async UpdateStack(input, context) {
    refuseOthers('UpdateStack', input, [...COMMON_MEMBERS, ...EXECUTION_MEMBERS, 'UsePreviousTemplate']);
    refuseExpress('UpdateStack', input.DeploymentConfig);
    const existing = living(context, input.StackName);
    if (wasMade(context, existing.stackId, 'UpdateStack', input.ClientRequestToken)) return idOf(existing);
    const common = await commonRequest(input, context, context.cloud.blobs.text(existing.template));
    const { stack } = await engine.beginUpdate(context.cloud, { ...common, ...executionOf(input) });
    rememberToken(context, stack.stackId, 'UpdateStack', input.ClientRequestToken);
    return idOf(stack);
  },

  async DeleteStack(input, context) {
    refuseOthers('DeleteStack', input, [
      'StackName',
      'RoleARN',
      'ClientRequestToken',
      'RetainResources',
      'DeletionMode',
      'DeploymentConfig',
    ]);
    refuseExpress('DeleteStack', input.DeploymentConfig);
    const existing = findStack(context.cloud, context.region, input.StackName ?? '');
    // API Reference: deleting what is not there, or is deleted already, succeeds.
    if (existing === undefined || existing.status === 'DELETE_COMPLETE') return {};
    if (wasMade(context, existing.stackId, 'DeleteStack', input.ClientRequestToken)) return {};
    if (input.RoleARN !== undefined) checkRole(input.RoleARN, context);
    await engine.beginDelete(context.cloud, {
      ...base(context, existing),
      ...(input.RoleARN !== undefined && { roleArn: input.RoleARN }),
      ...(input.ClientRequestToken !== undefined && { token: input.ClientRequestToken }),
      ...(input.RetainResources !== undefined && { retainResources: input.RetainResources }),
      ...(input.DeletionMode === 'FORCE_DELETE_STACK' && { force: true }),
    });
    rememberToken(context, existing.stackId, 'DeleteStack', input.ClientRequestToken);
    forgetChangeSets(context, existing.stackId);
    return {};
  },

  CancelUpdateStack(input, context) {
    const existing = living(context, input.StackName);
    engine.cancelUpdate(context.cloud, { region: context.region, stackName: existing.stackName });
    return {};
  },

  async RollbackStack(input, context) {
    refuseOthers('RollbackStack', input, [
      'StackName',
      'RoleARN',
      'ClientRequestToken',
      'RetainExceptOnCreate',
      'DeploymentConfig',
    ]);
    refuseExpress('RollbackStack', input.DeploymentConfig);
    const existing = living(context, input.StackName);
    if (input.RoleARN !== undefined) checkRole(input.RoleARN, context);
    const { stack } = await engine.beginRollback(context.cloud, {
      ...base(context, existing),
      ...roleOf(input),
      ...executionOf(input),
    });
    return idOf(stack);
  },

  async ContinueUpdateRollback(input, context) {
    refuseOthers('ContinueUpdateRollback', input, ['StackName', 'RoleARN', 'ClientRequestToken', 'ResourcesToSkip']);
    const existing = living(context, input.StackName);
    if (input.RoleARN !== undefined) checkRole(input.RoleARN, context);
    await engine.beginContinueRollback(context.cloud, {
      ...base(context, existing),
      ...roleOf(input),
      ...executionOf(input),
      ...(input.ResourcesToSkip !== undefined && { resourcesToSkip: input.ResourcesToSkip }),
    });
    return {};
  },
};

const idOf = (stack: StackRecord) => ({ StackId: stack.stackId });

const base = ({ region, caller }: ApiContext, stack: StackRecord) => ({
  region,
  caller,
  stackName: stack.stackId,
  resources,
});

const roleOf = (input: { readonly RoleARN?: string | undefined }) => ({
  ...(input.RoleARN !== undefined && { roleArn: input.RoleARN }),
});

function executionOf(input: {
  readonly ClientRequestToken?: string | undefined;
  readonly DisableRollback?: boolean | undefined;
  readonly RetainExceptOnCreate?: boolean | undefined;
}) {
  return {
    ...(input.ClientRequestToken !== undefined && { token: input.ClientRequestToken }),
    ...(input.DisableRollback !== undefined && { disableRollback: input.DisableRollback }),
    ...(input.RetainExceptOnCreate !== undefined && { retainExceptOnCreate: input.RetainExceptOnCreate }),
  };
}

function living(context: ApiContext, name: string | undefined): StackRecord {
  const stack = findStack(context.cloud, context.region, name ?? '');
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') throw noSuchStack(name);
  return stack;
}

function forgetChangeSets({ cloud, region }: ApiContext, deletedId: string): void {
  const { changeSets } = apiIn(cloud, region);
  for (const { id, stackId } of Object.values(changeSets)) if (stackId === deletedId) delete changeSets[id];
}
