/** Event source mappings as resources: create, read, change, delete. Queues only. */
import type { CreateEventSourceMappingRequest, EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import type { Context, Operations } from '../../service.ts';
import { type EventSourceMapping, findFunction, functionName, type LambdaState } from '../state.ts';
import { wakeMappings } from './wake.ts';

type Settings = Pick<
  CreateEventSourceMappingRequest,
  'BatchSize' | 'Enabled' | 'FunctionResponseTypes' | 'MaximumBatchingWindowInSeconds' | 'ScalingConfig'
>;

const SETTINGS: ReadonlySet<string> = new Set([
  'BatchSize',
  'Enabled',
  'EventSourceArn',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'ScalingConfig',
  'Tags',
  'UUID',
]);

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

/** Ranges of CreateEventSourceMapping (API Reference), for standard queues. */
function settingsOf(
  input: Settings,
): Pick<EventSourceMapping, 'batchSize' | 'windowSeconds' | 'reportsItems' | 'concurrencyMax' | 'enabled'> {
  const other = Object.entries(input).find(([name, value]) => value !== undefined && !SETTINGS.has(name));
  if (other) throw new NotModelled(`lambda: ${other[0]} of an event source mapping is not modelled`);
  const { BatchSize: batchSize = 10, MaximumBatchingWindowInSeconds: windowSeconds = 0 } = input;
  if (batchSize < 1 || batchSize > 10_000) throw invalid('Batch size must be between 1 and 10000.');
  if (windowSeconds < 0 || windowSeconds > 300) throw invalid('Maximum batch window must be between 0 and 300.');
  if (batchSize > 10 && windowSeconds === 0) {
    throw invalid('Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10');
  }
  const concurrencyMax = input.ScalingConfig?.MaximumConcurrency ?? null;
  if (concurrencyMax !== null && (concurrencyMax < 2 || concurrencyMax > 1_000)) {
    throw invalid('Maximum concurrency must be between 2 and 1000.');
  }
  const reportsItems = input.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false;
  return { batchSize, windowSeconds, reportsItems, concurrencyMax, enabled: input.Enabled ?? true };
}

/** A batch must not become visible again while the function works on it (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
async function assertQueue(arn: string, timeoutSeconds: number, context: Context<LambdaState>): Promise<void> {
  if (!arn.startsWith(`arn:aws:sqs:${context.region}:`)) {
    throw new NotModelled(`lambda: event source '${arn}' is not modelled; queues of the function's region are`);
  }
  const QueueUrl = `https://sqs.${context.region}.amazonaws.com/${context.account}/${arn.split(':').at(-1)}`;
  const asked = { QueueUrl, AttributeNames: ['VisibilityTimeout'] as ['VisibilityTimeout'] };
  const { Attributes } = await context.call('sqs', 'GetQueueAttributes', asked, { caller: { kind: 'account' } });
  const visibility = Number(Attributes?.VisibilityTimeout);
  if (visibility < timeoutSeconds) {
    const rule = `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeoutSeconds} seconds`;
    throw invalid(rule);
  }
}

function find(uuid: string | undefined, { state }: Context<LambdaState>): EventSourceMapping {
  const found = state.mappings[uuid ?? ''];
  if (found) return found;
  throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.');
}

function told(mapping: EventSourceMapping): EventSourceMappingConfiguration {
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mapping.arn,
    EventSourceArn: mapping.queueArn,
    FunctionArn: mapping.functionArn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    FunctionResponseTypes: mapping.reportsItems ? ['ReportBatchItemFailures'] : [],
    ...(mapping.concurrencyMax !== null && { ScalingConfig: { MaximumConcurrency: mapping.concurrencyMax } }),
    State: mapping.enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
    LastModified: new Date(mapping.modifiedAt),
  };
}

export const mappingOperations: Operations<Clients['lambda'], LambdaState> = {
  /** Throws ResourceNotFound-, ResourceConflict- and InvalidParameterValueException. Enabled at once. */
  async CreateEventSourceMapping(input, context) {
    const settings = settingsOf(input);
    const record = findFunction(context, input.FunctionName);
    const queueArn = input.EventSourceArn ?? '';
    await assertQueue(queueArn, record.timeoutSeconds, context);
    const { state, random, region, account, now } = context;
    const same = Object.values(state.mappings).find(
      (each) => each.queueArn === queueArn && each.functionArn === record.arn,
    );
    if (same) {
      const message = `An event source mapping with SQS arn ("${queueArn}") and function ("${record.name}") already exists. Please update or delete the existing mapping with UUID ${same.uuid}`;
      throw new AwsError('ResourceConflictException', message);
    }
    const uuid = random.uuid();
    const arn = `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`;
    const names = { uuid, arn, queueArn, functionArn: record.arn };
    const mapping: EventSourceMapping = { ...names, ...settings, pollAt: null, modifiedAt: now };
    state.mappings[uuid] = mapping;
    wakeMappings(context.cloud, region, queueArn);
    return told(mapping);
  },

  GetEventSourceMapping: (input, context) => told(find(input.UUID, context)),

  ListEventSourceMappings(input, { state }) {
    const wanted = input.FunctionName === undefined ? undefined : functionName(input.FunctionName).name;
    const found = Object.values(state.mappings).filter(
      ({ functionArn, queueArn }) =>
        (wanted === undefined || functionArn.endsWith(`:${wanted}`)) &&
        (input.EventSourceArn === undefined || input.EventSourceArn === queueArn),
    );
    return { EventSourceMappings: found.map(told) };
  },

  UpdateEventSourceMapping(input, context) {
    const mapping = find(input.UUID, context);
    const now = told(mapping);
    const { BatchSize, MaximumBatchingWindowInSeconds, FunctionResponseTypes, ScalingConfig } = now;
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    const settings = { BatchSize, MaximumBatchingWindowInSeconds, FunctionResponseTypes, ScalingConfig };
    Object.assign(mapping, settingsOf({ ...settings, Enabled: mapping.enabled, ...given }));
    if (input.FunctionName !== undefined) mapping.functionArn = findFunction(context, input.FunctionName).arn;
    mapping.modifiedAt = context.now;
    wakeMappings(context.cloud, context.region, mapping.queueArn);
    return told(mapping);
  },

  DeleteEventSourceMapping(input, context) {
    const mapping = find(input.UUID, context);
    delete context.state.mappings[mapping.uuid];
    return { ...told(mapping), State: 'Deleting' };
  },
};
