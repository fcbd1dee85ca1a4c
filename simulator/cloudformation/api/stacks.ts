/** Operations that only read stacks, and termination protection. */
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { Operations } from '../../service.ts';
import { type CloudFormationState, findStack, type StackRecord, stacksIn } from '../state.ts';
import { eventsOf, resourceSummary, stackOutput, stackSummary } from './describe.ts';
import { doesNotExist, invalid, noSuchStack, refuseOthers } from './errors.ts';
import { pageOf } from './pages.ts';
import { type ApiContext, stackOf } from './state.ts';

type StackOperations = Pick<
  Operations<CloudFormation, CloudFormationState>,
  | 'DescribeStacks'
  | 'ListStacks'
  | 'DescribeStackEvents'
  | 'ListStackResources'
  | 'DescribeStackResources'
  | 'DescribeStackResource'
  | 'ListExports'
  | 'ListImports'
  | 'UpdateTerminationProtection'
>;

/** Guess: entries per page; the API Reference says 1 MB for most and 100 for lists of resources and events. */
const PAGE = 100;

export const stackOperations: StackOperations = {
  DescribeStacks(input, context) {
    refuseOthers('DescribeStacks', input, ['StackName', 'NextToken']);
    const { cloud, region } = context;
    // Without a name: every stack that is not deleted. Deleted ones are found by their id only.
    const stacks =
      input.StackName === undefined || input.StackName === ''
        ? Object.values(context.state.stacks)
        : [findStack(cloud, region, input.StackName) ?? missing(input.StackName)];
    const { items, ...rest } = pageOf(stacks, input.NextToken, PAGE);
    return { Stacks: items.map((stack) => stackOutput(cloud, stack)), ...rest };
  },

  ListStacks(input, context) {
    const { stacks, deleted } = context.state;
    const wanted = input.StackStatusFilter ?? [];
    const all = [...Object.values(stacks), ...Object.values(deleted)]
      .filter(({ status }) => wanted.length === 0 || wanted.includes(status))
      .sort((a, b) => b.createdAt - a.createdAt);
    const { items, ...rest } = pageOf(all, input.NextToken, PAGE);
    return { StackSummaries: items.map((stack) => stackSummary(context.cloud, stack)), ...rest };
  },

  DescribeStackEvents(input, context) {
    const stack = findStack(context.cloud, context.region, input.StackName ?? '');
    if (stack === undefined) throw noSuchStack(input.StackName);
    const { items, ...rest } = pageOf(eventsOf(context.cloud, stack), input.NextToken, PAGE);
    return { StackEvents: items, ...rest };
  },

  ListStackResources(input, context) {
    const stack = stackOf(context, input.StackName);
    const { items, ...rest } = pageOf(Object.values(stack.resources), input.NextToken, PAGE);
    return { StackResourceSummaries: items.map((record) => resourceSummary(context.cloud, stack, record)), ...rest };
  },

  DescribeStackResources(input, context) {
    const stack = stackWith(input, context);
    const records = Object.values(stack.resources).filter(
      ({ logicalId, physicalId }) =>
        (input.LogicalResourceId === undefined || logicalId === input.LogicalResourceId) &&
        (input.StackName !== undefined || physicalId === input.PhysicalResourceId),
    );
    // API Reference: at most 100 when a stack is named.
    return { StackResources: records.slice(0, 100).map((record) => resourceOf(context, stack, record.logicalId)) };
  },

  DescribeStackResource(input, context) {
    const stack = stackOf(context, input.StackName);
    const { Timestamp, ...detail } = resourceOf(context, stack, input.LogicalResourceId ?? '');
    return { StackResourceDetail: { ...detail, LastUpdatedTimestamp: Timestamp } };
  },

  ListExports(input, context) {
    const all = Object.entries(context.state.exports);
    const { items, ...rest } = pageOf(all, input.NextToken, PAGE);
    return {
      Exports: items.map(([Name, { value, stackId }]) => ({ Name, Value: value, ExportingStackId: stackId })),
      ...rest,
    };
  },

  ListImports(input, context) {
    const name = input.ExportName ?? '';
    const importing = Object.values(context.state.stacks).filter(({ imports }) => imports.includes(name));
    if (importing.length === 0) throw invalid(`Export '${name}' is not imported by any stack.`);
    return { Imports: importing.map(({ stackName }) => stackName) };
  },

  UpdateTerminationProtection(input, context) {
    const stack = findStack(context.cloud, context.region, input.StackName ?? '');
    if (stack === undefined) throw noSuchStack(input.StackName);
    stack.terminationProtection = input.EnableTerminationProtection === true;
    return { StackId: stack.stackId };
  },
};

function missing(name: string): never {
  throw doesNotExist(name);
}

/** The stack named, or the one that holds a physical resource. */
function stackWith(
  input: { readonly StackName?: string | undefined; readonly PhysicalResourceId?: string | undefined },
  context: ApiContext,
): StackRecord {
  const { StackName: name, PhysicalResourceId: physicalId } = input;
  if (name !== undefined) return stackOf(context, name);
  if (physicalId === undefined) throw invalid('Either StackName or PhysicalResourceId must be specified');
  const stack = Object.values(stacksIn(context.cloud, context.region).stacks).find(({ resources }) =>
    Object.values(resources).some((record) => record.physicalId === physicalId),
  );
  if (stack === undefined) throw invalid(`Stack for ${physicalId} does not exist`);
  return stack;
}

function resourceOf({ cloud }: ApiContext, stack: StackRecord, logicalId: string) {
  const record = stack.resources[logicalId];
  if (record === undefined) throw invalid(`Resource ${logicalId} does not exist for stack ${stack.stackName}`);
  const { LastUpdatedTimestamp, ...summary } = resourceSummary(cloud, stack, record);
  return { ...summary, StackName: stack.stackName, StackId: stack.stackId, Timestamp: LastUpdatedTimestamp };
}
