/** restJson1 and restXml: members of an input or output are spread over path, query, headers, status and body. */
import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { NotModelled } from '../errors.ts';
import type { Client } from './clients.ts';
import { decodeBody, encodeBody } from './json.ts';
import { bytesOf, textOf, type WireRequest } from './message.ts';
import type { Protocol } from './protocol.ts';
import { membersOf, structure } from './schemas.ts';

type Labels = Readonly<Record<string, string>>;

/** Timestamps in the path and the query are date-times (5), in headers HTTP dates (6), unless a trait says otherwise. */
const inPath = new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: 5 }, httpBindings: true });
const inHeader = new FromStringShapeDeserializer({
  timestampFormat: { useTrait: true, default: 6 },
  httpBindings: true,
});
const toHeader = new ToStringShapeSerializer({ timestampFormat: { useTrait: true, default: 6 }, httpBindings: true });

export const rest: Protocol = {
  async decode(client, operation, request, labels) {
    const input: Record<string, unknown> = {};
    if (operation.input.isUnitSchema()) return input;
    for (const [name, member] of operation.input.structIterator()) {
      const value = readBound(name, member, request, labels, operation.input);
      if (value !== undefined) input[name] = value;
    }
    if (request.body.byteLength > 0) Object.assign(input, await readBody(client, operation.input, request.body));
    return input;
  },

  encode(client, operation, output) {
    const status = { code: operation.http?.[2] ?? 200 };
    const headers: Record<string, string> = {};
    const schema = operation.output;
    if (schema.isUnitSchema()) return { status: status.code, headers, body: new Uint8Array() };
    for (const [name, member] of schema.structIterator()) {
      const value = output[name];
      if (value === undefined || value === null) continue;
      if (member.getMergedTraits().httpResponseCode) status.code = Number(value);
      else writeHeaders(member, value, headers);
    }
    // RFC 9110 §15.3.7; the schemas tell one status for each operation.
    if (headers['content-range'] !== undefined) status.code = 206;
    headers['content-type'] ??= contentType(client, schema);
    const body = status.code === 204 ? new Uint8Array() : writeBody(client, schema, output);
    return { status: status.code, headers, body };
  },
};

function readBound(
  name: string,
  member: NormalizedSchema,
  request: WireRequest,
  labels: Labels,
  input: NormalizedSchema,
): unknown {
  const traits = member.getMergedTraits();
  const query = request.url.searchParams;
  if (traits.httpLabel) {
    const label = labels[name];
    return label === undefined ? undefined : inPath.read(member, label);
  }
  if (traits.httpQuery !== undefined) return readQuery(member, query.getAll(traits.httpQuery));
  if (traits.httpQueryParams) return readQueryMap(member, query, input);
  if (traits.httpHeader !== undefined) {
    const text = request.headers[traits.httpHeader.toLowerCase()];
    return text === undefined ? undefined : inHeader.read(member, text);
  }
  if (traits.httpPrefixHeaders !== undefined)
    return readPrefix(request.headers, traits.httpPrefixHeaders.toLowerCase());
  return undefined;
}

function readQuery(member: NormalizedSchema, texts: readonly string[]): unknown {
  if (texts.length === 0) return undefined;
  if (!member.isListSchema()) return inPath.read(member, texts[0] ?? '');
  return texts.map((text) => inPath.read(member.getValueSchema(), text));
}

/** A map member takes the parameters that no other member is bound to. */
function readQueryMap(member: NormalizedSchema, query: URLSearchParams, input: NormalizedSchema): unknown {
  const bound = new Set<unknown>();
  for (const [, each] of input.structIterator()) bound.add(each.getMergedTraits().httpQuery);
  const names = [...new Set(query.keys())].filter((name) => !bound.has(name));
  if (names.length === 0) return undefined;
  const lists = member.getValueSchema().isListSchema();
  return Object.fromEntries(names.map((name) => [name, lists ? query.getAll(name) : query.get(name)]));
}

function readPrefix(headers: WireRequest['headers'], prefix: string): Record<string, string> | undefined {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

const isBound = (member: NormalizedSchema): boolean => {
  const traits = member.getMergedTraits();
  return Boolean(
    traits.httpLabel ||
      traits.httpQuery !== undefined ||
      traits.httpQueryParams ||
      traits.httpHeader !== undefined ||
      traits.httpPrefixHeaders !== undefined ||
      traits.httpResponseCode,
  );
};

function payloadOf(schema: NormalizedSchema): [string, NormalizedSchema] | undefined {
  for (const [name, member] of schema.structIterator()) if (member.getMergedTraits().httpPayload) return [name, member];
  return undefined;
}

function contentType(client: Client, schema: NormalizedSchema): string {
  if (payloadOf(schema)?.[1].isBlobSchema()) return 'application/octet-stream';
  return client.protocol === 'restXml' ? 'application/xml' : 'application/json';
}

async function readBody(client: Client, schema: NormalizedSchema, body: Uint8Array): Promise<Record<string, unknown>> {
  const payload = payloadOf(schema);
  if (payload) {
    const [name, member] = payload;
    if (member.isBlobSchema()) return { [name]: body };
    if (member.isStringSchema()) return { [name]: textOf(body) };
    return { [name]: await decodeBody(client, member, body) };
  }
  const unbound = [...schema.structIterator()].filter(([, member]) => !isBound(member)).map(([name]) => name);
  if (unbound.length === 0) return {};
  const read = (await decodeBody(client, schema, body)) as Record<string, unknown>;
  return Object.fromEntries(unbound.filter((name) => read[name] !== undefined).map((name) => [name, read[name]]));
}

/** Writes a header-bound member; others are left alone. */
export function writeHeaders(member: NormalizedSchema, value: unknown, headers: Record<string, string>): void {
  const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
  if (httpHeader !== undefined) {
    toHeader.write(member, value);
    headers[httpHeader.toLowerCase()] = String(toHeader.flush());
  } else if (httpPrefixHeaders !== undefined) {
    for (const [name, text] of Object.entries(value as Record<string, string>))
      headers[`${httpPrefixHeaders}${name}`.toLowerCase()] = text;
  }
}

const bodySchemas = new WeakMap<NormalizedSchema, NormalizedSchema | null>();

/** The structure of the members that travel in the body; null when there are none. */
function bodySchemaOf(schema: NormalizedSchema): NormalizedSchema | null {
  const known = bodySchemas.get(schema);
  if (known !== undefined) return known;
  const all = membersOf(schema);
  const unbound = [...schema.structIterator()].filter(([, member]) => !isBound(member)).map(([name]) => name);
  const members = Object.fromEntries(unbound.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
  const body = unbound.length === 0 ? null : structure(schema.getName() ?? 'Body', members);
  bodySchemas.set(schema, body);
  return body;
}

function writeBody(client: Client, schema: NormalizedSchema, output: Record<string, unknown>): Uint8Array {
  const payload = payloadOf(schema);
  if (!payload) {
    const body = bodySchemaOf(schema);
    return body === null ? new Uint8Array() : encodeBody(client, body, output);
  }
  const [name, member] = payload;
  const value = output[name];
  if (value === undefined || value === null) return new Uint8Array();
  if (member.isBlobSchema() || member.isStringSchema()) {
    if (typeof value === 'string' || value instanceof Uint8Array) return bytesOf(value);
    throw new Error(`${client.service} answered ${name} with neither text nor bytes`);
  }
  if (member.isStreaming()) throw new NotModelled(`${client.service}: event streams (${name}) are not modelled`);
  return encodeBody(client, member, value as object);
}
