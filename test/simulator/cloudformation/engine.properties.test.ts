/** Random small templates with random edits and a failure at a random resource: what a stack does must not leave traces. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { customResource } from '../../../simulator/cloudformation/custom-resource.ts';
import * as engine from '../../../simulator/cloudformation/engine.ts';
import type { Modelled, ResourceTable } from '../../../simulator/cloudformation/resource.ts';
import { AwsError } from '../../../simulator/errors.ts';
import { type Bench, bench, leftIn, PROVIDER, world } from './store.ts';

const KINDS = ['item', 'parameter', 'topic', 'custom'] as const;

interface Part {
  /** Fixed per logical id: CloudFormation refuses another type. */
  readonly there: boolean;
  readonly value: number;
  /** Another one replaces the resource; the custom resource takes another id by itself. */
  readonly identity: number;
  /** Whether it is there only while the parameter says so. */
  readonly conditional: boolean;
  /** How far before it the resource is that it refers to; 0 for none. */
  readonly refersBack: number;
  readonly dependsBack: number;
}

const part = fc.record<Part>({
  there: fc.boolean(),
  value: fc.integer({ min: 0, max: 2 }),
  identity: fc.integer({ min: 0, max: 1 }),
  conditional: fc.boolean(),
  refersBack: fc.integer({ min: 0, max: 3 }),
  dependsBack: fc.integer({ min: 0, max: 3 }),
});

const SIZE = 7;
const parts = fc.array(part, { minLength: SIZE, maxLength: SIZE });

const idOf = (index: number): string => `R${index}`;

function propertiesOf(index: number, { value, identity }: Part, refers: unknown): Record<string, unknown> {
  const text = { 'Fn::Sub': [`${value} \${Other}`, { Other: refers }] };
  const kind = KINDS[index % KINDS.length];
  if (kind === 'item') return { Kind: identity, Value: text };
  if (kind === 'parameter') return { Type: 'String', Value: text, Description: `${identity}` };
  if (kind === 'topic') return { DisplayName: `${value}`, ...(identity === 1 && { TopicName: `topic-${index}` }) };
  return { ServiceToken: PROVIDER, Kind: identity, Value: text };
}

const TYPES = {
  item: 'Test::Store::Item',
  parameter: 'AWS::SSM::Parameter',
  topic: 'AWS::SNS::Topic',
  custom: 'Custom::Thing',
};

/** A template in which references only go back, and what is referred to is there whenever who refers is. */
function templateOf(all: readonly Part[]): object {
  const usable = (index: number, by: Part): boolean => {
    const target = all[index];
    return target?.there === true && (!target.conditional || by.conditional);
  };
  const Resources = Object.fromEntries(
    all.flatMap((each, index) => {
      if (!each.there) return [];
      const [refers, depends] = [index - each.refersBack, index - each.dependsBack];
      const other = each.refersBack > 0 && usable(refers, each) ? { Ref: idOf(refers) } : 'nothing';
      return [
        [
          idOf(index),
          {
            Type: TYPES[KINDS[index % KINDS.length]!],
            Properties: propertiesOf(index, each, other),
            ...(each.conditional && { Condition: 'On' }),
            ...(each.dependsBack > 0 && usable(depends, each) && { DependsOn: idOf(depends) }),
          },
        ],
      ];
    }),
  );
  return {
    Parameters: { On: { Type: 'String', Default: 'yes' } },
    Conditions: { On: { 'Fn::Equals': [{ Ref: 'On' }, 'yes'] } },
    // So that there is always one.
    Resources: { ...Resources, Always: { Type: TYPES.item, Properties: {} } },
    Outputs: { O: { Value: { Ref: 'Always' }, Export: { Name: 'always' } } },
  };
}

interface Failure {
  /** Which creation or change in the update, from 0. */
  readonly nth: number;
  /** Whether the service had done it already. */
  readonly late: boolean;
}

const failure = fc.record<Failure>({ nth: fc.integer({ min: 0, max: 4 }), late: fc.boolean() });

