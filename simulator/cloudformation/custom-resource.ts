/** Custom resources: a Lambda function that makes something, called by CloudFormation and answering through a URL. */
import { AwsError, NotModelled } from '../errors.ts';
import type { Context } from '../service.ts';
import { abandonResponse, expectResponse } from './pending-responses.ts';
import type { Created, Modelled, ResourceContext } from './resource.ts';
import { type CloudFormationState, cloudFormationState } from './state.ts';
import { isRecord } from './template.ts';

/** Template Reference, AWS::CloudFormation::CustomResource, ServiceTimeout: 1 to 3600, default 3600. */
const TIMEOUT_SECONDS_MAX = 3600;

/** The model of one custom type ('Custom::ForwardRule'). */
export const customResource = (type: string): Modelled => ({
  create: (properties, context) => createCustomResource(type, properties, context),
});

async function createCustomResource(
  type: string,
  properties: Record<string, unknown>,
  context: ResourceContext,
): Promise<Created> {
  const functionArn = functionIn(properties.ServiceToken, context.logicalId);
  const own: Context<CloudFormationState> = context.cloud.context(cloudFormationState, context.region, {
    kind: 'account',
  });
  const requestId = own.random.uuid();
  const { stackId, logicalId } = context;
  const timeoutSeconds = timeoutIn(properties.ServiceTimeout, logicalId);
  const { url, response } = expectResponse(own, { requestId, stackId, logicalId, timeoutSeconds });
  const event = {
    RequestType: 'Create',
    ResponseURL: url,
    StackId: stackId,
    RequestId: requestId,
    ResourceType: type,
    LogicalResourceId: logicalId,
    ServiceToken: functionArn,
    ResourceProperties: asTexts(properties),
  };
  try {
    await context.call(
      'lambda',
      'Invoke',
      { FunctionName: functionArn, InvocationType: 'Event', Payload: new TextEncoder().encode(JSON.stringify(event)) },
      functionArn.split(':')[3],
    );
  } catch (error) {
    abandonResponse(own, requestId);
    throw error;
  }
  const answer = await response;
  return { physicalId: answer.PhysicalResourceId, attributes: answer.Data };
}

function functionIn(token: unknown, logicalId: string): string {
  if (typeof token !== 'string') {
    throw new AwsError('ValidationError', `ServiceToken of ${logicalId} must be text`, { status: 400 });
  }
  if (!token.startsWith('arn:aws:lambda:')) {
    throw new NotModelled(
      `custom resource ${logicalId} with ServiceToken ${token}: only Lambda functions are modelled`,
    );
  }
  return token;
}

function timeoutIn(value: unknown, logicalId: string): number {
  const seconds = Number(value ?? TIMEOUT_SECONDS_MAX);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= TIMEOUT_SECONDS_MAX) return seconds;
  throw new AwsError('ValidationError', `ServiceTimeout of ${logicalId} must be 1 to ${TIMEOUT_SECONDS_MAX} seconds`, {
    status: 400,
  });
}

/** Properties reach the function with every scalar as text. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTexts(item)]));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
