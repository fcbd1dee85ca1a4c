/** State machines: created, updated, described, deleted. Source of rules and errors: Step Functions API reference. */
import type { LoggingConfiguration, SFN } from '@aws-sdk/client-sfn';
import { AwsError, NotModelled } from '../errors.ts';
import { assertTrusted } from '../iam/trust.ts';
import type { Operations } from '../service.ts';
import { checkDefinition, describeDiagnostics } from './checks/definition.ts';
import { removeDeleted } from './finish.ts';
import type { StatesContext } from './flows.ts';
import type { Machine, StatesState } from './model.ts';
import { checkName, findExecution, findMachine, machineArn, page } from './names.ts';

const LOGGING_OFF = { level: 'OFF', includeExecutionData: false } as const;

/** Throws InvalidDefinition. */
function requireDefinition(text: string): void {
  const diagnostics = checkDefinition(text);
  if (diagnostics.length > 0) throw new AwsError('InvalidDefinition', describeDiagnostics(diagnostics));
}

/** Throws InvalidArn. */
function requireRoleArn(arn: string): void {
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+/.test(arn)) {
    throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid role ARN: ${arn}'`);
  }
}

function refuse(options: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== false) {
      throw new NotModelled(`${name} of a state machine is not modelled by the simulator`);
    }
  }
}

/** Throws AccessDeniedException. A cloud without IAM, where a machine is run by itself, has no roles to look at. */
function checkTrust(roleArn: string, arn: string, { cloud }: StatesContext): void {
  if (cloud.services.has('iam')) assertTrusted(cloud, roleArn, 'states.amazonaws.com', arn);
}

