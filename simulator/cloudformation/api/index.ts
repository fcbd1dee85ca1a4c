/** AWS CloudFormation's API: its operations, what IAM is asked for each, and what happens later. Used by ../service.ts. */
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { Access, AccessRules, Operations, Redactions } from '../../service.ts';
import { type CloudFormationState, findStack } from '../state.ts';
import { changeSetPlanned } from './change-set-creation.ts';
import { changeSetOperations } from './change-sets.ts';
import { directOperations } from './direct.ts';
import { detectDrift, driftOperations } from './drift.ts';
import { stackOperations } from './stacks.ts';
import { type ApiContext, apiIn } from './state.ts';
import { templateOperations } from './templates.ts';

export const operations: Operations<CloudFormation, CloudFormationState> = {
  ...stackOperations,
  ...templateOperations,
  ...changeSetOperations,
  ...directOperations,
  ...driftOperations,
};

export const timers = { changeSetPlanned, detectDrift };

interface Named {
  readonly StackName?: string | undefined;
  readonly RoleARN?: string | undefined;
}

/** Service Authorization Reference, "Actions, resources, and condition keys for AWS CloudFormation". */
function onStack(action: string) {
  return (input: Named, context: ApiContext): Access[] => {
    const { StackName: name = '', RoleARN: role } = input;
    const stack = findStack(context.cloud, context.region, name);
    const arn =
      stack?.stackId ??
      (name.startsWith('arn:') ? name : `arn:aws:cloudformation:${context.region}:${context.account}:stack/${name}/*`);
    return [
      {
        action: `cloudformation:${action}`,
        resources: [name === '' ? '*' : arn],
        ...(role !== undefined && { conditions: { 'cloudformation:RoleArn': role } }),
      },
      // Handing a role to the service needs the permission to pass it.
      ...(role === undefined
        ? []
        : [
            {
              action: 'iam:PassRole',
              resources: [role],
              conditions: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
            },
          ]),
    ];
  };
}

/** A change set may be named by its id alone; the permission is on its stack. */
function onChangeSet(action: string) {
  return (input: Named & { readonly ChangeSetName?: string | undefined }, context: ApiContext): Access[] => {
    const record = apiIn(context.cloud, context.region).changeSets[input.ChangeSetName ?? ''];
    return onStack(action)({ StackName: record?.stackId ?? input.StackName }, context);
  };
}

const STACK_OPERATIONS = [
  'CancelUpdateStack',
  'ContinueUpdateRollback',
  'CreateChangeSet',
  'CreateStack',
  'DeleteStack',
  'DescribeStackEvents',
  'DescribeStackResource',
  'DescribeStackResourceDrifts',
  'DescribeStackResources',
  'DescribeStacks',
  'DetectStackDrift',
  'DetectStackResourceDrift',
  'GetTemplate',
  'GetTemplateSummary',
  'ListChangeSets',
  'ListStackResources',
  'RollbackStack',
  'UpdateStack',
  'UpdateTerminationProtection',
] as const;

export const access: AccessRules<CloudFormation, CloudFormationState> = {
  ...Object.fromEntries(STACK_OPERATIONS.map((name) => [name, onStack(name)])),
  ...Object.fromEntries(
    (['DescribeChangeSet', 'ExecuteChangeSet', 'DeleteChangeSet'] as const).map((name) => [name, onChangeSet(name)]),
  ),
};

/** Templates are long, and parameters may be secret. */
export const redact: Redactions<CloudFormation, CloudFormationState> = {
  CreateChangeSet: () => ['TemplateBody', 'Parameters'],
  CreateStack: () => ['TemplateBody', 'Parameters'],
  UpdateStack: () => ['TemplateBody', 'Parameters'],
  GetTemplateSummary: () => ['TemplateBody'],
  ValidateTemplate: () => ['TemplateBody'],
};
