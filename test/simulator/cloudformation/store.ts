/**
 * What the engine's tests work on: real SSM and SNS, a resource type of their own whose every call is noted, and a
 * Lambda function that makes custom resources. All of it is plain state, so that a test can compare before and after.
 */
import type { Clients } from '../../../simulator/clients.ts';
import { Cloud } from '../../../simulator/cloud.ts';
import type { UpdateRequest } from '../../../simulator/cloudformation/engine.ts';
import * as engine from '../../../simulator/cloudformation/engine.ts';
import { receiveCustomResourceResponse } from '../../../simulator/cloudformation/pending-responses.ts';
import type { Inert, Modelled, ResourceTable } from '../../../simulator/cloudformation/resource.ts';
import { resources as snsTypes } from '../../../simulator/cloudformation/resources/sns.ts';
import { resources as ssmTypes } from '../../../simulator/cloudformation/resources/ssm.ts';
import { updateBehaviours } from '../../../simulator/cloudformation/resources/update-behaviours.ts';
import { cloudFormation } from '../../../simulator/cloudformation/service.ts';
import { type StackRecord, stacksIn } from '../../../simulator/cloudformation/state.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { defineService } from '../../../simulator/service.ts';
import { kms } from '../../../simulator/services/kms/index.ts';
import { sns } from '../../../simulator/services/sns.ts';
import { ssm } from '../../../simulator/services/ssm/index.ts';
import { ACCOUNT, REGION } from './fakes.ts';