/** The table in which one creation or change fails, once. */
function failing(table: ResourceTable, { nth, late }: Failure): ResourceTable {
  let calls = 0;
  const spoilt = (type: string, model: Modelled): Modelled => ({
    ...model,
    async create(properties, context) {
      const fails = calls++ === nth;
      if (fails && !late) throw new AwsError('InternalFailure', 'early');
      const created = await model.create(properties, context);
      if (!fails) return created;
      context.exists?.(created.physicalId);
      throw new AwsError('InternalFailure', 'late');
    },
    async update(change, context) {
      const fails = calls++ === nth;
      // A function that took another id and could not say so has left something that nobody knows of, on AWS too.
      if (fails && (!late || type === 'Custom::Thing')) throw new AwsError('InternalFailure', 'early');
      const changed = await model.update?.(change, context);
      if (!fails) return changed;
      throw new AwsError('InternalFailure', 'late');
    },
  });
  const all = { ...table, 'Custom::Thing': customResource('Custom::Thing') };
  return Object.fromEntries(
    Object.entries(all).map(([type, model]) => [type, 'inert' in model ? model : spoilt(type, model)]),
  );
}

interface Edit {
  readonly before: Part[];
  readonly after: Part[];
  readonly on: boolean;
  readonly failure: Failure;
}

const edit = fc.record<Edit>({ before: parts, after: parts, on: fc.boolean(), failure });

async function updated(bench: Bench, { after, on, failure: at }: Edit): Promise<'done' | 'failed' | 'nothing'> {
  try {
    const parameters = { On: on ? 'yes' : 'no' };
    await bench.update(templateOf(after), { parameters, resources: failing(bench.table, at) });
    return 'done';
  } catch (error) {
    return error instanceof AwsError && error.message.includes('No updates') ? 'nothing' : 'failed';
  }
}

/** Everything that the resources hold, without the endings by which names differ. */
function saidBy({ cloud }: Bench): string[] {
  const { items, things, topics, parameters } = world(cloud) as Record<string, object>;
  const held = [items, things, topics, parameters].flatMap((all) => Object.values(all!));
  return held.map((each) => JSON.stringify(each).replaceAll(/-[A-Z0-5]{12}(?![A-Z0-5])/g, '')).sort();
}

describe('any stack', () => {
  test('is after a failed update exactly what it was, and after deletion nothing', async () => {
    const outcomes = { done: 0, failed: 0, nothing: 0 };
    await fc.assert(
      fc.asyncProperty(edit, async (one) => {
        const on = bench();
        await on.create(templateOf(one.before));
        const was = world(on.cloud);
        const outcome = await updated(on, one);
        outcomes[outcome]++;
        if (outcome !== 'done') expect(world(on.cloud)).toEqual(was);
        expect(on.stack().status).toBe(
          { done: 'UPDATE_COMPLETE', failed: 'UPDATE_ROLLBACK_COMPLETE', nothing: 'CREATE_COMPLETE' }[outcome],
        );
        const request = { region: 'us-west-2', stackName: 'shop', resources: on.table };
        const deleted = await on.cloud.resolve(engine.deleteStack(on.cloud, request));
        expect(deleted?.status).toBe('DELETE_COMPLETE');
        expect(leftIn(on.cloud)).toEqual({ items: [], things: [], parameters: [], topics: [] });
      }),
      { numRuns: 60 },
    );
    // The property must not hold for want of failures.
    expect(outcomes.failed).toBeGreaterThan(5);
    expect(outcomes.done).toBeGreaterThan(5);
  });

  test('is after an update what a new stack of the same template would be', async () => {
    await fc.assert(
      fc.asyncProperty(edit, async (one) => {
        const [changed, fresh] = [bench(), bench()];
        const parameters = { On: one.on ? 'yes' : 'no' };
        await changed.create(templateOf(one.before));
        await changed.update(templateOf(one.after), { parameters }).catch((error: Error) => {
          expect(error.message).toContain('No updates');
        });
        await fresh.create(templateOf(one.after), { parameters });
        expect(saidBy(changed)).toEqual(saidBy(fresh));
        const logicalIds = (on: Bench) => Object.keys(on.stack().resources).sort();
        expect(logicalIds(changed)).toEqual(logicalIds(fresh));
      }),
      { numRuns: 40 },
    );
  });
});
