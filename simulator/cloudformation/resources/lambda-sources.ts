/** AWS::Lambda types by which a function is reached from outside its API: event source mappings and function URLs. */
import type { CreateEventSourceMappingRequest, FunctionUrlAuthType } from '@aws-sdk/client-lambda';
import type { Created, Modelled, ResourceContext, ResourceTable } from '../resource.ts';
import { optionalBoolean, optionalText, present, refuseOtherProperties, unlessGone } from './known-properties.ts';
import { numbersIn } from './scalars.ts';

type Properties = Record<string, unknown>;

/** Lambda's word for what is not there. */
const GONE = 'ResourceNotFoundException';

const SETTINGS = [
  'BatchSize',
  'Enabled',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'ScalingConfig',
];

function settingsOf(properties: Properties, { logicalId }: ResourceContext): Properties {
  const known = [...SETTINGS, 'EventSourceArn', 'Tags'];
  refuseOtherProperties('AWS::Lambda::EventSourceMapping', logicalId, properties, known);
  const { BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig, Enabled, FunctionName, FunctionResponseTypes } =
    properties;
  const numbers = numbersIn({ BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig });
  return present({ ...numbers, FunctionName, FunctionResponseTypes, Enabled: optionalBoolean(Enabled) });
}

const mapping: Modelled = {
  async create(properties, context): Promise<Created> {
    const { UUID = '', EventSourceMappingArn } = await context.call('lambda', 'CreateEventSourceMapping', {
      ...settingsOf(properties, context),
      EventSourceArn: optionalText(properties.EventSourceArn),
    } as CreateEventSourceMappingRequest);
    return { physicalId: UUID, attributes: { Id: UUID, EventSourceMappingArn } };
  },

  async update({ physicalId: UUID, wanted }, context) {
    const defaults = { BatchSize: 10, MaximumBatchingWindowInSeconds: 0, Enabled: true, FunctionResponseTypes: [] };
    const settings = { ...defaults, ScalingConfig: {}, ...settingsOf(wanted, context) };
    await context.call('lambda', 'UpdateEventSourceMapping', { UUID, ...settings } as { UUID: string });
    return undefined;
  },

  delete: ({ physicalId: UUID }, context) =>
    unlessGone(GONE, () => context.call('lambda', 'DeleteEventSourceMapping', { UUID })).then(() => {}),

  read: ({ physicalId: UUID, properties }, context) =>
    unlessGone(GONE, async () => {
      const live = await context.call('lambda', 'GetEventSourceMapping', { UUID });
      return present({
        BatchSize: live.BatchSize,
        MaximumBatchingWindowInSeconds: live.MaximumBatchingWindowInSeconds,
        EventSourceArn: live.EventSourceArn,
        FunctionName: properties.FunctionName,
        FunctionResponseTypes: properties.FunctionResponseTypes === undefined ? undefined : live.FunctionResponseTypes,
        ScalingConfig: live.ScalingConfig,
      });
    }),
};

function refuseOtherOfUrl(properties: Properties, { logicalId }: ResourceContext): void {
  const known = ['AuthType', 'InvokeMode', 'TargetFunctionArn'];
  refuseOtherProperties('AWS::Lambda::Url', logicalId, properties, known);
}

const url: Modelled = {
  async create(properties, context): Promise<Created> {
    refuseOtherOfUrl(properties, context);
    const { FunctionArn = '', FunctionUrl } = await context.call('lambda', 'CreateFunctionUrlConfig', {
      FunctionName: String(properties.TargetFunctionArn),
      AuthType: properties.AuthType as FunctionUrlAuthType,
    });
    return { physicalId: FunctionArn, attributes: { FunctionArn, FunctionUrl } };
  },

  async update({ physicalId: FunctionName, wanted }, context) {
    refuseOtherOfUrl(wanted, context);
    const AuthType = wanted.AuthType as FunctionUrlAuthType;
    await context.call('lambda', 'UpdateFunctionUrlConfig', { FunctionName, AuthType });
    return undefined;
  },

  delete: ({ physicalId: FunctionName }, context) =>
    unlessGone(GONE, () => context.call('lambda', 'DeleteFunctionUrlConfig', { FunctionName })).then(() => {}),

  read: ({ physicalId: FunctionName, properties }, context) =>
    unlessGone(GONE, async () => {
      const { AuthType } = await context.call('lambda', 'GetFunctionUrlConfig', { FunctionName });
      return { AuthType, TargetFunctionArn: properties.TargetFunctionArn };
    }),
};

export const resources: ResourceTable = {
  'AWS::Lambda::EventSourceMapping': mapping,
  'AWS::Lambda::Url': url,
};
