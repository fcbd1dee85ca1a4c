/** Reads what a stack is to become: template, parameters and tags of a request, checked and kept as one version. */
import type { Cloud } from '../cloud.ts';
import { AwsError, NotModelled } from '../errors.ts';
import type { Caller } from '../service.ts';
import { conditionAnswers } from './conditions.ts';
import { dependencyGraph } from './dependencies.ts';
import type { ParameterChoice } from './engine.ts';
import { siteAt } from './intrinsics.ts';
import { invalid } from './lookup.ts';
import { isSecret, isStored, resolveParameters } from './parameters.ts';
import type { ResourceTable } from './resource.ts';
import { enforceRules } from './rules.ts';
import { pseudoParameters, type Scope } from './scope.ts';
import type { StackRun } from './stack-run.ts';
import { type SealedParameters, type StackRecord, type StackVersion, stacksIn } from './state.ts';
import { parseTemplate, type Template } from './template.ts';
import { refuseUnmodelled } from './types.ts';

interface VersionRequest {
  readonly region: string;
  readonly stackName: string;
  readonly template?: string;
  readonly parameters?: Readonly<Record<string, ParameterChoice>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly caller: Caller;
}

/**
 * The version that a request describes. `before` is what the stack has: template, tags and parameter values that the
 * request leaves as they are. Of an SSM parameter the name is kept, its value is always looked up anew.
 * Throws AwsError ValidationError as CreateStack and UpdateStack do.
 */
export async function readVersion(
  cloud: Cloud,
  request: VersionRequest,
  before?: StackVersion,
): Promise<{ version: StackVersion; template: Template }> {
  const { region, stackName, caller } = request;
  const text = request.template ?? (before && cloud.blobs.text(before.template));
  if (text === undefined) throw invalid(`Either Template URL or Template Body must be specified (stack ${stackName})`);
  const template = inStack(stackName, () => parseTemplate(text));
  const previous = before && sealedIn(cloud, before).given;
  const given = chosen(request.parameters ?? {}, previous);
  const values = await resolveParameters({
    declarations: template.Parameters,
    given,
    lookUp: async (name) => {
      const input = { service: 'ssm', operation: 'GetParameter', input: { Name: name }, region, caller, from: region };
      const { Parameter: parameter } = (await cloud.request(input)) as { Parameter?: { Value?: string } };
      return parameter?.Value ?? '';
    },
  });
  const texts = Object.fromEntries(
    Object.entries(template.Parameters).map(([name, { Default }]) => [name, given[name] ?? String(Default)]),
  );
  const sealed: SealedParameters = { given: texts, values };
  const shown = (name: string, value: unknown) => (isSecret(template.Parameters[name]!) ? '****' : String(value));
  const stored = Object.keys(values).filter((name) => isStored(template.Parameters[name]!));
  const version: StackVersion = {
    template: cloud.blobs.put(text),
    sealedParameters: cloud.blobs.put(JSON.stringify(sealed)),
    parameters: Object.fromEntries(Object.keys(values).map((name) => [name, shown(name, texts[name])])),
    resolvedParameters: Object.fromEntries(stored.map((name) => [name, shown(name, values[name])])),
    tags: request.tags ?? before?.tags ?? {},
    ...(template.description !== undefined && { description: template.description }),
  };
  return { version, template };
}

/** Throws ValidationError for a previous value that there is none of. */
function chosen(
  choices: Readonly<Record<string, ParameterChoice>>,
  previous: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(choices).map(([name, choice]) => {
      if (typeof choice === 'string') return [name, choice];
      const value = previous?.[name];
      if (value === undefined)
        throw invalid(
          `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
        );
      return [name, value];
    }),
  );
}

export const sealedIn = (cloud: Cloud, version: StackVersion): SealedParameters =>
  JSON.parse(cloud.blobs.text(version.sealedParameters)) as SealedParameters;

/** Values of NoEcho parameters. */
export function secretsIn(cloud: Cloud, version: StackVersion): Set<string> {
  const { values } = sealedIn(cloud, version);
  const hidden = Object.entries(version.parameters).filter(([, shown]) => shown === '****');
  return new Set(hidden.map(([name]) => String(values[name])));
}

/** The members of a record, or of what it was, that make a version. */
export const versionOf = (version: StackVersion): StackVersion => ({
  template: version.template,
  sealedParameters: version.sealedParameters,
  parameters: version.parameters,
  resolvedParameters: version.resolvedParameters,
  tags: version.tags,
  ...(version.description !== undefined && { description: version.description }),
});

export interface RunOptions {
  readonly table: ResourceTable;
  readonly caller: Caller;
  readonly token?: string;
}

/**
 * Makes ready to bring a stack to a version. Throws AwsError ValidationError for what CloudFormation refuses, NotModelled
 * naming every resource whose type is in no table.
 */
export function runTowards(cloud: Cloud, record: StackRecord, version: StackVersion, options: RunOptions): StackRun {
  return inStack(record.stackName, () => {
    const template = parseTemplate(cloud.blobs.text(version.template));
    const { values } = sealedIn(cloud, version);
    const imports = new Set<string>();
    const scope = scopeOf(cloud, record, { template, values, imports });
    enforceRules(scope);
    const resources = Object.fromEntries(
      Object.entries(template.Resources).filter(([logicalId, { Condition: name }]) => holds(scope, logicalId, name)),
    );
    refuseUnmodelled(options.table, [{ stackName: record.stackName, resources }]);
    const graph = dependencyGraph(resources, scope);
    const secrets = secretsIn(cloud, version);
    return { cloud, record, ...options, scope, tags: version.tags, resources, graph, imports, secrets };
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
  throw invalid(`Template format error: Unresolved condition dependency ${condition} of ${logicalId}`);
}

function scopeOf(
  cloud: Cloud,
  record: StackRecord,
  given: { template: Template; values: SealedParameters['values']; imports: Set<string> },
): Scope {
  const { region, stackName, stackId } = record;
  const { template, values, imports } = given;
  const scope: Scope = {
    pseudo: pseudoParameters({ account: cloud.state.account, region, stackName, stackId }),
    template,
    parameters: values,
    condition: conditionAnswers(template.Conditions, (path) => siteAt(scope, path)),
    resource(logicalId) {
      const resource = record.resources[logicalId];
      if (resource?.physicalId === undefined) return undefined;
      return { type: resource.type, physicalId: resource.physicalId, attributes: resource.attributes };
    },
    importValue(name) {
      imports.add(name);
      return stacksIn(cloud, region).exports[name]?.value;
    },
    stackOutput: (otherRegion, name, output) => stacksIn(cloud, otherRegion).stacks[name]?.outputs[output]?.value,
  };
  return scope;
}
