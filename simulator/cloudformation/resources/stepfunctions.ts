/** CloudFormation's resource types of Step Functions. Read by resources/index.ts. */
import type { LoggingConfiguration } from '@aws-sdk/client-sfn';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties, unlessGone } from './known-properties.ts';

/** Source: CloudFormation template reference, AWS::StepFunctions::StateMachine. */
interface StateMachineProperties {
  readonly DefinitionString?: string;
  readonly Definition?: Record<string, unknown>;
  readonly DefinitionSubstitutions?: Readonly<Record<string, string | number | boolean>>;
  readonly RoleArn: string;
  readonly StateMachineName?: string;
  readonly StateMachineType?: string;
  readonly LoggingConfiguration?: {
    readonly Level?: LoggingConfiguration['level'];
    readonly IncludeExecutionData?: boolean;
    readonly Destinations?: readonly { readonly CloudWatchLogsLogGroup?: { readonly LogGroupArn?: string } }[];
  };
  readonly TracingConfiguration?: { readonly Enabled?: boolean };
}

const MODELLED_PROPERTIES = [
  'Definition',
  'DefinitionString',
  'DefinitionSubstitutions',
  'LoggingConfiguration',
  'RoleArn',
  'StateMachineName',
  'StateMachineType',
  'Tags',
  'TracingConfiguration',
];

const NAME_LENGTH_MAX = 80;

const loggingOf = ({ LoggingConfiguration: logging }: StateMachineProperties): LoggingConfiguration | undefined =>
  logging && {
    level: logging.Level ?? 'OFF',
    includeExecutionData: optionalBoolean(logging.IncludeExecutionData) ?? false,
    destinations: (logging.Destinations ?? []).map(({ CloudWatchLogsLogGroup: group }) => ({
      cloudWatchLogsLogGroup: { logGroupArn: group?.LogGroupArn },
    })),
  };

const stateMachine: Modelled = {
  /** Throws NotModelled for a property that would be skipped, and what CreateStateMachine throws. */
  async create(properties, context): Promise<Created> {
    refuseOtherProperties('AWS::StepFunctions::StateMachine', context.logicalId, properties, MODELLED_PROPERTIES);
    const wanted = properties as unknown as StateMachineProperties;
    const name = wanted.StateMachineName ?? context.physicalName(NAME_LENGTH_MAX);
    const logging = loggingOf(wanted);
    const { stateMachineArn } = await context.call('states', 'CreateStateMachine', {
      name,
      definition: definitionOf(wanted),
      roleArn: wanted.RoleArn,
      type: (wanted.StateMachineType ?? 'STANDARD') as 'STANDARD',
      ...(logging && { loggingConfiguration: logging }),
      ...(wanted.TracingConfiguration && {
        tracingConfiguration: { enabled: optionalBoolean(wanted.TracingConfiguration.Enabled) },
      }),
      tags: Object.entries(context.tags).map(([key, value]) => ({ key, value })),
    });
    const arn = stateMachineArn ?? '';
    return { physicalId: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
  },

  async update({ physicalId: stateMachineArn, attributes, wanted: properties, changed }, context) {
    refuseOtherProperties('AWS::StepFunctions::StateMachine', context.logicalId, properties, MODELLED_PROPERTIES);
    const wanted = properties as unknown as StateMachineProperties;
    if (changed.has('Tags')) await setTags(stateMachineArn, context);
    if ([...changed].every((name) => name === 'Tags')) return undefined;
    const { revisionId } = await context.call('states', 'UpdateStateMachine', {
      stateMachineArn,
      definition: definitionOf(wanted),
      roleArn: wanted.RoleArn,
      loggingConfiguration: loggingOf(wanted) ?? { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: optionalBoolean(wanted.TracingConfiguration?.Enabled) ?? false },
    });
    return { physicalId: stateMachineArn, attributes: { ...attributes, StateMachineRevisionId: revisionId } };
  },

  delete: ({ physicalId: stateMachineArn }, context) =>
    context.call('states', 'DeleteStateMachine', { stateMachineArn }).then(() => {}),

  read: ({ physicalId: stateMachineArn, properties }, context) =>
    unlessGone('StateMachineDoesNotExist', async () => {
      const live = await context.call('states', 'DescribeStateMachine', { stateMachineArn });
      if (live.status === 'DELETING') return undefined;
      // Told in the template's own words while it comes to the same.
      const applied = properties as unknown as StateMachineProperties;
      const same = live.definition === definitionOf(applied);
      return {
        StateMachineName: live.name,
        StateMachineType: live.type,
        RoleArn: live.roleArn,
        DefinitionString: same ? applied.DefinitionString : live.definition,
        TracingConfiguration: { Enabled: live.tracingConfiguration?.enabled },
      };
    }),
};

async function setTags(resourceArn: string, context: ResourceContext): Promise<void> {
  const { tags = [] } = await context.call('states', 'ListTagsForResource', { resourceArn });
  const tagKeys = tags.map(({ key }) => key ?? '').filter((key) => context.tags[key] === undefined);
  if (tagKeys.length > 0) await context.call('states', 'UntagResource', { resourceArn, tagKeys });
  const wanted = Object.entries(context.tags).map(([key, value]) => ({ key, value }));
  await context.call('states', 'TagResource', { resourceArn, tags: wanted });
}

export const resources: ResourceTable = { 'AWS::StepFunctions::StateMachine': stateMachine };

/** The definition with `${name}` replaced by its substitution; a name without one stays as it is. */
function definitionOf({ DefinitionString, Definition, DefinitionSubstitutions = {} }: StateMachineProperties): string {
  const text = DefinitionString ?? JSON.stringify(Definition);
  return text.replaceAll(/\$\{([^}]+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(DefinitionSubstitutions, name) ? String(DefinitionSubstitutions[name]) : placeholder,
  );
}
