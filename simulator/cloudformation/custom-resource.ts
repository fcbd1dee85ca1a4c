/**
 * Custom resources: a Lambda function that makes, changes and deletes something, called by CloudFormation and answering
 * through a URL. Protocol: CloudFormation Template Reference, "Custom resource request types".
 */
import { AwsError, NotModelled } from '../errors.ts';
import type { Context } from '../service.ts';
import { asTexts } from './differences.ts';
import { abandonResponse, type CustomResourceResponse, expectResponse } from './pending-responses.ts';
import type { Change, Created, Existing, Modelled, ResourceContext } from './resource.ts';
import { type CloudFormationState, cloudFormationState } from './state.ts';

/** Template Reference, AWS::CloudFormation::CustomResource, ServiceTimeout: 1 to 3600, default 3600. */
const TIMEOUT_SECONDS_MAX = 3600;

type Properties = Record<string, unknown>;

/** The model of one custom type ('Custom::ForwardRule'). Every property but two is its function's own affair. */
export const customResource = (type: string): Modelled => ({
  updates: { replacement: ['ServiceToken'], inPlace: 'others', volatile: 'all' },
  create: (properties, context) => createCustomResource(type, properties, context),
  update: (change, context) => updateCustomResource(type, change, context),
  delete: (existing, context) => deleteCustomResource(type, existing, context),
});

async function createCustomResource(type: string, properties: Properties, context: ResourceContext): Promise<Created> {
  try {
    const answer = await ask(type, { RequestType: 'Create' }, properties, context);
    return { physicalId: answer.PhysicalResourceId, attributes: answer.Data };
  } catch (error) {
    // Whether it made something is the function's knowledge: it is told to delete it, by its own id or by one made up.
    if (error instanceof AwsError && error.code === 'CustomResourceFailed') {
      context.exists?.(String(error.members.physicalId ?? context.physicalName()));
    }
    throw error;
  }
}

async function updateCustomResource(type: string, change: Change, context: ResourceContext): Promise<Created> {
  const { physicalId, properties, wanted } = change;
  const request = {
    RequestType: 'Update',
    PhysicalResourceId: physicalId,
    OldResourceProperties: asTexts(properties),
  };
  const answer = await ask(type, request, wanted, context);
  return { physicalId: answer.PhysicalResourceId, attributes: answer.Data };
}

async function deleteCustomResource(type: string, existing: Existing, context: ResourceContext): Promise<void> {
  const request = { RequestType: 'Delete', PhysicalResourceId: existing.physicalId };
  await ask(type, request, existing.properties, context);
}

/** Sends one request to the function and waits for its answer. Throws AwsError when it fails or stays silent. */
async function ask(
  type: string,
  request: { readonly RequestType: string } & Properties,
  properties: Properties,
  context: ResourceContext,
): Promise<CustomResourceResponse> {
  const functionArn = functionIn(properties.ServiceToken, context.logicalId);
  const own: Context<CloudFormationState> = context.cloud.context(cloudFormationState, context.region, {
    kind: 'account',
  });
  const requestId = own.random.uuid();
  const { stackId, logicalId } = context;
  const timeoutSeconds = timeoutIn(properties.ServiceTimeout, logicalId);
  const { url, response } = expectResponse(own, { requestId, stackId, logicalId, timeoutSeconds });
  const event = {
    ...request,
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
  return response;
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