export const PROVIDER = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:provider`;

interface Store {
  /** Of Test::Store::Item, by physical id. */
  readonly items: Record<string, unknown>;
  /** What the custom resources' function keeps, by physical id. */
  readonly things: Record<string, unknown>;
  /** Requests that the function got. */
  readonly requests: string[];
  /** While it is set, the function cannot be invoked. */
  down: boolean;
}

/** A provider as most are written: its id follows from the property Kind, it fails where Fail says the request's type. */
const lambda = defineService<Clients['lambda'], Store>({
  name: 'lambda',
  initialState: () => ({ items: {}, things: {}, requests: [], down: false }),
  operations: {
    Invoke(input, { cloud, state }) {
      if (state.down) throw new AwsError('ServiceException', 'down as asked');
      const event = JSON.parse(new TextDecoder().decode(input.Payload as Uint8Array));
      const { RequestType: type, ResourceProperties: properties, LogicalResourceId: logicalId } = event;
      const { StackId, RequestId, LogicalResourceId } = event;
      state.requests.push(`${type} ${logicalId} ${event.PhysicalResourceId ?? '-'}`);
      const id = type === 'Delete' ? event.PhysicalResourceId : `${logicalId}/${properties.Kind ?? 'a'}`;
      const failed = properties.Fail === type;
      if (!failed && type === 'Delete') delete state.things[id];
      else if (!failed) state.things[id] = { Value: properties.Value };
      const answer = {
        ...{ StackId, RequestId, LogicalResourceId, PhysicalResourceId: id, Status: failed ? 'FAILED' : 'SUCCESS' },
        Reason: 'as asked',
        Data: { Value: properties.Value },
      };
      if (properties.Silent !== type) receiveCustomResourceResponse(cloud, event.ResponseURL, JSON.stringify(answer));
      return { StatusCode: 202 };
    },
  },
  access: {},
});

/** An item: Kind replaces it, Value is changed in place, Name is its own name. Fail fails the verb that it names. */
const item = (calls: string[]): Modelled => {
  const store = (cloud: Cloud) => cloud.stateOf<Store>(lambda, REGION).items;
  const tell = (verb: string, logicalId: string, properties: Record<string, unknown>) => {
    calls.push(`${verb} ${logicalId}`);
    if (properties.Fail === verb) throw new AwsError('LimitExceededException', `${verb} failed as asked`);
  };
  return {
    updates: {
      replacement: ['Kind', 'Name'],
      inPlace: ['Value', 'Fail', 'Tags', 'After'],
      name: 'Name',
      tags: 'Tags',
      volatile: ['Version'],
    },
    create(properties, context) {
      const id = String(properties.Name ?? context.physicalName(60));
      if (store(context.cloud)[id] !== undefined) throw new AwsError('AlreadyExists', `${id} exists`);
      store(context.cloud)[id] = { ...properties };
      context.exists?.(id);
      tell('create', context.logicalId, properties);
      return { physicalId: id, attributes: { Version: '1', Kind: properties.Kind ?? 'a' } };
    },
    update({ physicalId, attributes, wanted }, context) {
      tell('update', context.logicalId, wanted);
      store(context.cloud)[physicalId] = { ...wanted };
      return { physicalId, attributes: { ...attributes, Version: String(Number(attributes.Version) + 1) } };
    },
    delete({ physicalId, properties }, context) {
      tell('delete', context.logicalId, properties);
      delete store(context.cloud)[physicalId];
    },
    read: ({ physicalId }, context) => store(context.cloud)[physicalId] as Record<string, unknown> | undefined,
  };
};

const inert: Inert = { inert: true, reason: 'tests need one', updates: { replacement: ['Kind'], inPlace: ['Value'] } };

export interface Bench {
  readonly cloud: Cloud;
  readonly table: ResourceTable;
  /** '<verb> <logical id>' of every call to Test::Store::Item. */
  readonly calls: string[];
  create(template: object, rest?: Partial<engine.CreateRequest>): Promise<StackRecord>;
  /** Rejects as updateStack does; the stack's status tells the rest. */
  update(template: object | undefined, rest?: Partial<UpdateRequest>): Promise<StackRecord>;
  stack(name?: string): StackRecord;
  /** '<logical id> <status>' since the last call. */
  events(name?: string): string[];
  requests(): string[];
  setDown(down: boolean): void;
}

export function bench(): Bench {
  const calls: string[] = [];
  const withUpdates = (table: ResourceTable): ResourceTable =>
    Object.fromEntries(
      Object.entries(table).map(([type, model]) => [type, { ...model, updates: updateBehaviours[type]! }]),
    );
  const table: ResourceTable = {
    ...withUpdates(ssmTypes),
    ...withUpdates(snsTypes),
    'Test::Store::Item': item(calls),
    'Test::Stored::Only': inert,
  };
  const cloud = Cloud.create({
    seed: 7,
    account: ACCOUNT,
    regions: [REGION],
    services: [cloudFormation, kms, lambda, sns, ssm],
    startAt: Date.parse('2026-01-01T00:00:00Z'),
  });
  let told = 0;
  const self: Bench = {
    cloud,
    table,
    calls,
    create: (template, rest = {}) =>
      cloud.resolve(
        engine.createStack(cloud, {
          ...{ region: REGION, stackName: 'shop', resources: table, template: JSON.stringify(template) },
          ...rest,
        }),
      ),
    update: (template, rest = {}) =>
      cloud.resolve(
        engine.updateStack(cloud, {
          ...{ region: REGION, stackName: 'shop', resources: table },
          ...(template !== undefined && { template: JSON.stringify(template) }),
          ...rest,
        }),
      ),
    stack: (name = 'shop') => stacksIn(cloud, REGION).stacks[name]!,
    events(name = 'shop') {
      const events = self.stack(name).events.slice(told);
      told += events.length;
      return events.map(({ logicalId, status }) => `${logicalId} ${status}`);
    },
    requests: () => cloud.stateOf<Store>(lambda, REGION).requests.splice(0),
    setDown(down) {
      cloud.stateOf<Store>(lambda, REGION).down = down;
    },
  };
  return self;
}

/** A resource of the type whose calls are noted. */
export const thing = (properties: object = {}, rest: object = {}) => ({
  Type: 'Test::Store::Item',
  Properties: properties,
  ...rest,
});

export const custom = (properties: object = {}, rest: object = {}) => ({
  Type: 'Custom::Thing',
  Properties: { ServiceToken: PROVIDER, ...properties },
  ...rest,
});

/** Everything that the stacks made, as it is now, and what the stacks say of it; without logs, versions and times. */
export function world(cloud: Cloud): unknown {
  const { items, things } = cloud.stateOf<Store>(lambda, REGION);
  const { parameters } = cloud.stateOf<{ parameters: Record<string, Parameter> }>(ssm, REGION);
  const { topics } = cloud.stateOf<{ topics: Record<string, unknown> }>(sns, REGION);
  const { stacks, exports } = stacksIn(cloud, REGION);
  return structuredClone({
    items,
    things,
    topics,
    exports,
    parameters: Object.values(parameters).map(({ versions, ...rest }) => ({ ...rest, value: versions.at(-1)?.value })),
    stacks: Object.values(stacks).map(
      ({ stackName, resources, outputs, parameters: given, tags, imports, template }) => ({
        ...{ stackName, outputs, given, tags, template },
        imports: imports.toSorted(),
        resources: Object.values(resources)
          .map(({ logicalId, physicalId, snapshot, dependsOn }) => ({ logicalId, physicalId, snapshot, dependsOn }))
          .sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1)),
      }),
    ),
  });
}

interface Parameter {
  readonly versions: readonly { readonly value: string }[];
}

/** What is left in the services, whatever the stacks say. */
export function leftIn(cloud: Cloud): { items: string[]; things: string[]; parameters: string[]; topics: string[] } {
  const { items, things } = cloud.stateOf<Store>(lambda, REGION);
  return {
    items: Object.keys(items),
    things: Object.keys(things),
    parameters: Object.keys(cloud.stateOf<{ parameters: object }>(ssm, REGION).parameters),
    topics: Object.keys(cloud.stateOf<{ topics: object }>(sns, REGION).topics),
  };
}
