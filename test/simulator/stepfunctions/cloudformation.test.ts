/** AWS::StepFunctions::StateMachine. */
import { describe, expect, test } from 'vitest';
import type { Modelled, ResourceContext } from '../../../simulator/cloudformation/resource.ts';
import { resources } from '../../../simulator/cloudformation/resources/stepfunctions.ts';
import { ACCOUNT, machine, REGION, ROLE, testCloud } from './cloud.ts';

const type = resources['AWS::StepFunctions::StateMachine'] as Modelled;

function deploy(properties: Record<string, unknown>) {
  const { cloud } = testCloud();
  const context = {
    cloud,
    region: REGION,
    account: ACCOUNT,
    stackName: 'stack',
    stackId: 'id',
    logicalId: 'Machine',
    tags: { team: 'ops' },
    physicalName: () => 'stack-Machine-abc',
    call: (service, operation, input) => cloud.call(service, operation, input, { region: REGION }),
  } as ResourceContext;
  return { cloud, created: async () => type.create({ RoleArn: ROLE, ...properties }, context) };
}

const definition = machine({ T: { Type: 'Pass', Output: { Resource: '${target}', other: '${unknown}' }, End: true } });

describe('AWS::StepFunctions::StateMachine', () => {
  test('makes the state machine, substitutes names, and answers Ref with the ARN', async () => {
    const { cloud, created } = deploy({
      DefinitionString: definition,
      DefinitionSubstitutions: { target: 'arn:x' },
      LoggingConfiguration: { Level: 'ERROR', Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: 'arn:log' } }] },
      TracingConfiguration: { Enabled: true },
      StateMachineType: 'STANDARD',
    });
    const arn = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:stack-Machine-abc`;
    expect(await created()).toMatchObject({ physicalId: arn, attributes: { Arn: arn, Name: 'stack-Machine-abc' } });
    const made = await cloud.call('states', 'DescribeStateMachine', { stateMachineArn: arn }, { region: REGION });
    expect(JSON.parse(made.definition ?? '').States.T.Output).toEqual({ Resource: 'arn:x', other: '${unknown}' });
    expect(made.loggingConfiguration).toMatchObject({ level: 'ERROR', includeExecutionData: false });
    expect(made.tracingConfiguration).toEqual({ enabled: true });
    const { tags } = await cloud.call('states', 'ListTagsForResource', { resourceArn: arn }, { region: REGION });
    expect(tags).toEqual([{ key: 'team', value: 'ops' }]);
  });

  test('takes the name from the template', async () => {
    const { created } = deploy({ DefinitionString: definition, StateMachineName: 'orders' });
    expect((await created()).attributes?.Name).toBe('orders');
  });

  test('refuses by name what it would have to skip', async () => {
    const { created } = deploy({ DefinitionString: definition, EncryptionConfiguration: {} });
    await expect(created()).rejects.toThrow('EncryptionConfiguration of AWS::StepFunctions::StateMachine (Machine)');
  });
});
