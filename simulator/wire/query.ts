/** awsQuery and ec2Query: a form with dotted names one way ('Filter.1.Value.2=x'), XML the other. */
import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Operation } from './clients.ts';
import { textOf } from './message.ts';
import type { Protocol } from './protocol.ts';
import { membersOf, stringSchema, structure } from './schemas.ts';
import { xmlDocument } from './xml.ts';

/** The form as a tree by the dots of its names. */
interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

type Dialect = 'awsQuery' | 'ec2Query';

const scalars = new FromStringShapeDeserializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: false,
});

function treeOf(form: URLSearchParams): Node {
  const root: Node = { children: new Map() };
  for (const [name, value] of form) {
    let node = root;
    for (const part of name.split('.')) {
      let child = node.children.get(part);
      if (!child) {
        child = { children: new Map() };
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = value;
  }
  return root;
}

function readNode(schema: NormalizedSchema, node: Node | undefined, dialect: Dialect): unknown {
  if (node === undefined || schema.isUnitSchema()) return undefined;
  if (schema.isStructSchema()) return readStructure(schema, node, dialect);
  if (schema.isListSchema()) return readList(schema, node, dialect);
  if (schema.isMapSchema()) return readMap(schema, node, dialect);
  return node.value === undefined ? undefined : scalars.read(schema, node.value);
}

function readStructure(schema: NormalizedSchema, node: Node, dialect: Dialect): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = readNode(member, node.children.get(keyOf(name, member, dialect)), dialect);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function readList(schema: NormalizedSchema, node: Node, dialect: Dialect): unknown[] {
  // An empty list is sent as the bare name with an empty value.
  if (node.value === '') return [];
  const item = schema.getValueSchema();
  const flat = dialect === 'ec2Query' || schema.getMergedTraits().xmlFlattened;
  const holder = flat ? node : node.children.get(item.getMergedTraits().xmlName ?? 'member');
  return numbered(holder).map((child) => readNode(item, child, dialect));
}

function readMap(schema: NormalizedSchema, node: Node, dialect: Dialect): Record<string, unknown> {
  const holder = schema.getMergedTraits().xmlFlattened ? node : node.children.get('entry');
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const item = schema.getValueSchema();
  const valueName = item.getMergedTraits().xmlName ?? 'value';
  const entries = numbered(holder).map((entry) => [
    entry.children.get(keyName)?.value ?? '',
    readNode(item, entry.children.get(valueName), dialect),
  ]);
  return Object.fromEntries(entries);
}

/** Children named 1, 2, 3 …, in the order of their numbers. */
function numbered(node: Node | undefined): Node[] {
  return [...(node?.children ?? [])]
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function keyOf(name: string, member: NormalizedSchema, dialect: Dialect): string {
  const traits = member.getMergedTraits();
  if (dialect === 'awsQuery') return traits.xmlName ?? name;
  if (typeof traits.ec2QueryName === 'string') return traits.ec2QueryName;
  const key = traits.xmlName ?? name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

const decoder = (dialect: Dialect): Protocol['decode'] => {
  return async (_client, operation, request) => {
    const form = new URLSearchParams(textOf(request.body));
    return (readNode(operation.input, treeOf(form), dialect) ?? {}) as Record<string, unknown>;
  };
};

const envelopes = new WeakMap<Operation, NormalizedSchema>();

function envelopeOf(operation: Operation, make: () => NormalizedSchema): NormalizedSchema {
  let envelope = envelopes.get(operation);
  if (!envelope) {
    envelope = make();
    envelopes.set(operation, envelope);
  }
  return envelope;
}

export const awsQuery: Protocol = {
  decode: decoder('awsQuery'),
  encode(client, operation, output, { requestId }) {
    const resultName = `${operation.name}Result`;
    const envelope = envelopeOf(operation, () =>
      structure(`${operation.name}Response`, {
        ...(operation.output.isUnitSchema() ? {} : { [resultName]: operation.output.getSchema() }),
        ResponseMetadata: structure('ResponseMetadata', { RequestId: stringSchema }).getSchema(),
      }),
    );
    const value = { [resultName]: output, ResponseMetadata: { RequestId: requestId } };
    return { status: 200, headers: { 'content-type': 'text/xml' }, body: xmlDocument(client, envelope, value) };
  },
};

export const ec2Query: Protocol = {
  decode: decoder('ec2Query'),
  encode(client, operation, output, { requestId }) {
    const envelope = envelopeOf(operation, () =>
      structure(`${operation.name}Response`, { requestId: stringSchema, ...membersOf(operation.output) }),
    );
    const body = xmlDocument(client, envelope, { ...output, requestId });
    return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body };
  },
};
