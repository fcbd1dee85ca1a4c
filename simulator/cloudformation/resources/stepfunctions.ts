/** CloudFormation's resource types of Step Functions. Read by resources/index.ts. */
import type { LoggingConfiguration } from '@aws-sdk/client-sfn';
import type { Created, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, refuseOtherProperties } from './known-properties.ts';

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

export const resources: ResourceTable = {
  'AWS::StepFunctions::StateMachine': { create: createStateMachine },
};

/** Throws NotModelled for a property that would be skipped, and what CreateStateMachine throws. */
async function createStateMachine(properties: Record<string, unknown>, context: ResourceContext): Promise<Created> {
  refuseOtherProperties('AWS::StepFunctions::StateMachine', context.logicalId, properties, MODELLED_PROPERTIES);
  const wanted = properties as unknown as StateMachineProperties;
  const name = wanted.StateMachineName ?? context.physicalName(NAME_LENGTH_MAX);
  const logging = wanted.LoggingConfiguration;
  const { stateMachineArn } = await context.call('states', 'CreateStateMachine', {
    name,
    definition: definitionOf(wanted),
    roleArn: wanted.RoleArn,
    type: (wanted.StateMachineType ?? 'STANDARD') as 'STANDARD',
    ...(logging && {
      loggingConfiguration: {
        level: logging.Level ?? 'OFF',
        includeExecutionData: optionalBoolean(logging.IncludeExecutionData) ?? false,
        destinations: (logging.Destinations ?? []).map(({ CloudWatchLogsLogGroup: group }) => ({
          cloudWatchLogsLogGroup: { logGroupArn: group?.LogGroupArn },
        })),
      },
    }),
    ...(wanted.TracingConfiguration && {
      tracingConfiguration: { enabled: optionalBoolean(wanted.TracingConfiguration.Enabled) },
    }),
    tags: Object.entries(context.tags).map(([key, value]) => ({ key, value })),
  });
  const arn = stateMachineArn ?? '';
  return { physicalId: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
}

/** The definition with `${name}` replaced by its substitution; a name without one stays as it is. */
function definitionOf({ DefinitionString, Definition, DefinitionSubstitutions = {} }: StateMachineProperties): string {
  const text = DefinitionString ?? JSON.stringify(Definition);
  return text.replaceAll(/\$\{([^}]+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(DefinitionSubstitutions, name) ? String(DefinitionSubstitutions[name]) : placeholder,
  );
}
