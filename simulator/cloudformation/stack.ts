/** Creates one stack from its template: everything is checked first, then each resource is made when its needs are there. */
import type { Cloud } from '../cloud.ts';
import { AwsError, NotModelled } from '../errors.ts';
import { conditionAnswers } from './conditions.ts';
import { dependencyGraph } from './dependencies.ts';
import { siteAt } from './intrinsics.ts';
import { publishOutputs } from './outputs.ts';
import { isSecret, resolveParameters } from './parameters.ts';
import type { ResourceTable } from './resource.ts';
import { createResource } from './resource-creation.ts';
import { enforceRules } from './rules.ts';
import { type ParameterValue, pseudoParameters, type Scope } from './scope.ts';
import type { StackRun } from './stack-run.ts';
import { cloudFormationState, type StackRecord, type StackStatus, stacksIn } from './state.ts';
import { parseTemplate, type Template } from './template.ts';
import { refuseUnmodelled } from './types.ts';

export interface CreateStackRequest {
  readonly region: string;
  readonly stackName: string;
  /** JSON. */
  readonly template: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** How each resource type is modelled. */
  readonly resources: ResourceTable;
}

/**
 * Creates a stack and returns its record. Before anything is made it throws AwsError ValidationError or
 * AlreadyExistsException for what CloudFormation refuses, NotModelled naming every resource whose type is in no table.
 * Afterwards it throws StackFailed; the resources that were made stay (roll back is not modelled yet).
 */
export async function createStack(cloud: Cloud, request: CreateStackRequest): Promise<StackRecord> {
  if (!cloud.services.has(cloudFormationState.name))
    throw new Error('this cloud was made without the cloudFormation service');
  const run = await prepare(cloud, request);
  const { record } = run;
  stacksIn(cloud, record.region).stacks[record.stackName] = record;
  noteStack(run, 'CREATE_IN_PROGRESS');
  await createAll(run);
  if (run.failure === undefined) await publishOutputs(run);
  if (run.failure !== undefined) {
    record.reason = `The following resource(s) failed to create: [${run.failure.logicalId}].`;
    noteStack(run, 'CREATE_FAILED');
    throw run.failure;
  }
  noteStack(run, 'CREATE_COMPLETE');
  return record;
}

async function prepare(cloud: Cloud, request: CreateStackRequest): Promise<StackRun> {
  const { region, stackName } = request;
  const state = stacksIn(cloud, region);
  if (state.stacks[stackName] !== undefined) {
    throw new AwsError('AlreadyExistsException', `Stack [${stackName}] already exists`, { status: 400 });
  }
  const template = inStack(stackName, () => parseTemplate(request.template));
  const parameters = await resolveParameters({
    declarations: template.Parameters,
    given: request.parameters ?? {},
    lookUp: async (name) => {
      const { Parameter: parameter } = await cloud.call('ssm', 'GetParameter', { Name: name }, { region });
      return parameter?.Value ?? '';
    },
  });
  const account = cloud.state.account;
  const uuid = cloud.random(`cloudformation@${region}`).uuid();
  const stackId = `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/${uuid}`;
  const record: StackRecord = {
    stackName,
    stackId,
    region,
    createdAt: cloud.now,
    status: 'CREATE_IN_PROGRESS',
    tags: request.tags ?? {},
    parameters: shownParameters(template, parameters),
    outputs: {},
    resources: {},
    events: [],
    template: cloud.blobs.put(request.template),
  };
  const scope = scopeOf(cloud, record, template, parameters);
  return inStack(stackName, () => {
    enforceRules(scope);
    const resources = Object.fromEntries(
      Object.entries(template.Resources).filter(([logicalId, { Condition: name }]) => holds(scope, logicalId, name)),
    );
    refuseUnmodelled(request.resources, [{ stackName, resources }]);
    const graph = dependencyGraph(resources, scope);
    const secrets = secretsIn(template, parameters);
    return { cloud, record, scope, table: request.resources, resources, graph, secrets };
  });
}

/** Says in which stack a template's error is. */
function inStack<T>(stackName: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AwsError) {
      throw new AwsError(error.code, `stack ${stackName}: ${error.message}`, { status: 400, cause: error });
    }
    if (error instanceof NotModelled && !error.message.startsWith('stack ')) {
      throw new NotModelled(`stack ${stackName}: ${error.message}`);
    }
    throw error;
  }
}

function holds(scope: Scope, logicalId: string, condition: string | undefined): boolean {
  if (condition === undefined) return true;
  const answer = scope.condition(condition);
  if (answer !== undefined) return answer;
  throw new AwsError(
    'ValidationError',
    `Template format error: Unresolved condition dependency ${condition} of ${logicalId}`,
  );
}

function scopeOf(
  cloud: Cloud,
  record: StackRecord,
  template: Template,
  parameters: Readonly<Record<string, ParameterValue>>,
): Scope {
  const { region, stackName, stackId } = record;
  const scope: Scope = {
    pseudo: pseudoParameters({ account: cloud.state.account, region, stackName, stackId }),
    template,
    parameters,
    condition: conditionAnswers(template.Conditions, (path) => siteAt(scope, path)),
    resource(logicalId) {
      const resource = record.resources[logicalId];
      if (resource?.status !== 'CREATE_COMPLETE') return undefined;
      return { type: resource.type, physicalId: resource.physicalId ?? '', attributes: resource.attributes };
    },
    importValue: (name) => stacksIn(cloud, region).exports[name]?.value,
    stackOutput: (otherRegion, name, output) => stacksIn(cloud, otherRegion).stacks[name]?.outputs[output],
  };
  return scope;
}

const shownParameters = (
  template: Template,
  values: Readonly<Record<string, ParameterValue>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(template.Parameters).map(([name, declaration]) => [
      name,
      isSecret(declaration) ? '****' : String(values[name]),
    ]),
  );

const secretsIn = (template: Template, values: Readonly<Record<string, ParameterValue>>): Set<string> =>
  new Set(
    Object.entries(template.Parameters).flatMap(([name, declaration]) =>
      isSecret(declaration) ? [String(values[name])] : [],
    ),
  );

/** Makes every resource as soon as what it needs is there, many at once, as CloudFormation does. */
async function createAll(run: StackRun): Promise<void> {
  const started = new Map<string, Promise<void>>();
  const start = (logicalId: string): Promise<void> => {
    let promise = started.get(logicalId);
    if (promise === undefined) {
      const needs = [...(run.graph.get(logicalId) ?? [])].map(start);
      promise = Promise.all(needs).then(() => (run.failure === undefined ? createResource(run, logicalId) : undefined));
      started.set(logicalId, promise);
    }
    return promise;
  };
  await Promise.all(Object.keys(run.resources).map(start));
}

function noteStack(run: StackRun, status: StackStatus): void {
  const { cloud, record } = run;
  record.status = status;
  record.events.push({
    at: cloud.now,
    logicalId: record.stackName,
    type: 'AWS::CloudFormation::Stack',
    status,
    physicalId: record.stackId,
    ...(record.reason !== undefined && { reason: record.reason }),
  });
  cloud.note(record.region, 'cloudformation', `stack.${status}`, { stack: record.stackName });
}
