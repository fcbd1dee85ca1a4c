/** A cloud with tiny stand-ins for the services that the stack engine itself calls, and a table of resource types. */
import type { Clients } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import type { ResourceTable } from '../../../simulator/cloudformation/resource.ts';
import { resources as cloudFormationTypes } from '../../../simulator/cloudformation/resources/cloudformation.ts';
import { resources as iamTypes } from '../../../simulator/cloudformation/resources/iam.ts';
import { mergeTables } from '../../../simulator/cloudformation/resources/merge.ts';
import { cloudFormation } from '../../../simulator/cloudformation/service.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { defineService } from '../../../simulator/service.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'us-west-2';

const s3 = defineService<Clients['s3'], { objects: Record<string, string> }>({
  name: 's3',
  initialState: () => ({ objects: {} }),
  operations: {
    CreateBucket: () => ({}),
    PutObject(input, context) {
      const body = input.Body instanceof Uint8Array ? new TextDecoder().decode(input.Body) : String(input.Body);
      context.state.objects[`${input.Bucket}/${input.Key}`] = body;
      return {};
    },
  },
  access: {},
});

const ssm = defineService<Clients['ssm'], { values: Record<string, string> }>({
  name: 'ssm',
  initialState: () => ({ values: {} }),
  operations: {
    PutParameter(input, context) {
      context.state.values[input.Name ?? ''] = input.Value ?? '';
      return {};
    },
    GetParameter(input, context) {
      const value = context.state.values[input.Name ?? ''];
      if (value === undefined) throw new AwsError('ParameterNotFound', `no parameter ${input.Name}`);
      return { Parameter: { Name: input.Name, Value: value, Type: 'String' } };
    },
  },
  access: {},
});

export const SECRET = 'correct horse battery staple';

const secretsManager = defineService<Clients['secretsmanager'], object>({
  name: 'secretsmanager',
  initialState: () => ({}),
  operations: { GetSecretValue: () => ({ SecretString: JSON.stringify({ password: SECRET }) }) },
  access: {},
});

/** Keeps what it was invoked with; a test answers in its place. */
export const lambda = defineService<Clients['lambda'], { events: string[] }>({
  name: 'lambda',
  initialState: () => ({ events: [] }),
  operations: {
    Invoke(input, context) {
      context.state.events.push(new TextDecoder().decode(input.Payload as Uint8Array));
      return { StatusCode: 202 };
    },
  },
  access: {},
});

/** Has one operation, so that a resource's input passes through the trace. */
const sns = defineService<Clients['sns'], object>({
  name: 'sns',
  initialState: () => ({}),
  operations: { CreateTopic: (input) => ({ TopicArn: `arn:aws:sns:us-west-2:${ACCOUNT}:${input.Name}` }) },
  access: {},
});

export const fakeCloud = (): Cloud =>
  Cloud.create({
    seed: 7,
    account: ACCOUNT,
    regions: [REGION, 'us-east-2', 'us-east-1'],
    services: [cloudFormation, iam, s3, ssm, secretsManager, lambda, sns],
    startAt: Date.parse('2026-01-01T00:00:00Z'),
  });

/** Resource types for tests. Each creation is noted in `made`, with its properties. */
export function fakeTypes(): { table: ResourceTable; made: { logicalId: string; properties: unknown }[] } {
  const made: { logicalId: string; properties: unknown }[] = [];
  const table = mergeTables({
    cloudFormationTypes,
    iamTypes,
    fakes: {
      'Test::Plain::Thing': {
        create(properties, context) {
          if (properties.Fail !== undefined) throw new AwsError('LimitExceededException', String(properties.Fail));
          made.push({ logicalId: context.logicalId, properties });
          const name = context.physicalName(40);
          return { physicalId: name, attributes: { Arn: `arn:test:${name}`, Tags: context.tags } };
        },
      },
      'Test::Called::Topic': {
        async create(properties, context) {
          const { TopicArn: arn } = await context.call('sns', 'CreateTopic', {
            Name: context.logicalId,
            Attributes: { Password: String(properties.Password) },
          });
          made.push({ logicalId: context.logicalId, properties });
          return { physicalId: arn ?? '' };
        },
      },
      'Test::Stored::Only': { inert: true, reason: 'tests need one' },
    },
  });
  return { table, made };
}