export const machineOperations: Operations<SFN, StatesState> = {
  CreateStateMachine(input, context) {
    const name = input.name ?? '';
    checkName(name);
    refuse({ encryptionConfiguration: input.encryptionConfiguration, publish: input.publish });
    if (input.type !== undefined && input.type !== 'STANDARD') refuse({ [`type ${input.type}`]: true });
    requireRoleArn(input.roleArn ?? '');
    requireDefinition(input.definition ?? '');
    const wanted: Machine = {
      arn: machineArn(context, name),
      name,
      definition: input.definition ?? '',
      roleArn: input.roleArn ?? '',
      status: 'ACTIVE',
      createdAtMs: context.now,
      loggingConfiguration: { ...(input.loggingConfiguration ?? LOGGING_OFF) },
      tracingConfiguration: { enabled: input.tracingConfiguration?.enabled ?? false },
      tags: Object.fromEntries((input.tags ?? []).map(({ key, value }) => [key ?? '', value ?? ''])),
    };
    const { arn } = wanted;
    const existing = context.state.machines[arn];
    if (existing?.status === 'DELETING') {
      throw new AwsError('StateMachineDeleting', `State Machine Is Being Deleted: '${arn}'`);
    }
    // Idempotent: the role and the tags are not compared, and not changed either.
    if (existing && !isSame(existing, wanted)) {
      throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    checkTrust(wanted.roleArn, arn, context);
    context.state.machines[arn] ??= wanted;
    return { stateMachineArn: arn, creationDate: new Date((existing ?? wanted).createdAtMs) };
  },

  UpdateStateMachine(input, context) {
    const machine = findMachine(context, input.stateMachineArn);
    if (machine.status === 'DELETING') {
      throw new AwsError('StateMachineDeleting', `State Machine Is Being Deleted: '${machine.arn}'`);
    }
    refuse({ encryptionConfiguration: input.encryptionConfiguration, publish: input.publish });
    const { definition, roleArn, loggingConfiguration, tracingConfiguration } = input;
    if (!definition && !roleArn && !loggingConfiguration && !tracingConfiguration) {
      throw new AwsError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
      );
    }
    if (roleArn) requireRoleArn(roleArn);
    if (roleArn) checkTrust(roleArn, machine.arn, context);
    if (definition) requireDefinition(definition);
    machine.definition = definition ?? machine.definition;
    machine.roleArn = roleArn ?? machine.roleArn;
    if (loggingConfiguration) machine.loggingConfiguration = { ...loggingConfiguration };
    if (tracingConfiguration) machine.tracingConfiguration = { enabled: tracingConfiguration.enabled ?? false };
    machine.revisionId = context.random.uuid();
    return { updateDate: new Date(context.now), revisionId: machine.revisionId };
  },

  DescribeStateMachine: (input, context) => describe(findMachine(context, input.stateMachineArn)),

  DescribeStateMachineForExecution(input, context) {
    const execution = findExecution(context, input.executionArn);
    const machine = context.state.machines[execution.machineArn];
    return {
      stateMachineArn: execution.machineArn,
      name: execution.machineName,
      definition: execution.definition,
      roleArn: execution.roleArn,
      updateDate: new Date(machine?.createdAtMs ?? execution.startedAtMs),
      loggingConfiguration: (machine?.loggingConfiguration ?? LOGGING_OFF) as LoggingConfiguration,
      tracingConfiguration: machine?.tracingConfiguration ?? { enabled: false },
      ...(execution.revisionId !== undefined && { revisionId: execution.revisionId }),
    };
  },

  ListStateMachines(input, context) {
    const all = Object.values(context.state.machines).sort((a, b) => (a.arn < b.arn ? -1 : 1));
    const { items, ...rest } = page(all, input);
    const stateMachines = items.map(({ arn, name, createdAtMs }) => ({
      stateMachineArn: arn,
      name,
      type: 'STANDARD' as const,
      creationDate: new Date(createdAtMs),
    }));
    return { stateMachines, ...rest };
  },

  /** Deleting what is not there succeeds. Running executions end at their next transition. */
  DeleteStateMachine(input, context) {
    const machine = context.state.machines[input.stateMachineArn ?? ''];
    if (machine) machine.status = 'DELETING';
    removeDeleted(context, input.stateMachineArn ?? '');
    return {};
  },

  ValidateStateMachineDefinition(input) {
    if (input.type === 'EXPRESS') refuse({ 'type EXPRESS': true });
    const all = checkDefinition(input.definition ?? '').map((diagnostic) => ({
      severity: 'ERROR' as const,
      ...diagnostic,
    }));
    const shown = all.slice(0, input.maxResults || 100);
    return {
      result: all.length === 0 ? ('OK' as const) : ('FAIL' as const),
      diagnostics: shown,
      truncated: shown.length < all.length,
    };
  },

  TagResource(input, context) {
    const { tags } = findMachine(context, input.resourceArn);
    for (const { key, value } of input.tags ?? []) tags[key ?? ''] = value ?? '';
    return {};
  },

  UntagResource(input, context) {
    const { tags } = findMachine(context, input.resourceArn);
    for (const key of input.tagKeys ?? []) delete tags[key];
    return {};
  },

  ListTagsForResource(input, context) {
    const { tags } = findMachine(context, input.resourceArn);
    return { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
  },
};

function isSame(a: Machine, b: Machine): boolean {
  const compared = ({ definition, loggingConfiguration, tracingConfiguration }: Machine): string =>
    JSON.stringify([definition, loggingConfiguration, tracingConfiguration]);
  return compared(a) === compared(b);
}

function describe(machine: Machine) {
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    status: machine.status,
    definition: machine.definition,
    roleArn: machine.roleArn,
    type: 'STANDARD' as const,
    creationDate: new Date(machine.createdAtMs),
    loggingConfiguration: machine.loggingConfiguration as LoggingConfiguration,
    tracingConfiguration: machine.tracingConfiguration,
    ...(machine.revisionId !== undefined && { revisionId: machine.revisionId }),
  };
}

/** For access rows: the ARN a new state machine will have. */
export const arnOfNew = (context: StatesContext, name: string | undefined): string => machineArn(context, name ?? '*');
