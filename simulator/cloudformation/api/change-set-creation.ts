/** Makes a change set: checks the request, works the changes out, and tells of them a little later. For change-sets.ts. */
import type { CreateChangeSetInput, CreateChangeSetOutput } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../errors.ts';
import { reserveStack } from '../engine.ts';
import { findStack, type StackRecord } from '../state.ts';
import { invalid, noSuchStack, refuseExpress, refuseOthers } from './errors.ts';
import { type Plan, planChange, planCreation } from './plan.ts';
import { COMMON_MEMBERS, checkStackName, commonRequest } from './requests.ts';
import { type ApiContext, apiIn, type ChangeSetRecord } from './state.ts';

/** Guess: AWS takes 1 to 10 s for an application of this size; here it is long enough to be seen in progress. */
const PLANNING_MS = 500;

/** Clients compare the first words. */
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

const MEMBERS = [
  ...COMMON_MEMBERS,
  'ChangeSetName',
  'UsePreviousTemplate',
  'ClientToken',
  'Description',
  'ChangeSetType',
  'IncludeNestedStacks',
  'OnStackFailure',
  // Nothing is imported: what exists already makes the creation fail.
  'ImportExistingResources',
  'DeploymentMode',
];

type Common = Awaited<ReturnType<typeof commonRequest>>;

/** Throws what CreateChangeSet throws, and NotModelled. */
export async function createChangeSet(
  input: CreateChangeSetInput,
  context: ApiContext,
): Promise<CreateChangeSetOutput> {
  refuseOthers('CreateChangeSet', input, MEMBERS);
  refuseExpress('CreateChangeSet', input.DeploymentConfig);
  checkName(input.ChangeSetName);
  const type = input.ChangeSetType ?? 'UPDATE';
  if (type === 'IMPORT') refuseOthers('CreateChangeSet', { 'ChangeSetType IMPORT': true }, []);
  const { cloud, region } = context;
  const existing = findStack(cloud, region, input.StackName ?? '');
  const before = checkTarget(existing, type, input);
  const known = Object.values(apiIn(cloud, region).changeSets).find(
    ({ name, stackId }) => name === input.ChangeSetName && stackId === existing?.stackId,
  );
  if (known !== undefined) return madeBefore(known, input);
  const common = await commonRequest(input, context, before && cloud.blobs.text(before.template));
  const stack = existing ?? reserveStack(cloud, { region, stackName: common.stackName });
  const revertDrift = input.DeploymentMode === 'REVERT_DRIFT';
  const request = { ...common, stackName: stack.stackName };
  const planning =
    before === undefined
      ? planCreation(cloud, stack, { ...request, template: common.template! })
      : planChange(cloud, { ...request, revertDrift });
  const plan = await planning.catch((error: unknown) => {
    // A name that was reserved for nothing is free again.
    if (existing === undefined) delete context.state.stacks[stack.stackName];
    throw error;
  });
  const record = recordOf(input, context, { type: before === undefined ? 'CREATE' : 'UPDATE', stack, common, plan });
  apiIn(cloud, region).changeSets[record.id] = record;
  context.schedule('changeSetPlanned', PLANNING_MS, { id: record.id });
  return { Id: record.id, StackId: record.stackId };
}

/** Throws AlreadyExistsException unless it is the same request again. */
function madeBefore(known: ChangeSetRecord, input: CreateChangeSetInput): CreateChangeSetOutput {
  if (input.ClientToken !== undefined && known.token === input.ClientToken) {
    return { Id: known.id, StackId: known.stackId };
  }
  throw new AwsError('AlreadyExistsException', `ChangeSet ${input.ChangeSetName} already exists`, { status: 400 });
}

function recordOf(
  input: CreateChangeSetInput,
  context: ApiContext,
  made: { type: 'CREATE' | 'UPDATE'; stack: StackRecord; common: Common; plan: Plan },
): ChangeSetRecord {
  const { account, region, random, now } = context;
  const { blobs } = context.cloud;
  const { type, stack, common, plan } = made;
  const name = input.ChangeSetName ?? '';
  const reason = plan.isWork ? plan.problem : NO_CHANGES;
  return {
    id: `arn:aws:cloudformation:${region}:${account}:changeSet/${name}/${random.uuid()}`,
    name,
    stackName: stack.stackName,
    stackId: stack.stackId,
    type,
    createdAt: now,
    status: 'CREATE_IN_PROGRESS',
    execution: 'UNAVAILABLE',
    ...(reason !== undefined && { reason }),
    ...(input.Description !== undefined && { description: input.Description }),
    template: blobs.put(common.template ?? blobs.text(stack.template)),
    parameters: blobs.put(JSON.stringify(common.parameters)),
    shownParameters: plan.parameters,
    ...(common.tags !== undefined && { tags: common.tags }),
    capabilities: input.Capabilities ?? [],
    ...(common.roleArn !== undefined && { roleArn: common.roleArn }),
    revertDrift: input.DeploymentMode === 'REVERT_DRIFT',
    includeNestedStacks: input.IncludeNestedStacks === true,
    importExistingResources: input.ImportExistingResources === true,
    ...(input.OnStackFailure !== undefined && { onStackFailure: input.OnStackFailure }),
    changes: plan.changes,
    ...(input.ClientToken !== undefined && { token: input.ClientToken }),
  };
}

/** The planning is over; the service's timer says so. */
export function changeSetPlanned({ id }: { id: string }, context: ApiContext): void {
  const record = apiIn(context.cloud, context.region).changeSets[id];
  if (record === undefined) return;
  record.status = record.reason === undefined ? 'CREATE_COMPLETE' : 'FAILED';
  if (record.status === 'CREATE_COMPLETE') record.execution = 'AVAILABLE';
}

function checkName(name: string | undefined): void {
  if (/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name ?? '')) return;
  throw invalid(
    `1 validation error detected: Value '${name}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
}

/** The stack as far as it has a template of its own. Throws ValidationError when type and stack do not go together. */
function checkTarget(
  existing: StackRecord | undefined,
  type: string,
  input: { readonly StackName?: string | undefined; readonly ChangeSetName?: string | undefined },
): StackRecord | undefined {
  const { StackName: stackName, ChangeSetName: name } = input;
  if (type === 'CREATE') {
    checkStackName(stackName);
    if (existing === undefined || existing.status === 'REVIEW_IN_PROGRESS') return undefined;
    throw invalid(`Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`);
  }
  if (existing === undefined || existing.status === 'DELETE_COMPLETE') throw noSuchStack(stackName);
  if (/_IN_PROGRESS$|^ROLLBACK_|^DELETE_/.test(existing.status)) {
    throw invalid(`Stack:${existing.stackId} is in ${existing.status} state and can not be updated.`);
  }
  return existing;
}
